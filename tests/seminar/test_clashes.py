"""Two seminars at the same hours (pure)."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.model import Part, Status
from kypek_sync.seminar.clashes import clashes
from tests.seminar.builders import NOON, seminar, session

DAY = NOON + timedelta(days=30)
HERE = seminar(sessions=(session(starts=DAY, hours=3),))


def other(hours: float, length: float = 2, **changes: object):  # type: ignore[no-untyped-def]
    return seminar("KESYP-26-07", sessions=(session(starts=DAY + timedelta(hours=hours), hours=length),), **changes)


def test_a_session_that_overlaps_is_told_with_its_hours() -> None:
    (clash,) = clashes(HERE, "", [(other(2), "")])
    assert clash.line == "«Σεμινάριο KESYP-26-07» (KESYP-26-07), 02/12/2026 16:00-18:00"


def test_one_that_begins_as_the_other_ends_is_no_clash_nor_is_the_seminar_with_itself() -> None:
    assert clashes(HERE, "", [(other(3), ""), (other(-2), ""), (HERE, "")]) == ()


def test_what_does_not_take_place_clashes_with_nothing() -> None:
    assert clashes(HERE, "", [(other(1, status=Status.CANCELLED), "")]) == ()
    off = session(starts=DAY, status=Status.CANCELLED)
    assert clashes(HERE, "", [(seminar("KESYP-26-07", sessions=(off,)), "")]) == ()


def test_of_a_seminar_in_parts_the_part_counts_in_which_they_are() -> None:
    parts = (Part("a", "πρωινό"), Part("b", "απογευματινό", status=Status.CANCELLED))
    those = (
        session(1, DAY, part="a"),
        session(2, DAY + timedelta(days=1), part="b"),
        session(3, DAY + timedelta(days=2)),
    )
    it = seminar("KESYP-26-07", parts=parts, sessions=those)
    assert len(clashes(HERE, "", [(it, "a")])) == 1
    assert clashes(HERE, "", [(it, "b")]) == ()


@given(st.integers(-6, 6), st.integers(1, 5), st.integers(1, 5))
def test_it_is_the_same_from_both_sides(hours: int, one: int, two: int) -> None:
    mine = seminar(sessions=(session(starts=DAY, hours=one),))
    theirs = other(hours, two)
    assert bool(clashes(mine, "", [(theirs, "")])) == bool(clashes(theirs, "", [(mine, "")])) == (-two < hours < one)
