"""Plain data into a validated model, with every mistake in an administrator's words.

Used for the settings themselves and, by `kypek_sync.plugins`, for each connector's own: wherever a model wants a
`SecretStr` the data must hold a reference, wherever it wants a `timedelta` it may hold words (`15 minutes`).
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

from kypek_sync.settings.document import Document, Keys
from kypek_sync.settings.durations import duration
from kypek_sync.settings.problems import Problem
from kypek_sync.settings.secrets import SecretPlaces, Unresolved
from kypek_sync.settings.wording import worded

M = TypeVar("M", bound=BaseModel)

_UNKNOWN_SECRET = SecretStr("a secret that could not be resolved, long enough for every rule about its length")
"""Stands in for one, so that no validator sees what was written in its place."""


def validated(
    model: type[M], data: Mapping[str, Any], document: Document, keys: Keys, places: SecretPlaces
) -> tuple[M | None, tuple[Problem, ...]]:
    """The data of `document` below `keys` as a `model`, or None and every mistake in it."""
    reader = _Reader(document, places)
    prepared = reader.read(model, data, keys)
    try:
        built = model.model_validate(prepared)
    except ValidationError as error:
        return None, (*reader.problems, *_translated(error, model, prepared, document, keys, reader))
    return (None if reader.problems else built), tuple(reader.problems)


@dataclass
class _Reader:
    """Goes through data alongside the model it is for, and reads secrets and lengths of time."""

    document: Document
    places: SecretPlaces
    problems: list[Problem] = field(default_factory=list)
    told: set[Keys] = field(default_factory=set)

    def read(self, wanted: Any, value: Any, keys: Keys) -> Any:
        """`value` with what `wanted` (an annotation) asks for resolved."""
        for kind in _kinds(wanted):
            value = self._read_as(kind, value, keys)
        return value

    def _read_as(self, kind: Any, value: Any, keys: Keys) -> Any:
        if value is None:
            return None
        if kind is SecretStr:
            return self._secret(value, keys)
        if kind is timedelta:
            return self._duration(value, keys)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, Mapping):
            fields = _fields(kind)
            return {
                name: self.read(fields[name], inner, (*keys, name)) if name in fields else inner
                for name, inner in value.items()
            }
        if get_origin(kind) in (dict, Mapping) and isinstance(value, Mapping):
            return {name: self.read(get_args(kind)[1], inner, (*keys, str(name))) for name, inner in value.items()}
        if get_origin(kind) in (list, tuple, set, frozenset) and isinstance(value, list):
            return [self.read(get_args(kind)[0], inner, (*keys, place)) for place, inner in enumerate(value)]
        return value

    def _secret(self, value: Any, keys: Keys) -> SecretStr:
        if isinstance(value, SecretStr):
            return value
        try:
            return self.places.resolve(value)
        except Unresolved as error:
            self._tell(keys, error.message, **error.values)
            return _UNKNOWN_SECRET

    def _duration(self, value: Any, keys: Keys) -> Any:
        if isinstance(value, timedelta):
            return value
        length = duration(value) if isinstance(value, str) else None
        if length is None:
            self._tell(keys, "is no length of time; write a number and its unit, such as 15 minutes, 6 hours or 7 days")
        return length

    def _tell(self, keys: Keys, message: str, **values: str) -> None:
        self.problems.append(self.document.problem(keys, message, **values))
        self.told.add(keys)


def _translated(
    error: ValidationError, model: type[BaseModel], data: Any, document: Document, above: Keys, reader: _Reader
) -> Iterator[Problem]:
    """Pydantic's mistakes as problems; those below a key that was told already, or that a misspelt key explains, are
    left out."""
    details = error.errors(include_url=False)
    told = set(reader.told)
    guessed: set[Keys] = set()
    for detail in sorted(details, key=lambda d: d["type"] != "extra_forbidden"):  # misspelt keys first
        inside = _keys(detail["loc"], data)
        keys = (*above, *inside)
        if keys in told or (detail["type"] == "missing" and keys in guessed):
            continue
        told.add(keys)
        around = _models_at(model, inside[:-1]) if inside else [model]
        said = worded(detail, around, inside)
        if said.instead:
            guessed.add((*above, *inside[:-1], said.instead))
        yield document.problem(keys, said.message, **said.values)


def _keys(location: tuple[int | str, ...], data: Any) -> Keys:
    """Pydantic's location without its own marks (`[key]`, names of alternatives): only what stands in the file, and at
    the end perhaps a key that is missing there."""
    keys: list[str | int] = []
    for place, step in enumerate(location):
        if isinstance(data, Mapping) and step in data:
            keys.append(str(step))
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            keys.append(step)
            data = data[step]
        elif isinstance(data, Mapping) and place == len(location) - 1 and step != "[key]":
            keys.append(step)
    return tuple(keys)


def _kinds(wanted: Any) -> tuple[Any, ...]:
    """An annotation's alternatives, without None and without metadata."""
    origin = get_origin(wanted)
    if origin is Annotated:
        return _kinds(get_args(wanted)[0])
    if origin is Union or origin is types.UnionType:
        return tuple(kind for part in get_args(wanted) for kind in _kinds(part))
    return () if wanted is type(None) else (wanted,)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """A model's keys as they are written in the file, with what each wants."""
    return {entry.alias or name: entry.annotation for name, entry in model.model_fields.items()}


def _models_at(wanted: Any, keys: Keys) -> list[type[BaseModel]]:
    """The models that may stand at `keys` below `wanted`."""
    found: list[type[BaseModel]] = []
    for kind in _kinds(wanted):
        is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
        if not keys:
            found += [kind] if is_model else []
        elif is_model:
            found += _models_at(_fields(kind).get(str(keys[0])), keys[1:])
        elif get_origin(kind) in (dict, Mapping):
            found += _models_at(get_args(kind)[1], keys[1:])
        elif get_origin(kind) in (list, tuple, set, frozenset):
            found += _models_at(get_args(kind)[0], keys[1:])
    return found
