"""What the reads of a seminar's courses prove together (rules 3 and 13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.contract import Member, Snapshot, TryLater
from kypek_sync.model import Part, Seat, SeatState
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from kypek_sync.sync.seats.registration import Registration, by_part
from tests.seminar.builders import seminar

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CODE = "EKFE-26-01"
PARTED, WHOLE = seminar(CODE, parts=(Part("a", "πρωινό"), Part("b", "απογευματινό"))), seminar(CODE)


def read(part: str, minutes: int = 0, how: str = "whole") -> CourseRead:
    """A read of the course of a part: `whole`, `partial`, `gone`, or without an `answer`."""
    task = CourseTask("moodle", CODE, "7", part=part)
    if how == "gone":
        return CourseRead(task, gone=True)
    if how == "answer":
        return CourseRead(task, problem=TryLater("moodle", "No answer."))
    members: Snapshot[Member] = Snapshot("moodle", "7", NOW - timedelta(minutes=minutes), (), how == "whole")
    return CourseRead(task, members=members)


def registration(*reads: CourseRead, bound: str = "a b", parted: bool = True) -> Registration:
    keys = {("moodle", f"{CODE}/{part}" if parted else CODE) for part in bound.split()}
    return Registration.of(PARTED if parted else WHOLE, "moodle", {one.task.key: one for one in reads}, keys)


@pytest.mark.parametrize(
    ("those", "shown", "whole"),
    [
        (registration(read("a"), read("b")), True, True),
        (registration(read("a"), read("b", how="partial")), True, False),
        (registration(read("a"), read("b", how="answer")), False, False),
        (registration(read("a")), False, False),  # the other one is known, and was not read
        (registration(read("a"), bound="a"), True, True),  # the other one was never made
        (registration(read("a"), read("b", how="gone")), True, True),  # nobody can be in it
        (registration(read("a", how="gone"), read("b", how="gone")), False, False),
        (registration(), False, False),
        (registration(read(""), parted=False, bound="x"), True, True),
        (registration(read("", how="gone"), parted=False, bound="x"), False, False),
        (registration(read("", how="partial"), parted=False, bound="x"), True, False),
    ],
)
def test_one_course_that_was_not_seen_leaves_the_whole_seminar_undecided(
    those: Registration, shown: bool, whole: bool
) -> None:
    assert (those.shown, those.whole) == (shown, whole)
    assert (those.as_of is not None) is whole


def test_the_oldest_read_counts() -> None:
    assert registration(read("a", 3), read("b", 7)).as_of == NOW - timedelta(minutes=7)


def test_seats_by_part() -> None:
    anna, dora = (
        Seat(CODE, login, "", SeatState.GRANTED, "capacity", part=part)
        for login, part in (("anna", "a"), ("dora", "b"))
    )
    assert by_part(PARTED, {"anna": anna, "dora": dora}) == {"a": {"anna": anna}, "b": {"dora": dora}}
    assert by_part(PARTED, {}) == {"a": {}, "b": {}}
    assert by_part(WHOLE, {"anna": anna}) == {"": {"anna": anna}}
