"""An officer approves first, and the person is asked then, where a seat at the same hours speaks against this one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kypek_sync.model import Seat, SeatState, Stance
from kypek_sync.seminar.approval import Watch
from kypek_sync.seminar.objections import CLEARED, Objection
from kypek_sync.seminar.offers import Clock, Terms
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seminar

AGAINST = {"anna": Objection(Stance.ASK, "same-hours", "«Άλλο» (Β), 2/12/2026 14:00-16:00")}
YES = {"anna": Ruling("EKFE-26-01", "anna", "p-anna", Word.APPROVE, "", NOON + timedelta(hours=1))}
IT = seminar(capacity=1, approval=4)
PLAIN = Ground(
    {"anna": person("anna")},
    UNITS,
    NOON + timedelta(days=1),
    b"an invented key",
    clock=Clock(NOON, Terms(None)),
    watch=Watch(NOON),
)


def decided(before: Seat | None, ground: Ground) -> Seat:
    known = {"anna": before} if before is not None else {}
    return decide(IT, [application("anna", 0)], known, ground)[0]


def kept() -> Seat:
    found = decided(None, replace(PLAIN, objections=AGAINST))
    assert found.state is SeatState.UNDER_APPROVAL
    return found


def test_once_approved_they_are_asked() -> None:
    made = decided(kept(), replace(PLAIN, objections=AGAINST, rulings=YES))
    assert made.state is SeatState.OFFERED
    assert dict(made.facts)["asked-because"] == "same-hours"
    assert decided(made, replace(PLAIN, objections=AGAINST, rulings=YES)) == made


def test_once_nothing_speaks_against_it_any_more_the_approved_seat_is_theirs() -> None:
    asked = decided(kept(), replace(PLAIN, objections=AGAINST, rulings=YES))
    made = decided(asked, replace(PLAIN, rulings=YES))
    assert (made.state, made.rule) == (SeatState.GRANTED, CLEARED)
    assert decided(kept(), replace(PLAIN, rulings=YES)).state is SeatState.GRANTED


def test_nobody_is_asked_after_the_first_session_has_started() -> None:
    late = Clock(NOON + timedelta(days=31), Terms(None))
    made = decided(kept(), replace(PLAIN, objections=AGAINST, rulings=YES, clock=late))
    assert made.state is SeatState.GRANTED
