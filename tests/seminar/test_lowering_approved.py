"""Fewer seats where seats need an approval: who had one for good is approved for the next one, who had none is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.model import HELD, Person, Seat, SeatState, Seminar
from kypek_sync.seminar.approval import Watch
from kypek_sync.seminar.lowering import above
from kypek_sync.seminar.offers import Clock
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, audience, person, seat, seminar

NAMES = ("anna", "vasilis", "chara")
ALL = [application(login, n) for n, login in enumerate(NAMES)]
NOW = NOON + timedelta(days=1)
UNDER = SeatState.UNDER_APPROVAL


def of(capacity: int) -> Seminar:
    return seminar(capacity=capacity, approval=4)


def said(word: Word, *logins: str) -> dict[str, Ruling]:
    return {one: Ruling("EKFE-26-01", one, f"p-{one}", word, "Μικρότερη αίθουσα.", NOW) for one in logins}


def has(login: str, state: SeatState) -> Seat:
    at = next(one.at for one in ALL if one.login == login)
    return seat(login, state, applied_at=at)


def decided(
    what: Seminar, before: dict[str, Seat], rulings: dict[str, Ruling], people: dict[str, Person] | None = None
) -> dict[str, Seat]:
    known = people or {one: person(one) for one in NAMES}
    ground = Ground(known, UNITS, NOW, b"an invented key", rulings=rulings, watch=Watch(NOW))
    return {one.login: one for one in decide(what, ALL, before, ground)}


def lost(state: SeatState = SeatState.GRANTED) -> dict[str, Seat]:
    """Of three seats one is left: anna keeps hers, the two others lost theirs, which were in that state."""
    before = {one: has(one, state if one != "anna" else SeatState.GRANTED) for one in NAMES}
    return decided(of(1), before, said(Word.LOWER, "vasilis", "chara"))


def test_who_had_a_seat_for_good_needs_no_approval_for_the_next_one() -> None:
    once = lost()
    assert [once[one].state for one in NAMES] == [SeatState.GRANTED, SeatState.WAITING, SeatState.WAITING]
    rulings = said(Word.LOWER, "vasilis", "chara")
    again = decided(of(1), once, rulings)
    assert again == once
    more = decided(of(2), again, rulings)
    assert [more[one].state for one in NAMES] == [SeatState.GRANTED, SeatState.GRANTED, SeatState.WAITING]
    assert decided(of(2), more, rulings) == more


def test_who_waited_for_the_approval_waits_for_it_again() -> None:
    once, rulings = lost(UNDER), said(Word.LOWER, "vasilis", "chara")
    assert [once[one].state for one in NAMES] == [SeatState.GRANTED, SeatState.WAITING, SeatState.WAITING]
    more = decided(of(2), once, rulings)
    assert [more[one].state for one in NAMES] == [SeatState.GRANTED, UNDER, SeatState.WAITING]
    assert decided(of(2), more, rulings) == more


def test_taken_back_it_gives_nobody_more_than_they_had() -> None:
    back = said(Word.KEEP, "vasilis", "chara")
    assert {decided(of(1), lost(), back)[one].state for one in NAMES} == {SeatState.GRANTED}
    made = decided(of(1), lost(UNDER), back)
    assert [made[one].state for one in NAMES] == [SeatState.GRANTED, UNDER, UNDER]
    assert decided(of(1), made, back) == made


def test_a_seat_that_waits_for_an_approval_is_lost_before_one_that_was_given() -> None:
    seats = [has("anna", UNDER), has("vasilis", SeatState.GRANTED), has("chara", SeatState.GRANTED)]
    assert [one.login for one in above(of(2), seats, b"an invented key")] == ["anna"]


def test_who_is_approved_after_losing_a_seat_is_asked_for_no_other_rule() -> None:
    people = {one: person(one, specialties=("ΠΕ02",)) for one in NAMES}
    only = replace(of(1), audience=audience(specialties=("ΠΕ04",)))
    once = lost(UNDER)
    assert decided(only, once, {}, people)["chara"].state is SeatState.REFUSED
    made = decided(only, once, said(Word.APPROVE, "chara") | said(Word.LOWER, "vasilis"), people)
    assert made["chara"].state is SeatState.WAITING
    assert made["vasilis"].state is SeatState.WAITING


def test_an_approved_offer_after_a_lost_seat_says_both() -> None:
    """Promoted in the last week: the officer says yes, the seat is offered, and the old decision takes it no more."""
    once, rulings = lost(UNDER), said(Word.LOWER, "vasilis", "chara")
    more = decided(of(2), once, rulings)
    late = NOON + timedelta(days=26)
    clock = Clock(late, letters={"vasilis": late})
    known = {one: person(one) for one in NAMES}
    yes = rulings | said(Word.APPROVE, "vasilis")
    ground = Ground(known, UNITS, late, b"an invented key", rulings=yes, clock=clock, watch=Watch(late))
    made = {one.login: one for one in decide(of(2), ALL, more, ground)}
    assert made["vasilis"].state is SeatState.OFFERED
    assert "lowered" in dict(made["vasilis"].facts)


@given(st.lists(st.sampled_from((SeatState.GRANTED, UNDER)), min_size=3, max_size=3), st.integers(1, 3))
def test_exactly_those_above_lose_theirs(states: list[SeatState], capacity: int) -> None:
    before = {login: has(login, state) for login, state in zip(NAMES, states, strict=True)}
    lose = [one.login for one in above(of(capacity), before.values(), b"an invented key")]
    rulings = said(Word.LOWER, *lose)
    made = decided(of(capacity), before, rulings)
    assert {login for login, one in made.items() if one.state in HELD} == set(NAMES) - set(lose)
    assert decided(of(capacity), made, rulings) == made
    back = decided(of(capacity), made, said(Word.KEEP, *lose))
    assert {login: one.state for login, one in back.items()} == {login: one.state for login, one in before.items()}
