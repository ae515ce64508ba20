"""How members and groups of eClass are read, and how much a read proves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.eclass import EclassCourses
from connectors.eclass.memberships import ROLES_STAND
from kypek_sync.contract import Member, StopConnector, TryLater
from kypek_sync.model import CourseRole
from tests.connectors.eclass.simulated import DEPARTMENT, OTHER_TOKEN, Eclass, eclass

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, "newer") as running:
        yield running


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, "older") as running:
        yield running


@pytest.fixture
def courses(newer: Eclass) -> Iterator[EclassCourses]:
    connector = newer.connector()
    yield connector
    connector.close()


def filled(server: Eclass, *logins: str, title: str = "Ρομποτική") -> str:
    """A course with these people as students."""
    course = server.platform.add_course(title)
    for login in logins:
        server.platform.add_person(login)
        server.platform.self_enrol(login, course, AT)
    return course


def test_role_and_date_cost_one_call_for_each_unseen_member_only(newer: Eclass, courses: EclassCourses) -> None:
    course = filled(newer, "elioannou", "gvlachos", "skontou")
    courses.capabilities()
    start = newer.running.calls["read"]
    first = courses.members(course, {})
    assert newer.running.calls["read"] - start == 3 + 2  # the list, the count, each member
    known = {member.login: member for member in first.items}
    start = newer.running.calls["read"]
    assert courses.members(course, known).items == first.items
    assert newer.running.calls["read"] - start == 2
    assert first.proofs == ("registration count 3",)


def test_the_role_of_who_is_no_student_is_asked_for_again_after_a_while(newer: Eclass) -> None:
    moment = [AT]
    connector = newer.connector(clock=lambda: moment[0])
    course = filled(newer)
    newer.platform.add_person("skontou")
    newer.world.enrol("skontou", course, "teacher", AT)
    known = {member.login: member for member in connector.members(course, {}).items}
    newer.world.enrol("skontou", course, "student", AT)
    seen = []
    for after in (timedelta(0), ROLES_STAND, ROLES_STAND):
        moment[0] = AT + after
        connector.capabilities()
        start = newer.running.calls["read"]
        known = {member.login: member for member in connector.members(course, known).items}
        seen.append((newer.running.calls["read"] - start, known["skontou"].role))
    connector.close()
    assert seen == [(2, CourseRole.TRAINER), (3, CourseRole.STUDENT), (2, CourseRole.STUDENT)]


def test_the_role_of_each_student_is_asked_for_again_within_a_day(newer: Eclass) -> None:
    """E-27: no list shows who was made a trainer by hand. Not all at once: a few in each hour."""
    moment = [AT]
    connector = newer.connector(clock=lambda: moment[0])
    people = [f"member{number:02}" for number in range(24)]
    course = filled(newer, *people)
    known = {member.login: member for member in connector.members(course, {}).items}
    for login in people:
        newer.world.enrol(login, course, "teacher", AT)
    asked = []
    for _ in range(48):
        moment[0] += timedelta(hours=1)
        before = set(teaching(known))
        known = {member.login: member for member in connector.members(course, known).items}
        asked.append(len(set(teaching(known)) - before))
    connector.close()
    assert len(teaching(known)) == 24
    assert sum(asked[:25]) >= 22
    assert max(asked) <= 8


def test_a_turn_in_which_eclass_broke_off_is_taken_again(newer: Eclass) -> None:
    """Those whose role was due then had waited for another day."""
    moment = [AT]
    connector = newer.connector(clock=lambda: moment[0])
    people = [f"member{number:02}" for number in range(24)]
    course = filled(newer, *people)
    known = {member.login: member for member in connector.members(course, {}).items}
    for login in people:
        newer.world.enrol(login, course, "teacher", AT)
    inner = newer.running.app.app

    def breaking_off(environ, start_response):
        if "uname=" in environ["QUERY_STRING"]:
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return [b""]
        return inner(environ, start_response)

    broke_off = 0
    for _ in range(25):
        moment[0] += timedelta(hours=1)
        newer.running.app.app = breaking_off
        try:
            connector.members(course, known)
        except TryLater:
            broke_off += 1
        newer.running.app.app = inner
        known = {member.login: member for member in connector.members(course, known).items}
    connector.close()
    assert broke_off > 0
    assert len(teaching(known)) == 24


def test_who_starts_it_once_a_day_sees_a_promoted_student_too(newer: Eclass) -> None:
    moment = [AT]
    course = filled(newer, "elioannou")
    connector = newer.connector(clock=lambda: moment[0])
    known = {member.login: member for member in connector.members(course, {}).items}
    connector.close()
    newer.world.enrol("elioannou", course, "teacher", AT)
    for _ in range(24):
        moment[0] += timedelta(days=1)
        connector = newer.connector(clock=lambda: moment[0])
        known = {member.login: member for member in connector.members(course, known).items}
        connector.close()
    assert teaching(known) == ["elioannou"]


def teaching(members: Mapping[str, Member]) -> list[str]:
    return sorted(login for login, one in members.items() if one.role is CourseRole.TRAINER)


def test_an_empty_list_against_the_count_is_not_believed(newer: Eclass, courses: EclassCourses) -> None:
    """E-27"""
    course = filled(newer, "elioannou", "gvlachos")
    known = {member.login: member for member in courses.members(course, {}).items}
    newer.faults.set("eclass:members-empty")
    read = courses.members(course, known)
    assert not read.complete
    assert "shows 0 members, the registration count says 2" in read.why_partial
    assert {member.login for member in read.items} == set(known)


def test_a_department_token_that_hides_people_makes_the_read_partial(newer: Eclass) -> None:
    """E-27: the course is in its department, most people are in none."""
    course = filled(newer, "elioannou", "gvlachos")
    newer.world.add_user("skontou", "Σοφία", "Κόντου", "skontou@sch.example", department=int(DEPARTMENT))
    newer.platform.self_enrol("skontou", course, AT)
    newer.world.add_token(OTHER_TOKEN, department=int(DEPARTMENT))
    connector = newer.connector(OTHER_TOKEN)
    read = connector.members(course, {})
    assert [member.login for member in read.items] == ["skontou"]
    assert not read.complete
    assert "department" in read.why_partial
    connector.close()


def test_a_course_outside_the_tokens_scope_is_unknown_not_empty(newer: Eclass) -> None:
    course = filled(newer, "elioannou")
    newer.world.add_department(9, "OTH", "Άλλο")
    newer.world.add_token(OTHER_TOKEN, department=9)
    connector = newer.connector(OTHER_TOKEN)
    assert not connector.members(course, {}).complete
    assert not connector.groups(course).complete
    with pytest.raises(TryLater):
        connector.course(course)
    with pytest.raises(TryLater):
        connector.membership(course, "elioannou")
    connector.close()


def test_somebody_who_registers_between_list_and_count_costs_a_second_look(
    newer: Eclass, courses: EclassCourses
) -> None:
    course = filled(newer, "elioannou")
    newer.platform.add_person("gvlachos")
    courses.capabilities()
    inner, waiting = newer.running.app.app, [True]

    def registering(environ, start_response):
        if waiting and environ["PATH_INFO"].endswith("/registration/"):
            waiting.pop()
            newer.platform.self_enrol("gvlachos", course, AT)
        return inner(environ, start_response)

    newer.running.app.app = registering
    read = courses.members(course, {})
    assert read.complete
    assert [member.login for member in read.items] == ["elioannou", "gvlachos"]


@pytest.mark.parametrize("before", ["known", "doubted"])
def test_a_list_that_hides_one_is_not_proven_by_a_count_that_another_one_has_just_left(
    newer: Eclass, before: str
) -> None:
    """E-27: the number agrees by chance. Somebody known is missing, or the list was in doubt before: two looks."""
    course = filled(newer, "elioannou")
    for login in ("gvlachos", "skontou"):
        newer.world.add_user(login, "Σοφία", "Κόντου", f"{login}@sch.example", department=int(DEPARTMENT))
        newer.platform.self_enrol(login, course, AT)
    newer.world.add_token(OTHER_TOKEN, department=int(DEPARTMENT))
    whole, connector = newer.connector(), newer.connector(OTHER_TOKEN)
    known = {member.login: member for member in whole.members(course, {}).items}
    whole.close()
    if before == "doubted":
        known = {member.login: member for member in connector.members(course, {}).items}
    inner, waiting = newer.running.app.app, [True]

    def leaving(environ, start_response):
        if waiting and environ["PATH_INFO"].endswith("/registration/"):
            waiting.pop()
            newer.world.unenrol("skontou", course)
        return inner(environ, start_response)

    newer.running.app.app = leaving
    read = connector.members(course, known)
    connector.close()
    assert not read.complete


def test_who_leaves_costs_a_second_look_and_then_nothing_more(newer: Eclass, courses: EclassCourses) -> None:
    course = filled(newer, "elioannou", "gvlachos")
    known = {member.login: member for member in courses.members(course, {}).items}
    newer.world.unenrol("gvlachos", course)
    calls = []
    for _ in range(2):
        start = newer.running.calls["read"]
        read = courses.members(course, known)
        calls.append(newer.running.calls["read"] - start)
        known = {member.login: member for member in read.items}
        assert read.complete
    assert list(known) == ["elioannou"]
    assert calls == [4, 2]


def test_a_list_that_shows_others_at_the_second_look_is_not_believed(newer: Eclass, courses: EclassCourses) -> None:
    """One comes and one goes between the looks: the numbers agree both times."""
    course = filled(newer, "elioannou", "gvlachos", "skontou")
    newer.platform.add_person("pnikolaou")
    known = {member.login: member for member in courses.members(course, {}).items}
    newer.world.unenrol("gvlachos", course)
    inner, waiting = newer.running.app.app, [True]

    def changing(environ, start_response):
        answer = inner(environ, start_response)
        if waiting and environ["PATH_INFO"].endswith("/registration/"):
            waiting.pop()
            newer.world.unenrol("skontou", course)
            newer.platform.self_enrol("pnikolaou", course, AT)
        return answer

    newer.running.app.app = changing
    read = courses.members(course, known)
    assert read.why_partial == f"The list of {course} changed while it was read."
    assert courses.members(course, known).complete


def test_lti_accounts_are_no_members_of_ours(newer: Eclass, courses: EclassCourses) -> None:
    """E-46"""
    course = filled(newer, "elioannou", "enrol_lti_5f2a")
    read = courses.members(course, {})
    assert [member.login for member in read.items] == ["elioannou"]
    assert read.complete
    assert "1 LTI accounts left out" in read.proofs


def test_capitals_in_a_username_are_lower_case_here_and_byte_exact_there(newer: Eclass, courses: EclassCourses) -> None:
    course = filled(newer, "ElIoannou")
    (member,) = courses.members(course, {}).items
    assert (member.login, member.role, member.since) == ("elioannou", CourseRole.STUDENT, AT)
    assert courses.membership(course, "elioannou") == member
    assert courses.unenrol(course, ["elioannou"])[0].stands
    assert newer.platform.members(course) == {}


def test_two_accounts_that_differ_in_capitals_are_a_finding(newer: Eclass, courses: EclassCourses) -> None:
    course = filled(newer, "elioannou", "Elioannou")
    read = courses.members(course, {})
    assert [finding.code for finding in read.findings] == ["username-twins"]
    assert [member.login for member in read.items] == ["elioannou"]


def test_a_role_without_a_name_is_left_alone(newer: Eclass, courses: EclassCourses, tmp_path: Path) -> None:
    """A guest (status 10) has no status in the answer."""
    course = filled(newer, "elioannou")
    with sqlite3.connect(tmp_path / "eclass.sqlite") as database:
        database.execute("UPDATE course_user SET status = 10")
    database.close()
    (member,) = courses.members(course, {}).items
    assert member.role is CourseRole.OTHER


def test_dates_of_winter_and_summer_are_read_by_the_clock_of_athens(newer: Eclass, courses: EclassCourses) -> None:
    """E-47: the DATETIMEs are naive; the hour that autumn repeats counts as the earlier one."""
    course = filled(newer)
    moments = {
        "winter": datetime(2027, 1, 15, 10, 0, tzinfo=UTC),
        "summer": datetime(2027, 7, 15, 10, 0, tzinfo=UTC),
        "first": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        "second": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    }
    for login, moment in moments.items():
        newer.platform.add_person(login)
        newer.platform.self_enrol(login, course, moment)
    read = {member.login: member.since for member in courses.members(course, {}).items}
    assert read == moments | {"second": moments["first"]}


def test_the_older_api_verifies_the_known_and_says_that_it_saw_no_more(older: Eclass) -> None:
    course = filled(older, "elioannou", "gvlachos")
    connector = older.connector()
    known = {login: connector.membership(course, login) for login in ("elioannou",)}
    older.world.enrol("elioannou", course, "teacher", AT)
    read = connector.members(course, known)
    assert [(member.login, member.role) for member in read.items] == [("elioannou", CourseRole.TRAINER)]
    assert not read.complete
    assert "1 of 1 known people" in read.why_partial
    assert "count says 2" in read.why_partial
    connector.close()


def test_an_empty_group_is_believed_only_while_the_course_is_seen_whole(newer: Eclass, courses: EclassCourses) -> None:
    course = filled(newer, "elioannou")
    group = courses.create_group(course, "Συμμετέχοντες").foreign_id
    assert courses.groups(course).items[0].members == frozenset()
    courses.join_group(course, group, ["elioannou"])
    newer.faults.set("eclass:members-empty")
    read = courses.groups(course)
    assert not read.complete
    assert read.items[0].members is None


def test_an_inactive_course_is_a_course(newer: Eclass, courses: EclassCourses) -> None:
    """E-19: the list leaves it out, the single look does not."""
    course = filled(newer)
    newer.world.set_visible(course, 3)
    assert courses.course(course).id == course


def test_a_course_in_two_departments_is_one_course(newer: Eclass, courses: EclassCourses) -> None:
    """E-19"""
    course = filled(newer)
    newer.world.add_department(5, "TMB", "Άλλα σεμινάρια", 1)
    newer.world.add_to_department(course, 5)
    reads = newer.running.calls["read"]
    assert courses.find("kypek:att-a:X") is None
    assert newer.running.calls["read"] == reads + 1


def test_the_api_switched_off_meanwhile_stops_every_read(newer: Eclass, courses: EclassCourses) -> None:
    """E-1: seats stay, nothing is removed."""
    course = filled(newer, "elioannou")
    courses.members(course, {})
    newer.world.set_api(False)
    for read in (lambda: courses.members(course, {}), lambda: courses.groups(course), lambda: courses.course(course)):
        with pytest.raises(StopConnector):
            read()


@pytest.mark.parametrize(
    "form",
    [
        "{base}/courses/{code}/",
        "{base}/courses/{code}",
        "{base}/courses/{code}/index.php",
        "{base}/modules/announcements/index.php?course={code}",
        "{code}",
        "  {code}\n",
    ],
)
def test_officers_may_write_a_course_as_they_see_it(newer: Eclass, courses: EclassCourses, form: str) -> None:
    course = filled(newer)
    assert courses.at(form.format(base=newer.running.address, code=course)).id == course


def test_data_with_an_error_status_is_no_answer(newer: Eclass, courses: EclassCourses) -> None:
    """Section 7, rule 1: only a status 200 counts, unless an errorcode says why."""
    course = filled(newer, "elioannou")
    courses.capabilities()

    def broken(environ, start_response):
        start_response("500 Internal Server Error", [("Content-Length", "2")])
        return [b"[]"]

    newer.running.app.app = broken
    with pytest.raises(TryLater, match="HTTP 500"):
        courses.members(course, {})
