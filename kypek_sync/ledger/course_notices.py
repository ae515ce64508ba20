"""The announcement that we keep in each course: which it is, what we wrote into it, and when it was last looked at.

Bindings of the kind `announcement` lead from our name of a course to its id; a claim of that kind says that we wrote
it. The claims `announcement-restored` and `announcement-left-out` own nothing: they remember that somebody deleted it
by hand once, or twice (design, rule 4); nor does `announcement-seen`, which remembers when it was last seen to be
right.
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

KIND = "announcement"
RESTORED, LEFT_OUT, SEEN = "announcement-restored", "announcement-left-out", "announcement-seen"

Facts = tuple[tuple[str, str], ...]
Key = tuple[str, str]


def learn(connection: Connection, kypek: str, key: Key, announcement: str, now: datetime) -> None:
    """An announcement of ours: this is its id."""
    system, course = key
    bindings.learn(connection, kypek, Binding(system, KIND, course, announcement, ""), now)
    bindings.claim(connection, kypek, [Claim(system, KIND, course, "", "created")], now)


def deleted_by_hand(connection: Connection, kypek: str, key: Key, now: datetime) -> None:
    """Somebody deleted ours: the first time it is restored, the second time they are right."""
    system, course = key
    bindings.forget(connection, kypek, system, KIND, course)
    bindings.release(connection, kypek, Claim(system, KIND, course, "", ""))
    kind = LEFT_OUT if key in bindings.claimed(connection, kypek, RESTORED) else RESTORED
    bindings.claim(connection, kypek, [Claim(system, kind, course, "", "by hand")], now)


def left_out(connection: Connection, kypek: str) -> frozenset[Key]:
    """The courses in which somebody deleted it twice."""
    return frozenset(bindings.claimed(connection, kypek, LEFT_OUT))


def known(connection: Connection, kypek: str) -> Mapping[Key, Binding]:
    """Our announcements by (system, course)."""
    return bindings.known(connection, kypek, KIND)


def saw(connection: Connection, kypek: str, key: Key, now: datetime) -> None:
    """It was looked at now."""
    claim = Claim(key[0], SEEN, key[1], "", "read")
    bindings.release(connection, kypek, claim)
    bindings.claim(connection, kypek, [claim], now)


def seen(connection: Connection, kypek: str) -> dict[Key, datetime]:
    """When each was last looked at."""
    return {key: found[""] for key, found in bindings.since(connection, kypek, SEEN).items() if "" in found}


def written(connection: Connection, kypek: str) -> dict[Key, Facts]:
    """What we wrote last, by (system, id). A revision that was `ALREADY` so is as good as written by us."""
    query = (
        select(intents.c.system, intents.c.verb, intents.c.body, receipts.c.outcome, receipts.c.foreign_id)
        .select_from(intents.join(receipts))
        .where(
            intents.c.kypek == kypek,
            intents.c.verb.in_([Verb.ANNOUNCE.value, Verb.REVISE.value]),
            receipts.c.outcome.in_([Outcome.DONE.value, Outcome.ALREADY.value]),
        )
        .order_by(intents.c.id)
    )
    return {
        (row.system, row.foreign_id): load(Change, row.body).after
        for row in connection.execute(query)
        if row.outcome == Outcome.DONE.value or row.verb == Verb.REVISE.value
    }
