"""Teleconferences of a course and who was there, as eClass wrote it down: for a look beside what the rooms tell.

It is no proof of absence: the older eClass writes only while somebody keeps its attendance page open (E-43).
`totaltime` is minutes (E-45), and `date` a TIMESTAMP where the others are naive Athens (E-47).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import connectors.eclass.mapping as mapping
from connectors.eclass.database import Reading
from kypek_sync.model import ATHENS

_SESSIONS = (
    "SELECT s.title, s.meeting_id, CAST(s.start_date AS CHAR) AS begins, CAST(s.end_date AS CHAR) AS ends"
    " FROM tc_session s JOIN course c ON c.id = s.course_id WHERE c.code = :code ORDER BY s.start_date, s.id"
)
_PRESENT = (
    "SELECT meetingid, bbbuserid, totaltime, CAST(`date` AS CHAR) AS seen"
    " FROM tc_attendance WHERE meetingid IN :meetings"
)


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody in a teleconference: `minutes` in all, `seen` the last moment (aware UTC) where it is told."""

    login: str
    minutes: int
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Teleconference:
    """A session as eClass knows it. `meeting` is BigBlueButton's id of it; times are aware UTC."""

    title: str
    meeting: str
    starts: datetime | None
    ends: datetime | None
    present: tuple[Presence, ...]


def teleconferences(reading: Reading, course: str) -> tuple[Teleconference, ...]:
    """The sessions of one course with their attendance, by begin."""
    rows = reading.rows(_SESSIONS, code=course)
    begins, ends = reading.moment("tc_session", "start_date"), reading.moment("tc_session", "end_date")
    present: dict[str, dict[str, Presence]] = {}
    meetings = sorted({str(row.meeting_id) for row in rows if row.meeting_id})
    for one in reading.rows(_PRESENT, meetings=meetings) if meetings else ():
        login, seen = str(one.bbbuserid or "").lower(), reading.moment("tc_attendance", "date")(one.seen)
        there = present.setdefault(str(one.meetingid), {})
        before = there.get(login, Presence(login, 0, None))
        latest = max((moment for moment in (before.seen, seen) if moment is not None), default=None)
        there[login] = Presence(login, before.minutes + mapping.whole(one.totaltime), latest)
    return tuple(
        Teleconference(
            str(row.title or ""),
            str(row.meeting_id or ""),
            begins(row.begins),
            ends(row.ends),
            tuple(one for _, one in sorted(present.get(str(row.meeting_id), {}).items())),
        )
        for row in rows
    )


def listed(sessions: tuple[Teleconference, ...]) -> str:
    """The sessions as lines: when (Athens), title, and each person's minutes."""
    lines = []
    for one in sessions:
        lines.append(f"{_time(one.starts)} – {_time(one.ends)}  {one.title}")
        lines += [f"    {person.minutes:>4}'  {person.login}" for person in one.present]
    return "\n".join(lines) or "–"


def _time(moment: datetime | None) -> str:
    return moment.astimezone(ATHENS).strftime("%Y-%m-%d %H:%M") if moment is not None else "…"
