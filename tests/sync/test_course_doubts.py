"""A course that suddenly lists far fewer is believed at the second read that agrees, and never at the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.moodle import MoodleCourses
from kypek_sync.contract import Course, Group, Member, Snapshot
from kypek_sync.ledger import Ledger, open_ledger, reads
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.doubts import apart, weighed
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from tests.sync.centre import START, seats, sync_once
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

KEY = ("moodle", "EKFE-26-01")
GROUP = Group("7", "Συμμετέχοντες", frozenset())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    it = open_ledger(f"sqlite:///{tmp_path}/kypek.db", tmp_path)
    yield it
    it.close()


def shown(count: int, hours: float = 0, *, groups: bool = True, proven: int = 0, complete: bool = True) -> CourseRead:
    at = START + timedelta(hours=hours)
    members = tuple(Member(login, CourseRole.STUDENT) for login in PEOPLE[:count])
    return CourseRead(
        CourseTask(*KEY, "17", groups={"7": GROUP.name}),
        Course("17", "…", "…"),
        members=Snapshot("moodle", "17", at, members, complete),
        groups=Snapshot("moodle", "17", at, (GROUP,) if groups else (), complete=True),
        proven_gone=frozenset(PEOPLE[40 - proven :]),
    )


def read(ledger: Ledger, course: CourseRead) -> tuple[bool, bool, tuple[str, ...]]:
    """Weigh and record one read, as a pass does: are the members whole, are the groups, what is said."""
    with ledger.begin() as connection:
        found = weighed(connection, {KEY: course}, 0.5)
        one = found.courses[KEY]
        assert one.members is not None
        assert one.groups is not None
        before = reads.known_members(connection, "moodle", ["17"]).get("17", {})
        reads.remember_members(connection, "17", one.members, before)
        for seen, doubted in found.doubts:
            reads.note(connection, seen, doubted)
        return one.members.complete, one.groups.complete, found.said


def test_a_list_of_less_than_half_is_believed_when_a_second_one_agrees(ledger: Ledger) -> None:
    assert read(ledger, shown(40)) == (True, True, ())
    whole, _, said = read(ledger, shown(10, 1))
    assert not whole
    assert said[0].startswith("moodle: EKFE-26-01: 10 members are listed, 40 were there at the last read. Nothing is")
    assert read(ledger, shown(10, 2)) == (True, True, ())
    assert read(ledger, shown(10, 3)) == (True, True, ())


def test_two_kypeks_that_share_a_course_are_no_two_witnesses(ledger: Ledger) -> None:
    """Two centres had adopted one course and read it three seconds apart, while the platform showed a quarter of its
    members to anybody: the second centre took what the first one saw for proof."""
    second, minute = 1 / 3600, 1 / 60
    assert read(ledger, shown(40)) == (True, True, ())
    for moment in (1, 1 + 3 * second, 1 + 2 * minute, 1 + 4.9 * minute):
        assert not read(ledger, shown(10, moment))[0]
    assert read(ledger, shown(10, 1 + 5 * minute))[0]


def test_a_list_of_another_size_in_between_begins_anew(ledger: Ledger) -> None:
    minute = 1 / 60
    read(ledger, shown(40))
    for size, minutes in ((10, 0), (4, 3), (4, 6), (10, 7)):
        assert not read(ledger, shown(size, 1 + minutes * minute))[0]
    assert read(ledger, shown(10, 1 + 12 * minute))[0]


@pytest.mark.parametrize(("every", "gap"), [(15, 5), (6, 3), (1, 0.5), (60, 5)])
def test_where_passes_follow_each_other_quickly_half_of_their_interval_is_enough(every: float, gap: float) -> None:
    assert apart(timedelta(minutes=every)) == timedelta(minutes=gap)


def test_a_second_list_that_says_something_else_agrees_with_nothing(ledger: Ledger) -> None:
    read(ledger, shown(40))
    assert not read(ledger, shown(18, 1))[0]
    assert not read(ledger, shown(3, 2))[0]
    assert not read(ledger, shown(3, 2))[0]  # the same moment is the same read
    assert read(ledger, shown(40, 3))[0]


def test_half_or_less_that_is_missing_is_believed_and_so_is_what_was_proven(ledger: Ledger) -> None:
    read(ledger, shown(40))
    assert read(ledger, shown(20, 1))[0]
    read(ledger, shown(40, 2))
    assert read(ledger, shown(10, 3, proven=30))[0]


def test_an_empty_list_is_doubted_however_few_were_there(ledger: Ledger) -> None:
    read(ledger, shown(2))
    assert not read(ledger, shown(0, 1))[0]
    assert read(ledger, shown(0, 2))[0]
    assert read(ledger, shown(0, 3))[0]  # nothing was there any more


def test_three_members_of_whom_two_left_are_believed(ledger: Ledger) -> None:
    read(ledger, shown(3))
    assert read(ledger, shown(1, 1))[0]


def test_no_group_where_some_were_is_doubted_once(ledger: Ledger) -> None:
    read(ledger, shown(40))
    _, whole, said = read(ledger, shown(40, 1, groups=False))
    assert not whole
    assert "no group is listed, 1 were there" in said[0]
    assert read(ledger, shown(40, 2, groups=False))[1]


def test_what_could_not_be_read_is_left_as_it_is(ledger: Ledger) -> None:
    assert not read(ledger, shown(10, complete=False))[0]
    failed = CourseRead(CourseTask(*KEY, "17"))
    with ledger.begin() as connection:
        assert weighed(connection, {KEY: failed}, 0.5).courses == {KEY: failed}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def test_a_mirror_that_shows_almost_nobody_once_changes_nothing(
    both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that looks whole may be a moment's blindness: nobody is enrolled anew, no group is made twice, no claim is
    given up, and at the next read all is as it was."""
    both.settings(courses="eclass")
    here = both.eclass_course()
    for number, login in enumerate(PEOPLE[:12]):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here), mirrors="[moodle]", capacity=10)
    sync_once(both)
    both.clock.turn(minutes=15)
    sync_once(both)
    before = seats(both, code)
    members, groups = MoodleCourses.members, MoodleCourses.groups
    monkeypatch.setattr(MoodleCourses, "members", lambda *a: replace(one := members(*a), items=one.items[:2]))
    monkeypatch.setattr(MoodleCourses, "groups", lambda *a: replace(groups(*a), items=()))
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert [change for change, _ in report.done if change.removes] == []
    assert len(both.moodle.groups(both.made(code))) == 1
    assert any("members are listed, 12 were there" in problem for problem in report.problems)
    monkeypatch.undo()
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert report.problems == []
    assert report.done == []
    assert seats(both, code) == before
    assert both.students(both.made(code)) == set(PEOPLE[:10])
