"""How dates of sessions are asked of a platform's calendar, and what their receipts teach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import (
    Change,
    CourseCalendar,
    EventDraft,
    Outcome,
    Receipt,
    SkipThis,
    Verb,
)
from kypek_sync.ledger import course_dates, runs
from kypek_sync.sync.applying.apply import Call, NotYet
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.planning.desired import reference
from kypek_sync.sync.planning.events import event_reference


class EventCalls:
    """The calls of calendars, beside those of courses: an event needs its course."""

    def __init__(self, courses: CourseCalls) -> None:
        self.courses = courses
        self.ledger = courses.ledger
        self.kypek = courses.kypek

    def calls(self) -> dict[Verb, Call]:
        """A call for each verb."""
        return {Verb.ADD_EVENT: self._add, Verb.REMOVE_EVENT: self._remove}

    def remember(self, connection: Connection, change: Change, receipt: Receipt) -> None:
        """Which event is which session, from a receipt that stands."""
        if not receipt.stands or change.verb not in (Verb.ADD_EVENT, Verb.REMOVE_EVENT):
            return
        target, ref = change.target, course_dates.place(change.target.course, change.target.object)
        if change.verb is Verb.ADD_EVENT:
            course_dates.learn(connection, self.kypek, target.system, ref, receipt.foreign_id, self.courses.clock())
            return
        bound = course_dates.known(connection, self.kypek).get((target.system, ref))
        if bound is not None and bound.foreign_id == receipt.foreign_id:
            course_dates.forget(connection, self.kypek, target.system, ref)

    def _add(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        """Make events, but none beside one that is still there or may be on its way: two of one session would mislead
        everybody in the course."""
        course, calendar = self.courses.course_of(changes[0]), self._calendar(changes[0])
        waits = self._waiting(changes)
        if len(waits) == len(changes):
            raise NotYet(changes[0].target.system, next(iter(waits.values())))
        asked = [change for change in changes if change not in waits]
        made = iter(calendar.add_events(course, [self._draft(change) for change in asked]))
        return [Receipt(Outcome.LATER, detail=waits[c]) if c in waits else next(made) for c in changes]

    def _waiting(self, changes: Sequence[Change]) -> dict[Change, str]:
        """The changes that have to wait, each with why."""
        found = {}
        with self.ledger.begin(keep=False) as connection:
            known = course_dates.known(connection, self.kypek)
            for change in changes:
                target = change.target
                ref = course_dates.place(target.course, target.object)
                if (target.system, ref) in known:
                    found[change] = f"The earlier date of session {target.object} of {target.course} is still there."
                elif len(runs.unsettled(connection, self.kypek, change.verb, target)) > 1:  # the last is this one
                    found[change] = (
                        f"An earlier attempt to make the date of session {target.object} of {target.course} got no "
                        "answer; it is looked for before another one is made."
                    )
        return found

    def _remove(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        course, calendar = self.courses.course_of(changes[0]), self._calendar(changes[0])
        with self.ledger.begin(keep=False) as connection:
            known = course_dates.known(connection, self.kypek)
        ids = []
        asked = {}
        for change in changes:
            target = change.target
            bound = known.get((target.system, course_dates.place(target.course, target.object)))
            event = dict(change.before).get("event") or (bound.foreign_id if bound is not None else "")
            ids.append(event)
            if event:
                asked[event] = event_reference(reference(self.kypek, target.course), target.object)
        answers = dict(zip(asked, calendar.remove_events(course, asked), strict=True))
        return [answers.get(event, Receipt(Outcome.ALREADY)) for event in ids]

    def _calendar(self, change: Change) -> CourseCalendar:
        platform = self.courses.platforms[change.target.system]
        if not isinstance(platform, CourseCalendar):
            raise SkipThis(change.target.system, "It has no calendars.")
        return platform

    def _draft(self, change: Change) -> EventDraft:
        words = dict(change.after)
        return EventDraft(
            ref=event_reference(reference(self.kypek, change.target.course), change.target.object),
            title=words["title"],
            description=words["description"],
            starts=datetime.fromisoformat(words["starts"]),
            ends=datetime.fromisoformat(words["ends"]),
        )
