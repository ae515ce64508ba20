"""Where people serve, a row for each unit of each person: who is at a school is looked up, not searched for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, insert

from kypek_sync.ledger.tables import person_units

AT_ONCE = 500
"""People of one statement: every database takes so many values (an old SQLite no more than 999)."""


def place(connection: Connection, directory: str, units: Mapping[str, Collection[str]]) -> None:
    """These people of ours, by id, serve at these units from now on, and at no others."""
    every = sorted(units)
    for start in range(0, len(every), AT_ONCE):
        those = every[start : start + AT_ONCE]
        connection.execute(delete(person_units).where(person_units.c.person.in_(those)))
        rows = [
            {"person": one, "unit": unit, "directory": directory} for one in those for unit in sorted(set(units[one]))
        ]
        if rows:
            connection.execute(insert(person_units), rows)
