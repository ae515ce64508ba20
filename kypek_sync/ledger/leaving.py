"""Who is leaving the directory: not shown any more and not yet gone (design, rule 2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from kypek_sync.ledger import absences
from kypek_sync.ledger.codec import load
from kypek_sync.ledger.former_holders import taken_logins
from kypek_sync.ledger.people import Departure
from kypek_sync.ledger.persons import chunks
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.model import Person


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody on the way out, by our `id`. `logins` are all they have had, the present one first; not shown since
    `since`, missing from `absences` of the `of` complete reads that it takes. `earliest` is the first moment of which a
    complete read without them makes them gone. Moments are aware UTC. `replaced`: the directory shows somebody else
    under their login. `perhaps`: the present logins of those whose entry shows a key of theirs in dispute; until a
    person decides they are not gone."""

    id: str
    person: Person
    logins: tuple[str, ...]
    since: datetime
    absences: int
    of: int
    earliest: datetime
    replaced: bool = False
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exodus:
    """All who are leaving a directory: how many, the first of them by login (present ones), and the first moment of
    which a read can count one of them as gone (None: nobody is leaving). `former` names those of them, by login, whose
    login somebody else has now."""

    count: int
    logins: tuple[str, ...] = ()
    earliest: datetime | None = None
    former: tuple[tuple[str, str], ...] = ()


def exodus(connection: Connection, directory: str, departure: Departure, most: int) -> Exodus:
    """Everybody who is leaving, at most `most` by name. Nobody is decoded, since half a country may be leaving."""
    absent = _absent(directory)
    columns = (people.c.absent_since, people.c.absent_at, people.c.absences)
    alike = connection.execute(select(*columns, func.count().label("people")).where(absent).group_by(*columns)).all()
    if not alike:
        return Exodus(0)
    query = select(people.c.login).where(absent).order_by(people.c.login).limit(most)
    logins = tuple(connection.execute(query).scalars()) if most else ()
    return Exodus(
        sum(row.people for row in alike),
        logins,
        min(earliest(row.absent_since, row.absent_at or row.absent_since, row.absences, departure) for row in alike),
        tuple(_former(connection, directory, logins)),
    )


def _former(connection: Connection, directory: str, logins: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The login and name of those who are leaving and whose login somebody else has."""
    for some in chunks(taken_logins(connection, directory, set(logins))):
        query = select(people.c.login, people.c.body, people.c.absent_since, people.c.gone_at)
        query = query.where(people.c.directory == directory, people.c.login.in_(some)).order_by(people.c.login)
        for row in connection.execute(query):
            if row.absent_since is not None and row.gone_at is None:
                yield row.login, load(Person, row.body).name


def leaving(
    connection: Connection,
    directory: str,
    departure: Departure,
    logins: Iterable[str] = (),
    ids: Iterable[str] = (),
) -> list[Leaving]:
    """Those who are leaving of the people who have or had one of these logins, or have these ids of ours, by login."""
    ids = set(ids)
    for chunk in chunks(logins):
        mine = select(person_keys.c.person).where(
            person_keys.c.directory == directory, person_keys.c.kind == "login", person_keys.c.value.in_(chunk)
        )
        ids.update(connection.execute(mine).scalars())
    gone_or_here = (people.c.id, people.c.directory, people.c.absent_since, people.c.gone_at)
    those: set[str] = set()
    for chunk in chunks(ids):  # by their ids alone: with more in the question SQLite looks at all who are leaving
        rows = connection.execute(select(*gone_or_here).where(people.c.id.in_(chunk)))
        absent = [row for row in rows if row.absent_since is not None and row.gone_at is None]
        those |= {row.id for row in absent if row.directory == directory}
    found: dict[str, Any] = {}
    for chunk in chunks(those):
        found |= {row.id: row for row in connection.execute(select(people).where(people.c.id.in_(chunk)))}
    had: dict[str, list[str]] = {}
    for chunk in chunks(found):
        keys = select(person_keys.c.person, person_keys.c.value).where(person_keys.c.person.in_(chunk))
        for row in connection.execute(keys.where(person_keys.c.kind == "login").order_by(person_keys.c.value)):
            had.setdefault(row.person, []).append(row.value)
    taken = taken_logins(connection, directory, {row.login for row in found.values()})
    perhaps = _perhaps(connection, found)
    return [
        Leaving(
            id=row.id,
            person=load(Person, row.body),
            logins=tuple(dict.fromkeys((row.login, *had.get(row.id, ())))),
            since=row.absent_since,
            absences=row.absences,
            of=departure.absences,
            earliest=earliest(row.absent_since, row.absent_at or row.absent_since, row.absences, departure),
            replaced=row.login in taken,
            perhaps=perhaps.get(row.id, ()),
        )
        for row in sorted(found.values(), key=lambda row: (row.login, row.id))
    ]


def _perhaps(connection: Connection, absent: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The present logins of those who perhaps are these absent people (`absences.perhaps`)."""
    those = absences.perhaps(connection, absent)
    login: dict[str, str] = {}
    for chunk in chunks({other for others in those.values() for other in others}):
        rows = connection.execute(select(people.c.id, people.c.login).where(people.c.id.in_(chunk)))
        login |= {row.id: row.login for row in rows}
    return {one: tuple(sorted(login[other] for other in others)) for one, others in those.items()}


def _absent(directory: str) -> ColumnElement[bool]:
    return and_(people.c.directory == directory, people.c.absent_since.is_not(None), people.c.gone_at.is_(None))


def earliest(since: datetime, last: datetime, absences: int, departure: Departure) -> datetime:
    """The first moment of which a read can count somebody as gone: the grace is over, and as many reads as are missing
    yet, at least one, have had the gap between them. `last` is the read that counted last."""
    missing = max(1, departure.absences - absences)
    return max(since + departure.grace, last + missing * departure.gap)
