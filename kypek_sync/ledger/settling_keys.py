"""What a person's decision about a login does to keys in dispute (design, rule 12; `keys_of_people`).

Its holder has their keys from then on. Somebody new who showed nothing but a key of another, who is not shown any more,
and of whom a person says that they are the same as before, is that other one under a new login; or, where the entry
itself is the other one's, under new names and with a new number; or, where the entry was made anew and has only the
login in common with the former one, in that new entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from kypek_sync.ledger import changes_of_people, journal_facts
from kypek_sync.ledger.calendar_tables import calendar_feeds
from kypek_sync.ledger.codec import load
from kypek_sync.ledger.journal import Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.matching import LOGIN
from kypek_sync.ledger.places import place
from kypek_sync.ledger.ruling_tables import rulings
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import applications, people, person_keys, seats
from kypek_sync.model import Person

_HERE = ("login", "kind", "body", "search", "last_seen", "digest")
"""What of a row of `people` is said by the entry of now."""


def settle(
    connection: Connection,
    directory: str,
    login: str,
    holder: str,
    now: datetime,
    *,
    same: bool,
    recorded: Collection[str] = (),
) -> str:
    """The keys that the holder of a login shows in dispute are theirs; who they are from now on, by our id: with `same`
    perhaps somebody who was known before them (`who_before`)."""
    if same and (before := _who_before(connection, directory, login, holder, recorded)) is not None:
        if before.gone_at is not None:
            journal_facts.left(connection, [Who(login, before.id)], now, kind=Kind.RETURN)
        _are_one(connection, directory, before, holder, now)
        return str(before.id)
    disputed = _disputed(connection, holder)
    for row in disputed:
        this = (person_keys.c.directory == directory, person_keys.c.kind == row.kind, person_keys.c.value == row.value)
        theirs = update(person_keys).where(*this, person_keys.c.person == holder)
        connection.execute(theirs.values(disputed=False, first_seen=now, last_seen=now))
        absent = select(people.c.id).where(people.c.directory == directory, people.c.digest.is_(None))
        former = person_keys.c.until.is_not(None) | person_keys.c.person.in_(absent)
        connection.execute(delete(person_keys).where(*this, person_keys.c.person != holder, former))
    return holder


def who_before(connection: Connection, directory: str, login: str, holder: str, recorded: Collection[str] = ()) -> str:
    """Who of ours, by id, the holder of a login will be one person with if they are the same as before; empty: nobody
    else. `recorded` are those as whose something stands under the login: they count even if they have gone."""
    before = _who_before(connection, directory, login, holder, recorded)
    return "" if before is None else str(before.id)


def _who_before(connection: Connection, directory: str, login: str, holder: str, recorded: Collection[str]) -> Any:
    """Whoever was known for longer than they have been in doubt, by a key that is theirs, is who they are. Of somebody
    new it is the one whose keys they show in dispute; or, where an entry was made anew and has nothing in common with
    the former one but the login (no number is shown, or another one), the one who had the login and is not shown."""
    disputed = _disputed(connection, holder)
    rows = connection.execute(select(person_keys).where(person_keys.c.person == holder)).all()
    came = connection.execute(select(people.c.first_seen).where(people.c.id == holder)).scalar_one_or_none()
    if came is None:
        return None
    if disputed:
        known_by_more = any(row.kind != LOGIN and not row.disputed for row in rows)
        known_by_more = known_by_more and came < min(row.first_seen for row in disputed)
        return None if known_by_more else _who_had(connection, directory, disputed)
    if not any(row.kind == LOGIN and row.value == login and row.first_seen <= came for row in rows):
        return None  # they were there before they had this login
    query = (
        select(people)
        .join(person_keys, person_keys.c.person == people.c.id)
        .where(person_keys.c.directory == directory, person_keys.c.kind == LOGIN, person_keys.c.value == login)
        .where(people.c.id != holder, people.c.login == login)
    )
    had = [row for row in connection.execute(query) if row.gone_at is None or row.id in recorded]
    return had[0] if len(had) == 1 and had[0].digest is None else None


def _disputed(connection: Connection, holder: str) -> list[Any]:
    """The keys that somebody's entry shows in dispute."""
    query = select(person_keys).where(person_keys.c.person == holder, person_keys.c.disputed.is_(True))
    return list(connection.execute(query.where(person_keys.c.until.is_(None))))


def owners(connection: Connection, holders: Collection[str]) -> dict[str, frozenset[str]]:
    """Whose the keys are, by our ids, that each of these has shown in dispute: who they perhaps are, until a person
    decides. Those who show none are left out."""
    theirs, shown = person_keys.alias(), person_keys.alias()
    query = (
        select(shown.c.person, theirs.c.person.label("owner"))
        .join(
            theirs,
            (theirs.c.directory == shown.c.directory)
            & (theirs.c.kind == shown.c.kind)
            & (theirs.c.value == shown.c.value)
            & (theirs.c.person != shown.c.person),
        )
        .where(shown.c.disputed.is_(True), theirs.c.disputed.is_(False))
    )
    found: dict[str, set[str]] = {}
    for some in parts(sorted(holders)):
        for row in connection.execute(query.where(shown.c.person.in_(some))):
            found.setdefault(row.person, set()).add(row.owner)
    return {holder: frozenset(those) for holder, those in found.items()}


def _who_had(connection: Connection, directory: str, disputed: Iterable[Any]) -> Any:
    """The row of the one person whose these keys are, if they are not shown any more and have not gone."""
    found: dict[str, Any] = {}
    for row in disputed:
        query = (
            select(people)
            .join(person_keys, person_keys.c.person == people.c.id)
            .where(person_keys.c.directory == directory, person_keys.c.kind == row.kind)
            .where(person_keys.c.value == row.value, person_keys.c.disputed.is_(False))
            .where(people.c.gone_at.is_(None))
        )
        found |= {one.id: one for one in connection.execute(query)}
    those = list(found.values())
    return those[0] if len(those) == 1 and those[0].digest is None else None


def _are_one(connection: Connection, directory: str, before: Any, alias: str, now: datetime) -> None:
    """Who was known before has the entry of the alias, its keys, and what was applied for and given under its login."""
    entry = connection.execute(select(people).where(people.c.id == alias)).one()
    was, person = load(Person, before.body), load(Person, entry.body)
    no_entry = {"digest": None, "absences": 0, "absent_at": None, "absent_since": now, "gone_at": now}
    connection.execute(update(people).where(people.c.id == alias).values(**no_entry))
    shown = {name: getattr(entry, name) for name in _HERE}
    there = {"absences": 0, "absent_at": None, "absent_since": None, "absent_content": "", "gone_at": None}
    connection.execute(update(people).where(people.c.id == before.id).values(**shown, **there))
    place(connection, directory, {alias: (), before.id: person.units})
    told = changes_of_people.changed_fields(was, person)
    changes_of_people.remember(connection, changes_of_people.rows_of(directory, before.id, told, now))
    _hand_over_keys(connection, before.id, alias, now)
    for table in (applications, seats, rulings, calendar_feeds):
        connection.execute(update(table).where(table.c.person == alias).values(person=before.id))


def _hand_over_keys(connection: Connection, before: str, alias: str, now: datetime) -> None:
    """They have the keys that the alias shows, and those of these kinds that they had before no more."""
    mine = person_keys.c.person == before
    rows = connection.execute(select(person_keys).where(person_keys.c.person == alias)).all()
    kinds = sorted({LOGIN, *(row.kind for row in rows if row.until is None)})
    connection.execute(
        update(person_keys).where(mine, person_keys.c.kind.in_(kinds), person_keys.c.until.is_(None)).values(until=now)
    )
    for row in rows:
        this = (
            (person_keys.c.directory == row.directory)
            & (person_keys.c.kind == row.kind)
            & (person_keys.c.value == row.value)
        )
        connection.execute(delete(person_keys).where(this, person_keys.c.person == alias))
        values = {"last_seen": now, "until": row.until, "disputed": False}
        if connection.execute(update(person_keys).where(this, mine).values(**values)).rowcount == 0:
            key = {"directory": row.directory, "kind": row.kind, "value": row.value, "person": before}
            connection.execute(insert(person_keys).values(**key, first_seen=now, **values))
