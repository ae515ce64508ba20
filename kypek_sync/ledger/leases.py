"""One writer for each (KYPEK, lane): a lease with a heartbeat that dies with its holder (design, rule 11).

A lease is told from its successors by its fence number, which grows with every new holder. Three questions are asked of
it: may this call go out (`renewed`: it is ours, and stays ours for longer than a call can last), may this transaction
be kept (`fenced`: it is ours until the transaction has ended), and may we begin (`take`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import leases

LENGTH = timedelta(seconds=90)
"""How long a lease lasts after its last renewal, where no foreign call may take longer than the wire's own deadline. An
installation whose settings allow longer calls has longer leases (`sync.lease.length_for`)."""


class LeaseLost(Exception):
    """The lease passed to somebody else while we worked: nothing more may be decided or asked for."""


def take(
    connection: Connection, kypek: str, lane: str, holder: str, now: datetime, length: timedelta = LENGTH
) -> int | None:
    """Take or renew the lease; its fence number, or None while somebody else holds it."""
    alone(connection, f"lease {kypek} {lane}")  # the first two to come find no row that they could lock
    row = connection.execute(select(leases).where(leases.c.kypek == kypek, leases.c.lane == lane)).first()
    fence: int
    if row is None:
        connection.execute(insert(leases).values(kypek=kypek, lane=lane, holder=holder, fence=1, until=now + length))
        return 1
    if row.holder not in ("", holder) and row.until > now:
        return None
    fence = int(row.fence) + int(row.holder != holder)
    connection.execute(
        update(leases)
        .where(leases.c.kypek == kypek, leases.c.lane == lane)
        .values(holder=holder, fence=fence, until=now + length)
    )
    return fence


def renewed(
    connection: Connection,
    kypek: str,
    lane: str,
    holder: str,
    fence: int,
    now: datetime,
    length: timedelta = LENGTH,
    spare: timedelta = timedelta(0),
) -> bool:
    """Whether the lease is still ours; if so it lasts for at least `length - spare` from now on. Asked before each
    foreign call and by the heartbeat. Unlike `take` it never takes a lease back that somebody else had meanwhile."""
    if not holds(connection, kypek, lane, holder, fence, now):
        return False
    ours = (leases.c.kypek == kypek, leases.c.lane == lane, leases.c.holder == holder, leases.c.fence == fence)
    if (ends(connection, kypek, lane) or now) >= now + length - spare:
        return True
    return connection.execute(update(leases).where(*ours).values(until=now + length)).rowcount == 1


def fenced(connection: Connection, kypek: str, lane: str, holder: str, fence: int, *, lock: bool) -> bool:
    """Whether nobody has taken the lease since we did. With `lock` nobody can until this transaction ends: PostgreSQL
    locks the row, SQLite has one writer at a time anyway. A lease that ran out and that nobody took is still ours to
    write under: whoever takes it next sees what we kept."""
    query = select(leases).where(leases.c.kypek == kypek, leases.c.lane == lane)
    row = connection.execute(query.with_for_update(read=True) if lock else query).first()
    return row is not None and row.holder == holder and int(row.fence) == fence


def holds(connection: Connection, kypek: str, lane: str, holder: str, fence: int, now: datetime) -> bool:
    """Whether the lease is ours and has not run out."""
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
