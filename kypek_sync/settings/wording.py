"""Pydantic's findings in the words of an administrator. No sentence repeats a value: it could be a secret that stands
in the wrong place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from kypek_sync.settings.document import Keys
from kypek_sync.settings.problems import listed, nearest

TEXT = "must be text; put it in quotes (a number loses its leading zeros)"
WHOLE = "must be a whole number"
NUMBER = "must be a number"
YES_NO = "must be true or false"
DATE = "must be a date: year-month-day, such as 2027-06-30"
LIST = "must be a list: each item on a line of its own, after a dash and a space"
BLOCK = "must be a block: its own keys, each on a line below it, indented"
PATH = "must be the path of a file or folder"
ADDRESS = "must be an address, such as https://eclass.example.gr"
EMPTY = "is empty; write a value, or remove the line"
MISSING = "is missing; add it here: %(about)s"
UNKNOWN = "unknown key; known here: %(known)s"
MEANT = "unknown key; did you mean '%(instead)s'?"
ONE_OF = "must be one of: %(choices)s"
AT_LEAST = "must be at least %(limit)s"
AT_MOST = "must be at most %(limit)s"
SHARE = "must be a share between 0 and 1 (0.1 is a tenth)"
MORE_THAN = "must be more than %(limit)s"
LESS_THAN = "must be less than %(limit)s"
PATTERN = "does not look right: %(about)s"
SHORT = "is too short: at least %(limit)s"
LONG = "is too long: at most %(limit)s"
NAME = "a key here must be a word; put it in quotes"
OWN = "%(reason)s"

SENTENCES = (
    *(TEXT, WHOLE, NUMBER, YES_NO, DATE, LIST, BLOCK, PATH, ADDRESS, EMPTY, MISSING, UNKNOWN, MEANT, ONE_OF),
    *(AT_LEAST, AT_MOST, SHARE, MORE_THAN, LESS_THAN, PATTERN, SHORT, LONG, NAME, OWN),
)
"""All sentences of this module, for the test that keeps the catalogue whole."""

_BY_BEGINNING = (
    ("string_type", TEXT),
    ("int_", WHOLE),
    ("float_", NUMBER),
    ("finite_number", NUMBER),
    ("decimal_", NUMBER),
    ("bool_", YES_NO),
    ("date_", DATE),
    ("datetime_", DATE),
    ("list_type", LIST),
    ("tuple_type", LIST),
    ("set_type", LIST),
    ("frozen_set_type", LIST),
    ("model_", BLOCK),
    ("dict_type", BLOCK),
    ("mapping_type", BLOCK),
    ("path_", PATH),
    ("url_", ADDRESS),
    ("invalid_key", NAME),
)
_LIMITS = {
    "greater_than_equal": (AT_LEAST, "ge"),
    "less_than_equal": (AT_MOST, "le"),
    "greater_than": (MORE_THAN, "gt"),
    "less_than": (LESS_THAN, "lt"),
    "too_short": (SHORT, "min_length"),
    "string_too_short": (SHORT, "min_length"),
    "too_long": (LONG, "max_length"),
    "string_too_long": (LONG, "max_length"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its values; `instead` is the key that was probably meant by an unknown one."""

    message: str
    values: Mapping[str, str] = field(default_factory=dict)
    instead: str = ""


def worded(detail: ErrorDetails, models: Sequence[type[BaseModel]], keys: Keys) -> Said:
    """What pydantic found at `keys`, as a sentence; `models` are those that could stand around the key."""
    kind, values = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(str(keys[-1]), models)
    if kind != "missing" and detail.get("input") is None:
        return Said(EMPTY)
    if kind == "missing":
        return Said(MISSING, {"about": _about(models, keys)})
    if kind == "string_pattern_mismatch":
        return Said(PATTERN, {"about": _about(models, keys)})
    if kind in ("enum", "literal_error"):
        choices = str(values.get("expected", "")).replace(" or ", ", ").replace("'", "")
        return Said(ONE_OF, {"choices": choices})
    if kind in _LIMITS:
        return _limit(kind, values)
    for beginning, message in _BY_BEGINNING:
        if kind.startswith(beginning):
            return Said(message)
    return Said(OWN, {"reason": str(values.get("error", detail["msg"]))})


def _unknown(key: str, models: Sequence[type[BaseModel]]) -> Said:
    """A key that was given up says what to write in its place; any other one what was perhaps meant."""
    for model in models:
        moved: Mapping[str, str] = getattr(model, "moved", {})
        if key in moved:
            return Said(OWN, {"reason": moved[key]})
    known = {entry.alias or name for model in models for name, entry in model.model_fields.items()}
    instead = nearest(key, known)
    if instead:
        return Said(MEANT, {"instead": instead}, instead)
    return Said(UNKNOWN, {"known": listed(known)})


def _limit(kind: str, values: Mapping[str, Any]) -> Said:
    message, name = _LIMITS[kind]
    limit = values.get(name)
    if isinstance(limit, float) and message is AT_MOST and limit == 1:
        return Said(SHARE)
    return Said(message, {"limit": str(limit)})


def _about(models: Sequence[type[BaseModel]], keys: Keys) -> str:
    for model in models:
        for name, entry in model.model_fields.items():
            if keys and (entry.alias or name) == keys[-1] and entry.description:
                return entry.description
    return "–"
