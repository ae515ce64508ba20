"""Which course platforms tell nobody who is in a course, as they said when they were asked last: the web process asks
no foreign system, and a platform that is down for an hour has not learnt anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from kypek_sync.ledger.door_tables import silent_platforms


def silent(connection: Connection) -> frozenset[str]:
    """Their connectors' names."""
    return frozenset(connection.execute(select(silent_platforms.c.system)).scalars())


def learn(connection: Connection, lists: Mapping[str, bool], now: datetime) -> frozenset[str]:
    """Remember of each of these platforms whether it tells who is in a course; those that do not, with those known."""
    known = silent(connection)
    new = {system for system, shows in lists.items() if not shows} - known
    over = {system for system, shows in lists.items() if shows} & known
    if new:
        connection.execute(insert(silent_platforms), [{"system": one, "since": now} for one in sorted(new)])
    if over:
        connection.execute(delete(silent_platforms).where(silent_platforms.c.system.in_(sorted(over))))
    return (known | new) - over
