"""Guards a plan and keeps its holds: what waits, what a person approved or rejected, what may be applied now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from kypek_sync.contract import Change, Verb, seminar_of
from kypek_sync.language import Sentence
from kypek_sync.ledger import holds, pins, plans, setbacks
from kypek_sync.ledger.holds import HoldState
from kypek_sync.sync.applying import let_go
from kypek_sync.sync.courses import put_out
from kypek_sync.sync.passing import Pass
from kypek_sync.sync.planning.aside import Aside, without
from kypek_sync.sync.planning.document import plan_of
from kypek_sync.sync.planning.guard import Ground, Held, guard
from kypek_sync.sync.planning.left_alone import left_alone
from kypek_sync.sync.planning.resting import resting
from kypek_sync.sync.seats.lost import besides, lost_this_week


def guarded(
    this: Pass,
    connection: Connection,
    changes: Sequence[Change],
    looked: frozenset[tuple[str, str]],
    seats: Mapping[str, int],
    held_before: Sequence[Held] = (),
    aside: Sequence[Aside] = (),
    partial: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[Change, ...]:
    """Guard a plan and record it with what is held, also what was held before there was a plan. `aside` are changes
    that are left alone: a decision about them stands until they are looked at again. What is pinned or paused is left
    alone too; a person who takes a run back wants it whatever is pinned. What was read only in `partial` ends no hold
    over removals.

    Returns what may be applied now, approved holds included."""
    now = this.inst.clock()
    aside = _aside(this, connection, changes, aside)
    looked = frozenset(key for key in looked if this.paused.of(key[0], seminar_of(key[1])) is None)
    this.report.looked = looked
    this.report.aside += aside
    for hold in _about(this, connection, [one.change for one in aside]):
        holds.touch(connection, hold, now)
    wanted, changes = changes, without(changes, aside)
    rejected = _rejected(this, connection, [*changes, *(change for held in held_before for change in held.changes)])
    judged = [change for change in changes if change not in rejected]
    ground = Ground(
        modes=this.inst.modes(),
        limits=this.limits(),
        seats=seats,
        removed_this_week=besides(lost_this_week(connection, this.kypek, now), judged),
        announced=this.announced(),
        restricting=put_out.begun(connection, this.kypek),
    )
    divided = guard(judged, ground)
    approved = approved_changes(this, connection)
    released: list[Change] = []
    for held in (*held_before, *divided.held):
        asked = [change for change in held.changes if change not in rejected]
        decided = [change for change in asked if change.bare in approved]
        for hold in {approved[change.bare] for change in decided}:
            holds.touch(connection, hold, now)
        released += decided
        rest = tuple(change for change in asked if change.bare not in approved)
        if rest:
            this.report.held += _keep(this, connection, replace(held, changes=rest))
    let_go.tell(this, connection, divided.passed, looked)
    holds.forget_unwanted(connection, this.kypek, looked, now, partial, until=this.inst.clock())
    setbacks.forget_unwanted(connection, this.kypek, this.lane, looked, wanted)
    passing = {*divided.passed, *released}
    free = tuple(change for change in changes if change in passing)
    this.report.plan = plan_of(
        *(this.kypek, this.lane, now, free),
        held=this.report.held,
        rejected=rejected,
        aside=aside,
        approved=approved,
    )
    if this.report.run is not None:
        plans.store(connection, this.report.run, this.report.plan)
    return free


def _aside(this: Pass, connection: Connection, changes: Sequence[Change], before: Sequence[Aside]) -> list[Aside]:
    """What is left alone: what the lane said, what rests after a refusal, what is pinned or paused."""
    pinned = {} if this.undoes is not None else pins.for_kypek(connection, this.kypek)
    aside = list(before)
    if this.only is None and this.undoes is None:  # a person who names a change wants it tried
        aside += resting(connection, this.kypek, changes, this.inst.clock(), this.inst.text)
    return [*aside, *left_alone(changes, pinned, this.paused, this.inst.text, aside)]


def _about(this: Pass, connection: Connection, changes: Sequence[Change]) -> list[int]:
    """The holds that hold any of these changes."""
    wanted = {change.bare for change in changes}
    states = (HoldState.OPEN, HoldState.APPROVED, HoldState.REJECTED)
    those = holds.listed(connection, this.kypek, states=states) if wanted else []
    return [hold.id for hold in those if any(change.bare in wanted for change in hold.changes)]


def _rejected(this: Pass, connection: Connection, changes: Sequence[Change]) -> frozenset[Change]:
    """Changes that a person said should never be made, with or without company, reported under their hold."""
    found: set[Change] = set()
    for hold in holds.listed(connection, this.kypek, states=(HoldState.REJECTED,)):
        refused = {change.bare for change in hold.changes}
        if still := tuple(change for change in changes if change.bare in refused and change not in found):
            found |= set(still)
            still += (alongside := _without_a_course(still, [c for c in changes if c not in found]))
            found |= set(alongside)
            holds.touch(connection, hold.id, this.inst.clock())
            why = Sentence.of(
                "It was rejected as hold %(id)s; it is not asked about again. `kypek-sync holds approve %(id)s` lets "
                "it pass after all.",
                id=hold.id,
            )
            this.report.held.append((hold.id, Held(hold.guard, hold.seminar, hold.system, still, why)))
    return frozenset(found)


def _without_a_course(rejected: Sequence[Change], others: Sequence[Change]) -> tuple[Change, ...]:
    """What needs a course that a person said should not be made: it would only fail, at every pass."""
    making = (Verb.CREATE_COURSE, Verb.ADOPT_COURSE)
    never = {c.target.key for c in rejected if c.verb in making}
    return tuple(c for c in others if c.target.key in never)


def approved_changes(this: Pass, connection: Connection) -> dict[Change, int]:
    """Changes that a person approved and whose approval has not expired, with their hold: each is applied while it is
    still wanted with the same `before`, whatever else has become wanted meanwhile (design, rule 6)."""
    now = this.inst.clock()
    return {
        change.bare: hold.id
        for hold in holds.listed(connection, this.kypek, states=(HoldState.APPROVED,))
        if hold.expires is None or hold.expires > now
        for change in hold.changes
    }


def rejected_changes(this: Pass, connection: Connection) -> frozenset[Change]:
    """The bare changes that a person said should never be made."""
    those = holds.listed(connection, this.kypek, states=(HoldState.REJECTED,))
    return frozenset(change.bare for hold in those for change in hold.changes)


def _keep(this: Pass, connection: Connection, held: Held) -> list[tuple[int | None, Held]]:
    """Open holds all of whose changes are still wanted stay as they were shown to people; what is new beside them
    opens one more. So a hold can be read and approved while applications arrive every minute."""
    if held.guard == "mode" and this.inst.modes().get(held.system) == "observe":
        return [(None, held)]  # only shown: there is nothing to decide
    now, name = this.inst.clock(), held.guard if this.undoes is None else holds.UNDO
    where = (name, held.seminar, held.system)
    rest, kept = held.changes, list[tuple[int | None, Held]]()
    for hold in holds.listed(connection, this.kypek):
        shown = {change.bare for change in hold.changes}
        still = tuple(change for change in rest if change.bare in shown)
        if (hold.guard, hold.seminar, hold.system) == where and still and len(still) == len(shown):
            rest = tuple(change for change in rest if change.bare not in shown)
            kept.append(
                (holds.keep(connection, this.kypek, *where, still, held.why, now), replace(held, changes=still))
            )
    if rest:
        kept.append((holds.keep(connection, this.kypek, *where, rest, held.why, now), replace(held, changes=rest)))
    return kept
