"""Why a seat is as it is, as a sentence: from the rule that decided and the facts it used."""

from __future__ import annotations

from kypek_sync.language import Text
from kypek_sync.model import Seat, SeatState

_STATES = {
    SeatState.GRANTED: "has a seat",
    SeatState.WAITING: "on the waiting list",
    SeatState.REFUSED: "not accepted",
    SeatState.WITHDRAWN: "withdrawn",
    SeatState.UNDER_IDENTIFICATION: "being identified",
    SeatState.UNDER_REVIEW: "under review",
}

_RULES = {
    "withdrawn": "The application was withdrawn.",
    "watermark": "The application is new and is decided at the next read of the platform.",
    "seminar-cancelled": "The seminar has been cancelled.",
    "registration-not-open": "The application came before registration opened.",
    "registration-closed": "The application came after registration closed.",
    "not-in-directory": "The account is not in the school network's directory yet; the application keeps its place.",
    "left-directory": "The account is not in the school network's directory any more; the seat went to the next one.",
    "active-teacher": "The seminar is for teachers and staff; this account is of another kind.",
    "account-active": "The account is not active in the directory.",
    "specialty": "The seminar is for the specialties %(wanted)s; the directory says %(found)s.",
    "directorate": "The seminar is for the directorates %(wanted)s; the directory says %(found)s.",
    "unit-kind": "The seminar is for units of the kinds %(wanted)s; the directory says %(found)s.",
    "unit": "The seminar is for the units %(wanted)s; the directory says %(found)s.",
    "role": "The seminar is for the roles %(wanted)s; the directory says %(found)s.",
}


def state_word(state: SeatState, text: Text) -> str:
    """The state of somebody's seat in a word or two, for officers: in the third person."""
    return text(_STATES[state])


def own_state_word(state: SeatState, text: Text) -> str:
    """The same for the person whose seat it is."""
    return text("you have a seat") if state is SeatState.GRANTED else state_word(state, text)


def reason(seat: Seat, text: Text) -> str:
    """One sentence that says why the seat is as it is, with numbers."""
    facts = dict(seat.facts)
    if seat.rule == "capacity" and seat.state is SeatState.WAITING:
        return text(
            "All %(capacity)s seats are taken; the place on the waiting list is %(place)s.",
            capacity=facts.get("capacity", ""),
            place=seat.place,
        )
    if seat.rule == "capacity":
        if not facts.get("capacity"):
            return text("The seminar has no limit of seats.")
        return text("Seat %(number)s of %(capacity)s, in the order of applications.", **facts)
    sentence = _RULES.get(seat.rule)
    if sentence is None:
        return text("Rule: %(rule)s.", rule=seat.rule)
    values = {"wanted": facts.get("wanted", ""), "found": facts.get("found") or text("nothing")}
    return text(sentence, **values) if "%(" in sentence else text(sentence)
