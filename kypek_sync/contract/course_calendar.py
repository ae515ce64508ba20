"""What a course platform may offer besides its role: dates of sessions in a course's calendar (`Capability.CALENDAR`).

A platform that offers it keeps our reference with each event and gives it back, so that an event whose making got no
answer is found again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from kypek_sync.contract.changes import Receipt
from kypek_sync.contract.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class EventDraft:
    """A date as it should stand in a course's calendar. `ref` is our reference (`kypek:<kypek>:<seminar code>:<session
    number>`); `description` plain text; `starts` and `ends` aware UTC, whole seconds."""

    ref: str
    title: str
    description: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A date as it stands. `ref` is our reference where it carries one, and our account made it; else empty.
    `description` is plain text without the reference; `starts`, `ends` aware UTC."""

    id: str
    ref: str
    title: str
    description: str
    starts: datetime
    ends: datetime


@runtime_checkable
class CourseCalendar(Protocol):
    """Dates in the calendars of courses. `course` is always `Course.id`. An event cannot be changed: it is taken away
    and another one is made (M-32)."""

    def events(self, known: Mapping[str, frozenset[str]]) -> Mapping[str, Snapshot[CalendarEvent]]:
        """The dates of these courses, asked for together. `known` has, by course, the ids of events that were there: a
        snapshot that lacks one of them is complete only where the platform proves that it would show it (M-10)."""

    def add_events(self, course: str, drafts: Sequence[EventDraft]) -> tuple[Receipt, ...]:
        """Make events: one receipt for each, in order, with the event's id. One that carries the reference of a draft
        already is `ALREADY`, whatever it says."""

    def remove_events(self, course: str, events: Sequence[str]) -> tuple[Receipt, ...]:
        """Take events away: one receipt each; one that is not there is `ALREADY`."""
