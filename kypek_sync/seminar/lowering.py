"""Fewer seats than people have: who would lose theirs, and what becomes of them. Pure.

A file that states fewer seats takes none from anybody: whoever was told of a seat keeps it, and nobody moves up while
more have one than there are. Only a named person lowers them (`Word.LOWER`): the last in the order lose theirs and
stand at the head of the waiting list, in their order, and only whom an officer granted the next seat by name goes
before them. Such a decision takes one seat once: what its holder gets later stays (`LOWERED`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from kypek_sync.model import HELD, PLACES, Application, Seat, SeatState, Seminar
from kypek_sync.seminar.approval import YES, said_yes
from kypek_sync.seminar.eligibility import Facts
from kypek_sync.seminar.free_seats import FreeSeats
from kypek_sync.seminar.order import order_key
from kypek_sync.seminar.priority import BETWEEN, LATER, PRIORITY, STEP
from kypek_sync.seminar.reserved import KEPT
from kypek_sync.seminar.rulings import GRANTED_BY_NAME, Ruling, Word

LOWERED = "lowered"
"""The fact of a seat that says under which such decision it stands: its moment (ISO 8601)."""

_FIRST = datetime.min.replace(tzinfo=UTC)
_GROUPS = 1000
"""More than a priority has groups."""


def above(seminar: Seminar, seats: Iterable[Seat], tie_key: bytes, staying: Collection[str] = ()) -> tuple[Seat, ...]:
    """Those who have a seat, or are offered one, above what a seminar and its parts have: the last in the order, as
    they would stand on the waiting list. First go open offers and seats that wait for an approval, then seats in the
    order of applications, then those kept for a group, then those granted by name; the logins of `staying` lose
    nothing."""
    off = seminar.cancelled_parts
    held = [seat for seat in seats if seat.state in HELD and seat.part not in off]
    free = FreeSeats(seminar, [seat for seat in held if seat.login in staying])
    lose = []
    for seat in sorted(held, key=lambda one: (rank_of(one), *_moment(one, tie_key))):
        if seat.login in staying:
            continue
        if free.for_part(seat.part):
            free.take(seat.part)
        else:
            lose.append(seat)
    return tuple(lose)


def loses(seat: Seat | None, ruling: Ruling | None) -> bool:
    """Whether somebody has a seat, or an offer, that a decision to lower the seats takes."""
    if seat is None or ruling is None or ruling.word is not Word.LOWER or seat.state not in HELD:
        return False
    return dict(seat.facts).get(LOWERED) != ruling.at.isoformat()


def stands_under(told: Seat | None, ruling: Ruling | None) -> bool:
    """Whether such a decision is why somebody waits now, also once an officer has approved them anew: then no other
    rule is asked again."""
    if told is None or ruling is None or told.state not in PLACES:
        return False
    return ruling.word is Word.LOWER or (ruling.word is Word.APPROVE and bool(mark_of(told.facts)))


def to_give_again(told: Seat | None, ruling: Ruling | None) -> bool:
    """Whether somebody lost a seat so and the decision was taken back."""
    if told is None or ruling is None or ruling.word is not Word.KEEP:
        return False
    return told.state in (SeatState.WAITING, SeatState.OFFERED) and LOWERED in dict(told.facts)


def lowered_facts(seminar: Seminar, ruling: Ruling | None, told: Seat | None) -> Facts:
    """What a seat keeps of the decision under which it stands: its moment and reason, and that nobody need approve
    anew who had a seat for good."""
    if ruling is None or ruling.word is not Word.LOWER:
        return ()
    yes: Facts = said_yes(None, told)
    if not yes and seminar.approval and told is not None and told.state is SeatState.GRANTED:
        yes = ((YES, ruling.at.isoformat()),)
    return (LOWERED, ruling.at.isoformat()), ("why", ruling.why), *yes


def mark_of(facts: Facts) -> Facts:
    """The fact that says under which such decision somebody stands; none without one."""
    return tuple(pair for pair in facts if pair[0] == LOWERED)


def rank_of(seat: Seat) -> int:
    """Who keeps a seat before whom, and stands before whom once it is lost: below 0, before all who waited already."""
    facts = dict(seat.facts)
    kind = (
        3 if seat.state is not SeatState.GRANTED else 0 if seat.rule == GRANTED_BY_NAME else 1 if facts.get(KEPT) else 2
    )
    return (kind - 4) * _GROUPS + min(_group(facts), _GROUPS - 1)


def _group(facts: dict[str, str]) -> int:
    """The place of the group of a seminar's priority as which a seat was given; 0 without one."""
    names = facts[PRIORITY].split(BETWEEN) if facts.get(PRIORITY) else []
    mine = facts.get(STEP, "")
    return names.index(mine) if mine in names else len(names) + (mine == LATER)


def _moment(seat: Seat, tie_key: bytes) -> tuple[datetime, str]:
    """The place of a seat's application in the order: by its moment, ties as among applications."""
    at = seat.applied_at or _FIRST
    return order_key(Application(seat.seminar, seat.login, seat.person, at, exact=True, system=""), tie_key)
