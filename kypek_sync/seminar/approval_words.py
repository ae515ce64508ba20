"""What is said of seats that the structure's officer approves one by one. Pure."""

from __future__ import annotations

from datetime import datetime

from kypek_sync.language import Text
from kypek_sync.model import Seat, local
from kypek_sync.seminar.approval import APPROVAL
from kypek_sync.seminar.offers import UNTIL


def approval_words(seat: Seat, text: Text) -> str:
    """Of a seat that is kept until somebody approves it, or was until it went to the next one."""
    until = moment(dict(seat.facts).get(UNTIL, ""))
    if seat.rule == APPROVAL and not until:
        return text("A seat is kept for this application until the structure approves it.")
    if seat.rule == APPROVAL:
        return text(
            "A seat is kept for this application until the structure approves it. Without an approval by %(until)s the "
            "seat may go to the next one.",
            until=until,
        )
    return text(
        "The structure had not approved the application by %(until)s, and the seat went to the next one. The place on "
        "the waiting list is %(place)s; once it is approved, the next seat that becomes free follows.",
        until=until,
        place=seat.place,
    )


def approved_words(seat: Seat, text: Text) -> str:
    """Of a seat that was approved: when, and what the officer wrote."""
    facts = dict(seat.facts)
    when, why = moment(facts.get("when", "")), facts.get("why", "")
    if why:
        return text("The structure approved the application on %(when)s: %(why)s", when=when, why=_sentence(why))
    return text("The structure approved the application on %(when)s.", when=when)


def moment(at: str) -> str:
    """A moment of the facts on a Greek clock; empty for none."""
    return f"{local(datetime.fromisoformat(at)):%d/%m/%Y %H:%M}" if at else ""


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", ";", "?", "…")) else f"{words}."
