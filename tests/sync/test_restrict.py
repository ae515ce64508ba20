"""`enforcement: restrict`: who was refused leaves the course, told first, asked about once, twice at most in a week."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger import holds, outbox
from kypek_sync.ledger.holds import HoldState
from kypek_sync.sync.report import LaneReport
from tests.sync.centre import TEACHERS, Centre, Teacher, done, open_centre, seats, sync_once

CODE = "EKFE-26-01"
PUT_OUT = ("enrolment.remove", CODE, "teacher8", "done")


def restricted(centre: Centre, word: str = "restrict", **values: object) -> str:
    """A seminar for ΠΕ86 in which teacher8, of ΠΕ04, enrolled by themselves."""
    centre.people(*(one for one in TEACHERS if one.login != "teacher8"), Teacher("teacher8", "ΠΕ04"))
    course = centre.course()
    centre.seminar(
        CODE,
        course=centre.address(course),
        more=f"\n    όσοι απορρίπτονται: {word}",
        **{"opens": "2/11/2026 08:00", "capacity": 1, **values},
    )
    for minutes, login in enumerate(("teacher1", "teacher2", "teacher8")):
        centre.apply(login, course, minutes_ago=50 - minutes)
    return course


@pytest.fixture(params=["newer"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path, request.param)
    yield it
    it.server.stop()


def later(centre: Centre, **by: float) -> LaneReport:
    centre.clock.turn(**by)
    return sync_once(centre)["seats"]


def inside(centre: Centre, course: str) -> set[str]:
    return {member.username for member in centre.world.members(course)}


def approve(centre: Centre) -> str:
    """Approve what waits; its guard."""
    with centre.installation() as inst, inst.ledger.begin() as connection:
        (one,) = holds.listed(connection, "att-a")
        assert holds.decide(connection, one.id, HoldState.APPROVED, "maria", inst.clock(), None)
    return one.guard


def letters(centre: Centre, login: str) -> list[outbox.Notice]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [row.notice for row in outbox.listed(connection, "att-a", login=login)]


def put_out(centre: Centre) -> None:
    """The first time, approved."""
    sync_once(centre)
    later(centre, hours=25)
    assert approve(centre) == "restrict"
    assert PUT_OUT in done(later(centre, minutes=15))


def test_they_are_told_first_then_a_person_is_asked_then_it_is_done_and_told(centre: Centre) -> None:
    course = restricted(centre)
    sync_once(centre)
    assert seats(centre, CODE)["teacher8"] == "refused"
    (letter,) = letters(centre, "teacher8")
    assert (letter.kind, dict(letter.facts)["leaves"]) == ("seat-refused", "yes")
    assert not later(centre, hours=23).held
    report = later(centre, hours=2)
    assert [(one.guard, [c.target.login for c in one.changes]) for _, one in report.held] == [
        ("restrict", ["teacher8"])
    ]
    because = " ".join(report.held[0][1].changes[0].because)
    assert "ΠΕ04" in because
    assert "restrict" in because
    assert inside(centre, course) >= {"teacher1", "teacher2", "teacher8"}
    approve(centre)
    assert done(later(centre, minutes=15)) == [PUT_OUT]
    assert inside(centre, course) & {"teacher1", "teacher2", "teacher8"} == {"teacher1", "teacher2"}
    assert [one.kind for one in letters(centre, "teacher8")] == ["seat-refused", "course-ended"]


def test_who_was_taken_out_has_not_withdrawn(centre: Centre) -> None:
    restricted(centre)
    put_out(centre)
    for _ in range(3):
        assert not later(centre, minutes=20).done
    assert seats(centre, CODE)["teacher8"] == "refused"
    assert [one.kind for one in letters(centre, "teacher8")] == ["seat-refused", "course-ended"]


def test_who_comes_back_is_taken_out_once_more_and_then_left_in_peace(centre: Centre) -> None:
    course = restricted(centre)
    put_out(centre)
    centre.clock.turn(hours=5)
    centre.apply("teacher8", course, minutes_ago=1)
    assert done(later(centre, minutes=1)) == [PUT_OUT]
    centre.clock.turn(hours=5)
    centre.apply("teacher8", course, minutes_ago=1)
    report = later(centre, minutes=1)
    assert not report.done
    assert any("teacher8" in note and CODE in note for note in report.notes)
    assert not later(centre, days=9).done
    assert "teacher8" in inside(centre, course)
    assert seats(centre, CODE)["teacher8"] == "refused"


def test_weeks_later_it_begins_anew(centre: Centre) -> None:
    course = restricted(centre)
    put_out(centre)
    centre.apply("teacher8", course, minutes_ago=1)
    assert done(later(centre, minutes=1)) == [PUT_OUT]
    assert not later(centre, days=9).done
    centre.apply("teacher8", course, minutes_ago=1)
    assert done(later(centre, minutes=1)) == [PUT_OUT]


def test_who_gets_a_seat_after_all_is_let_in_and_may_leave_by_themselves(centre: Centre) -> None:
    course = restricted(centre, capacity=5)
    put_out(centre)
    centre.seminar(CODE, specialties="ΠΕ86, ΠΕ04")
    assert ("enrolment.add", CODE, "teacher8", "done") in done(later(centre, minutes=15))
    assert seats(centre, CODE)["teacher8"] == "granted"
    later(centre, minutes=15)
    centre.world.unenrol("teacher8", course)
    later(centre, minutes=15)
    assert seats(centre, CODE)["teacher8"] == "withdrawn"


def test_with_mark_nobody_is_taken_out(centre: Centre) -> None:
    course = restricted(centre, "mark")
    sync_once(centre)
    report = later(centre, days=3)
    assert (report.done, report.held) == ([], [])
    assert "teacher8" in inside(centre, course)
    assert "leaves" not in dict(letters(centre, "teacher8")[0].facts)


def test_neither_who_waits_nor_who_was_there_before_registration_opened(centre: Centre) -> None:
    restricted(centre, opens="2/11/2026 10:50")  # teacher1 and 2 were too early: refused, and they stay
    sync_once(centre)
    assert seats(centre, CODE) == dict.fromkeys(("teacher1", "teacher2", "teacher8"), "refused")
    report = later(centre, hours=25)
    assert (report.done, report.held) == ([], [])


def test_a_course_that_was_not_read_whole_ends_nothing(centre: Centre) -> None:
    restricted(centre)
    sync_once(centre)
    centre.clock.turn(hours=25)
    centre.faults.set("eclass:server-error")
    report = sync_once(centre, "seats")["seats"]
    assert (report.done, report.held) == ([], [])


def test_who_teaches_there_by_now_stays(centre: Centre) -> None:
    course = restricted(centre)
    sync_once(centre)
    later(centre, hours=25)
    approve(centre)
    centre.world.enrol("teacher8", course, "teacher", centre.clock.now)
    assert not any(one == PUT_OUT for one in done(later(centre, minutes=15)))
    assert "teacher8" in inside(centre, course)


@pytest.mark.parametrize("centre", ["older"], indirect=True)
def test_where_the_platform_shows_no_members_it_is_said_and_nothing_is_done(centre: Centre) -> None:
    restricted(centre)
    sync_once(centre)
    assert not done(later(centre, hours=25))
