"""Applications to courses that nobody enters by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from kypek_sync.contract import Capability, Course, Courses, Group, Member, Snapshot
from kypek_sync.language import speaker
from kypek_sync.model import Application, CourseRole
from kypek_sync.sync.courses.reading import CourseRead, CourseTask, read_courses
from kypek_sync.sync.planning.desired import SEATED
from kypek_sync.sync.seats.requests import fresh, let_in, marked
from kypek_sync.sync.seats.unproven import unproven
from tests.sync.test_plan import wish

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def asks(login: str, minutes_ago: float | None = 60) -> Member:
    since = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    return Member(login, CourseRole.STUDENT, since)


@dataclass
class AsksFirst:
    """A platform that reads many courses in one and tells who asks to be let in."""

    requests_read: Snapshot[Member] = field(
        default_factory=lambda: Snapshot("eclass", "X1", NOW, (asks("asks"),), complete=True)
    )
    can: frozenset[Capability] = frozenset({Capability.MEMBER_LIST, Capability.COURSE_REQUESTS})
    told: list[object] = field(default_factory=list)

    def capabilities(self) -> frozenset[Capability]:
        return self.can

    def expect(self, courses: list[str]) -> None:
        self.told.append(courses)

    def course(self, course: str) -> Course:
        return Course(course, "Σεμινάριο", "")

    def at(self, address: str) -> Course:
        return Course("X9", "Σεμινάριο", address)

    def members(self, course: str, known: object) -> Snapshot[Member]:
        return Snapshot("eclass", course, NOW, (Member("stays", CourseRole.STUDENT),), complete=True)

    def requests(self, course: str) -> Snapshot[Member]:
        return self.requests_read

    def groups(self, course: str) -> Snapshot[Group]:
        return Snapshot("eclass", course, NOW, (), complete=True)

    def membership(self, course: str, login: str) -> None:
        self.told.append(login)


def read(platform: AsksFirst, **task: object) -> CourseRead:
    one = replace(CourseTask("eclass", "EKFE-26-01", "X1"), **task)
    return read_courses([one], {"eclass": cast(Courses, platform)}, lambda: None)[("eclass", "EKFE-26-01")]


def test_a_platform_that_reads_many_in_one_is_told_what_will_be_asked() -> None:
    platform = AsksFirst()
    tasks = [
        CourseTask("eclass", "EKFE-26-01", "X1"),
        CourseTask("eclass", "EKFE-26-02", "X2"),
        CourseTask("eclass", "EKFE-26-03", address="https://eclass.example/courses/X3/"),
    ]
    read_courses(tasks, {"eclass": cast(Courses, platform)}, lambda: None)
    assert platform.told == [["X1", "X2"]]


def test_whoever_asks_is_no_member_and_not_gone() -> None:
    platform = AsksFirst()
    found = read(platform, applied=frozenset({"asks", "left"}))
    assert [one.login for one in found.asking] == ["asks"]
    assert [one.login for one in found.members.items] == ["stays"]
    assert found.proven_gone == {"left"}
    assert "asks" not in platform.told  # nobody has to be asked about them


def test_one_of_ours_who_asks_anew_is_looked_at() -> None:
    assert read(AsksFirst(), ours=frozenset({"asks"})).proven_gone == {"asks"}


def test_where_requests_cannot_be_seen_whoever_asked_is_not_gone() -> None:
    """Unless we let them in: then they were members, and are not any more."""
    blind = AsksFirst(can=frozenset({Capability.MEMBER_LIST}))
    those = frozenset({"asks", "stays", "ours", "left"})
    found = read(blind, applied=those, asked=those - {"left"}, ours=frozenset({"ours"}))
    assert (found.proven_gone, found.hidden) == ({"ours", "left"}, {"asks"})
    (said,) = unproven([found], {}, speaker("en"))
    assert "Requests to enter the course of EKFE-26-01" in said
    assert said.endswith(": asks.")
    assert read(AsksFirst(), applied=those, asked=those).hidden == frozenset()


def test_an_application_is_a_request_until_its_maker_is_a_member() -> None:
    def one(login: str, request: bool) -> Application:
        return Application("EKFE-26-01", login, "", NOW, True, "eclass", request)

    standing = [one("asks", False), one("entered", True), one("unseen", True), one("away", False)]
    found = marked(standing, [Member("entered", CourseRole.STUDENT)], [asks("asks")])
    assert {a.login: a.request for a in found} == {"asks": True, "entered": False, "unseen": True, "away": False}


def test_a_member_does_not_ask() -> None:
    platform = AsksFirst(Snapshot("eclass", "X1", NOW, (asks("stays"),), complete=True))
    assert read(platform).asking == ()


def test_both_reads_are_as_old_and_as_whole_as_the_worse_of_them() -> None:
    earlier = NOW - timedelta(minutes=3)
    partial = Snapshot("eclass", "X1", earlier, (), complete=False, why_partial="It lags behind.")
    found = read(AsksFirst(partial), applied=frozenset({"left"}))
    assert (found.members.as_of, found.members.complete, found.members.why_partial) == (
        earlier,
        False,
        "It lags behind.",
    )
    assert found.proven_gone == frozenset()


def test_requests_are_asked_for_only_where_they_are_told() -> None:
    platform = AsksFirst(can=frozenset({Capability.MEMBER_LIST}))
    assert read(platform).asking == ()


@pytest.mark.parametrize(
    ("asking", "given_back", "counts"),
    [
        ([asks("a", 60), asks("a", 20), asks("b", 40)], {}, {"a": 60, "b": 40}),
        ([asks("a", 60), asks("a", 20)], {"a": 60}, {"a": 20}),
        ([asks("a", 60)], {"a": 60}, {}),
        ([asks("a", 60)], {"a": 30}, {}),
        ([asks("a", None), asks("a", 20)], {}, {"a": 20}),
        ([asks("a", None)], {}, {"a": None}),
        ([asks("a", None)], {"a": 30}, {}),
        ([asks("a", 60)], {"b": 30}, {"a": 60}),
    ],
)
def test_the_earliest_request_counts_that_was_not_given_back(asking, given_back, counts) -> None:
    moments = {login: NOW - timedelta(minutes=ago) for login, ago in given_back.items()}
    found = {one.login: one.since for one in fresh(asking, moments)}
    assert found == {login: asks(login, ago).since for login, ago in counts.items()}


def test_only_who_asked_and_has_a_seat_is_let_into_a_registration_course() -> None:
    seated = replace(wish(), groups=((SEATED, frozenset({"asks", "stays"})),))
    key = (seated.system, seated.seminar)
    course = CourseRead(CourseTask(*key, "X1"), asking=(asks("asks"), asks("waits")))
    assert [one.students for one in let_in([seated], {key: course})] == [frozenset({"asks"})]
    assert [one.students for one in let_in([seated], {})] == [frozenset()]
    mirror = replace(seated, mirror=True, students=frozenset({"stays"}))
    assert [one.students for one in let_in([mirror], {key: course})] == [frozenset({"stays"})]
