"""How the courses of a pass are read when the server goes away in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import pytest

from kypek_sync.contract import Capability, Course, Courses, Group, Member, Snapshot, TryLater
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.reading import PATIENCE, CourseTask, by_our_names, read_courses

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class GoesAway:
    """Shows a course whose members have all left, and then answers nothing any more."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def capabilities(self) -> frozenset[Capability]:
        return frozenset({Capability.MEMBER_LIST, Capability.GROUP_MEMBERS})

    def course(self, course: str) -> Course:
        return Course(course, "Σεμινάριο", f"https://eclass.example/courses/{course}/")

    def members(self, course: str, known: object) -> Snapshot[Member]:
        stays = Member("stays", CourseRole.STUDENT)
        return Snapshot("eclass", course, NOW, (stays,), complete=True)

    def groups(self, course: str) -> Snapshot[Group]:
        return Snapshot("eclass", course, NOW, (), complete=True)

    def membership(self, course: str, login: str) -> None:
        self.asked.append(login)
        raise TryLater("eclass", "no answer in time")


def test_a_server_that_went_away_is_not_asked_about_each_person() -> None:
    """Each look would wait for its full deadline: a course of two hundred would hold the pass for hours."""
    server = GoesAway()
    left = frozenset(f"teacher{number:03}" for number in range(200))
    task = CourseTask("eclass", "EKFE-26-01", "X1", applied=left)
    read = read_courses([task], {"eclass": cast(Courses, server)}, lambda: None)[("eclass", "EKFE-26-01")]
    assert len(server.asked) == PATIENCE
    assert read.proven_gone == frozenset()


def test_those_we_enrolled_are_asked_about_too_when_a_list_leaves_them_out() -> None:
    server = GoesAway()
    task = CourseTask("eclass", "EKFE-26-01", "X1", ours=frozenset({"anna", "stays"}))
    read_courses([task], {"eclass": cast(Courses, server)}, lambda: None)
    assert server.asked == ["anna"]


class TellsManyAtOnce(GoesAway):
    """The same, with an answer about several people; about some it can tell nothing."""

    def __init__(self, told: dict[str, Member | None] | None) -> None:
        super().__init__()
        self.told = told

    def memberships(self, course: str, logins: Sequence[str]) -> dict[str, Member | None]:
        self.asked.append(" ".join(logins))
        if self.told is None:
            raise TryLater("eclass", "no answer in time")
        return self.told


@pytest.mark.parametrize(
    ("told", "gone"),
    [
        ({"anna": None, "dora": Member("dora", CourseRole.STUDENT)}, {"anna"}),
        ({"anna": None, "dora": None, "somebody": None}, {"anna", "dora"}),
        ({}, set()),
        (None, set()),
    ],
)
def test_where_a_platform_tells_of_many_at_once_it_is_asked_once(
    told: dict[str, Member | None] | None, gone: set[str]
) -> None:
    """Only whom the answer names as no member is proven gone: who is left out of it may still be one."""
    server = TellsManyAtOnce(told)
    task = CourseTask("eclass", "EKFE-26-01", "X1", applied=frozenset({"anna", "dora", "eva", "stays"}))
    read = read_courses([task], {"eclass": cast(Courses, server)}, lambda: None)[("eclass", "EKFE-26-01")]
    assert server.asked == ["anna dora eva"]
    assert read.proven_gone == gone
    assert read.problem is None


def test_groups_go_by_our_names() -> None:
    read = Snapshot(
        "eclass", "X1", NOW, (Group("12", "Β"), Group("7", "Παλιά"), Group("9", "Α"), Group("10", "Β")), complete=True
    )
    named = by_our_names(read, {"7": "Α"})
    assert [(one.id, one.name) for one in named.items] == [("7", "Α"), ("10", "Β")]
