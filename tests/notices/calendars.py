"""Builders of calendar files, and two readers of them that share no code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import vobject

from kypek_sync.language import speaker
from kypek_sync.ledger.session_versions import Version, Versions
from kypek_sync.model import Seminar
from kypek_sync.notices.calendar import Meeting, meetings
from kypek_sync.notices.calendar_file import feed_file

ADDRESS = "https://kypek.example.gr"
GREEK = speaker("el")
SEEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """What a reader makes of one event; `starts` and `ends` are moments."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    status: str
    description: str
    location: str


def shown(one: Seminar, **versions: Version) -> tuple[Meeting, ...]:
    """A seminar's sessions; `s1=Version(…)` for those that changed."""
    known = {int(name[1:]): version for name, version in versions.items()}
    return meetings("att-a", one, Versions(SEEN, known), ADDRESS)


def feed(those: tuple[Meeting, ...], name: str = "Πρόγραμμα") -> bytes:
    """A feed of them in Greek."""
    return feed_file(those, name, f"{ADDRESS}/programme/att-a.ics", HOUR, GREEK)


def by_icalendar(content: bytes) -> list[Told]:
    """As the library reads them that wrote them, in the zone that the file itself describes."""
    calendar = icalendar.Calendar.from_ical(content)
    zone = calendar.walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    found = []
    for event in calendar.walk("VEVENT"):
        starts, ends = (_moment(event[key].dt, zone) for key in ("DTSTART", "DTEND"))
        words = [str(event.get(key, "")) for key in ("SUMMARY", "STATUS", "DESCRIPTION", "LOCATION")]
        found.append(Told(str(event["UID"]), int(event["SEQUENCE"]), starts, ends, *words))
    return found


def by_vobject(content: bytes) -> list[Told]:
    """As another library does."""
    calendar = vobject.readOne(content.decode())
    return [
        Told(
            event.uid.value,
            int(event.sequence.value),
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            *(_word(event, key) for key in ("summary", "status", "description", "location")),
        )
        for event in getattr(calendar, "vevent_list", ())
    ]


def lines(content: bytes) -> Iterator[str]:
    """The content lines, unfolded."""
    yield from content.decode().replace("\r\n ", "").split("\r\n")


def _moment(value: datetime, zone: Any) -> datetime:
    wall = value.replace(tzinfo=None)
    return value.astimezone(UTC) if value.tzname() == "UTC" else wall.replace(tzinfo=zone).astimezone(UTC)


def _word(event: Any, key: str) -> str:
    part = getattr(event, key, None)
    return "" if part is None else str(part.value)
