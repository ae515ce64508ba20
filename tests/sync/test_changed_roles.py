"""A list of members without roles (the newer API of eClass) still shows in time who was given another role by hand."""

from __future__ import annotations

from pathlib import Path

from kypek_sync.ledger import persons, rulings
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.sync.explanation import explain
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import sync
from tests.sync.centre import TEACHERS, Centre, done, seats, sync_once
from tests.sync.parted import AFTERNOON, MORNING, Parted
from tests.sync.two_platforms import two_platforms

HOURS = 7
"""Longer than a role that was read once stands."""


def roles(centre: Centre, course: str) -> dict[str, str]:
    """What the server holds."""
    return {member.username: member.role for member in centre.world.members(course)}


def test_a_trainer_who_had_enrolled_as_a_student_is_made_one_once(centre: Centre) -> None:
    """Their role of the first read was never asked for again, so that each pass enrolled them anew."""
    course = centre.course()
    centre.apply("trainer1", course)
    centre.apply("teacher1", course)
    code = centre.seminar(course=centre.address(course))
    assert ("enrolment.add", code, "trainer1", "done") in done(sync_once(centre)["seats"])
    assert roles(centre, course)["trainer1"] == "teacher"
    for _ in range(2):
        centre.clock.turn(minutes=20)
        assert done(sync_once(centre)["seats"]) == []
    assert seats(centre, code) == {"teacher1": "granted"}


def test_a_trainer_whom_somebody_made_a_student_is_a_trainer_again(centre: Centre) -> None:
    course = centre.course()
    code = centre.seminar(course=centre.address(course))
    sync_once(centre)
    centre.world.enrol("trainer1", course, "student", centre.clock.now)
    centre.clock.turn(hours=HOURS)
    assert done(sync_once(centre)["seats"]) == [("enrolment.add", code, "trainer1", "done")]
    assert roles(centre, course)["trainer1"] == "teacher"


def test_who_taught_there_and_is_a_student_by_now_has_applied(centre: Centre) -> None:
    """Their application was never seen, and nothing said so."""
    course = centre.course()
    centre.world.enrol("teacher2", course, "teacher", centre.clock.now)
    code = centre.seminar(course=centre.address(course))
    sync_once(centre)
    assert seats(centre, code) == {}
    centre.world.enrol("teacher2", course, "student", centre.clock.now)
    centre.clock.turn(hours=HOURS)
    sync_once(centre)
    assert seats(centre, code) == {"teacher2": "granted"}


DAY = 25
"""Hours after which each student's role was asked for again."""


def a_day_passes(centre: Centre) -> LaneReport:
    """One process that reads, and reads again a day later; the last pass."""
    with centre.installation() as inst:
        sync(inst, lanes=("seats",))
        centre.clock.turn(hours=DAY)
        return sync(inst, lanes=("seats",))[-1]


def test_who_has_a_seat_and_is_made_a_trainer_by_hand_keeps_it_and_the_officer_hears_of_it(centre: Centre) -> None:
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    centre.apply("teacher1", course, minutes_ago=60)
    centre.apply("teacher2", course, minutes_ago=50)
    sync_once(centre)
    before = {"teacher1": "granted", "teacher2": "waiting"}
    assert seats(centre, code) == before
    centre.world.enrol("teacher1", course, "teacher", centre.clock.now)
    last = a_day_passes(centre)
    assert seats(centre, code) == before
    assert roles(centre, course)["teacher1"] == "teacher"
    (note,) = last.notes
    assert "teacher1" in note
    assert f"seats refuse {code}" in note
    assert taught_by(centre, "teacher1") == ("eclass",)
    centre.world.enrol("teacher1", course, "student", centre.clock.now)
    assert a_day_passes(centre).notes == []
    assert seats(centre, code) == before


def test_who_waits_and_is_made_a_trainer_by_hand_does_not_move_up(centre: Centre) -> None:
    """The seat that becomes free goes to the next one, and the place on the list stays."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    sync_once(centre)
    centre.world.enrol("teacher2", course, "teacher", centre.clock.now)
    a_day_passes(centre)
    centre.world.unenrol("teacher1", course)
    a_day_passes(centre)
    assert seats(centre, code) == {"teacher1": "withdrawn", "teacher2": "waiting", "teacher3": "granted"}
    centre.world.enrol("teacher2", course, "student", centre.clock.now)
    centre.world.unenrol("teacher3", course)
    a_day_passes(centre)
    assert seats(centre, code)["teacher2"] == "granted"


def test_who_was_told_nothing_yet_and_is_made_a_trainer_by_hand_is_no_applicant(centre: Centre) -> None:
    """They got a seat as soon as the directory knew them."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=2)
    new, *others = TEACHERS
    centre.people(*others)
    centre.apply("teacher1", course)
    sync_once(centre)
    assert seats(centre, code) == {"teacher1": "under-identification"}
    centre.world.enrol("teacher1", course, "teacher", centre.clock.now)
    assert a_day_passes(centre).notes == []
    centre.people(*others, new)
    sync_once(centre)
    assert seats(centre, code) == {"teacher1": "withdrawn"}
    assert taught_by(centre, "teacher1") == ("eclass",)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert "teacher1" in persons.persons(connection, "directory", {"teacher1"})
    centre.world.enrol("teacher1", course, "student", centre.clock.now)
    a_day_passes(centre)
    assert seats(centre, code) == {"teacher1": "granted"}
    assert taught_by(centre, "teacher1") == ()


def test_a_seat_by_name_is_the_officers_word_also_for_who_teaches_there(centre: Centre) -> None:
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    centre.apply("teacher1", course, minutes_ago=60)
    centre.apply("teacher2", course, minutes_ago=50)
    sync_once(centre)
    centre.world.enrol("teacher2", course, "teacher", centre.clock.now)
    a_day_passes(centre)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        granted = Ruling(code, "teacher2", "", Word.GRANT, "συνδιδάσκει", centre.clock.now)
        rulings.record(connection, "att-a", [granted], "officer1")
    centre.world.unenrol("teacher1", course)
    assert a_day_passes(centre).notes == []
    assert seats(centre, code) == {"teacher1": "withdrawn", "teacher2": "granted"}


def taught_by(centre: Centre, login: str) -> tuple[str, ...]:
    """The platforms on which `explain` says that somebody teaches in the course."""
    with centre.installation() as inst:
        return explain(inst, "att-a", login).seminars[0].teaches


def test_who_teaches_one_part_and_waits_in_another_one_moves_up_there(tmp_path: Path) -> None:
    """They had asked for both parts. Made a trainer in the one, they stayed behind in the other, and nobody heard."""
    with two_platforms(tmp_path) as both:
        it = Parted.of(both)
        for login in ("t01", "t02"):  # Moodle does not tell when: who is seen first was first
            it.apply(MORNING, login)
            it.settle()
        it.apply(AFTERNOON, "t02", "t03")
        it.settle()
        assert it.seats() == {"t01": "granted proino", "t02": "waiting1 proino", "t03": "granted apogeymatino"}
        both.moodle.assign_role("t02", int(it.doors[AFTERNOON]), 3)
        it.leave(MORNING, "t01")
        assert it.settle().notes == []
        assert it.seats()["t02"] == "granted proino"
        it.leave(MORNING, "t02")
        (note,) = it.settle().notes
        assert "t02" in note
        assert it.seats()["t02"] == "waiting1 apogeymatino"
