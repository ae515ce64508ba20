"""Whom a teacher added to a course, while a crash left us not knowing whether we had added them, is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Change, Course, Member, Snapshot, Target, Verb
from kypek_sync.ledger import Ledger, bindings, open_ledger, runs
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.ownership import reconcile
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from tests.sync.centre import START

KEY = ("moodle", "EKFE-26-01")
ENROL = Change(Verb.ENROL, Target(*KEY, "", "anna"), (), (("role", "student"),))
ANNA = Member("anna", CourseRole.STUDENT, START + timedelta(seconds=2), "manual")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    it = open_ledger(f"sqlite:///{tmp_path}/kypek.db", tmp_path)
    yield it
    it.close()


def ours_after_a_crash(ledger: Ledger, found: Member, asked: Change = ENROL) -> bool:
    """We asked for a membership at START and died; an hour later the course shows this one. Is it ours?"""
    later = START + timedelta(hours=1)
    members = Snapshot("moodle", "12", later, (found,), complete=True)
    groups: Snapshot = Snapshot("moodle", "12", later, (), complete=True)
    read = CourseRead(CourseTask(*KEY, "12"), Course("12", "…", ""), members=members, groups=groups)
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", START)
        runs.intend(connection, run, "att-a", [asked], START)
        reconcile(connection, "att-a", {KEY: read}, later)
        assert runs.open_intents(connection, "att-a", (Verb.ENROL,)) == []
        return "anna" in bindings.claimed(connection, "att-a", "enrolment").get(KEY, ())


def test_a_membership_that_began_when_we_asked_for_it_is_ours(ledger: Ledger) -> None:
    assert ours_after_a_crash(ledger, ANNA)


def test_clocks_may_differ_by_a_little(ledger: Ledger) -> None:
    assert ours_after_a_crash(ledger, replace(ANNA, since=START - timedelta(seconds=90)))


@pytest.mark.parametrize("minutes", [-600, -3, 11, 45])
def test_whom_the_teacher_added_before_or_after_is_not_ours(ledger: Ledger, minutes: int) -> None:
    """The process died between intent and call; the teacher, who was waiting for her, added her by hand. We took her
    for ours, and took her out of the mirror when she lost her seat."""
    assert not ours_after_a_crash(ledger, replace(ANNA, since=START + timedelta(minutes=minutes)))


def test_who_enrolled_by_themselves_at_that_moment_is_not_ours(ledger: Ledger) -> None:
    assert not ours_after_a_crash(ledger, replace(ANNA, origin="self"))


def test_where_the_platform_tells_no_dates_nothing_is_proven(ledger: Ledger) -> None:
    """Nothing is removed that our book does not say we added: a membership too many is the smaller harm."""
    assert not ours_after_a_crash(ledger, replace(ANNA, since=None))


def test_a_member_whose_role_we_meant_to_raise_never_becomes_ours(ledger: Ledger) -> None:
    raised = replace(ENROL, before=(("role", "student"),), after=(("role", "trainer"),))
    assert not ours_after_a_crash(ledger, replace(ANNA, role=CourseRole.TRAINER), raised)
