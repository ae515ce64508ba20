"""Courses that fail every time, on a server that answers for all others, keep nobody else waiting."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from kypek_sync.contract import (
    Capability,
    Change,
    ConnectorError,
    Course,
    Courses,
    Group,
    Member,
    Receipt,
    SkipThis,
    Snapshot,
    StopConnector,
    TryLater,
)
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.courses.reading import CourseTask, read_courses
from tests.sync.centre import Centre, open_centre, sync_once

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CODES = [f"S{number:02}" for number in range(1, 21)]


class Partly:
    """Answers for all courses but some; `asked` are those it was asked for, in no order."""

    def __init__(self, broken: Collection[str], error: type[ConnectorError] = TryLater) -> None:
        self.broken, self.error = broken, error
        self.asked: list[str] = []

    def capabilities(self) -> frozenset[Capability]:
        return frozenset({Capability.MEMBER_LIST, Capability.GROUP_MEMBERS})

    def course(self, course: str) -> Course:
        self.asked.append(course)
        if course in self.broken:
            raise self.error("eclass", "500")
        return Course(course, "Σεμινάριο", f"https://eclass.example/courses/{course}/")

    def members(self, course: str, known: object) -> Snapshot[Member]:
        return Snapshot("eclass", course, NOW, (), complete=True)

    def groups(self, course: str) -> Snapshot[Group]:
        return Snapshot("eclass", course, NOW, (), complete=True)


def unread(server: Partly, codes: Sequence[str] = CODES) -> list[str]:
    """The courses that could not be read, whether they were asked for or not."""
    tasks = [CourseTask("eclass", code, code) for code in codes]
    reads = read_courses(tasks, {"eclass": cast(Courses, server)}, lambda: None)
    assert [code for _, code in reads] == list(codes)
    return [code for (_, code), read in reads.items() if read.problem is not None]


@pytest.mark.parametrize(
    "broken",
    [["S01", "S02"], ["S19", "S20"], ["S01", "S02", "S20"], CODES[:9], ["S01", "S02", "S11", "S12"]],
    ids=lambda those: "+".join(those),
)
def test_courses_that_fail_every_time_leave_the_others_readable(broken: list[str]) -> None:
    assert unread(Partly(broken)) == broken


def test_a_server_that_is_gone_is_asked_a_few_times() -> None:
    server = Partly(CODES)
    assert unread(server) == CODES
    assert len(server.asked) <= 7  # two failures, with four courses read side by side, and two more looks


def test_a_connector_that_wants_a_person_is_not_asked_again() -> None:
    server = Partly(CODES, StopConnector)
    assert unread(server) == CODES
    assert len(server.asked) <= 4


def test_a_course_that_is_skipped_shows_that_the_server_answers() -> None:
    class Skips(Partly):
        def members(self, course: str, known: object) -> Snapshot[Member]:
            if course == "S20":
                raise SkipThis("eclass", "not ours")
            return super().members(course, known)

    assert unread(Skips(["S01", "S02"])) == ["S01", "S02", "S20"]


def test_one_course_alone_that_fails_is_asked_once() -> None:
    server = Partly(["S01"])
    assert unread(server, ["S01"]) == ["S01"]
    assert server.asked == ["S01"]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


@pytest.mark.slow
def test_three_courses_that_can_never_be_made_keep_the_other_three_waiting_once(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that failed three times in a row is left alone for the rest of the pass; the same three came first in
    the next one too, and nothing behind them was ever made."""
    create = CourseCalls._create

    def fails_for_some(self: CourseCalls, changes: Sequence[Change]) -> Sequence[Receipt]:
        if changes[0].target.seminar in CODES[:3]:
            raise TryLater("eclass", "500")
        return create(self, changes)

    monkeypatch.setattr(CourseCalls, "_create", fails_for_some)
    for code in CODES[:6]:
        centre.seminar(code)
    made = []
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
        made.append({course.title for course in centre.world.courses()})
    assert made[0] == set()
    assert {title.split()[1] for title in made[1]} == set(CODES[3:6])
