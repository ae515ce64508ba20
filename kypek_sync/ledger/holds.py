"""Holds: what a guard kept back, until it is approved, rejected or no longer wanted (design, rule 6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kypek_sync.contract import Change, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.tables import holds

UNDO = "undo"
"""The guard of changes that take a run back, where every change waits for approval: only an undo wants them."""


class HoldState(StrEnum):
    """Where a hold stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Hold:
    """Changes of one seminar on one system that one guard kept back. `hash` covers what they are, not why or when."""

    id: int
    kypek: str
    guard: str
    seminar: str
    system: str
    hash: str
    changes: tuple[Change, ...]
    why: Sentence
    opened: datetime
    state: HoldState
    who: str
    decided: datetime | None
    expires: datetime | None


def fingerprint(changes: Sequence[Change]) -> str:
    """A hash over the sorted (verb, target, before, after): no times, run ids or reasons."""
    words = sorted(
        json.dumps([c.verb.value, _words(c.target), c.before, c.after], ensure_ascii=False, sort_keys=True)
        for c in changes
    )
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _words(target: Target) -> dict[str, str]:
    """A target as `dump` gives it, without an empty part, many times faster: a first plan has hundreds of
    thousands of changes."""
    words = {"system": target.system, "seminar": target.seminar, "object": target.object, "login": target.login}
    return words | ({"part": target.part} if target.part else {})


def keep(
    connection: Connection,
    kypek: str,
    guard: str,
    seminar: str,
    system: str,
    changes: Sequence[Change],
    why: Sentence,
    now: datetime,
) -> int:
    """Remember a hold; the same changes held again are the same hold. Its id."""
    digest = fingerprint(changes)
    row = connection.execute(
        select(holds.c.id).where(
            holds.c.kypek == kypek,
            holds.c.guard == guard,
            holds.c.seminar == seminar,
            holds.c.system == system,
            holds.c.hash == digest,
            holds.c.state.in_((HoldState.OPEN.value, HoldState.REJECTED.value)),
        )
    ).first()
    if row is not None:
        connection.execute(update(holds).where(holds.c.id == row.id).values(seen=now, why=why.stored))
        return int(row.id)
    identity = connection.execute(
        insert(holds)
        .values(
            kypek=kypek,
            guard=guard,
            seminar=seminar,
            system=system,
            hash=digest,
            changes=[dump(c) for c in changes],
            why=why.stored,
            opened=now,
            seen=now,
            state=HoldState.OPEN.value,
        )
        .returning(holds.c.id)
    ).scalar_one()
    return int(identity)


def forget_unwanted(
    connection: Connection,
    kypek: str,
    looked: frozenset[tuple[str, str]],
    now: datetime,
    partial: frozenset[tuple[str, str]] = frozenset(),
    until: datetime | None = None,
) -> None:
    """Holds of these (system, course), all of which this pass could read, that it did not want again are gone: also
    what was rejected may be wanted anew some day, and is then asked about again. Of those that were read only in
    `partial`, removals are never planned, so what takes something away stays as it is. The pass saw what it wants
    between `now` and `until`: what was seen later than that was seen before the clock was set back."""
    for hold in listed(connection, kypek, states=(HoldState.OPEN, HoldState.APPROVED, HoldState.REJECTED)):
        takes = any(change.removes or change.verb is Verb.WITHDRAW for change in hold.changes)
        courses = {change.target.key for change in hold.changes}
        if takes and courses & partial:
            continue
        if courses <= looked and hold.guard != UNDO:
            unseen = holds.c.seen < now
            if until is not None:
                unseen |= holds.c.seen > until
            where = (holds.c.id == hold.id) & unseen
            connection.execute(update(holds).where(where).values(state=HoldState.GONE.value))


def forget_undo(connection: Connection, kypek: str, considered: Sequence[Change], now: datetime) -> None:
    """Holds of an undo that has just been looked at again and did not hold these changes again are gone. No other pass
    wants them, so none can tell."""
    wanted = {change.bare for change in considered}
    for hold in listed(connection, kypek, states=(HoldState.OPEN, HoldState.APPROVED)):
        if hold.guard == UNDO and any(change.bare in wanted for change in hold.changes):
            where = (holds.c.id == hold.id) & (holds.c.seen < now)
            connection.execute(update(holds).where(where).values(state=HoldState.GONE.value))


def touch(connection: Connection, hold: int, now: datetime) -> None:
    """The decided hold is still wanted."""
    connection.execute(update(holds).where(holds.c.id == hold).values(seen=now))


def explain(connection: Connection, hold: int, why: Sentence) -> None:
    """What is said of a hold is this now."""
    connection.execute(update(holds).where(holds.c.id == hold).values(why=why.stored))


def decide(
    connection: Connection, hold: int, state: HoldState, who: str, now: datetime, expires: datetime | None
) -> bool:
    """Approve or reject a hold, and say so in the journal. While it is wanted a person may think again: an approval
    whose changes were not made yet can be rejected, a rejection approved. False if it was decided so already, or is no
    longer wanted."""
    may = [one.value for one in (HoldState.OPEN, HoldState.APPROVED, HoldState.REJECTED) if one is not state]
    result = connection.execute(
        update(holds)
        .where(holds.c.id == hold, holds.c.state.in_(may))
        .values(state=state.value, who=who, decided=now, expires=expires)
    )
    if result.rowcount != 1:
        return False
    its = get(connection, hold)
    if its is not None:
        about = {"guard": its.guard, "seminar": its.seminar, "system": its.system, "hash": its.hash}
        until = {"state": state.value, "expires": expires.isoformat() if expires else None}
        journal_facts.hold_decided(connection, its.kypek, hold, {**about, **until}, its.changes, who, now)
    return True


def listed(connection: Connection, kypek: str = "", *, states: Sequence[HoldState] = (HoldState.OPEN,)) -> list[Hold]:
    """Holds in these states, oldest first."""
    query = select(holds).where(holds.c.state.in_([s.value for s in states])).order_by(holds.c.id)
    if kypek:
        query = query.where(holds.c.kypek == kypek)
    return [_hold(row) for row in connection.execute(query)]


def get(connection: Connection, hold: int) -> Hold | None:
    """One hold by its id."""
    row = connection.execute(select(holds).where(holds.c.id == hold)).first()
    return _hold(row) if row else None


def _hold(row: Any) -> Hold:
    return Hold(
        id=row.id,
        kypek=row.kypek,
        guard=row.guard,
        seminar=row.seminar,
        system=row.system,
        hash=row.hash,
        changes=tuple(load(Change, body) for body in row.changes),
        why=Sentence.read(row.why),
        opened=row.opened,
        state=HoldState(row.state),
        who=row.who,
        decided=row.decided,
        expires=row.expires,
    )
