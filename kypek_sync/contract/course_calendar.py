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
    `copied` is a reference of ours in what another account made: somebody copied it, or our account was replaced.
    `foreign`: another account made it. `description` is plain text without the reference; `starts`, `ends` aware
    UTC."""

    id: str
    ref: str
    title: str
    description: str
    starts: datetime
    ends: datetime
    copied: str = ""
    foreign: bool = False

    def still(self, ref: str) -> bool:
        """Whether what we once made under `ref`, and know by its id, is still this: ids are given to other things when
        a platform is restored from a backup. Who teaches may have deleted the reference from ours."""
        return ref in (self.ref, self.copied) or not (self.foreign or self.ref)


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

    def remove_events(self, course: str, events: Mapping[str, str]) -> tuple[Receipt, ...]:
        """Take events away, each by its id with our reference: one receipt each, in order. One that is not there, or
        is not `still` ours at a fresh look, is `ALREADY` and is left alone."""
