"""What becomes of a seat that somebody was promised on a condition: offered, until they answer; kept for them, until an
officer has said yes. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from kypek_sync.model import Application, Seat, SeatState, Seminar
from kypek_sync.seminar.approval import (
    APPROVAL,
    APPROVED,
    NOT_APPROVED,
    PROMOTED,
    YES,
    approved_facts,
    asking,
    is_over,
    needs,
    of_asking,
    said_yes,
    without_asking,
)
from kypek_sync.seminar.eligibility import Facts, Verdict
from kypek_sync.seminar.free_seats import line_of
from kypek_sync.seminar.lowering import mark_of
from kypek_sync.seminar.objections import ASKED, CLEARED, Objection
from kypek_sync.seminar.offers import ACCEPTED, MADE, OFFERED, UNTIL, Phase, has_begun, lapsed, made, offer, phase
from kypek_sync.seminar.queue import Queued, Rank, Times, seat_of
from kypek_sync.seminar.rulings import GRANTED_BY_NAME, SEAT_GIVEN_AGAIN, Ruling, Word

KEEPS, LOST = 4, 5
"""The first numbers of the ranks of those about whom an officer said nothing in time: after all the others."""
_AHEAD = 1_000_000
"""They are ahead of all who wait and of whom nobody was asked yet."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody was `told`, and what bears upon it. `at` is the place of their application in the order, `number`
    that of their group (`priority.step`); `groups` and `rests` as in `Queued`; `against`: what speaks against their
    seat."""

    seminar: Seminar
    application: Application
    told: Seat
    ruling: Ruling | None
    times: Times
    at: tuple[datetime, str]
    number: int
    groups: Collection[int]
    rests: bool
    against: Objection | None = None

    @property
    def question(self) -> Facts:
        """What they are asked about; nothing once the first session has started."""
        over = has_begun(self.seminar, self.application.part, self.times.offers)
        return self.against.question if self.against is not None and not over else ()

    def seat(self, state: SeatState, rule: str, facts: tuple[tuple[str, str], ...] = ()) -> Seat:
        """It has come to this."""
        return seat_of(self.application, state, Verdict(True, rule, facts))


def offered(one: Promise) -> Seat | Queued:
    """What becomes of an offer: taken, given by name, still open, or let pass. Where seats are not offered any more it
    is simply given."""
    since, ruling = made(one.told), one.ruling
    if ruling is not None and ruling.word is Word.GRANT:
        return one.seat(SeatState.GRANTED, GRANTED_BY_NAME, (("why", ruling.why),))
    if ruling is not None and ruling.word is Word.ACCEPT and since is not None and ruling.at >= since:
        return one.seat(SeatState.GRANTED, ACCEPTED, (("when", ruling.at.isoformat()),))
    clock, asked, mark = one.times.offers, ASKED in dict(one.told.facts), mark_of(one.told.facts)
    if asked and one.against is None and phase(one.seminar, one.told.part, clock) is Phase.AT_ONCE:
        return one.seat(SeatState.GRANTED, CLEARED, mark)
    if clock is None or (clock.terms.before is None and not asked):
        return one.seat(SeatState.GRANTED, OFFERED, mark)
    if not lapsed(one.told, one.seminar, clock):
        return one.seat(SeatState.OFFERED, OFFERED, one.told.facts)
    return let_pass(one)


def let_pass(one: Promise) -> Queued:
    """The place of who let an offer pass: behind everybody, and not asked again, unless they, or an officer who
    approves the application, say that they want to be; whose answer came in time, and was read late, comes first, and
    is not asked anew what they answered."""
    told, ruling, since = one.told, one.ruling, made(one.told)
    facts = tuple(pair for pair in told.facts if pair[0] in (MADE, UNTIL, YES))
    if ruling is not None and since is not None and _still_wished(ruling, since):
        in_time = ruling.word is Word.ACCEPT
        rank = (0, 0, *one.at) if in_time else (1, line_of(told), *one.at)
        asks = not in_time and needs(one.seminar, told, ruling)
        return Queued(
            *(rank, one.application),
            waited=not in_time,
            rests=one.rests,
            needs_approval=asks,
            yes=said_yes(ruling, told),
            question=one.against.question if one.against is not None and not in_time else (),
        )
    return Queued((3, 0, *one.at), one.application, waited=True, rests=True, lapsed=facts)


def _still_wished(ruling: Ruling, since: datetime) -> bool:
    """Whether it was said after an offer of that moment that somebody should have the seat. The approval because of
    which it was made says nothing more."""
    if ruling.word is Word.APPROVE:
        return ruling.at > since
    return ruling.word in (Word.ACCEPT, Word.ASK_AGAIN) and ruling.at >= since


def under_approval(one: Promise) -> Seat | Queued:
    """What becomes of a seat that is kept until an officer has said yes: given, offered to whoever has waited so long
    that they may have other plans by now, or is asked because something speaks against it, still kept, or kept for as
    long as nobody else could have it."""
    told, ruling, seminar, clock = one.told, one.ruling, one.seminar, one.times.offers
    if ruling is not None and ruling.word is Word.GRANT:
        return one.seat(SeatState.GRANTED, GRANTED_BY_NAME, (("why", ruling.why),))
    if not needs(seminar, told, ruling):
        late = PROMOTED in dict(told.facts) and phase(seminar, one.application.part, clock) is Phase.OFFERS
        if clock is not None and (late or one.question):
            facts = (*offer(seminar, one.application.part, clock), *said_yes(ruling, told), *mark_of(told.facts))
            return one.seat(SeatState.OFFERED, OFFERED, (*facts, *one.question))
        facts = without_asking(told.facts)
        if ruling is None or ruling.word is not Word.APPROVE:
            return one.seat(SeatState.GRANTED, "capacity", facts)
        return one.seat(SeatState.GRANTED, APPROVED, (*facts, *approved_facts(ruling)))
    if not is_over(told, seminar, one.times.approvals):
        return one.seat(SeatState.UNDER_APPROVAL, told.rule, told.facts)
    return Queued(
        *((KEEPS, one.number, *one.at), one.application),
        waited=True,
        groups=one.groups,
        needs_approval=True,
        asked=told.facts,
        keeps=True,
        line=_in_line(one.number, one.at),
    )


def given_again(one: Promise) -> Seat:
    """What somebody gets who lost a seat to fewer seats, once that decision is taken back: the seat, or one that is
    kept until an officer has said yes, where they had no more than that."""
    if needs(one.seminar, one.told, one.ruling):
        asked = asking(one.seminar, one.application.part, one.times.approvals, promoted=False)
        return one.seat(SeatState.UNDER_APPROVAL, APPROVAL, asked)
    return one.seat(SeatState.GRANTED, SEAT_GIVEN_AGAIN, (("why", one.ruling.why if one.ruling else ""),))


def to_approve(seminar: Seminar, one: Queued, told: Seat | None, ruling: Ruling | None, number: int) -> Queued:
    """A place in the queue of a seminar whose seats need an officer's approval. Who lost a seat because nobody had said
    a word in time is asked about again after all the others, and keeps their place among those who wait."""
    if not needs(seminar, told, ruling):
        approved = ruling if ruling is not None and ruling.word is Word.APPROVE else None
        return replace(one, approved=approved, yes=said_yes(ruling, told))
    if told is None or told.rule != NOT_APPROVED:
        return replace(one, needs_approval=True)
    at = (one.application.at, one.rank[3])
    facts, line = of_asking(told.facts), _in_line(number, at)
    return replace(one, rank=(LOST, number, *at), needs_approval=True, asked=facts, line=line)


def _in_line(number: int, at: tuple[datetime, str]) -> Rank:
    """The rank among those who wait of somebody about whom nobody said a word in time: as if they had waited from the
    first."""
    return (1, number - _AHEAD, *at)
