"""Moodle's declarations of parameters and its strict check of them.

A key that is not declared, a required one that is missing, or a value that cleaning would change refuses the whole call
with `invalidparameter`; the element is named in `debuginfo` only. An empty list cannot be sent in a form (M-9).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeAlias

from kypek_sync.sandbox.moodle.errors import InvalidParameter
from kypek_sync.sandbox.moodle.texts import strip_tags


class Need(Enum):
    """Whether a key must be there. DEFAULT fills it in, OPTIONAL leaves it out."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Value:
    """One scalar of a PARAM_ kind (`int`, `bool`, `raw`, `text`, `notags`, `username`, …)."""

    kind: str
    need: Need = Need.REQUIRED
    default: Any = None


@dataclass(frozen=True, slots=True)
class Single:
    """An object with declared keys."""

    keys: Mapping[str, Declared]
    need: Need = Need.REQUIRED
    default: Any = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Many:
    """A list of equal elements; the keys of the array are ignored, its order is kept."""

    element: Declared
    need: Need = Need.REQUIRED
    default: Any = field(default_factory=list)


Declared: TypeAlias = Value | Single | Many


def optional(declared: Declared) -> Declared:
    """The same, and it may be left out (then the function does not see it)."""
    return replace(declared, need=Need.OPTIONAL)


def default(declared: Declared, value: Any) -> Declared:
    """The same, and it may be left out (then the function sees `value`)."""
    return replace(declared, need=Need.DEFAULT, default=value)


INT, BOOL, FLOAT = Value("int"), Value("bool"), Value("float")
RAW, TEXT, NOTAGS = Value("raw"), Value("text"), Value("notags")
USERNAME, EMAIL, ALPHA, ALPHANUMEXT, PLUGIN = (
    Value("username"),
    Value("email"),
    Value("alpha"),
    Value("alphanumext"),
    Value("plugin"),
)
CAPABILITY, SAFEDIR, TIMEZONE = Value("capability"), Value("safedir"), Value("timezone")
NAMED_VALUES = Many(Single({"name": ALPHANUMEXT, "value": RAW}))


def check(declared: Declared, given: Any) -> Any:
    """The parameters as the function gets them: typed, with defaults. Raises `InvalidParameter`."""
    if isinstance(declared, Single):
        return _check_single(declared, given)
    if isinstance(declared, Many):
        if not isinstance(given, dict | list):
            raise InvalidParameter(f"Only arrays accepted. The bad value is: '{given}'")
        return [check(declared.element, item) for item in (given.values() if isinstance(given, dict) else given)]
    return _check_value(declared, given)


def _check_single(declared: Single, given: Any) -> dict[str, Any]:
    if isinstance(given, list) and not given:
        given = {}
    if not isinstance(given, dict):
        raise InvalidParameter(f"Only arrays accepted. The bad value is: '{given}'")
    result: dict[str, Any] = {}
    for key, inner in declared.keys.items():
        if key in given:
            try:
                result[key] = check(inner, given[key])
            except InvalidParameter as fault:
                raise InvalidParameter(f"{key} => {fault.message}: {fault.debuginfo}") from None
        elif inner.need is Need.REQUIRED:
            raise InvalidParameter(f"Missing required key in single structure: {key}")
        elif inner.need is Need.DEFAULT:
            result[key] = inner.default
    unexpected = [key for key in given if key not in declared.keys]
    if unexpected:
        raise InvalidParameter(f"Unexpected keys ({', '.join(unexpected)}) detected in parameter array.")
    return result


def _check_value(declared: Value, given: Any) -> Any:
    if isinstance(given, dict | list):
        raise InvalidParameter("Scalar type expected, array or object received.")
    if given is None:
        raise InvalidParameter("Scalar type expected, null received.")
    text = str(int(given)) if isinstance(given, bool) else str(given)
    if isinstance(given, float) and given.is_integer():
        text = str(int(given))
    cleaned = clean(text, declared.kind)
    if cleaned is None or (cleaned != text and declared.kind != "float"):
        raise InvalidParameter(
            f'Invalid external api parameter: the value is "{text}", the server was expecting "{declared.kind}" type'
        )
    convert: dict[str, Callable[[str], Any]] = {"int": int, "bool": lambda one: one == "1", "float": float}
    return convert.get(declared.kind, str)(cleaned)


def clean(text: str, kind: str) -> str | None:
    """What Moodle's `clean_param` leaves of the text; None if it is no such thing at all."""
    return _CLEANERS[kind](text)


def _only(allowed: str) -> Callable[[str], str | None]:
    unwanted = re.compile(f"[^{allowed}]")
    return lambda text: unwanted.sub("", text)


def _matching(pattern: str) -> Callable[[str], str | None]:
    wanted = re.compile(pattern)
    return lambda text: text if wanted.fullmatch(text) else None


def _integer(text: str) -> str | None:
    """A whole number as PHP would write it back, within 64 bits."""
    return text if re.fullmatch(r"0|-?[1-9][0-9]{0,18}", text) and abs(int(text)) < 2**63 else None


_EMAIL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
is_email = re.compile(_EMAIL).fullmatch

_CLEANERS: dict[str, Callable[[str], str | None]] = {
    "int": _integer,
    "bool": _matching(r"[01]"),
    "float": _matching(r"-?[0-9]+(\.[0-9]+)?"),
    "raw": lambda text: text,
    "text": strip_tags,
    "notags": strip_tags,
    "username": lambda text: re.sub(r"[^-.@_a-z0-9]", "", text.strip().lower()),
    "email": lambda text: text if text == "" or is_email(text) else "",
    "alpha": _only("a-zA-Z"),
    "alphanumext": _only("a-zA-Z0-9_-"),
    "plugin": _only("a-z0-9_"),
    "capability": _only("a-zA-Z0-9_/:-"),
    "safedir": _only("a-zA-Z0-9_-"),
    "timezone": _only("a-zA-Z0-9_/+.-"),
}
