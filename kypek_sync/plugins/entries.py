"""Checks the connectors of a settings file: is the type installed, are its own settings right, does it fill the role
that a centre gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kypek_sync.contract import ConnectorSettings, ConnectorSpec, Role
from kypek_sync.plugins.discovery import installed
from kypek_sync.settings import (
    ConnectorEntry,
    Document,
    Keys,
    Loaded,
    Problem,
    SecretPlaces,
    SettingsError,
    examine,
    listed,
    nearest,
    validated,
)

ROLE_OF_KEY = {
    "directory": Role.DIRECTORY,
    "units_register": Role.UNITS_REGISTER,
    "courses": Role.COURSES,
    "rooms": Role.ROOMS,
    "helpdesk": Role.HELPDESK,
    "post": Role.MAIL,
}
"""Which role a centre's key gives to the connector that it names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A connector of the settings that can be built: its spec and its own validated settings."""

    spec: ConnectorSpec
    settings: ConnectorSettings


def load(
    file: Path, *, environ: Mapping[str, str] | None = None, specs: Mapping[str, ConnectorSpec] | None = None
) -> Loaded:
    """Read and check a whole settings file, connectors' own settings too.

    `environ` stands for the environment and `specs` for the installed connectors (default: the real ones). Raises
    `SettingsError` with every mistake at once, `BrokenPlugin` when a connector that is named cannot be imported.
    """
    examined = examine(file, environ=environ)
    known = installed() if specs is None else specs
    _entries, problems = entries(examined.document, examined.places, known)
    if problems:
        raise SettingsError((*examined.problems, *problems))
    return examined.loaded()


def entries(
    document: Document, places: SecretPlaces, specs: Mapping[str, ConnectorSpec]
) -> tuple[dict[str, Entry], tuple[Problem, ...]]:
    """The connectors that `document` describes, by name, and every mistake in them and in the roles given to them."""
    found: dict[str, Entry] = {}
    problems: list[Problem] = []
    types: dict[str, ConnectorSpec] = {}
    for name, written in _blocks(document.data.get("connectors")):
        kind = written.get("type")
        if not isinstance(kind, str):
            continue  # the shape of settings tells that it is missing
        if kind not in specs:
            problems.append(_unknown_type(document, name, kind, specs))
            continue
        spec = types[name] = specs[kind]
        own = {key: value for key, value in written.items() if key not in ConnectorEntry.model_fields}
        settings, mistakes = validated(spec.settings, own, document, ("connectors", name), places)
        problems += mistakes
        if settings is not None:
            found[name] = Entry(spec, settings)
    problems += _roles(document, types)
    return found, tuple(problems)


def _blocks(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    if not isinstance(value, Mapping):
        return []
    return [(str(name), entry) for name, entry in value.items() if isinstance(entry, Mapping)]


def _unknown_type(document: Document, name: str, kind: str, specs: Mapping[str, ConnectorSpec]) -> Problem:
    keys = ("connectors", name, "type")
    instead = nearest(kind, specs)
    if instead:
        return document.problem(
            keys, "no connector of type %(kind)s is installed; did you mean '%(instead)s'?", kind=kind, instead=instead
        )
    return document.problem(
        keys, "no connector of type %(kind)s is installed; installed: %(known)s", kind=kind, known=listed(specs)
    )


def _roles(document: Document, types: Mapping[str, ConnectorSpec]) -> Iterator[Problem]:
    for keys, name, role in _given_roles(document):
        spec = types.get(name)
        if spec is None or role in spec.roles:
            continue
        fitting = [other for other, candidate in types.items() if role in candidate.roles]
        yield document.problem(
            keys,
            "connector %(name)s (%(kind)s) cannot be used here; connectors of this file that can: %(known)s",
            name=name,
            kind=spec.name,
            known=listed(fitting),
        )


def _given_roles(document: Document) -> Iterator[tuple[Keys, str, Role]]:
    for kypek, centre in _blocks(document.data.get("kypeks")):
        for key, role in ROLE_OF_KEY.items():
            if isinstance(centre.get(key), str):
                yield ("kypeks", kypek, key), centre[key], role
        yield from _by_connector(("kypeks", kypek), centre, "cohorts")
        for structure, inner in _blocks(centre.get("structures")):
            for key in ("categories", "cohorts"):
                yield from _by_connector(("kypeks", kypek, "structures", structure), inner, key)


def _by_connector(keys: Keys, entry: Mapping[str, Any], key: str) -> Iterator[tuple[Keys, str, Role]]:
    """The connectors that a block of the settings is about."""
    block = entry.get(key)
    for connector in map(str, block if isinstance(block, Mapping) else ()):
        yield (*keys, key, connector), connector, Role.COURSES
