"""What serves several questions of a pass: the facts of many courses by one call, a proof that is held on to."""

from __future__ import annotations

from collections.abc import Sequence

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


def read(courses: MoodleCourses, those: Sequence[str]) -> list[str | None]:
    """The titles, as a pass reads them."""
    courses.expect(those)
    return [found.title if (found := courses.course(course)) else None for course in those]


def test_one_deleted_course_costs_the_others_no_call_each(server: Moodle, courses: MoodleCourses) -> None:
    """M-20: halved to find it. Six batches are spoilt by it and five are whole; it is asked for by itself."""
    titles = [f"Μάθημα {number}" for number in range(39)]
    made = [server.platform.add_course(title) for title in titles]
    found: list[str | None] = []
    calls = asked(server, lambda: found.extend(read(courses, [*made, "999999"])))
    assert found == [*titles, None]
    assert calls[FACTS] <= 13


def test_a_deleted_course_spoils_no_later_pass(server: Moodle, courses: MoodleCourses) -> None:
    """That it is not there is proven anew each time, by itself."""
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(39)]
    those = [*made[:20], "999999", *made[20:]]
    before = read(courses, those)
    found: list[str | None] = []
    calls = asked(server, lambda: found.extend(read(courses, those)))
    assert found == before
    assert calls[FACTS] == 2
    assert sum(calls.values()) <= 4


def test_a_course_that_is_there_again_comes_along_again(server: Moodle, courses: MoodleCourses) -> None:
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(3)]
    later = str(int(made[-1]) + 1)
    assert read(courses, [*made, later])[-1] is None
    assert server.platform.add_course("Από αντίγραφο") == later
    assert read(courses, [*made, later])[-1] == "Από αντίγραφο"
    assert asked(server, lambda: read(courses, [*made, later]))[FACTS] == 1


def test_a_server_that_breaks_at_everything_is_not_asked_in_ever_smaller_pieces(
    server: Moodle, courses: MoodleCourses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SPOILT", 4)
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(8)]
    bad = [str(999900 + number) for number in range(8)]
    both = [one for pair in zip(made, bad, strict=True) for one in pair]
    found: list[str | None] = []
    calls = asked(server, lambda: found.extend(read(courses, both)))
    assert found[::2] == [f"Μάθημα {number}" for number in range(8)]
    assert calls[FACTS] == 4 + len(both)


def test_a_server_in_maintenance_is_not_asked_in_halves(server: Moodle, courses: MoodleCourses) -> None:
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(8)]
    courses.expect(made)
    server.faults.set("moodle:unavailable@1")
    assert asked(server, lambda: courses.course(made[0]))[FACTS] == 1


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
