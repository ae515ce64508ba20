"""Narrow look-ups of people and units: whoever is asked for and nobody else, however large the directory is.

A national directory holds 150,000 people and 16,000 units; a pass needs its applicants, a page its visitor. Only what
is asked for is fetched and decoded, some hundreds at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.ledger.tables import units as units_table
from kypek_sync.model import Person, Unit

AT_ONCE = 500
"""Values of one query: every database takes so many (an old SQLite no more than 999)."""


def persons(
    connection: Connection, directory: str, logins: Iterable[str], *, gone_too: bool = False
) -> dict[str, Known]:
    """Who has or had each of these logins; a login that nobody has had is left out.

    The present holder of a reused login wins, then who is not leaving, then who came to it last. Who has gone is not
    found, or with `gone_too` counts last.
    """
    wanted = {
        login: row.person
        for login, row in _holders(connection, directory, logins).items()
        if gone_too or row.gone_at is None
    }
    found = _by_id(connection, wanted.values())
    return {login: found[identity] for login, identity in wanted.items()}


def persons_and_gone(
    connection: Connection, directory: str, logins: Collection[str], others: Collection[str]
) -> tuple[dict[str, Known], frozenset[str]]:
    """`persons` for `logins`; and those of the `others` whose holders have all gone: nobody has taken them up since,
    and nobody of them is decoded. By one look at who holds them; nobody does in a directory without a name."""
    if not directory:
        return {}, frozenset()
    holders = _holders(connection, directory, {*logins, *others})
    wanted = {login: row.person for login in logins if (row := holders.get(login)) is not None and row.gone_at is None}
    found = _by_id(connection, wanted.values())
    gone = frozenset(login for login in others if (row := holders.get(login)) is not None and row.gone_at is not None)
    return {login: found[identity] for login, identity in wanted.items()}, gone


def persons_by_id(connection: Connection, directory: str, ids: Iterable[str]) -> dict[str, Known]:
    """Those of ours with these ids who have not gone from the directory."""
    found: dict[str, Known] = {}
    for chunk in chunks(ids):
        query = select(people).where(
            people.c.id.in_(chunk), people.c.directory == directory, people.c.gone_at.is_(None)
        )
        found |= {row.id: known_of(row) for row in connection.execute(query)}
    return found


def known_among(connection: Connection, directory: str, logins: Iterable[str]) -> frozenset[str]:
    """Those of these logins that somebody has or had who has not gone. Nobody is decoded."""
    holders = _holders(connection, directory, logins)
    return frozenset(login for login, row in holders.items() if row.gone_at is None)


def anybody(connection: Connection, directory: str) -> bool:
    """Whether the directory has shown anybody who has not gone."""
    query = select(people.c.id).where(people.c.directory == directory, people.c.gone_at.is_(None))
    return connection.execute(query.limit(1)).first() is not None


def units(connection: Connection, directory: str, ids: Iterable[str]) -> dict[str, Unit]:
    """The units with these ids that the directory has, by id."""
    found: dict[str, Unit] = {}
    for chunk in chunks(ids):
        query = select(units_table.c.id, units_table.c.body)
        query = query.where(units_table.c.directory == directory, units_table.c.id.in_(chunk))
        found |= {row.id: load(Unit, row.body) for row in connection.execute(query)}
    return found


def units_of(connection: Connection, directory: str, those: Iterable[Person]) -> dict[str, Unit]:
    """The units where these people serve, as far as the directory has them."""
    return units(connection, directory, {unit for person in those for unit in person.units})


def known_of(row: Any) -> Known:
    """A row of `people` as a value."""
    return Known(row.id, load(Person, row.body), row.first_seen, row.last_seen, row.absent_since, row.gone_at)


class KnownLogins:
    """The logins of a directory for those who only ask whether it has one. `ask` says which of some logins it has; each
    is asked for once. `first` were looked up together before, and `known` are those of them that it has."""

    def __init__(
        self,
        ask: Callable[[Collection[str]], Collection[str]],
        first: Iterable[str] = (),
        known: Iterable[str] = (),
    ) -> None:
        self._ask = ask
        self._asked = set(first)
        self._known = set(known)

    def __contains__(self, login: object) -> bool:
        if isinstance(login, str) and login not in self._asked:
            self._asked.add(login)
            self._known.update(self._ask((login,)))
        return login in self._known


def _holders(connection: Connection, directory: str, logins: Iterable[str]) -> dict[str, Any]:
    """The row of whoever counts as the holder of each login, without the body."""
    best: dict[str, Any] = {}
    ranks: dict[str, tuple[Any, ...]] = {}
    for chunk in chunks(logins):
        query = (
            select(
                *(person_keys.c.value, person_keys.c.person, person_keys.c.last_seen),
                *(people.c.login, people.c.absent_since, people.c.gone_at),
            )
            .join(people, people.c.id == person_keys.c.person)
            .where(person_keys.c.directory == directory, person_keys.c.kind == "login", person_keys.c.value.in_(chunk))
            .order_by(person_keys.c.value, person_keys.c.person)
        )
        for row in connection.execute(query):
            rank = (row.gone_at is None, row.login == row.value, row.absent_since is None, row.last_seen)
            if row.value not in ranks or rank > ranks[row.value]:
                best[row.value], ranks[row.value] = row, rank
    return best


def _by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for chunk in chunks(ids):
        rows = connection.execute(select(people).where(people.c.id.in_(chunk)))
        found |= {row.id: known_of(row) for row in rows}
    return found


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The values, sorted and each once, as many at a time as one query takes."""
    every = sorted(set(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
