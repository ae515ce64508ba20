"""How announcements are asked of a platform, and what their receipts teach."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from kypek_sync.contract import AnnouncementDraft, Change, CourseAnnouncements, Receipt, SkipThis, Verb
from kypek_sync.ledger import course_notices, runs
from kypek_sync.sync.applying.apply import Call, NotYet
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.planning.announcements import announcement_reference
from kypek_sync.sync.planning.desired import reference


class AnnouncementCalls:
    """The calls of announcements, beside those of courses: one needs its course."""

    def __init__(self, courses: CourseCalls) -> None:
        self.courses = courses
        self.ledger = courses.ledger
        self.kypek = courses.kypek

    def calls(self) -> dict[Verb, Call]:
        """A call for each verb."""
        return {Verb.ANNOUNCE: self._announce, Verb.REVISE: self._revise}

    def remember(self, connection: Connection, change: Change, receipt: Receipt) -> None:
        """Which announcement is ours, from a receipt that stands."""
        if receipt.stands and change.verb in (Verb.ANNOUNCE, Verb.REVISE):
            key, now = change.target.key, self.courses.clock()
            course_notices.learn(connection, self.kypek, key, receipt.foreign_id, now)
            course_notices.saw(connection, self.kypek, key, now)

    def _announce(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        """Make it, but none while an earlier one may be on its way."""
        change = changes[0]
        course, board = self.courses.course_of(change), self._board(change)
        with self.ledger.begin(keep=False) as connection:
            earlier = runs.unsettled(connection, self.kypek, change.verb, change.target)[:-1]  # the last is this one
        if earlier:
            raise NotYet(
                change.target.system,
                f"An earlier attempt to make the announcement of {change.target.course} got no answer; it is looked "
                "for before another one is made.",
            )
        return [board.announce(course, self._draft(change))]

    def _revise(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        change = changes[0]
        course, board = self.courses.course_of(change), self._board(change)
        with self.ledger.begin(keep=False) as connection:
            mine = course_notices.known(connection, self.kypek).get(change.target.key)
        if mine is None:
            raise NotYet(change.target.system, f"The announcement of {change.target.course} is not there yet.")
        return [board.revise(course, mine.foreign_id, self._draft(change))]

    def _board(self, change: Change) -> CourseAnnouncements:
        platform = self.courses.platforms[change.target.system]
        if not isinstance(platform, CourseAnnouncements):
            raise SkipThis(change.target.system, "It has no announcements.")
        return platform

    def _draft(self, change: Change) -> AnnouncementDraft:
        ref = announcement_reference(reference(self.kypek, change.target.course))
        return AnnouncementDraft(ref, change.wanted("title"), change.wanted("text"))
