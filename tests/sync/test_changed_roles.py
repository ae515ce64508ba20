"""A list of members without roles (the newer API of eClass) still shows in time who was given another role by hand."""

from __future__ import annotations

from tests.sync.centre import Centre, done, seats, sync_once

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
