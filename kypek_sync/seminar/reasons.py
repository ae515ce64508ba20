"""Why a seat is as it is, as a sentence: from the rule that decided and the facts it used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kypek_sync.language import Text
from kypek_sync.model import Seat, SeatState, local
from kypek_sync.seminar.approval import APPROVAL, APPROVED, NOT_APPROVED
from kypek_sync.seminar.approval_words import approval_words, approved_words
from kypek_sync.seminar.audience_words import said
from kypek_sync.seminar.leaving import late_words
from kypek_sync.seminar.objections import ASKED, CLEARED, EARLIER_EDITION, OTHERS, SAME_HOURS
from kypek_sync.seminar.offers import OFFERED, UNTIL
from kypek_sync.seminar.priority import GATHERED, LATER, PRIORITY, STEP, WHEN
from kypek_sync.seminar.reserved import KEPT, KEPT_UNTIL, RESERVED

_STATES = {
    SeatState.GRANTED: "has a seat",
    SeatState.OFFERED: "is offered a seat",
    SeatState.UNDER_APPROVAL: "waits for approval",
    SeatState.WAITING: "on the waiting list",
    SeatState.REFUSED: "not accepted",
    SeatState.WITHDRAWN: "withdrawn",
    SeatState.UNDER_IDENTIFICATION: "being identified",
    SeatState.UNDER_REVIEW: "under review",
}

_OWN_STATES = {
    SeatState.GRANTED: "you have a seat",
    SeatState.OFFERED: "you are offered a seat",
    SeatState.UNDER_APPROVAL: "your application waits for approval",
}
"""The same to the person, where it is another."""

_RULES = {
    "withdrawn": "The application was withdrawn.",
    "watermark": "The application is new and is decided at the next read of the platform.",
    "applied-on-page": "The application was made on the seminar's page on %(when)s and is decided shortly.",
    "seminar-cancelled": "The seminar has been cancelled.",
    "part-cancelled": "The part «%(part)s» of the seminar has been cancelled.",
    "registration-not-open": "The application came before registration opened.",
    "registration-closed": "The application came after registration closed.",
    "granted-by-name": "The structure gave this seat by name. Its reason: %(why)s",
    "refused-by-name": "The structure did not accept this application. Its reason: %(why)s",
    SAME_HOURS: "At the same hours there is a seat, or the offer of one, in: %(others)s. Once that is given up, this "
    "application is looked at again by itself.",
    EARLIER_EDITION: "There was a seat in an earlier edition: %(others)s. Who had one is not accepted again.",
    CLEARED: "It had been asked whether the seat is wanted; nothing speaks against it any more.",
    "offer-accepted": "A seat that became free was offered and accepted on %(when)s.",
    "offer-lapsed": "A seat was offered and nobody answered in time; the place on the waiting list is %(place)s, and "
    "nothing is offered again unless asked for.",
    "begun": "The seminar has begun: a seat that becomes free is not passed on any more. The place on the waiting list "
    "is %(place)s.",
    "given-back": "The application was withdrawn on the seminar's page on %(when)s.",
    "seats-lowered": "The structure lowered the seats, and this one was among the last in the order. The place on the "
    "waiting list is %(place)s, before whoever waited already. Its reason: %(why)s",
    "seat-given-again": "The structure gave this seat back, after it had lowered the seats. Its reason: %(why)s",
    "seat-handed-on": "The seat went to a colleague by the structure's decision. Its reason: %(why)s",
    "not-in-directory": "The account is not in the school network's directory yet; the application keeps its place.",
    "identity-unsure": "It is not sure whose this account is now; until a person has looked at it the application "
    "keeps its place.",
    "left-directory": "The account is not in the school network's directory any more; the seat went to the next one.",
    "active-teacher": "The seminar is for teachers and staff; this account is of another kind.",
    "account-active": "The account is not active in the directory.",
    "specialty": "The seminar is for the specialties %(wanted)s; the directory says %(found)s.",
    "directorate": "The seminar is for the directorates %(wanted)s; the directory says %(found)s.",
    "unit-kind": "The seminar is for units of the kinds %(wanted)s; the directory says %(found)s.",
    "unit": "The seminar is for the units %(wanted)s; the directory says %(found)s.",
    "role": "The seminar is for the roles %(wanted)s; the directory says %(found)s.",
}

_OWN_RULES = {
    "specialty": "The seminar is for the specialties %(wanted)s; yours, by the directory, is %(found)s.",
    "directorate": "The seminar is for teachers of: %(wanted)s. You serve in: %(found)s.",
    "unit-kind": "The seminar is for teachers of units of the kind: %(wanted)s. You serve in: %(found)s.",
    "unit": "The seminar is for teachers of: %(wanted)s. You serve in: %(found)s.",
    "role": "The seminar is for those who are: %(wanted)s. Your role, by the directory: %(found)s.",
}
"""The same to the person, where it is about them."""

_OWN_UNKNOWN = {
    "specialty": "The seminar is for the specialties %(wanted)s; the directory shows none of yours.",
    "directorate": "The seminar is for teachers of: %(wanted)s. The directory does not show where you serve.",
    "unit-kind": "The seminar is for teachers of units of the kind: %(wanted)s. The directory does not show where you "
    "serve.",
    "unit": "The seminar is for teachers of: %(wanted)s. The directory does not show where you serve.",
    "role": "The seminar is for those who are: %(wanted)s. The directory shows no role of yours.",
}
"""The same where the directory shows nothing of the kind."""


def state_word(state: SeatState, text: Text) -> str:
    """The state of somebody's seat in a word or two, for officers: in the third person."""
    return text(_STATES[state])


def own_state_word(state: SeatState, text: Text) -> str:
    """The same for the person whose seat it is."""
    return text(_OWN_STATES[state] if state in _OWN_STATES else _STATES[state])


def reason(seat: Seat, text: Text) -> str:
    """Why the seat is as it is, with numbers; where some go before others, who does."""
    return " ".join(filter(None, (_why(seat, text), late_words(seat, text), _as_whose(seat, text), _order(seat, text))))


def _as_whose(seat: Seat, text: Text) -> str:
    """That a seat is one of those kept for some; empty where it is not."""
    group = dict(seat.facts).get(KEPT, "") if seat.state is SeatState.GRANTED else ""
    return text("It is one of the seats kept for: %(group)s.", group=group) if group else ""


def _order(seat: Seat, text: Text) -> str:
    """Who goes before whom, and where this application counts; empty where it is the order of applications alone."""
    facts = dict(seat.facts)
    first, mine = facts.get(PRIORITY, ""), facts.get(STEP, "")
    if not first:
        return ""
    if mine == LATER:
        return text("It came after the seats were given together, and follows in its turn.")
    if not mine:
        return text("First come, in this order: %(first)s. This application is among the others.", first=first)
    return text("First come, in this order: %(first)s. This application counts as: %(mine)s.", first=first, mine=mine)


def _why(seat: Seat, text: Text) -> str:
    """The rule that decided, in a sentence."""
    facts = dict(seat.facts)
    if seat.rule == GATHERED:
        return text("The applications are decided together on %(when)s.", when=_moment(facts[WHEN]))
    if seat.rule == RESERVED:
        return text(
            "The seats that are free are kept until %(until)s for: %(group)s. The place on the waiting list is "
            "%(place)s.",
            until=_moment(facts[KEPT_UNTIL]),
            group=facts[KEPT],
            place=seat.place,
        )
    if seat.rule in (APPROVAL, NOT_APPROVED):
        return approval_words(seat, text)
    if seat.rule == APPROVED:
        return f"{approved_words(seat, text)} {_which(seat, facts, text)}"
    if seat.rule == "capacity" and facts.get("part"):
        return _of_part(seat, facts, text)
    if seat.rule == OFFERED:
        return _of_offer(seat, facts, text)
    if seat.rule == "capacity" and seat.state is SeatState.WAITING:
        return text(
            "All %(capacity)s seats are taken; the place on the waiting list is %(place)s.",
            capacity=facts.get("capacity", ""),
            place=seat.place,
        )
    if seat.rule == "capacity":
        return _which(seat, facts, text)
    return _by_rule(seat, text)


def _which(seat: Seat, facts: Mapping[str, str], text: Text) -> str:
    """Which seat of how many somebody has."""
    if facts.get("part"):
        return _of_part(seat, facts, text)
    if not facts.get("capacity"):
        return text("The seminar has no limit of seats.")
    if facts.get(PRIORITY):
        return text("Seat %(number)s of %(capacity)s.", **facts)
    return text("Seat %(number)s of %(capacity)s, in the order of applications.", **facts)


def _of_offer(seat: Seat, facts: Mapping[str, str], text: Text) -> str:
    """Of a seat that was offered."""
    if seat.state is SeatState.OFFERED and ASKED in facts:
        until = text(
            "The seat is offered until %(until)s; without an answer by then it goes to the next one.",
            until=_moment(facts[UNTIL]),
        )
        return f"{why_asked(seat, text)} {until}"
    if seat.state is SeatState.OFFERED:
        return text(
            "A seat became free and is offered until %(until)s; without an answer by then it goes to the next one.",
            until=_moment(facts[UNTIL]),
        )
    return text("A seat became free.")


def why_asked(seat: Seat, text: Text) -> str:
    """Why somebody is asked whether they want the seat that is offered; empty where it just became free."""
    facts = dict(seat.facts)
    if ASKED not in facts:
        return ""
    if facts[ASKED] == EARLIER_EDITION:
        return text("There was a seat in an earlier edition: %(others)s.", others=facts[OTHERS])
    return text("At the same hours there is a seat, or the offer of one, in: %(others)s.", others=facts[OTHERS])


def _of_part(seat: Seat, facts: Mapping[str, str], text: Text) -> str:
    """Of a seat in a part of a seminar that has seats of its own."""
    if seat.state is SeatState.WAITING:
        return text(
            "All %(capacity)s seats of the part «%(part)s» are taken; the place on its waiting list is %(place)s.",
            **{**facts, "place": str(seat.place)},
        )
    return text("Seat %(number)s of %(capacity)s of the part «%(part)s», in the order of applications.", **facts)


def own_reason(seat: Seat, text: Text) -> str:
    """The same to the person whose seat it is: what the seminar is for, and where they serve or what they are."""
    facts = dict(seat.facts)
    if seat.rule not in _OWN_RULES:
        return reason(seat, text)
    wanted, found = (said(seat.rule, facts.get(key, ""), text) for key in ("wanted", "found"))
    if not found:
        return text(_OWN_UNKNOWN[seat.rule], wanted=wanted)
    return text(_OWN_RULES[seat.rule], wanted=wanted, found=found)


def _by_rule(seat: Seat, text: Text) -> str:
    facts = dict(seat.facts)
    sentence = _RULES.get(seat.rule)
    if sentence is None:
        return text("Rule: %(rule)s.", rule=seat.rule)
    wanted, found = (said(seat.rule, facts.get(key, ""), text) for key in ("wanted", "found"))
    values = {"wanted": wanted, "found": found or text("nothing")}
    values |= {name: facts.get(name, "") for name in ("part", "why", OTHERS)}
    values |= {"place": str(seat.place), "when": _moment(facts["when"]) if facts.get("when") else ""}
    return text(sentence, **values) if "%(" in sentence else text(sentence)


def _moment(at: str) -> str:
    """A moment of the facts on a Greek clock."""
    return f"{local(datetime.fromisoformat(at)):%d/%m/%Y %H:%M}"
