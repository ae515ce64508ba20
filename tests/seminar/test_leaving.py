"""A seat that is given up after the deadline is free all the same, and it is told that it was late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kypek_sync.language import speaker
from kypek_sync.model import Application, Seat, SeatState
from kypek_sync.seminar.choosing_words import choosing_lines
from kypek_sync.seminar.leaving import is_late, late
from kypek_sync.seminar.reasons import own_reason
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar

DEADLINE = NOON + timedelta(days=5)
BEFORE, AFTER = DEADLINE - timedelta(minutes=1), DEADLINE + timedelta(minutes=1)
IT = seminar(capacity=1, leave_by=DEADLINE)
EL = speaker("el")


def left(
    before: Seat,
    *,
    seen: datetime | None = None,
    ruling: Ruling | None = None,
    still: tuple[Application, ...] = (),
    of: object = IT,
) -> dict[str, Seat]:
    """What becomes of anna, who has left unless she is among those who still apply, and of vasilis behind her."""
    people = {one: person(one) for one in ("anna", "vasilis")}
    ground = Ground(people, UNITS, AFTER, b"an invented key", still_there=seen)
    if ruling is not None:
        ground = replace(ground, rulings={"anna": ruling})
    waits = seat("vasilis", SeatState.WAITING, place=1, applied_at=NOON)
    applications = (*still, application("vasilis", 1))
    made = decide(of, applications, {"anna": before, "vasilis": waits}, ground)  # type: ignore[arg-type]
    return {one.login: one for one in made}


def gives_back(at: datetime) -> dict[str, Seat]:
    said = Ruling("EKFE-26-01", "anna", "p-anna", Word.GIVE_BACK, "", at)
    return left(seat("anna", SeatState.GRANTED, applied_at=NOON), ruling=said, still=(application("anna", 0),))


@pytest.mark.parametrize(("at", "late"), [(BEFORE, False), (DEADLINE, False), (AFTER, True)])
def test_on_the_page_the_moment_of_the_answer_counts(at: datetime, late: bool) -> None:
    made = gives_back(at)
    assert (is_late(made["anna"]), made["anna"].rule) == (late, "given-back")
    assert made["vasilis"].state is SeatState.GRANTED
    assert ("εμπρόθεσμα" in own_reason(made["anna"], EL)) is late


@pytest.mark.parametrize(("seen", "late"), [(None, False), (BEFORE, False), (AFTER, True)])
def test_on_a_platform_only_who_was_seen_there_after_it_is_late(seen: datetime | None, late: bool) -> None:
    """The daemon had stood still for two days, in which the deadline passed: nobody knows when she left."""
    made = left(seat("anna", SeatState.GRANTED), seen=seen)
    assert (is_late(made["anna"]), made["anna"].rule) == (late, "withdrawn")
    assert made["vasilis"].state is SeatState.GRANTED


@pytest.mark.parametrize("state", [one for one in SeatState if one is not SeatState.GRANTED])
def test_who_had_no_seat_is_not_late(state: SeatState) -> None:
    assert not is_late(left(seat("anna", state), seen=AFTER)["anna"])


def test_who_applied_and_thought_better_of_it_before_a_seat_was_decided_is_not_late() -> None:
    said = Ruling("EKFE-26-01", "anna", "p-anna", Word.GIVE_BACK, "", AFTER)
    ground = Ground({"anna": person("anna")}, UNITS, AFTER, b"an invented key", rulings={"anna": said})
    (made,) = decide(IT, [application("anna", 0)], {}, ground)
    assert (made.state, is_late(made)) == (SeatState.WITHDRAWN, False)
    assert late(IT, None, AFTER) == ()


def test_without_a_deadline_nobody_is_late() -> None:
    it = replace(IT, leave_by=None)
    assert not is_late(left(seat("anna", SeatState.GRANTED), seen=AFTER, of=it)["anna"])
    assert choosing_lines(it, EL) == ()


def test_it_stays_late_at_the_next_pass_and_once_they_leave_the_course_too() -> None:
    once = gives_back(AFTER)["anna"]
    assert is_late(left(once, seen=None)["anna"])
    assert left(once)["anna"].facts == (("late", DEADLINE.isoformat()),)


def test_the_deadline_is_told() -> None:
    assert choosing_lines(IT, EL) == ("Μια θέση αφήνεται εμπρόθεσμα έως τις 07/11/2026 14:00.",)
