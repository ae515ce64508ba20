"""What a course platform that keeps dates in calendars must keep (`Capability.CALENDAR`). Subclass `CalendarContract`
with a fixture."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kypek_sync.contract import Ambiguous, Capability, CourseCalendar, EventDraft, Outcome, TryLater
from tests.contracts.courses_platform import NO_ANSWERS, REF, SPRING, Platform

FIRST = EventDraft(
    f"{REF}:1",
    "Συνεδρία 1: Πειράματα & όργανα",
    "Χώρος: ΕΚΦΕ\nΗ σελίδα του σεμιναρίου: https://kypek.att-a.sch.gr/s/EKFE-27-03",
    SPRING.replace(second=0),
    SPRING.replace(second=0) + timedelta(hours=3),
)
SECOND = replace(FIRST, ref=f"{REF}:2", title="Συνεδρία 2", starts=FIRST.ends, ends=FIRST.ends + timedelta(hours=1))


def calendar_of(platform: Platform) -> CourseCalendar:
    """The platform's other side."""
    assert platform.can(Capability.CALENDAR)
    assert isinstance(platform.courses, CourseCalendar)
    return platform.courses


class CalendarContract:
    """Dates are made once, shown as they are, and gone when they were taken away."""

    @pytest.fixture
    def platform(self) -> Platform:
        raise NotImplementedError("the subclass gives the platform")

    def test_a_date_is_shown_as_it_was_made_and_making_it_twice_is_making_it_once(self, platform: Platform) -> None:
        calendar, course = calendar_of(platform), platform.world.add_course("Ρομποτική")
        made = calendar.add_events(course, [FIRST, SECOND])
        again = calendar.add_events(course, [SECOND, FIRST])
        assert [one.outcome for one in (*made, *again)] == [*[Outcome.DONE] * 2, *[Outcome.ALREADY] * 2]
        assert [one.foreign_id for one in made] == [one.foreign_id for one in reversed(again)]
        shown = calendar.events({course: frozenset()})[course]
        assert shown.complete
        assert {one.id: (one.ref, one.title, one.description, one.starts, one.ends) for one in shown.items} == {
            receipt.foreign_id: (draft.ref, draft.title, draft.description, draft.starts, draft.ends)
            for receipt, draft in zip(made, (FIRST, SECOND), strict=True)
        }

    def test_only_the_named_dates_go(self, platform: Platform) -> None:
        calendar, course = calendar_of(platform), platform.world.add_course("Ρομποτική")
        one, two = (receipt.foreign_id for receipt in calendar.add_events(course, [FIRST, SECOND]))
        assert [r.outcome for r in calendar.remove_events(course, {one: FIRST.ref, "999999": FIRST.ref})] == [
            Outcome.DONE,
            Outcome.ALREADY,
        ]
        assert [r.outcome for r in calendar.remove_events(course, {one: FIRST.ref})] == [Outcome.ALREADY]
        shown = calendar.events({course: frozenset({one, two})})[course]
        assert shown.complete
        assert {event.id for event in shown.items} == {two}

    def test_a_date_that_carries_another_reference_is_left_alone(self, platform: Platform) -> None:
        calendar, course = calendar_of(platform), platform.world.add_course("Ρομποτική")
        (made,) = calendar.add_events(course, [FIRST])
        (receipt,) = calendar.remove_events(course, {made.foreign_id: SECOND.ref})
        assert receipt.outcome is Outcome.ALREADY
        assert len(calendar.events({course: frozenset()})[course].items) == 1

    def test_the_dates_of_one_course_are_not_those_of_another(self, platform: Platform) -> None:
        calendar = calendar_of(platform)
        here, there = platform.world.add_course("Ρομποτική"), platform.world.add_course("Οπτική")
        (made,) = calendar.add_events(here, [FIRST])
        shown = calendar.events({here: frozenset(), there: frozenset()})
        assert [len(shown[course].items) for course in (here, there)] == [1, 0]
        assert [r.outcome for r in calendar.remove_events(there, {made.foreign_id: FIRST.ref})] == [Outcome.ALREADY]
        assert len(calendar.events({here: frozenset()})[here].items) == 1

    def test_one_bad_date_never_spoils_the_others(self, platform: Platform) -> None:
        calendar, course = calendar_of(platform), platform.world.add_course("Ρομποτική")
        bad = [replace(SECOND, title=""), replace(SECOND, ends=SECOND.starts - timedelta(hours=1))]
        receipts = calendar.add_events(course, [*bad, FIRST])
        assert [one.outcome for one in receipts] == [Outcome.REFUSED, Outcome.REFUSED, Outcome.DONE]
        assert all(one.detail for one in receipts[:2])

    def test_a_course_that_is_not_there_has_no_calendar(self, platform: Platform) -> None:
        calendar = calendar_of(platform)
        (receipt,) = calendar.add_events(platform.unknown_course, [FIRST])
        assert receipt.outcome is Outcome.REFUSED
        assert receipt.detail

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_a_calendar_that_cannot_be_read_is_not_empty(self, platform: Platform, fault: str) -> None:
        calendar, course = calendar_of(platform), platform.world.add_course("Ρομποτική")
        (made,) = calendar.add_events(course, [FIRST])
        with platform.trouble(fault), pytest.raises(TryLater):
            calendar.events({course: frozenset({made.foreign_id})})
        with platform.trouble(fault), pytest.raises(TryLater):
            calendar.remove_events(course, {made.foreign_id: FIRST.ref})
        assert len(calendar.events({course: frozenset()})[course].items) == 1

    def test_a_lost_answer_is_looked_up_before_anything_is_made_again(self, platform: Platform) -> None:
        calendar, course = calendar_of(platform), platform.world.add_course("Ρομποτική")
        with platform.trouble("reset-after-write"):
            try:
                first = [one.outcome for one in calendar.add_events(course, [FIRST])]
            except Ambiguous:
                first = [Outcome.AMBIGUOUS]
        assert first in ([Outcome.DONE], [Outcome.AMBIGUOUS])
        assert [one.outcome for one in calendar.add_events(course, [FIRST])] == [Outcome.ALREADY]
        assert len(calendar.events({course: frozenset()})[course].items) == 1
