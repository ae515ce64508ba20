"""A teacher who was renamed applies again under the new login and leaves the course under the old one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.centre import TEACHERS, Centre, Teacher, open_centre, seats, sync_once

pytestmark = pytest.mark.slow


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


def renamed(centre: Centre, applicants: int) -> tuple[str, str]:
    """A seminar of one seat for which these teachers applied; the first one, who has it, was renamed since and is in
    the course under both logins. Its code and its course."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    for number in range(1, applicants + 1):
        centre.apply(f"teacher{number}", course, 300 - number)
    sync_once(centre)
    centre.clock.turn(hours=7)
    centre.people(*(Teacher("teacher1b") if one.login == "teacher1" else one for one in TEACHERS))
    centre.world.add_user("teacher1b", "Όνομα", "Teacher1", "teacher1b@sch.example")
    sync_once(centre)
    centre.apply("teacher1b", course, 10)
    centre.clock.turn(hours=1)
    sync_once(centre)
    assert seats(centre, code)["teacher1"] == "granted"
    return code, course


def test_the_seat_stays_theirs(centre: Centre) -> None:
    code, course = renamed(centre, 2)
    centre.world.unenrol("teacher1", course)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert seats(centre, code) == {"teacher1": "withdrawn", "teacher1b": "granted", "teacher2": "waiting"}


def test_it_waits_with_them_while_the_withdrawal_of_others_waits_for_a_person(centre: Centre) -> None:
    code, course = renamed(centre, 6)
    before = seats(centre, code)
    for number in range(1, 5):
        centre.world.unenrol(f"teacher{number}", course)
    centre.clock.turn(hours=1)
    assert sync_once(centre)["seats"].held != []
    assert seats(centre, code) == before
