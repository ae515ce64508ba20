"""People and units as the directory last said, matched by their keys for ever (design, rules 2 and 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.tables import people, person_keys, units
from kypek_sync.model import Person, Unit


@dataclass(frozen=True, slots=True)
class Known:
    """A person of ours. `id` is opaque and lasts; `last_seen` is the read in which the entry last changed;
    `leaving_since` is set while the directory no longer shows them."""

    id: str
    person: Person
    first_seen: datetime
    last_seen: datetime
    leaving_since: datetime | None
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Departure:
    """When somebody counts as gone: after `absences` complete reads at least `gap` apart (of an export: different ones)
    and `grace` in all."""

    absences: int
    gap: timedelta
    grace: timedelta


class IdentitiesDoubted(Exception):
    """So many entries of a read carry the keys of others than before that it tells nothing about anybody. Nothing was
    recorded. `logins` are those entries."""

    def __init__(self, logins: tuple[str, ...]) -> None:
        super().__init__(f"{len(logins)} entries")
        self.logins = logins


def load_people(connection: Connection, directory: str) -> dict[str, Known]:
    """Everybody ever seen in this directory, by our id."""
    query = select(people).where(people.c.directory == directory)
    return {row.id: _known(row) for row in connection.execute(query)}


def by_login(connection: Connection, directory: str) -> dict[str, Known]:
    """Everybody who has not gone, by every login they have had; the present holder of a reused login wins."""
    everyone = load_people(connection, directory)
    found: dict[str, Known] = {}
    keys = select(person_keys).where(person_keys.c.directory == directory, person_keys.c.kind == "login")
    ranked: dict[str, tuple[bool, bool, datetime]] = {}
    for row in connection.execute(keys):
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


def load_units(connection: Connection, directory: str) -> dict[str, Unit]:
    """All units, by id."""
    query = select(units).where(units.c.directory == directory)
    return {row.id: load(Unit, row.body) for row in connection.execute(query)}


def _known(row: Any) -> Known:
    return Known(row.id, load(Person, row.body), row.first_seen, row.last_seen, row.absent_since, row.gone_at)
