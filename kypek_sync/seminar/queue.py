"""The queue of a seminar: who gets what is free, who is offered it, and who goes on waiting (design, rule 13). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kypek_sync.model import Application, Seat, SeatState, Seminar
from kypek_sync.seminar.approval import APPROVAL, APPROVED, NOT_APPROVED, Watch, approved_facts, asking, of_asking
from kypek_sync.seminar.eligibility import Facts, Verdict
from kypek_sync.seminar.free_seats import FreeSeats
from kypek_sync.seminar.lowering import mark_of
from kypek_sync.seminar.offers import BEGUN, LAPSED, OFFERED, Clock, Phase, has_begun, offer, phase
from kypek_sync.seminar.reserved import RESERVED, KeptSeats
from kypek_sync.seminar.rulings import GRANTED_BY_NAME, SEATS_LOWERED, Ruling

Rank = tuple[int, int, datetime, str]
NEW = 2
"""The first number of the rank of those who were told nothing yet."""


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody in the queue, by `rank`. `waited`: they were told to wait, so a free seat is a promotion; `ruling`: an
    officer gave them the next one by name; `rests`: they keep their place and get nothing now; `lapsed`: the facts of
    an offer that they let pass; `order`: what they are told of the seminar's priority, and of a decision by which they
    lost a seat; `groups`: the numbers of the groups to which they belong of those for which seats are kept; `question`:
    what speaks against their seat, so that they are asked whether they want it.

    `needs_approval`: a seat is kept for them until an officer has said yes; `approved`: that yes, `yes` the fact of it
    that an offer carries. `asked`: the facts of a seat that was kept so and whose time is over; `keeps`: it still is,
    as nobody else has had it. `line`: their rank among those who wait in the end, if it is another one."""

    rank: Rank
    application: Application
    waited: bool = False
    ruling: Ruling | None = None
    rests: bool = False
    lapsed: Facts = ()
    order: Facts = ()
    groups: Collection[int] = ()
    question: Facts = ()
    needs_approval: bool = False
    approved: Ruling | None = None
    yes: Facts = ()
    asked: Facts = ()
    keeps: bool = False
    line: Rank | None = None

    @property
    def order_in_line(self) -> Rank:
        """By what those who wait in the end are numbered."""
        return self.line or self.rank


@dataclass(frozen=True, slots=True)
class Times:
    """What the time of offers and that of approvals depend on. Without them nothing is offered, and no approval is ever
    too late."""

    offers: Clock | None = None
    approvals: Watch | None = None


def serve(
    queue: Collection[Queued], free: FreeSeats, seminar: Seminar, times: Times, kept: KeptSeats
) -> dict[str, Seat]:
    """Give or offer what is free, or keep it until an officer has said yes, in order; number the rest. What is `kept`
    for some goes to them, and once that is over to whoever is next. Where somebody goes on waiting only because their
    part of the seminar has begun, nobody behind them is served in it either: nobody jumps the queue. Those about whom
    an officer said nothing in time have what is left then."""
    clock = times.offers
    seats: dict[str, Seat] = {}
    begun: set[str] = set()
    phases = {part: phase(seminar, part, clock) for part in {one.application.part for one in queue}}
    waiting = sorted((one for one in queue if not one.asked), key=lambda entry: entry.rank)
    late = sorted((one for one in queue if one.asked), key=lambda entry: entry.rank)
    if kept.total:
        kept.wanted((one.application.at, one.groups) for one in waiting if one.rank[0] == NEW and not one.rests)
    again = True
    while again:
        waiting = [one for one in waiting if not _served(one, phases, seminar, free, kept, times, begun, seats)]
        again = kept.let_go()
    late = [one for one in late if not _served(one, phases, seminar, free, kept, times, begun, seats)]
    for one in sorted([*waiting, *late], key=lambda entry: entry.order_in_line):
        part = one.application.part
        still_free = free.for_part(part) and not one.rests
        seats[one.application.login] = _waits(one, free, kept, begun=still_free and part in begun, free_seat=still_free)
    return seats


def _served(
    one: Queued,
    phases: Mapping[str, Phase],
    seminar: Seminar,
    free: FreeSeats,
    kept: KeptSeats,
    times: Times,
    begun: set[str],
    seats: dict[str, Seat],
) -> bool:
    """Give somebody a seat, offer it, or keep it until an officer has said yes, if one is free for them; whether it
    was."""
    part = one.application.part
    now = phases[part] if one.waited and one.ruling is None and not one.keeps else Phase.AT_ONCE
    is_free = (
        free.for_part(part)
        and not one.rests
        and (not seminar.reserved or one.ruling is not None or _for_them(one, free, kept))
    )
    if is_free and now is Phase.OVER:
        begun.add(part)
    if not is_free or (part in begun and not one.keeps):
        return False
    number, as_whose = free.take(part), kept.take(one.groups) if one.groups else ()
    facts, clock = (*number, *as_whose), times.offers
    asks = bool(one.question) and not has_begun(seminar, part, clock)
    if one.needs_approval:
        asked = (*facts, *one.order, *asking(seminar, part, times.approvals, promoted=one.waited))
        verdict = Verdict(True, APPROVAL, one.asked if one.keeps else asked)
        seats[one.application.login] = seat_of(one.application, SeatState.UNDER_APPROVAL, verdict)
    elif clock is not None and (asks or now is Phase.OFFERS):
        question = one.question if asks else ()
        verdict = Verdict(True, OFFERED, (*offer(seminar, part, clock), *one.yes, *mark_of(one.order), *question))
        seats[one.application.login] = seat_of(one.application, SeatState.OFFERED, verdict)
    else:
        seats[one.application.login] = seat_of(one.application, SeatState.GRANTED, _given(one, facts))
    return True


def _for_them(one: Queued, free: FreeSeats, kept: KeptSeats) -> bool:
    """Whether a free seat is not kept for others."""
    return kept.own(one.groups) or free.left is None or free.left > kept.total


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
    if one.ruling is None and one.approved is not None:
        return Verdict(True, APPROVED, (*number, *one.order, *approved_facts(one.approved)))
    if one.ruling is None:
        return Verdict(True, "capacity", (*number, *one.order))
    return Verdict(True, GRANTED_BY_NAME, (*number, ("why", one.ruling.why)))


def _waits(one: Queued, free: FreeSeats, kept: KeptSeats, *, begun: bool, free_seat: bool) -> Seat:
    place, facts = free.wait(one.application.part)
    lowered = bool(mark_of(one.order))
    rule = LAPSED if one.lapsed else NOT_APPROVED if one.asked else SEATS_LOWERED if lowered else ""
    rule = rule or (BEGUN if begun else "capacity")
    if rule == "capacity" and free_seat and kept.total:
        rule, facts = RESERVED, (*facts, *kept.facts())
    return seat_of(
        one.application,
        SeatState.WAITING,
        Verdict(False, rule, (*facts, *one.lapsed, *of_asking(one.asked), *one.order)),
        place,
    )
