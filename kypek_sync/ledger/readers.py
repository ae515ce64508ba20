"""Which directories were read by passes of which KYPEK, and which one by its last pass.

A read for a plan is none of these: somebody may only be trying settings, and what it showed is nobody's former home.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, update

from kypek_sync.ledger.reading_tables import readers


def note(connection: Connection, kypek: str, directory: str) -> None:
    """A pass of this KYPEK recorded people of this directory."""
    mine = readers.c.kypek == kypek
    this = readers.c.directory == directory
    connection.execute(update(readers).where(mine, ~this, readers.c.latest.is_(True)).values(latest=False))
    if connection.execute(update(readers).where(mine, this).values(latest=True)).rowcount == 0:
        connection.execute(insert(readers).values(kypek=kypek, directory=directory, latest=True))


def last(connection: Connection, kypeks: Collection[str]) -> frozenset[str]:
    """The directories that the last passes of these KYPEKs read; none of those that made no pass yet."""
    query = select(readers.c.directory).where(readers.c.kypek.in_(sorted(kypeks)), readers.c.latest.is_(True))
    return frozenset(row.directory for row in connection.execute(query))


def ever(connection: Connection) -> frozenset[str]:
    """The directories that some pass read."""
    return frozenset(row.directory for row in connection.execute(select(readers.c.directory).distinct()))


def renamed(connection: Connection, before: str, now: str) -> None:
    """Whoever is known from the one is known from the other (`people_moving.take_over`)."""
    connection.execute(delete(readers).where(readers.c.directory == now))
    connection.execute(update(readers).where(readers.c.directory == before).values(directory=now))
