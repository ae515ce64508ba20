"""Every seat can be explained in one sentence."""

from __future__ import annotations

import pytest

from kypek_sync.language import speaker
from kypek_sync.model import SeatState
from kypek_sync.seminar import reasons
from tests.seminar.builders import seat

EN = speaker("en")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            seat("a", SeatState.GRANTED, facts=(("number", "3"), ("capacity", "20"))),
            "Seat 3 of 20, in the order of applications.",
        ),
        (seat("a", SeatState.GRANTED, facts=(("number", "3"), ("capacity", ""))), "The seminar has no limit of seats."),
        (
            seat("a", SeatState.WAITING, place=4, facts=(("place", "4"), ("capacity", "20"))),
            "All 20 seats are taken; the place on the waiting list is 4.",
        ),
        (
            seat("a", SeatState.REFUSED, rule="specialty", facts=(("wanted", "ΠΕ04"), ("found", ""))),
            "The seminar is for the specialties ΠΕ04; the directory says nothing.",
        ),
        (seat("a", SeatState.WITHDRAWN, rule="withdrawn"), "The application was withdrawn."),
        (seat("a", SeatState.REFUSED, rule="of-tomorrow"), "Rule: of-tomorrow."),
    ],
)
def test_the_reason_names_numbers_and_words(given, sentence) -> None:  # type: ignore[no-untyped-def]
    assert reasons.reason(given, EN) == sentence


@pytest.mark.parametrize("state", list(SeatState))
def test_every_state_has_a_word(state: SeatState) -> None:
    assert reasons.state_word(state, EN)


def test_only_the_person_themselves_is_spoken_to() -> None:
    greek = speaker("el")
    assert reasons.state_word(SeatState.GRANTED, greek) == "έχει θέση"
    assert reasons.own_state_word(SeatState.GRANTED, greek) == "έχετε θέση"
    assert reasons.own_state_word(SeatState.WAITING, greek) == reasons.state_word(SeatState.WAITING, greek)
