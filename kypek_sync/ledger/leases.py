"""One writer for each (KYPEK, lane): a lease with a heartbeat that dies with its holder (design, rule 11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import leases

LENGTH = timedelta(seconds=90)
"""Longer than the longest deadline of a foreign call."""


def take(connection: Connection, kypek: str, lane: str, holder: str, now: datetime) -> int | None:
    """Take or renew the lease; its fence number, or None while somebody else holds it."""
    alone(connection, f"lease {kypek} {lane}")  # the first two to come find no row that they could lock
    row = connection.execute(select(leases).where(leases.c.kypek == kypek, leases.c.lane == lane)).first()
    fence: int
    if row is None:
        connection.execute(insert(leases).values(kypek=kypek, lane=lane, holder=holder, fence=1, until=now + LENGTH))
        return 1
    if row.holder not in ("", holder) and row.until > now:
        return None
    fence = int(row.fence) + int(row.holder != holder)
    connection.execute(
        update(leases)
        .where(leases.c.kypek == kypek, leases.c.lane == lane)
        .values(holder=holder, fence=fence, until=now + LENGTH)
    )
    return fence


def holds(connection: Connection, kypek: str, lane: str, holder: str, fence: int, now: datetime) -> bool:
    """Whether the lease is still ours: asked before each foreign call."""
    row = connection.execute(select(leases).where(leases.c.kypek == kypek, leases.c.lane == lane)).first()
    return row is not None and row.holder == holder and row.fence == fence and row.until > now


def give_back(connection: Connection, kypek: str, lane: str, holder: str) -> None:
    """Let the next one in at once."""
    connection.execute(
        update(leases)
        .where(leases.c.kypek == kypek, leases.c.lane == lane, leases.c.holder == holder)
        .values(holder="")
    )


def break_dead(connection: Connection, kypek: str, lane: str, dead: str) -> None:
    """Free the lane of a holder that is known to have died; its fence number stays, so it can never write again."""
    connection.execute(
        update(leases).where(leases.c.kypek == kypek, leases.c.lane == lane, leases.c.holder == dead).values(holder="")
    )


def ends(connection: Connection, kypek: str, lane: str) -> datetime | None:
    """When the lease runs out if its holder says nothing more."""
    found: datetime | None = connection.execute(
        select(leases.c.until).where(leases.c.kypek == kypek, leases.c.lane == lane)
    ).scalar()
    return found


def holder_of(connection: Connection, kypek: str, lane: str, now: datetime) -> str:
    """Who holds the lease now, or an empty word."""
    row = connection.execute(select(leases).where(leases.c.kypek == kypek, leases.c.lane == lane)).first()
    return str(row.holder) if row is not None and row.until > now else ""
