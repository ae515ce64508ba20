"""What a course platform that keeps announcements must keep (`Capability.ANNOUNCEMENT`). Subclass
`AnnouncementsContract` with a fixture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kypek_sync.contract import Ambiguous, AnnouncementDraft, Capability, CourseAnnouncements, Outcome, TryLater
from tests.contracts.courses_platform import NO_ANSWERS, REF, Platform

DRAFT = AnnouncementDraft(
    f"{REF}:announcement",
    "Πειράματα & όργανα",
    "Οι συνεδρίες:\n05/03/2027 17:00–20:00, ΕΚΦΕ\n\nΌλα για το σεμινάριο: https://kypek.att-a.sch.gr/s/EKFE-27-03",
)


def board_of(platform: Platform) -> CourseAnnouncements:
    """The platform's other side."""
    assert platform.can(Capability.ANNOUNCEMENT)
    assert isinstance(platform.courses, CourseAnnouncements)
    return platform.courses


class AnnouncementsContract:
    """An announcement is made once, found again by its reference, and changed in place."""

    @pytest.fixture
    def platform(self) -> Platform:
        raise NotImplementedError("the subclass gives the platform")

    def test_it_is_shown_as_it_was_made_and_making_it_twice_is_making_it_once(self, platform: Platform) -> None:
        board, course = board_of(platform), platform.world.add_course("Ρομποτική")
        made, again = board.announce(course, DRAFT), board.announce(course, replace(DRAFT, title="Άλλος"))
        assert (made.outcome, again.outcome) == (Outcome.DONE, Outcome.ALREADY)
        assert made.foreign_id == again.foreign_id
        shown = board.announcements([course])[course]
        assert shown.complete
        (one,) = shown.items
        assert (one.id, one.ref, one.title, one.pinned) == (made.foreign_id, DRAFT.ref, DRAFT.title, True)
        assert one.text.split() == DRAFT.text.split()

    def test_it_is_changed_in_place(self, platform: Platform) -> None:
        board, course = board_of(platform), platform.world.add_course("Ρομποτική")
        made = board.announce(course, DRAFT).foreign_id
        changed = replace(DRAFT, title="Αναβολή", text="Νέα ημερομηνία: 24/03/2027")
        assert board.revise(course, made, changed).outcome is Outcome.DONE
        assert board.revise(course, made, changed).outcome is Outcome.ALREADY
        (one,) = board.announcements([course])[course].items
        assert (one.id, one.ref, one.title, one.text) == (made, DRAFT.ref, "Αναβολή", "Νέα ημερομηνία: 24/03/2027")

    def test_one_that_is_not_there_cannot_be_changed(self, platform: Platform) -> None:
        board = board_of(platform)
        here, there = platform.world.add_course("Ρομποτική"), platform.world.add_course("Οπτική")
        made = board.announce(here, DRAFT).foreign_id
        for course, number in ((here, "999999"), (there, made)):
            receipt = board.revise(course, number, replace(DRAFT, title="Άλλος"))
            assert receipt.outcome is Outcome.REFUSED
            assert receipt.detail
        assert [one.title for one in board.announcements([here, there])[here].items] == [DRAFT.title]

    def test_what_cannot_be_sent_is_refused(self, platform: Platform) -> None:
        board, course = board_of(platform), platform.world.add_course("Ρομποτική")
        assert board.announce(course, replace(DRAFT, title="")).outcome is Outcome.REFUSED
        assert board.announcements([course])[course].items == ()

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_what_cannot_be_read_is_not_empty(self, platform: Platform, fault: str) -> None:
        board, course = board_of(platform), platform.world.add_course("Ρομποτική")
        made = board.announce(course, DRAFT).foreign_id
        with platform.trouble(fault), pytest.raises(TryLater):
            board.announcements([course])
        with platform.trouble(fault), pytest.raises(TryLater):
            board.revise(course, made, replace(DRAFT, title="Άλλος"))
        assert [one.title for one in board.announcements([course])[course].items] == [DRAFT.title]

    def test_a_lost_answer_is_looked_up_before_anything_is_made_again(self, platform: Platform) -> None:
        board, course = board_of(platform), platform.world.add_course("Ρομποτική")
        with platform.trouble("reset-after-write"), pytest.raises(Ambiguous):
            board.announce(course, DRAFT)
        assert board.announce(course, DRAFT).outcome is Outcome.ALREADY
        assert len(board.announcements([course])[course].items) == 1

    def test_a_course_that_is_not_shown_is_not_empty(self, platform: Platform) -> None:
        board = board_of(platform)
        shown = board.announcements([platform.unknown_course])[platform.unknown_course]
        assert not shown.complete
        assert shown.why_partial
