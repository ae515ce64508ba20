"""Makes a plan of what a pass wants, what its guards and people decided, and what is left alone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from kypek_sync.contract import Change
from kypek_sync.language import Sentence
from kypek_sync.ledger.plans import FREE, Plan, Planned, Stand, Standing
from kypek_sync.sync.planning.aside import Aside, Reason
from kypek_sync.sync.planning.guard import Held
from kypek_sync.sync.planning.plan import ordered

_STANDS = {Reason.PINNED: Stand.PINNED, Reason.PAUSED: Stand.PAUSED, Reason.RESTING: Stand.RESTING}


def plan_of(
    kypek: str,
    lane: str,
    at: datetime,
    free: Iterable[Change],
    *,
    held: Sequence[tuple[int | None, Held]] = (),
    rejected: Collection[Change] = (),
    aside: Sequence[Aside] = (),
    approved: Mapping[Change, int] | None = None,
) -> Plan:
    """The plan of one pass: what is `free`, what is `held` with the hold's number, of that what a person `rejected`,
    what is left `aside`, and under which hold a bare change was `approved`."""
    standings: dict[Change, Standing] = {}
    for number, one in held:
        waits = Standing(Stand.HELD, one.guard, number, one.why)
        refused = Standing(Stand.REJECTED, one.guard, number, one.why)
        standings |= {change: refused if change in rejected else waits for change in one.changes}
    alone: dict[tuple[Reason, str], Standing] = {}
    for left in aside:
        standing = Standing(_STANDS[left.reason], why=Sentence(left.why))
        standings[left.change] = alone.setdefault((left.reason, left.why), standing)
    passed: dict[int, Standing] = {}
    for change in free:
        number = approved.get(change.bare) if approved else None
        standings[change] = FREE if number is None else passed.setdefault(number, Standing(Stand.FREE, hold=number))
    return Plan(kypek, lane, at, tuple(Planned(change, standings[change]) for change in ordered(standings)))
