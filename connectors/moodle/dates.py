"""A moment as a report shows it, localised and to the minute (M-35): `Sunday, 22 November 2026, 10:02 PM`,
`Κυριακή, 22 Νοεμβρίου 2026, 10:02 μ.μ.`. Pure. What is not understood is unknown, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from kypek_sync.contract import capitals
from kypek_sync.model import ATHENS

_MOMENT = re.compile(
    r"(?:(?P<weekday>[^\W\d_]+)\.?,? )?(?P<day>\d{1,2}) (?P<month>[^\W\d_]+)\.? (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<half>\D{0,8})"
)
_MONTHS = (
    ("JAN", "ΙΑΝ"),
    ("FEB", "ΦΕΒ"),
    ("MAR", "ΜΑΡ"),
    ("APR", "ΑΠΡ"),
    ("MAY", "ΜΑΙ"),
    ("JUN", "ΙΟΥΝ"),
    ("JUL", "ΙΟΥΛ"),
    ("AUG", "ΑΥΓ"),
    ("SEP", "ΣΕΠ"),
    ("OCT", "ΟΚΤ"),
    ("NOV", "ΝΟΕ"),
    ("DEC", "ΔΕΚ"),
)
_WEEKDAYS = (
    ("MON", "ΔΕΥ"),
    ("TUE", "ΤΡΙ"),
    ("WED", "ΤΕΤ"),
    ("THU", "ΠΕΜ"),
    ("FRI", "ΠΑΡ"),
    ("SAT", "ΣΑΒ"),
    ("SUN", "ΚΥΡ"),
)
_HALVES = {"AM": 0, "ΠΜ": 0, "PM": 12, "ΜΜ": 12}


def moment(text: str) -> datetime | None:
    """The moment, aware UTC; the text is taken as Europe/Athens. In the hour that autumn repeats the earlier moment is
    meant: nobody loses a place by it. None for an empty or strange text, or a weekday that does not fit."""
    match = _MOMENT.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    month = _index(_MONTHS, match["month"])
    hour = _hour(int(match["hour"]), match["half"])
    if month is None or hour is None:
        return None
    try:
        at = datetime(
            int(match["year"]), month + 1, int(match["day"]), hour, int(match["minute"]), tzinfo=ATHENS, fold=0
        )
    except ValueError:
        return None
    if match["weekday"] and _index(_WEEKDAYS, match["weekday"]) != at.weekday():
        return None
    return at.astimezone(UTC)


def _index(names: tuple[tuple[str, ...], ...], word: str) -> int | None:
    capital = capitals(word)
    return next((index for index, starts in enumerate(names) if capital.startswith(starts)), None)


def _hour(hour: int, half: str) -> int | None:
    """The hour of 24, from one of 12 with its half of the day, or as it is."""
    if not half.strip():
        return hour
    offset = _HALVES.get(capitals(half).replace(".", "").replace(" ", ""))
    if offset is None or not 1 <= hour <= 12:
        return None
    return hour % 12 + offset
