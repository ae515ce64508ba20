"""What serves several questions of a pass: the facts of many courses by one call, a proof that is held on to."""

from __future__ import annotations

import pytest

import connectors.moodle.catalogue as catalogue
from connectors.moodle import MoodleCourses
from tests.connectors.moodle.simulated import Moodle, asked
from tests.contracts.courses_platform import SPRING

FACTS, LIST = "core_course_get_courses_by_field", "core_enrol_get_enrolled_users"


# Facts of courses


def test_the_facts_of_expected_courses_come_by_one_call_for_some_dozens(
    server: Moodle, courses: MoodleCourses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "AT_ONCE", 3)
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(7)]
    courses.expect(made)
    titles: list[str] = []

    def read() -> None:
        titles.extend(found.title for course in made if (found := courses.course(course)) is not None)

    assert asked(server, read)[FACTS] == 3
    assert titles == [f"Μάθημα {number}" for number in range(7)]


def test_facts_that_came_along_serve_once(server: Moodle, courses: MoodleCourses) -> None:
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(2)]
    courses.expect(made)
    courses.course(made[0])
    courses.course(made[1])
    server.world.describe(int(made[1]), "Άλλα λόγια")
    found = courses.course(made[1])
    assert found is not None
    assert found.description == "Άλλα λόγια"


def test_a_number_that_spoils_the_answer_for_all_costs_one_call(server: Moodle, courses: MoodleCourses) -> None:
    """M-20"""
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(3)]
    courses.expect([*made, "999999"])
    found = [courses.course(course) for course in (*made, "999999")]
    assert [one.title if one else None for one in found] == ["Μάθημα 0", "Μάθημα 1", "Μάθημα 2", None]


# The second look


def test_a_second_look_rests_on_the_proof_of_the_first(server: Moodle, courses: MoodleCourses) -> None:
    """Three calls instead of five: the account, the list the other way round, the person's own courses."""
    course = server.platform.add_course("Ρομποτική")
    for login in server.people("elioannou", "gvlachos", "skontou"):
        server.platform.self_enrol(login, course, SPRING)
    server.platform.leave("skontou", course)
    assert courses.members(course, {}).complete
    calls = asked(server, lambda: courses.membership(course, "skontou"))
    assert calls == {"core_user_get_users_by_field": 1, LIST: 1, "core_enrol_get_users_courses": 1}
    assert courses.membership(course, "skontou") is None  # by the whole proof again


def test_a_second_look_that_shows_other_people_proves_itself(server: Moodle, courses: MoodleCourses) -> None:
    course = server.platform.add_course("Ρομποτική")
    for login in server.people("elioannou", "gvlachos", "skontou"):
        server.platform.self_enrol(login, course, SPRING)
    assert courses.members(course, {}).complete
    server.platform.leave("skontou", course)
    calls = asked(server, lambda: courses.membership(course, "skontou"))
    assert calls[LIST] == 3
    assert calls["core_enrol_get_users_courses"] == 2
