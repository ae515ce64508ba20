"""Checks of the centres: connectors they name exist, their label is known, and nobody claims what another one has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from kypek_sync.settings.directorates import directorates, directorates_of, labels
from kypek_sync.settings.document import Document, Keys
from kypek_sync.settings.problems import Problem, listed, nearest
from kypek_sync.settings.shape import KypekEntry

ROLE_KEYS = ("directory", "units_register", "courses", "rooms", "helpdesk", "post")
"""The keys of a centre that name a connector."""


def centre_problems(document: Document) -> Iterator[Problem]:
    """Every mistake about centres that more than one setting shows."""
    centres = {str(kypek): entry for kypek, entry in _blocks(document.data.get("kypeks"))}
    connectors = [str(name) for name, _entry in _blocks(document.data.get("connectors"))]
    for kypek, entry in centres.items():
        if isinstance(document.data.get("connectors"), Mapping):  # else that alone is the mistake
            yield from _connectors(document, kypek, entry, connectors)
        yield from _label(document, kypek, entry)
        yield from _people(document, kypek, entry)
    yield from _claims(document, centres)


def _blocks(value: Any) -> list[tuple[Any, Mapping[str, Any]]]:
    if not isinstance(value, Mapping):
        return []
    return [(name, entry if isinstance(entry, Mapping) else {}) for name, entry in value.items()]


def _connectors(document: Document, kypek: str, entry: Mapping[str, Any], connectors: list[str]) -> Iterator[Problem]:
    named: list[tuple[Keys, Any]] = [(("kypeks", kypek, key), entry.get(key)) for key in ROLE_KEYS]
    for structure, inner in _blocks(entry.get("structures")):
        for key in ("categories", "cohorts"):
            place = ("kypeks", kypek, "structures", str(structure), key)
            named += [((*place, str(connector)), connector) for connector, _ in _blocks(inner.get(key))]
    named += [
        (("kypeks", kypek, "cohorts", str(connector)), connector) for connector, _ in _blocks(entry.get("cohorts"))
    ]
    for keys, name in named:
        if not isinstance(name, str) or not name or name in connectors:
            continue
        instead = nearest(name, connectors)
        if instead:
            yield document.problem(
                keys, "no connector has the name %(name)s; did you mean '%(instead)s'?", name=name, instead=instead
            )
        else:
            message = "no connector has the name %(name)s; known: %(known)s"
            yield document.problem(keys, message, name=name, known=listed(connectors))


def _label(document: Document, kypek: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    label = entry.get("label") or kypek
    if isinstance(label, str) and label not in labels() and ("directorates" not in entry or entry.get("label")):
        keys: Keys = ("kypeks", kypek, "label") if entry.get("label") else ("kypeks", kypek)
        instead = nearest(label, labels())
        if instead:
            message = "%(label)s is no label of a directorate; did you mean '%(instead)s'?"
            yield document.problem(keys, message, label=label, instead=instead)
        else:
            message = "%(label)s is no label of a directorate; write `label:` or `directorates:`. Labels: %(known)s"
            yield document.problem(keys, message, label=label, known=listed(labels()))
    written = entry.get("directorates")
    for place, number in enumerate(written if isinstance(written, list) else ()):
        if isinstance(number, int) and number not in directorates():
            pair = [str(d.edu_admin_id) for d in directorates().values() if d.label == label]
            message = "no directorate has the number %(number)s; those of %(label)s: %(known)s"
            yield document.problem(
                ("kypeks", kypek, "directorates", place), message, number=number, label=label, known=listed(pair)
            )


def _people(document: Document, kypek: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    lists: list[tuple[Keys, Any]] = [(("kypeks", kypek, key), entry.get(key)) for key in ("administrators", "auditors")]
    for structure, inner in _blocks(entry.get("structures")):
        lists.append((("kypeks", kypek, "structures", str(structure), "officers"), inner.get("officers")))
    for keys, people in lists:
        for place, login in enumerate(people if isinstance(people, list) else ()):
            if isinstance(login, str) and ("@" in login or len(login.split()) > 1):
                yield document.problem((*keys, place), "must be a login of the school network, without @ and spaces")
    for key in ("mail", "all_mail_to"):
        mail = entry.get(key)
        if isinstance(mail, str) and mail and (mail.count("@") != 1 or mail.strip() != mail or " " in mail):
            yield document.problem(
                ("kypeks", kypek, key), "must be one e-mail address, such as info@kypek.att-a.sch.gr"
            )


def _claims(document: Document, centres: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """A directorate or a unit belongs to one centre (design, section 2)."""
    owners: dict[tuple[str, str], str] = {}
    for kypek, entry in centres.items():
        for keys, kind, what in _claimed(kypek, entry):
            owner = owners.setdefault((kind, what), kypek)
            if owner != kypek:
                if kind == "unit":
                    message = "unit %(what)s belongs to %(owner)s already; one centre serves a unit"
                else:
                    message = "directorate %(what)s belongs to %(owner)s already; one centre serves a directorate"
                yield document.problem(keys, message, what=what, owner=owner)


def _claimed(kypek: str, entry: Mapping[str, Any]) -> Iterator[tuple[Keys, str, str]]:
    """What a centre claims: where it says so, the kind, and the name that a message shows."""
    units = entry.get("units")
    for place, unit in enumerate(units if isinstance(units, list) else ()):
        if isinstance(unit, str):
            yield ("kypeks", kypek, "units", place), "unit", unit.strip()
    wanted = {"name": kypek, **{key: entry[key] for key in ("label", "directorates") if key in entry}}
    try:
        claimed = directorates_of(kypek, KypekEntry.model_validate(wanted))
    except ValidationError:
        return  # told where the shape is checked
    for directorate in claimed:
        keys: Keys = ("kypeks", kypek, "label") if entry.get("label") else ("kypeks", kypek)
        if entry.get("directorates"):
            keys = ("kypeks", kypek, "directorates", list(wanted["directorates"]).index(directorate.edu_admin_id))
        shown = f"{directorate.edu_admin_id} ({directorate.level} {directorate.name})"
        yield keys, "directorate", shown
