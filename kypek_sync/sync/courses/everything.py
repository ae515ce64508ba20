"""All that the seats lane asks of course platforms: courses and who is in them, and what else a course carries."""

from __future__ import annotations

from sqlalchemy import Connection

from kypek_sync.contract import Verb
from kypek_sync.sync.applying.apply import Answered, Call
from kypek_sync.sync.courses.announcement_calls import AnnouncementCalls
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.courses.cohorts import CohortCalls
from kypek_sync.sync.courses.event_calls import EventCalls


class AllCalls:
    """The calls of courses, calendars, announcements and cohorts; each remembers what is its own."""

    def __init__(self, courses: CourseCalls) -> None:
        self.courses = courses
        self._others = EventCalls(courses), AnnouncementCalls(courses), CohortCalls(courses)

    def calls(self) -> dict[Verb, Call]:
        """A call for each verb."""
        return {verb: call for part in (self.courses, *self._others) for verb, call in part.calls().items()}

    def remember(self, connection: Connection, answered: Answered) -> None:
        """What follows from receipts."""
        self.courses.remember(connection, answered)
        for change, receipt in answered:
            for part in self._others:
                part.remember(connection, change, receipt)
