"""What is kept of a full read of a course, for how long, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from kypek_sync.contract import Capability, Course, Courses, Group, Member, Snapshot
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from kypek_sync.sync.courses.remembered import Remembered
from tests.sync.centre import START

KEY = ("moodle", "EKFE-26-01")
TASK = CourseTask(*KEY, foreign_id="7", applied=frozenset({"t1"}))
COURSE = Course("7", "Ρομποτική", "https://moodle.example/course/view.php?id=7")
MEMBERS = Snapshot("moodle", "7", START, (Member("t1", CourseRole.STUDENT),), complete=True)
GROUPS = Snapshot("moodle", "7", START, (Group("1", "Συμμετέχοντες", frozenset({"t1"})),), complete=True)
READ = CourseRead(TASK, COURSE, False, MEMBERS, GROUPS)
LISTS = frozenset({Capability.MEMBER_LIST})
QUARTER = timedelta(minutes=15)


class Silent:
    """A platform that cannot tell what is new."""


def standing(
    remembered: Remembered, task: CourseTask = TASK, minutes: float = 5, kypek: str = "att-a"
) -> dict[tuple[str, str], CourseRead]:
    return remembered.standing(
        kypek, [task], {"moodle": cast(Courses, Silent())}, START + timedelta(minutes=minutes), QUARTER
    )


def kept(read: CourseRead = READ, abilities: frozenset[Capability] = LISTS) -> Remembered:
    remembered = Remembered()
    remembered.keep("att-a", {KEY: read}, {"moodle": abilities})
    return remembered


def test_a_whole_read_stands_until_it_is_old() -> None:
    assert standing(kept()) == {KEY: READ}
    assert standing(kept(), minutes=14.9) == {KEY: READ}
    assert standing(kept(), minutes=15) == {}


def test_a_clock_that_was_set_back_makes_it_worthless() -> None:
    assert standing(kept(), minutes=-1) == {}


def test_another_centre_has_its_own() -> None:
    assert standing(kept(), kypek="att-b") == {}


@pytest.mark.parametrize(
    "read",
    [
        replace(READ, members=replace(MEMBERS, complete=False, why_partial="a second list differs")),
        replace(READ, groups=replace(GROUPS, complete=False, why_partial="hidden")),
        replace(READ, members=replace(MEMBERS, items=())),
        CourseRead(TASK, gone=True),
    ],
    ids=["part of the members", "part of the groups", "somebody missing", "no course"],
)
def test_what_leaves_a_question_open_is_not_kept(read: CourseRead) -> None:
    assert standing(kept(read)) == {}


def test_where_nobody_is_ever_listed_a_partial_read_is_all_there_is() -> None:
    partial = replace(READ, members=replace(MEMBERS, complete=False, why_partial="no list of members"))
    assert standing(kept(partial, frozenset())) == {KEY: partial}


@pytest.mark.parametrize(
    "task",
    [
        replace(TASK, foreign_id="8"),
        replace(TASK, groups={"1": "Αναμονή"}),
        replace(TASK, ours=frozenset({"t2"})),
        replace(TASK, applied=frozenset({"t1", "t3"})),
    ],
    ids=["another course", "another group", "one of ours who is not listed", "an applicant who is not listed"],
)
def test_who_looks_for_something_else_reads_anew(task: CourseTask) -> None:
    assert standing(kept(), task) == {}


def test_a_course_that_is_about_to_be_changed_is_forgotten_by_all_who_read_it() -> None:
    remembered = kept()
    remembered.keep("att-b", {KEY: READ}, {"moodle": LISTS})
    remembered.forget("moodle", "8")
    remembered.forget("eclass", "7")
    assert standing(remembered) == {KEY: READ}
    remembered.forget("moodle", "7")
    assert standing(remembered) == standing(remembered, kypek="att-b") == {}


def test_what_a_later_pass_does_not_read_is_forgotten() -> None:
    remembered = kept()
    remembered.keep("att-a", {}, {})
    assert standing(remembered) == {}
