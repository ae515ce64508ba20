"""Dates of sessions in the calendars of courses: looked for first, made or deleted, read back (M-10, M-32).

There is no update by token: who wants another date deletes and makes. `courseid` is always sent, since without it
Moodle takes an orphan that no course shows. Our reference is the last line of the description. Hidden dates count as
there; a date of which a warning tells, or that the account may not see, is unknown and never gone. An account without
moodle/calendar:manageentries sees its own dates all the same, and of each other one Moodle warns by its number.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import connectors.moodle.extra_mapping as extra_mapping
from connectors.moodle.batches import Batches, Element, Writer, refused
from connectors.moodle.catalogue import OURS, sendable
from connectors.moodle.client import MoodleClient, in_batches
from connectors.moodle.extra_mapping import EventRow
from connectors.moodle.extras import ACCESS
from connectors.moodle.probing import Site
from connectors.moodle.refusals import Refused
from kypek_sync.contract import (
    CalendarEvent,
    EventDraft,
    Outcome,
    Receipt,
    Snapshot,
    TryLater,
    html_of,
    words_of,
)
from kypek_sync.model import Clock

TITLE_LENGTH = 255
_GET = "core_calendar_get_calendar_events"
_OPTIONS = {"userevents": 0, "siteevents": 0, "timestart": 0, "timeend": 0, "ignorehidden": 0}
_ALREADY = Receipt(Outcome.ALREADY)


class Events:
    """Reads and writes the dates of courses."""

    def __init__(self, client: MoodleClient, site: Site, writer: Writer, clock: Clock) -> None:
        self._client = client
        self._site = site
        self._writer = writer
        self._clock = clock
        self._system = client.system

    def read(self, known: Mapping[str, frozenset[str]]) -> dict[str, Snapshot[CalendarEvent]]:
        """The dates of courses, one call for all of them; where one that is `known` is missing, a further call for
        its course proves that the account would see it."""
        found: dict[str, Snapshot[CalendarEvent]] = {}
        for batch in in_batches(sorted(known, key=lambda course: (len(course), course)), 1, fixed=len(_OPTIONS)):
            found |= self._batch(batch, known)
        return found

    def add(self, course: str, drafts: Sequence[EventDraft]) -> tuple[Receipt, ...]:
        """Make dates, one call for all of them."""
        with self._writer.alone(course):
            return self._add(course, drafts)

    def remove(self, course: str, events: Mapping[str, str]) -> tuple[Receipt, ...]:
        """Delete dates of the course that are still ours, one call for all of them. `events`: reference by id."""
        with self._writer.alone(course):
            return self._remove(course, events)

    def _batch(self, courses: Sequence[str], known: Mapping[str, frozenset[str]]) -> dict[str, Snapshot[CalendarEvent]]:
        as_of = self._clock()
        me = self._site.info().userid
        answer = self._client.read(
            _GET, extra_mapping.calendar, {"events": {"courseids": list(courses)}, "options": _OPTIONS}
        )
        found = {}
        for course in courses:
            items = tuple(_event(row, me) for row in answer.events if str(row.course) == course)
            lost = known[course] - {item.id for item in items}
            why = "; ".join(answer.warnings) if answer.vague or int(course) in answer.unseen else ""
            if lost and not why:
                why = self._veil(course)
            proof = ("may see all dates",) if lost and not why else ("all that were known are there",)
            scope = f"{course}/events"
            found[course] = Snapshot(self._system, scope, as_of, items, not why, why, () if why else proof)
        return found

    def _veil(self, course: str) -> str:
        """Why the account may miss dates of the course, empty if it sees all. A course that is gone costs the others
        nothing."""
        try:
            seen = self._client.read(ACCESS, extra_mapping.may_manage, {"courseid": course})
        except Refused as error:
            return error.message
        return "" if seen else "the account may not see all dates of the course"

    def _sure(self, course: str, known: frozenset[str] = frozenset()) -> dict[str, CalendarEvent]:
        """The dates of a course by id. Raises `TryLater` where not all are shown."""
        snapshot = self._batch([course], {course: known})[course]
        if not snapshot.complete:
            raise TryLater(self._system, f"The calendar of the course {course} is not shown: {snapshot.why_partial}.")
        return {event.id: event for event in snapshot.items}

    def _add(self, course: str, drafts: Sequence[EventDraft]) -> tuple[Receipt, ...]:
        ids = _by_ref(self._sure(course).values())
        receipts: dict[int, Receipt] = {}
        elements: dict[int, Element] = {}
        for place, draft in enumerate(drafts):
            if draft.ref in ids:
                receipts[place] = replace(_ALREADY, foreign_id=ids[draft.ref])
            elif why := _unfit(draft):
                receipts[place] = refused(why)
            else:
                elements[place] = _element(course, draft)
        warned: list[str] = []

        def send(places: Sequence[int]) -> None:
            words = {"events": [elements[place] for place in places]}
            answer = self._client.write("core_calendar_create_calendar_events", extra_mapping.calendar, words)
            warned.extend(answer.warnings)

        def look() -> frozenset[int]:
            ids.update(_by_ref(self._sure(course).values()))
            return frozenset(place for place in elements if drafts[place].ref in ids)

        def silent(place: int) -> Receipt:
            del place
            if warned:
                hint = "The service account's role needs moodle/calendar:manageentries."
                return refused(f"Moodle did not make the date ({warned[0]}). {hint}")
            return Receipt(Outcome.AMBIGUOUS, detail="Moodle said ok, but does not show it.")

        batches = in_batches(sorted(elements), len(next(iter(elements.values()), {"": ""})))
        written = Batches(send, look, silent).receipts(batches)
        receipts |= {
            place: replace(receipt, foreign_id=ids[drafts[place].ref]) if receipt.stands else receipt
            for place, receipt in written.items()
        }
        return tuple(receipts[place] for place in range(len(drafts)))

    def _remove(self, course: str, events: Mapping[str, str]) -> tuple[Receipt, ...]:
        there = self._sure(course, frozenset(events))
        ids = list(events)
        elements: dict[int, Element] = {
            place: {"eventid": event, "repeat": 0}
            for place, event in enumerate(ids)
            if event in there and there[event].still(events[event])
        }

        def look() -> frozenset[int]:
            now = self._sure(course, frozenset(events))
            return frozenset(place for place in elements if ids[place] not in now)

        written = self._writer.written("core_calendar_delete_calendar_events", "events", elements, look)
        return tuple(replace(written.get(place, _ALREADY), foreign_id=event) for place, event in enumerate(ids))


def _event(row: EventRow, me: int) -> CalendarEvent:
    """A row in the contract's words. Only what our account made carries our reference: people copy courses."""
    lines = words_of(row.description).rstrip().split("\n")
    last = lines[-1].strip()
    marked = last if last.startswith(OURS) else ""
    starts = datetime.fromtimestamp(row.starts, UTC)
    return CalendarEvent(
        id=str(row.id),
        ref=marked if row.author == me else "",
        title=row.title,
        description="\n".join(lines[:-1] if marked else lines).strip(),
        starts=starts,
        ends=starts + timedelta(seconds=row.seconds),
        copied=marked if row.author != me else "",
        foreign=row.author != me,
    )


def _by_ref(events: Iterable[CalendarEvent]) -> dict[str, str]:
    """The lowest id by reference."""
    ordered = sorted(events, key=lambda event: (len(event.id), event.id), reverse=True)
    return {event.ref: event.id for event in ordered if event.ref}


def _element(course: str, draft: EventDraft) -> Element:
    return {
        "name": draft.title,
        "description": f"{html_of(draft.description)}<p><small>{html.escape(draft.ref)}</small></p>",
        "format": 1,
        "courseid": course,
        "eventtype": "course",
        "timestart": int(draft.starts.timestamp()),
        "timeduration": int((draft.ends - draft.starts).total_seconds()),
        "visible": 1,
    }


def _unfit(draft: EventDraft) -> str:
    if not sendable(draft.title, TITLE_LENGTH):
        return (
            f"The title of the date is empty, longer than {TITLE_LENGTH} letters, or has letters that Moodle cannot "
            "hold."
        )
    if "<" in draft.title.replace("< ", ""):
        return (
            "The title of the date has a `<` directly before a letter, which Moodle takes for HTML: put a space there."
        )
    if not draft.ref.startswith(OURS) or not sendable(draft.ref, TITLE_LENGTH):
        return f"The reference {draft.ref!r} is empty, too long or has letters that Moodle cannot hold."
    if draft.ends < draft.starts:
        return "The date would end before it starts."
    return ""
