"""The look-ups as they were when a whole directory was loaded for each: what the narrow ones are held against."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.persons import known_of
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.ledger.tables import units as units_table
from kypek_sync.model import Unit


def everybody(connection: Connection, directory: str) -> dict[str, Known]:
    """Everybody ever seen in this directory, by our id."""
    query = select(people).where(people.c.directory == directory)
    return {row.id: known_of(row) for row in connection.execute(query)}


def by_login(connection: Connection, directory: str) -> dict[str, Known]:
    """Everybody who has not gone, by every login they have had; the present holder of a reused login wins."""
    everyone = everybody(connection, directory)
    found: dict[str, Known] = {}
    keys = select(person_keys).where(person_keys.c.directory == directory, person_keys.c.kind == "login")
    ranked: dict[str, tuple[bool, bool, datetime]] = {}
    for row in connection.execute(keys.order_by(person_keys.c.value, person_keys.c.person)):
        known = everyone[row.person]
        rank = (known.person.login == row.value, known.leaving_since is None, row.last_seen)
        if known.gone_at is None and (row.value not in ranked or rank > ranked[row.value]):
            found[row.value], ranked[row.value] = known, rank
    return found


def gone_logins(connection: Connection, directory: str) -> frozenset[str]:
    """The logins of those who have gone and whose login nobody has taken up since."""
    query = (
        select(person_keys.c.value, people.c.gone_at)
        .join(people, people.c.id == person_keys.c.person)
        .where(person_keys.c.directory == directory, person_keys.c.kind == "login")
    )
    rows = list(connection.execute(query))
    return frozenset(row.value for row in rows if row.gone_at) - {row.value for row in rows if not row.gone_at}


def one(connection: Connection, directory: str, login: str) -> Known | None:
    """Who has or had this login; the present holder of a reused login wins, and who has gone counts last."""
    query = (
        select(people)
        .join(person_keys, person_keys.c.person == people.c.id)
        .where(people.c.directory == directory, person_keys.c.kind == "login", person_keys.c.value == login)
        .order_by(
            people.c.gone_at.is_not(None),
            people.c.login != login,
            people.c.absent_since.is_not(None),
            person_keys.c.last_seen.desc(),
            people.c.id,
        )
    )
    row = connection.execute(query).first()
    return known_of(row) if row else None


def units(connection: Connection, directory: str) -> dict[str, Unit]:
    """All units, by id."""
    query = select(units_table).where(units_table.c.directory == directory)
    return {row.id: load(Unit, row.body) for row in connection.execute(query)}


def known_logins(connection: Connection, directory: str) -> frozenset[str]:
    """Every login of somebody who has not gone."""
    return frozenset(by_login(connection, directory))
