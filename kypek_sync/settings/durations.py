"""Lengths of time as people write them: `15 minutes`, `6h`, `7 days`, `15 λεπτά`, or ISO 8601 (`PT15M`)."""

from __future__ import annotations

import re
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

_UNITS: dict[str, timedelta] = {
    **dict.fromkeys(("s", "sec", "second", "seconds", "δευτερόλεπτο", "δευτερόλεπτα"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "minute", "minutes", "λεπτό", "λεπτά"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours", "ώρα", "ώρες"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days", "ημέρα", "ημέρες", "μέρα", "μέρες"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks", "εβδομάδα", "εβδομάδες"), timedelta(weeks=1)),
    **dict.fromkeys(("y", "year", "years", "έτος", "έτη", "χρόνος", "χρόνια"), timedelta(days=365)),
}

_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([^\W\d_]+)")
_ISO = TypeAdapter(timedelta)

PATTERN = r"^(P.+|(\s*\d+(\.\d+)?\s*[A-Za-zΑ-Ωα-ωάέήίόύώ]+)+\s*)$"
"""What the JSON Schema says of a length of time."""


def duration(text: str) -> timedelta | None:
    """The length of time that `text` says, or None if it says none. A year is 365 days. Never negative."""
    wanted = text.strip()
    if wanted.startswith("P"):
        try:
            return _ISO.validate_python(wanted)
        except (ValidationError, OverflowError):
            return None
    if not wanted or _PART.sub("", wanted).replace(",", "").strip():
        return None
    whole = timedelta()
    for number, unit in _PART.findall(wanted):
        if unit.lower() not in _UNITS:
            return None
        try:
            whole += float(number) * _UNITS[unit.lower()]
        except OverflowError:
            return None
    return whole
