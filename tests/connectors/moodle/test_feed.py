"""The report of participants: when and how people enrolled, for all courses with two calls (M-35)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Capability, Member, TryLater
from kypek_sync.model import CourseRole
from tests.connectors.moodle.simulated import Moodle, moodle

MORNING = datetime(2026, 11, 2, 7, 30, 40, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = field(default=datetime(2027, 4, 5, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Moodle]:
    with moodle(tmp_path, report=True) as running:
        running.people("elioannou", "gvlachos", "skontou", "vmakri")
        yield running


def told(snapshot) -> dict[str, tuple[str, datetime | None]]:
    return {member.login: (member.origin, member.since) for member in snapshot.items}


def reports(server: Moodle) -> int:
    return server.calls("core_reportbuilder_set_filters")


def test_moment_and_origin_of_each_member_are_told_to_the_minute(server: Moodle) -> None:
    course = server.platform.add_course("Ρομποτική")
    server.platform.self_enrol("elioannou", course, MORNING)
    server.world.enrol_manually("gvlachos", int(course), at=MORNING)
    server.world.enrol_by("cohort", "skontou", int(course), at=MORNING)
    connector = server.connector()
    minute = MORNING.replace(second=0)
    assert told(connector.members(course, {})) == {
        "elioannou": ("self", minute),
        "gvlachos": ("manual", minute),
        "skontou": ("", minute),
    }
    connector.close()


def test_of_two_ways_into_a_course_the_self_enrolment_is_the_application(server: Moodle) -> None:
    course = server.platform.add_course("Ρομποτική")
    server.platform.self_enrol("elioannou", course, MORNING)
    server.world.enrol_manually("elioannou", int(course), role=3, at=MORNING + timedelta(days=1))
    connector = server.connector()
    (member,) = connector.members(course, {}).items
    assert (member.origin, member.since) == ("self", MORNING.replace(second=0))
    assert member.role is CourseRole.TRAINER
    connector.close()


def test_one_read_of_the_report_serves_all_courses_of_a_pass(server: Moodle) -> None:
    courses = [server.platform.add_course(f"Μάθημα {number}") for number in range(5)]
    for course in courses:
        server.platform.self_enrol("elioannou", course, MORNING)
    connector = server.connector(clock=Clock())
    for course in courses:
        connector.course(course)
        assert connector.members(course, {}).items[0].since is not None
    assert reports(server) == 1
    connector.close()


def test_later_reads_ask_for_what_is_new_and_for_everything_now_and_then(server: Moodle) -> None:
    clock = Clock()
    course = server.platform.add_course("Ρομποτική")
    server.platform.self_enrol("elioannou", course, MORNING)
    connector = server.connector(clock=clock)
    connector.members(course, {})
    server.platform.self_enrol("gvlachos", course, MORNING + timedelta(days=2))
    clock.now += timedelta(minutes=2)
    assert told(connector.members(course, {}))["gvlachos"][0] == "self"
    server.platform.leave("elioannou", course)
    server.platform.self_enrol("elioannou", course, MORNING + timedelta(days=3))
    clock.now += timedelta(hours=7)
    assert told(connector.members(course, {}))["elioannou"][1] == (MORNING + timedelta(days=3)).replace(second=0)
    assert reports(server) == 3
    connector.close()


def test_somebody_the_report_has_not_shown_yet_is_asked_for_at_once(server: Moodle) -> None:
    clock = Clock()
    course = server.platform.add_course("Ρομποτική")
    server.platform.self_enrol("elioannou", course, MORNING)
    connector = server.connector(clock=clock)
    known = {member.login: member for member in connector.members(course, {}).items}
    clock.now += timedelta(seconds=10)
    connector.members(course, known)
    assert reports(server) == 1
    server.platform.self_enrol("gvlachos", course, MORNING)
    assert told(connector.members(course, known))["gvlachos"][1] is not None
    assert reports(server) == 2
    connector.close()


def test_whom_a_filtered_read_lacks_is_looked_for_in_the_whole_report_once(server: Moodle) -> None:
    """M-35: the filter is the account's. Somebody whose row lies before it (or whose row was hidden by a filter that a
    dying process had sent) was taken for somebody without a date, and came behind those who applied after."""
    clock = Clock()
    course = server.platform.add_course("Ρομποτική")
    server.platform.self_enrol("elioannou", course, MORNING)
    connector = server.connector(clock=clock)
    known = {member.login: member for member in connector.members(course, {}).items}
    clock.now += timedelta(minutes=5)
    server.platform.self_enrol("gvlachos", course, MORNING - timedelta(hours=3))
    found = {member.login: member for member in connector.members(course, known).items}
    assert found["gvlachos"].since == (MORNING - timedelta(hours=3)).replace(second=0)
    assert reports(server) == 3
    clock.now += timedelta(minutes=5)
    connector.members(course, found)
    assert reports(server) == 3
    connector.close()


def test_a_course_without_an_idnumber_has_no_dates_but_keeps_those_known(server: Moodle) -> None:
    """The report names courses by their ID number alone."""
    course = str(server.world.add_course("Χωρίς", "without", server.platform.category))
    for login in ("elioannou", "gvlachos"):
        server.platform.self_enrol(login, course, MORNING)
    connector = server.connector()
    known = {"gvlachos": Member("gvlachos", CourseRole.STUDENT, MORNING, "self")}
    assert told(connector.members(course, known)) == {"elioannou": ("", None), "gvlachos": ("self", MORNING)}
    connector.close()


def test_an_order_without_its_dates_is_no_order(server: Moodle) -> None:
    """A report that cannot be read now makes the read fail: first seen would be taken for first come."""
    course = server.platform.add_course("Ρομποτική")
    server.platform.self_enrol("elioannou", course, MORNING)
    connector = server.connector()
    connector.capabilities()
    with server.world._state.transaction() as db:
        db.execute("delete from reports")
    with pytest.raises(TryLater):
        connector.members(course, {})
    connector.close()


@pytest.mark.parametrize("broken", ["unknown", "column"])
def test_dates_are_promised_only_with_a_report_that_has_them(server: Moodle, broken: str) -> None:
    report = 999 if broken == "unknown" else server.world.add_participants_report(["user:username", "enrol:plugin"])
    connector = server.connector(report=report)
    assert Capability.MEMBER_DATES not in connector.capabilities()
    (line,) = (line for line in connector.probe().lines if line.subject == "report")
    assert line.level == "problem"
    assert ("Time created" in line.text) == (broken == "column")
    connector.close()
    whole = server.connector()
    assert Capability.MEMBER_DATES in whole.capabilities()
    whole.close()
