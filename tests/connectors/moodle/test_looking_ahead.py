"""What serves several questions of a pass: the facts of many courses by one call, a proof that is held on to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

import connectors.moodle.catalogue as catalogue
import connectors.moodle.memberships as memberships
from connectors.moodle import MoodleCourses
from kypek_sync.contract import Member, TryLater
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


def test_who_is_missing_from_several_courses_is_asked_about_once(server: Moodle, courses: MoodleCourses) -> None:
    """The accounts by one call, each person's own courses once; the list the other way round for each course."""
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(3)]
    people = server.people("elioannou", "gvlachos", "skontou")
    for course in made:
        for login in people:
            server.platform.self_enrol(login, course, SPRING)
    for course in made[:2]:
        server.platform.leave("skontou", course)
    assert all(courses.members(course, {}).complete for course in made)
    told: dict[str, Mapping[str, Member | None]] = {}
    wanted = {made[0]: ["skontou"], made[1]: ["skontou", "gvlachos"], made[2]: ["skontou", "kanenas"]}
    calls = asked(server, lambda: told.update(courses.memberships_across(wanted)))
    assert calls["core_user_get_users_by_field"] == 1
    assert calls["core_enrol_get_users_courses"] == 4  # two people, and the count of each course that shows somebody
    assert told[made[0]] == {"skontou": None}
    assert told[made[1]].keys() == {"skontou", "gvlachos"}
    assert {login: member is None for login, member in told[made[1]].items()} == {"skontou": True, "gvlachos": False}
    assert {login: member is None for login, member in told[made[2]].items()} == {"skontou": False}


def test_whom_their_own_courses_show_in_one_course_is_proven_gone_from_the_other_alone(
    server: Moodle, courses: MoodleCourses, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(2)]
    people = server.people("elioannou", "skontou")
    for course in made:
        for login in people:
            server.platform.self_enrol(login, course, SPRING)
        server.platform.leave("skontou", course)
    own = memberships.Memberships.attended
    monkeypatch.setattr(memberships.Memberships, "attended", lambda *words: own(*words) | {int(made[0])})
    assert courses.memberships_across({one: ["skontou"] for one in made}) == {made[0]: {}, made[1]: {"skontou": None}}


def test_a_server_that_went_away_proves_nobody_gone(
    server: Moodle, courses: MoodleCourses, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(3)]
    server.people("elioannou", "skontou")
    for course in made:
        server.platform.self_enrol("elioannou", course, SPRING)

    def lost(*_: object) -> frozenset[int]:
        raise TryLater("moodle", "No answer.")

    monkeypatch.setattr(memberships.Memberships, "attended", lost)
    assert courses.memberships_across({one: ["skontou"] for one in made}) == {one: {} for one in made}


def test_a_list_with_its_proof_vouches_for_no_later_pass(
    server: Moodle, courses: MoodleCourses, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = server.platform.add_course("Ρομποτική")
    for login in server.people("elioannou", "skontou"):
        server.platform.self_enrol(login, course, SPRING)
    server.platform.leave("skontou", course)
    assert courses.members(course, {}).complete
    monkeypatch.setattr(memberships, "LATELY", timedelta(0))
    assert asked(server, lambda: courses.membership(course, "skontou"))[LIST] == 2  # the whole proof again


# Groups


def grouped(server: Moodle, courses: MoodleCourses, count: int) -> list[str]:
    """So many courses with a group and somebody in it, read once."""
    server.people("elioannou")
    made = [server.platform.add_course(f"Μάθημα {number}") for number in range(count)]
    for course in made:
        server.platform.self_enrol("elioannou", course, SPRING)
        group = courses.create_group(course, "Συμμετέχοντες").foreign_id
        courses.join_group(course, group, ["elioannou"])
        courses.groups(course)
    return made


def test_who_is_in_the_groups_of_many_courses_comes_along_once(server: Moodle, courses: MoodleCourses) -> None:
    made = grouped(server, courses, 3)
    courses.expect(made)
    found = []
    calls = asked(server, lambda: found.extend(courses.groups(course) for course in made))
    assert calls["core_group_get_group_members"] == 1
    assert all(one.complete and one.items[0].members == {"elioannou"} for one in found)
    assert asked(server, lambda: courses.groups(made[0]))["core_group_get_group_members"] == 1  # each serves once


def test_a_group_that_came_or_went_is_asked_about_by_itself(server: Moodle, courses: MoodleCourses) -> None:
    made = grouped(server, courses, 3)
    new = courses.create_group(made[0], "Αναμονή").foreign_id
    courses.join_group(made[0], new, ["elioannou"])
    courses.expect(made)
    shown = courses.groups(made[0])
    assert {group.name: group.members for group in shown.items} == {
        "Αναμονή": {"elioannou"},
        "Συμμετέχοντες": {"elioannou"},
    }
    assert asked(server, lambda: courses.groups(made[1]))["core_group_get_group_members"] == 0
    gone = courses.groups(made[2]).items[0].id
    with server.world._state.transaction() as db:
        db.execute("delete from course_groups where id = ?", (int(gone),))
    courses.expect(made)
    assert [len(courses.groups(course).items) for course in made] == [2, 1, 0]
