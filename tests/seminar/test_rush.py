"""A seminar that opens at nine, and three thousand who apply for thirty seats on two platforms whose clocks differ by a
minute: who gets a seat is defined, explained, and the same however the reads come in."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.language import speaker
from kypek_sync.model import Application, Seat, SeatState, Seminar
from kypek_sync.seminar.applications import one_each
from kypek_sync.seminar.reasons import reason
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import UNITS, person, seminar, session

NINE = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
"""Nine o'clock in Greece."""
PEOPLE, SEATS = 3000, 30
FAST = timedelta(minutes=1)
"""How much the clock of the second platform is ahead."""
KEY = b"an invented key"


def applications() -> list[Application]:
    """Three thousand in five minutes, a third of them on Moodle, whose clock is a minute ahead; every tenth applies on
    both. Many share a second."""
    drawn = random.Random(9)
    found = []
    for number in range(PEOPLE):
        login, at = f"teacher{number}", NINE + timedelta(seconds=drawn.randrange(0, 300))
        on_moodle, on_both = number % 3 == 0, number % 10 == 0
        if not on_moodle or on_both:
            found.append(Application("EKFE-26-01", login, f"p{number}", at, True, "eclass"))
        if on_moodle or on_both:
            found.append(Application("EKFE-26-01", login, f"p{number}", at + FAST, True, "moodle"))
    return found


@pytest.fixture(scope="module")
def wishes() -> list[Application]:
    return applications()


@pytest.fixture(scope="module")
def it() -> Seminar:
    return seminar(capacity=SEATS, registration_opens=NINE, sessions=(session(starts=NINE + timedelta(days=20)),))


@pytest.fixture(scope="module")
def ground() -> Ground:
    people = {f"teacher{n}": person(f"teacher{n}") for n in range(PEOPLE)}
    return Ground(people, UNITS, NINE + timedelta(minutes=30), KEY)


def seated(it: Seminar, wishes: list[Application], before: dict[str, Seat], ground: Ground) -> dict[str, Seat]:
    return {one.login: one for one in decide(it, one_each(wishes, before), before, ground)}


@pytest.fixture(scope="module")
def made(it: Seminar, wishes: list[Application], ground: Ground) -> dict[str, Seat]:
    return seated(it, wishes, {}, ground)


def test_thirty_have_a_seat_and_everybody_else_a_place_of_their_own(made: dict[str, Seat]) -> None:
    granted = [one for one in made.values() if one.state is SeatState.GRANTED]
    places = sorted(one.place for one in made.values() if one.state is SeatState.WAITING)
    assert (len(made), len(granted), places) == (PEOPLE, SEATS, [*range(1, PEOPLE - SEATS + 1)])


def test_the_order_is_that_of_the_platforms_clocks_and_of_two_wishes_the_earlier_counts(made: dict[str, Seat]) -> None:
    """No clock of a platform is corrected by ours: what it says of the moment is what the teacher can see there."""
    last = max(one.applied_at for one in made.values() if one.state is SeatState.GRANTED and one.applied_at)
    for one in made.values():
        assert one.applied_at is not None
        assert (one.applied_at <= last) if one.state is SeatState.GRANTED else (one.applied_at >= last)
    assert all(
        one.applied_at < NINE + timedelta(minutes=5)
        for one in made.values()
        if int(one.person[1:]) % 10 == 0 and one.applied_at
    )


def test_whatever_the_order_in_which_it_was_read_the_seats_are_the_same(
    it: Seminar, wishes: list[Application], ground: Ground, made: dict[str, Seat]
) -> None:
    mixed = [*wishes]
    random.Random(1).shuffle(mixed)
    assert seated(it, mixed, {}, ground) == made


def test_read_in_pieces_below_the_same_watermarks_the_seats_are_the_same(
    it: Seminar, wishes: list[Application], ground: Ground, made: dict[str, Seat]
) -> None:
    """A pass at 09:02, one at 09:04 and one at the end, each below the watermark of its reads (rule 13)."""
    seats: dict[str, Seat] = {}
    for until in (NINE + timedelta(minutes=2), NINE + timedelta(minutes=4), NINE + timedelta(minutes=30)):
        seats = seated(it, [one for one in wishes if one.at <= until], seats, replace(ground, watermark=until))
    granted = {login for login, one in seats.items() if one.state is SeatState.GRANTED}
    assert granted == {login for login, one in made.items() if one.state is SeatState.GRANTED}
    assert {login: one.place for login, one in seats.items()} == {login: one.place for login, one in made.items()}


def test_everybody_can_be_told_why(made: dict[str, Seat]) -> None:
    text = speaker("el")
    said = {reason(one, text) for one in made.values()}
    assert len(said) == PEOPLE
    first = next(one for one in made.values() if one.place == 1)
    assert reason(first, text) == "Και οι 30 θέσεις έχουν δοθεί· η σειρά στη λίστα αναμονής είναι 1."


def test_when_ten_leave_the_first_ten_who_wait_move_up_and_nobody_else_is_touched(
    it: Seminar, wishes: list[Application], ground: Ground, made: dict[str, Seat]
) -> None:
    leave = {
        login
        for login, one in sorted(made.items())
        if one.state is SeatState.GRANTED and int(dict(one.facts)["number"]) <= 10
    }
    after = seated(it, [one for one in wishes if one.login not in leave], made, ground)
    moved = {login for login, one in after.items() if one.state is SeatState.GRANTED} - {
        login for login, one in made.items() if one.state is SeatState.GRANTED
    }
    assert moved == {login for login, one in made.items() if 1 <= one.place <= 10}
    assert len(leave) == 10
