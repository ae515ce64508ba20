"""The queue of a seminar: who gets what is free, who is offered it, and who goes on waiting (design, rule 13). Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from kypek_sync.model import Application, Seat, SeatState, Seminar
from kypek_sync.seminar.eligibility import Facts, Verdict
from kypek_sync.seminar.free_seats import FreeSeats
from kypek_sync.seminar.offers import BEGUN, LAPSED, OFFERED, Clock, Phase, offer, phase
from kypek_sync.seminar.rulings import GRANTED_BY_NAME, Ruling

Rank = tuple[int, int, datetime, str]


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody in the queue, by `rank`. `waited`: they were told to wait, so a free seat is a promotion; `ruling`: an
    officer gave them the next one by name; `rests`: they keep their place and get nothing now; `lapsed`: the facts of
    an offer that they let pass; `order`: what they are told of the seminar's priority."""

    rank: Rank
    application: Application
    waited: bool = False
    ruling: Ruling | None = None
    rests: bool = False
    lapsed: Facts = ()
    order: Facts = ()


def serve(queue: Collection[Queued], free: FreeSeats, seminar: Seminar, clock: Clock | None) -> dict[str, Seat]:
    """Give or offer what is free, in order; number the rest. Where somebody goes on waiting only because their part of
    the seminar has begun, nobody behind them is served in it either: nobody jumps the queue."""
    seats: dict[str, Seat] = {}
    waiting: list[Queued] = []
    begun: set[str] = set()
    phases = {part: phase(seminar, part, clock) for part in {one.application.part for one in queue}}
    for one in sorted(queue, key=lambda entry: entry.rank):
        part = one.application.part
        moves_up = one.waited and one.ruling is None
        now = phases[part] if moves_up else Phase.AT_ONCE
        is_free = free.for_part(part) and not one.rests
        if is_free and now is Phase.OVER:
            begun.add(part)
        if not is_free or part in begun:
            waiting.append(one)
        elif now is Phase.OFFERS and clock is not None:
            free.take(part)
            verdict = Verdict(True, OFFERED, offer(seminar, part, clock))
            seats[one.application.login] = seat_of(one.application, SeatState.OFFERED, verdict)
        else:
            verdict = _given(one, free.take(part))
            seats[one.application.login] = seat_of(one.application, SeatState.GRANTED, verdict)
    for one in waiting:
        part = one.application.part
        still_free = part in begun and free.for_part(part) and not one.rests
        seats[one.application.login] = _waits(one, free, begun=still_free)
    return seats


def seat_of(application: Application, state: SeatState, verdict: Verdict, place: int = 0) -> Seat:
    """What was decided about an application."""
    return Seat(
        seminar=application.seminar,
        login=application.login,
        person=application.person,
        state=state,
        rule=verdict.rule,
        facts=verdict.facts,
        place=place,
        applied_at=application.at,
        part=application.part,
    )


def _given(one: Queued, number: Facts) -> Verdict:
    if one.ruling is None:
        return Verdict(True, "capacity", (*number, *one.order))
    return Verdict(True, GRANTED_BY_NAME, (*number, ("why", one.ruling.why)))


def _waits(one: Queued, free: FreeSeats, *, begun: bool) -> Seat:
    place, facts = free.wait(one.application.part)
    rule = LAPSED if one.lapsed else BEGUN if begun else "capacity"
    return seat_of(one.application, SeatState.WAITING, Verdict(False, rule, (*facts, *one.lapsed, *one.order)), place)
