"""Changes that did not succeed: how often, what was answered, when they are tried again.

A refusal rests for longer each time. What its server asked to leave until later is tried when that server said, else at
the next pass; an outcome that is not clear is looked up at the next pass. A row is about one wish: a change of the same
target that wants something else is tried at once. A row goes when the change succeeds or nobody wants it any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from kypek_sync.contract import Change, Outcome, Receipt, Target, Verb
from kypek_sync.ledger.care_tables import setbacks
from kypek_sync.ledger.columns import SKEW

STEPS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
"""How long a refused change rests after its first, second, … refusal; the last step stays."""
ROOM_STEPS = (timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=10))
"""The same where people are waiting at the door of a room."""
_ROOMS = (Verb.OPEN_ROOM, Verb.END_ROOM)


_SPOT = ("kypek", "verb", "system", "seminar", "object", "login", "part")
# Written once: to build it anew for each of twenty thousand changes takes longer than to carry it out.
_ABOUT = select(setbacks).where(*(setbacks.c[name] == bindparam(name) for name in _SPOT))


@dataclass(frozen=True, slots=True)
class Setback:
    """One change that did not succeed. `outcome` is `refused`, `later` or `ambiguous`; `next` is when it is tried again
    (None: at the next pass); `message` is the system's sentence. A refusal stays one until the system says otherwise:
    an attempt that got no clear answer only counts."""

    id: int
    kypek: str
    lane: str
    verb: Verb
    target: Target
    wanted: str
    outcome: Outcome
    message: str
    attempts: int
    first: datetime
    last: datetime
    next: datetime | None

    def rests(self, now: datetime) -> bool:
        """Whether it is left alone for now. A rest that begins in the future was counted by a clock that has been set
        back since: it is over."""
        return self.next is not None and self.next > now and self.last <= now + SKEW


def wish(change: Change) -> str:
    """A short hash of what a change finds and wants: the same target with another wish is another attempt."""
    return hashlib.sha256(json.dumps([change.before, change.after]).encode()).hexdigest()[:32]


def note(
    connection: Connection,
    kypek: str,
    lane: str,
    change: Change,
    receipt: Receipt,
    now: datetime,
    after: timedelta | None = None,
) -> None:
    """What became of an attempt. `after`: how long the server wants to be left alone about it."""
    _note(connection, kypek, lane, change, receipt, now, after, _of(connection, kypek, change))


def note_all(
    connection: Connection,
    kypek: str,
    lane: str,
    answered: Sequence[tuple[Change, Receipt]],
    now: datetime,
    after: timedelta | None = None,
) -> None:
    """`note` for each of a batch, in order."""
    if len(answered) == 1 or len({change.target for change, _ in answered}) < len(answered):
        for change, receipt in answered:
            note(connection, kypek, lane, change, receipt, now, after)
        return
    query = select(setbacks).where(
        setbacks.c.kypek == kypek,
        setbacks.c.verb.in_(sorted({change.verb.value for change, _ in answered})),
        setbacks.c.seminar.in_(sorted({change.target.seminar for change, _ in answered})),
    )
    before = {(one.verb, one.target): one for one in map(_setback, connection.execute(query))}
    for change, receipt in answered:
        _note(connection, kypek, lane, change, receipt, now, after, before.get((change.verb, change.target)))


def _note(
    connection: Connection,
    kypek: str,
    lane: str,
    change: Change,
    receipt: Receipt,
    now: datetime,
    after: timedelta | None,
    before: Setback | None,
) -> None:
    if receipt.stands:
        if before is not None:
            connection.execute(delete(setbacks).where(setbacks.c.id == before.id))
        return
    if before is not None and before.wanted != wish(change):
        connection.execute(delete(setbacks).where(setbacks.c.id == before.id))
        before = None
    attempts = before.attempts + 1 if before is not None else 1
    still_refused = before is not None and before.outcome is Outcome.REFUSED and receipt.outcome is not Outcome.REFUSED
    values: dict[str, Any] = {"attempts": attempts, "last_at": now, "next_at": None}
    if receipt.outcome is Outcome.REFUSED:
        values["next_at"] = now + pause(change, attempts)
    elif receipt.outcome is Outcome.LATER and after is not None:
        values["next_at"] = now + after
    if not still_refused:
        values |= {"outcome": receipt.outcome.value, "message": receipt.detail}
    if before is not None:
        connection.execute(update(setbacks).where(setbacks.c.id == before.id).values(**values))
        return
    target = change.target
    connection.execute(
        insert(setbacks).values(
            kypek=kypek,
            lane=lane,
            verb=change.verb.value,
            system=target.system,
            seminar=target.seminar,
            object=target.object,
            login=target.login,
            part=target.part,
            wanted=wish(change),
            first_at=now,
            **values,
        )
    )


def pause(change: Change, attempts: int) -> timedelta:
    """How long a change rests that was refused for this many times: a step, shortened by up to a fifth by what the
    target is called, so that what was refused together does not come back together. The same each time."""
    steps = ROOM_STEPS if change.verb in _ROOMS else STEPS
    step = steps[min(attempts, len(steps)) - 1]
    target = change.target
    word = "|".join((change.verb.value, target.system, target.course, target.object, target.login, str(attempts)))
    share = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) / 2**32
    return step * (1 - share / 5)


def resting(connection: Connection, kypek: str, changes: Iterable[Change], now: datetime) -> dict[Change, Setback]:
    """Those of these changes that are left alone for now, with why."""
    rows = connection.execute(select(setbacks).where(setbacks.c.kypek == kypek, setbacks.c.next_at > now))
    rest = {(one.verb, one.target, one.wanted): one for one in map(_setback, rows) if one.rests(now)}
    if not rest:
        return {}
    found = ((change, rest.get((change.verb, change.target, wish(change)))) for change in changes)
    return {change: one for change, one in found if one is not None}


def forget_unwanted(
    connection: Connection,
    kypek: str,
    lane: str,
    looked: Collection[tuple[str, str]],
    wanted: Iterable[Change],
) -> None:
    """Forget setbacks of changes that nobody wants any more, where the pass could tell (`looked`: system, course)."""
    still = {(change.verb, change.target) for change in wanted}
    gone = [
        one.id
        for one in listed(connection, kypek, lane=lane)
        if one.target.key in looked and (one.verb, one.target) not in still
    ]
    if gone:
        connection.execute(delete(setbacks).where(setbacks.c.id.in_(gone)))


def listed(
    connection: Connection, kypek: str = "", *, lane: str = "", system: str = "", seminar: str = ""
) -> list[Setback]:
    """All setbacks, or those of a KYPEK, lane, system or seminar, the oldest first."""
    query = select(setbacks).order_by(setbacks.c.first_at, setbacks.c.id)
    for column, word in (("kypek", kypek), ("lane", lane), ("system", system), ("seminar", seminar)):
        if word:
            query = query.where(setbacks.c[column] == word)
    return [_setback(row) for row in connection.execute(query)]


def get(connection: Connection, number: int) -> Setback | None:
    """One setback by its number."""
    row = connection.execute(select(setbacks).where(setbacks.c.id == number)).first()
    return _setback(row) if row is not None else None


def count(connection: Connection, kypek: str) -> int:
    """How many changes of a KYPEK did not succeed."""
    query = select(func.count()).select_from(setbacks).where(setbacks.c.kypek == kypek)
    return int(connection.execute(query).scalar_one())


def due_now(connection: Connection, those: Sequence[Setback]) -> None:
    """Let these be tried at the next pass. What was counted stays: refused once more, they rest for longer."""
    if those:
        numbers = [one.id for one in those]
        connection.execute(update(setbacks).where(setbacks.c.id.in_(numbers)).values(next_at=None))


def _of(connection: Connection, kypek: str, change: Change) -> Setback | None:
    target = change.target
    those = kypek, change.verb.value, target.system, target.seminar, target.object, target.login, target.part
    row = connection.execute(_ABOUT, dict(zip(_SPOT, those, strict=True))).first()
    return _setback(row) if row is not None else None


def _setback(row: Any) -> Setback:
    return Setback(
        id=row.id,
        kypek=row.kypek,
        lane=row.lane,
        verb=Verb(row.verb),
        target=Target(row.system, row.seminar, row.object, row.login, row.part),
        wanted=row.wanted,
        outcome=Outcome(row.outcome),
        message=row.message,
        attempts=row.attempts,
        first=row.first_at,
        last=row.last_at,
        next=row.next_at,
    )
