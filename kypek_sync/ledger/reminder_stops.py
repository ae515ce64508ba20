"""Who wants no reminders (any more), by our ids of people. Other letters go to them as before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from kypek_sync.ledger.session_tables import reminder_stops
from kypek_sync.ledger.shown import parts


def stopped(connection: Connection, kypek: str, people: Collection[str]) -> frozenset[str]:
    """Which of these people want none from a KYPEK."""
    found: set[str] = set()
    for some in parts(sorted(people)):
        query = select(reminder_stops.c.person).where(
            reminder_stops.c.kypek == kypek, reminder_stops.c.person.in_(some)
        )
        found |= {row.person for row in connection.execute(query)}
    return frozenset(found)


def stop(connection: Connection, kypek: str, person: str, now: datetime) -> None:
    """Somebody wants none from now on; said twice it is the same."""
    if not stopped(connection, kypek, [person]):
        connection.execute(insert(reminder_stops).values(kypek=kypek, person=person, at=now))


def resume(connection: Connection, kypek: str, person: str) -> None:
    """Somebody wants them again."""
    mine = (reminder_stops.c.kypek == kypek) & (reminder_stops.c.person == person)
    connection.execute(delete(reminder_stops).where(mine))
