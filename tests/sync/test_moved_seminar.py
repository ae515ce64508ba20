"""A seminar that moves to another platform: what was its mirror becomes the course in which people register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.contract import Capability, Cause, CourseDraft, Member, Verb
from kypek_sync.model import CourseRole
from kypek_sync.sync.planning.desired import SEATED, WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse, plan_courses
from tests.sync.centre import seats, sync_once
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

KEY = ("moodle", "EKFE-26-01")


def changes(seen: ObservedCourse) -> list[tuple[Verb, str, Cause]]:
    """What is planned for a registration course in which Anna has a seat."""
    wish = WishedCourse(*KEY, CourseDraft("ref", "…", ""), groups=((SEATED, frozenset({"anna"})),))
    made = plan_courses([wish], {KEY: seen}, {"moodle": frozenset({Capability.SUSPEND})}, {})
    return [(c.verb, c.target.login, c.cause) for c in made if c.verb not in (Verb.CREATE_GROUP, Verb.JOIN_GROUP)]


def seen(**active: bool) -> ObservedCourse:
    """A course in which we enrolled these people while it was a mirror."""
    members = {login: Member(login, CourseRole.STUDENT, active=is_in) for login, is_in in active.items()}
    ours = frozenset(members)
    shut_out = frozenset(login for login, is_in in active.items() if not is_in)
    return ObservedCourse(*KEY, bound=True, members=members, members_complete=True, enrolled=ours, suspended=shut_out)


def test_whom_we_enrolled_stays_while_there_is_a_seat_and_goes_with_it() -> None:
    assert changes(seen(anna=True)) == []
    assert changes(seen(anna=True, dora=True)) == [(Verb.SUSPEND, "dora", Cause.INFERRED)]


def test_whom_we_had_shut_out_and_who_has_a_seat_is_let_in_again() -> None:
    assert changes(seen(anna=False)) == [(Verb.RESUME, "anna", Cause.NONE)]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


@pytest.mark.slow
def test_three_teachers_with_seats_keep_their_course_when_their_seminar_moves_and_moves_back(
    both: TwoPlatforms,
) -> None:
    both.settings(courses="eclass")
    old = both.eclass_course()
    for number, login in enumerate(PEOPLE[:3]):
        both.apply_in_eclass(login, old, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(old), platform="eclass", mirrors="[moodle]", capacity=5)
    sync_once(both)
    new = both.made(code)
    everybody = set(PEOPLE[:3])
    assert both.students(new) == everybody
    for platform, mirrors in (("moodle", "[eclass]"), ("eclass", "[moodle]")):
        both.seminar(code, course='""', platform=platform, mirrors=mirrors)
        for days in (0, 9):  # beyond the grace: whoever was shut out would be taken out by now
            both.clock.turn(days=days, hours=1)
            both.people()
            sync_once(both)
            assert both.students(new) == both.group(new) == everybody
            assert not any(e.suspended for e in both.moodle.enrolments(new))
        assert set(seats(both, code).values()) == {"granted"}
    both.clock.turn(hours=1)
    assert sync_once(both)["seats"].done == []
