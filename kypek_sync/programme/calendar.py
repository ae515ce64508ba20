"""Dates and hours as people in Greece write them, turned into moments.

Everything here is pure. What cannot be read raises `Doubt`, which carries the stable word of the mistake (see
`wording`) and its values; nothing is guessed, except a missing year, which follows from the school year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kypek_sync.model import ATHENS
from kypek_sync.programme.letters import fold

_MONTH_NAMES = (
    ("ιανουαριοσ", "ιανουαριου", "γεναρησ", "γεναρη"),
    ("φεβρουαριοσ", "φεβρουαριου", "φλεβαρησ", "φλεβαρη"),
    ("μαρτιοσ", "μαρτιου", "μαρτησ", "μαρτη"),
    ("απριλιοσ", "απριλιου", "απριλησ", "απριλη"),
    ("μαιοσ", "μαιου", "μαησ", "μαη"),
    ("ιουνιοσ", "ιουνιου", "ιουνησ", "ιουνη"),
    ("ιουλιοσ", "ιουλιου", "ιουλησ", "ιουλη"),
    ("αυγουστοσ", "αυγουστου"),
    ("σεπτεμβριοσ", "σεπτεμβριου", "σεπτεμβρησ", "σεπτεμβρη"),
    ("οκτωβριοσ", "οκτωβριου", "οκτωβρησ", "οκτωβρη", "οχτωβριου"),
    ("νοεμβριοσ", "νοεμβριου", "νοεμβρησ", "νοεμβρη"),
    ("δεκεμβριοσ", "δεκεμβριου", "δεκεμβρησ", "δεκεμβρη"),
)
_WEEKDAY_NAMES = ("δευτερα", "τριτη", "τεταρτη", "πεμπτη", "παρασκευη", "σαββατο", "κυριακη")
_WEEKDAY_WORD = re.compile(r"(?P<day>[α-ω]{3,9})\.?,?\s*(?=\d)")
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?=t|\s|\Z)")
_NUMBERS = re.compile(
    r"(?P<d>\d{1,2})\s*(?P<sep>[/.\-])\s*(?P<m>\d{1,2})"
    r"(?:\s*(?P=sep)\s*(?P<y>\d{4}|\d{2})(?!\d)|(?!\d|\s*(?P=sep)\s*\d)(?P=sep)?)"
)
_WORDS = re.compile(
    r"(?P<d>\d{1,2})(?:η|ησ)?\s*[.\-/]?\s*(?:του\s+)?(?P<name>[α-ω]{3,12})\.?,?"
    r"(?:\s*[.\-/]?\s*(?:του\s+)?'?(?P<y>\d{4}|\d{2})(?![\d:.]|\s*[-–—]\s*\d|\s*[πμ]))?"
)
_SEVERAL = re.compile(
    r"\d/\d{1,2}(?:/\d+)?\s+\d{1,2}/\d|\d{1,2}\s*[/.\-]\s*\d{1,2}.*(?:[,;&\n]|\bκαι\b).*\d|\d\s*(?:,|&|\bκαι\b)\s*\d"
)

_CLOCK = r"(?P<{0}h>\d{{1,2}})(?:\s*[:.]\s*(?P<{0}m>\d{{2}})(?::\d{{2}}(?:\.0+)?)?)?\s*(?P<{0}half>{1})?"
_HALF = r"π\.?\s?μ\.?|μ\.?\s?μ\.?|am|pm|(?:το\s+)?πρωι|(?:το\s+)?μεσημερι|(?:το\s+)?απογευμα|(?:το\s+)?βραδυ"
_ONE = re.compile(rf"(?:στισ\s+|ωρα\s+|απο\s+|εωσ\s+|μεχρι\s+)?{_CLOCK.format('a', _HALF)}(?:\s*(?:ωρεσ|ωρα|h))?\Z")
_RANGE = re.compile(
    rf"(?:στισ\s+|ωρα\s+|απο\s+(?:τισ\s+)?)?{_CLOCK.format('a', _HALF)}"
    rf"\s*(?:[-–—]|εωσ(?:\s+τισ)?|μεχρι(?:\s+τισ)?|ωσ(?:\s+τισ)?)\s*"
    rf"{_CLOCK.format('b', _HALF)}(?:\s*(?:ωρεσ|ωρα|h))?\Z"
)
_END_OF_DAY = time(23, 59)


class Doubt(Exception):
    """A value that could not be read, or was read with a remark: the stable word of the mistake and its values."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class When:
    """What one cell says of time: a day, perhaps an hour, perhaps an hour of ending. All of it local."""

    day: date | None = None
    starts: time | None = None
    ends: time | None = None


def shown(day: date) -> str:
    """A day as people read it: 12/3/2027."""
    return f"{day.day}/{day.month}/{day.year}"


def within(day: date, first_year: int) -> bool:
    """Whether a day is in the school year that starts in September of `first_year`."""
    return date(first_year, 9, 1) <= day <= date(first_year + 1, 8, 31)


def _month(name: str) -> int | None:
    """The only month of which this is a name or the beginning of one."""
    fits = [number for number, names in enumerate(_MONTH_NAMES, start=1) if any(n.startswith(name) for n in names)]
    return fits[0] if len(fits) == 1 else None


def _weekday(text: str) -> tuple[int | None, str]:
    """The day of the week at the start of the text (Monday is 0), and the rest."""
    found = _WEEKDAY_WORD.match(text)
    fits = [n for n, name in enumerate(_WEEKDAY_NAMES) if found and name.startswith(found["day"])]
    return (fits[0], text[found.end() :]) if found and len(fits) == 1 else (None, text)


def _day_of(year: str | None, month: int, day: str, first_year: int, whole: str) -> date:
    number = first_year + (1 if month < 9 else 0) if year is None else int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, month, int(day))
    except ValueError:
        raise Doubt("date-unreadable", value=whole) from None


def _read_day(text: str, first_year: int, whole: str) -> tuple[date, str]:
    """The day at the start of the text, and what follows it."""
    weekday, rest = _weekday(text)
    found = _ISO.match(rest) or _NUMBERS.match(rest)
    month = int(found["m"]) if found else None
    if found is None:
        found = _WORDS.match(rest)
        month = _month(found["name"]) if found else None
    if found is None or month is None or not 1 <= month <= 12:
        raise Doubt("date-several" if _SEVERAL.search(text) else "date-unreadable", value=whole)
    day = _day_of(found["y"], month, found["d"], first_year, whole)
    if weekday is not None and weekday != day.weekday():
        raise Doubt("date-weekday", value=whole, date=shown(day))
    return day, rest[found.end() :].lstrip(" ,t·").strip()


def read_when(value: object, first_year: int) -> When:
    """What a cell for a date says. Raises `Doubt`: `date-unreadable`, `date-several`, `date-weekday`,
    `time-unreadable`."""
    if isinstance(value, datetime):
        value = value.astimezone(ATHENS) if value.tzinfo else value
        return When(value.date(), None if value.time() == time() else time(value.hour, value.minute))
    if isinstance(value, date):
        return When(value)
    whole = str(value).strip()
    if not isinstance(value, str) or len(whole) > 100:
        raise Doubt("date-unreadable", value=whole)
    day, rest = _read_day(fold(whole), first_year, whole)
    if not rest:
        return When(day)
    try:
        starts, ends = read_hours(rest)
    except Doubt:
        code = "date-several" if _SEVERAL.search(fold(whole)) else "date-unreadable"
        raise Doubt(code, value=whole) from None
    return When(day, starts, ends)


def _hour(found: re.Match[str], side: str, half: str, whole: str) -> time:
    hour, minute = int(found[side + "h"]), int(found[side + "m"] or 0)
    bare = half.replace(".", "").replace(" ", "").removeprefix("το")
    if bare in ("μμ", "pm", "μεσημερι", "απογευμα", "βραδυ") and hour < 12 and not (bare == "μεσημερι" and hour > 9):
        hour += 12
    elif bare in ("πμ", "am") and hour == 12:
        hour = 0
    if hour == 24 and minute == 0:
        return _END_OF_DAY
    if hour > 23 or minute > 59:
        raise Doubt("time-unreadable", value=whole)
    return time(hour, minute)


def _number_of_hour(value: float, whole: str) -> time:
    """17 → 17:00; 17.3 is what a spreadsheet makes of a typed 17.30; 0.7083 is a clock time shown as a number."""
    if 0 < value < 1:
        minutes = round(value * 24 * 60)
        return _END_OF_DAY if minutes >= 1440 else time(minutes // 60, minutes % 60)
    hour, minute = int(value), round((value - int(value)) * 100)
    if 1 <= hour <= 23 and 0 <= minute < 60 and abs(value - hour - minute / 100) < 1e-6:
        return time(hour, minute)
    raise Doubt("time-unreadable", value=whole)


def read_hours(value: object) -> tuple[time, time | None]:
    """The hour that a cell says, and the hour of ending if it says both. Raises `Doubt`: `time-unreadable`."""
    whole = str(value).strip()
    if isinstance(value, datetime | time):
        return time(value.hour, value.minute), None
    if isinstance(value, timedelta) and timedelta() <= value < timedelta(days=1):
        minutes = int(value.total_seconds()) // 60
        return time(minutes // 60, minutes % 60), None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 24:
        return _number_of_hour(float(value), whole), None
    if not isinstance(value, str) or len(whole) > 60:
        raise Doubt("time-unreadable", value=whole[:60])
    text = fold(whole)
    if found := _RANGE.match(text):
        last = _hour(found, "b", found["bhalf"] or "", whole)
        first = _hour(found, "a", found["ahalf"] or found["bhalf"] or "", whole)
        if first >= last and not found["ahalf"]:
            first = _hour(found, "a", "", whole)
        return first, last
    if found := _ONE.match(text):
        return _hour(found, "a", found["ahalf"] or "", whole), None
    raise Doubt("time-unreadable", value=whole)


def moment(day: date, hour: time) -> datetime:
    """The moment in UTC of a local day and hour. Raises `Doubt` `time-gap` for an hour that the clocks skip."""
    there = datetime.combine(day, hour, ATHENS)
    try:
        moment_there = there.astimezone(UTC)
    except OverflowError:
        raise Doubt("date-unreadable", value=shown(day)) from None
    if moment_there.astimezone(ATHENS).replace(tzinfo=None) != there.replace(tzinfo=None):
        raise Doubt("time-gap", date=shown(day), time=f"{hour:%H:%M}")
    return moment_there


def comes_twice(day: date, hour: time) -> bool:
    """Whether clocks show this hour twice on that day (the last Sunday of October)."""
    there = datetime.combine(day, hour, ATHENS)
    first, second = there.utcoffset(), there.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second
