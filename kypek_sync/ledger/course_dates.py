"""What the calendars of courses hold because of us: which event is which session, and what we wrote into it.

Bindings of the kind `event` lead from a seminar's session (`COURSE/NUMBER`) to the event's id; a claim of that kind
says that we made it. The claims `event-restored` and `event-left-out` own nothing: they remember that somebody deleted
it by hand once, or twice (design, rule 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.contract import Change, Outcome, Verb
from kypek_sync.ledger import bindings
from kypek_sync.ledger.bindings import Binding, Claim
from kypek_sync.ledger.codec import load
from kypek_sync.ledger.tables import intents, receipts

EVENT = "event"
RESTORED, LEFT_OUT = "event-restored", "event-left-out"

Facts = tuple[tuple[str, str], ...]


def place(course: str, session: str | int) -> str:
    """The ref of a session's event in a course, from our name of the course."""
    return f"{course}/{session}"


def learn(connection: Connection, kypek: str, system: str, ref: str, event: str, now: datetime) -> None:
    """An event of ours: this is its id."""
    bindings.learn(connection, kypek, Binding(system, EVENT, ref, event, ""), now)
    bindings.claim(connection, kypek, [Claim(system, EVENT, ref, "", "created")], now)


def forget(connection: Connection, kypek: str, system: str, ref: str) -> None:
    """The event is not there any more."""
    bindings.forget(connection, kypek, system, EVENT, ref)
    bindings.release(connection, kypek, Claim(system, EVENT, ref, "", ""))


def deleted_by_hand(connection: Connection, kypek: str, system: str, ref: str, now: datetime) -> None:
    """Somebody deleted an event of ours: the first time it is restored, the second time they are right."""
    before = bindings.claimed(connection, kypek, RESTORED)
    kind = LEFT_OUT if (system, ref) in before else RESTORED
    bindings.claim(connection, kypek, [Claim(system, kind, ref, "", "by hand")], now)


def left_out(connection: Connection, kypek: str) -> frozenset[tuple[str, str]]:
    """The events, as (system, ref), that somebody deleted twice."""
    return frozenset(bindings.claimed(connection, kypek, LEFT_OUT))


def known(connection: Connection, kypek: str) -> Mapping[tuple[str, str], Binding]:
    """Our events by (system, ref)."""
    return bindings.known(connection, kypek, EVENT)


def written(connection: Connection, kypek: str) -> dict[tuple[str, str], Facts]:
    """What we wrote into each event, by (system, event id)."""
    query = (
        select(intents.c.system, intents.c.body, receipts.c.foreign_id)
        .select_from(intents.join(receipts))
        .where(
            intents.c.kypek == kypek,
            intents.c.verb == Verb.ADD_EVENT.value,
            receipts.c.outcome == Outcome.DONE.value,
        )
    )
    return {(row.system, row.foreign_id): load(Change, row.body).after for row in connection.execute(query)}
