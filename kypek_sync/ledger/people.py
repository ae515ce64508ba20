"""People and units as the directory last said, matched by their keys for ever (design, rules 2 and 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.changes_of_people import changed_fields, remember, rows_of
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.journal import Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.matching import Matching, Ours, match, swapped
from kypek_sync.ledger.places import place
from kypek_sync.ledger.search_words import search_words, unit_search_words
from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import people, person_keys, units
from kypek_sync.model import Finding, Person, PersonKey, Unit

SWAPS, SWAPS_SHARE = 3, 0.01
"""So many entries of a read, whichever is more, may be somebody else than who has their login; then it is doubted."""


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


def record_people(
    connection: Connection, directory: str, snapshot: Snapshot[Person], departure: Departure, now: datetime
) -> list[Finding]:
    """Match a read with whom we know, learn what is new, count absences. Returns what contradicts itself.

    A read in which nothing changed writes nothing. Several KYPEKs may share a directory: whoever records it is alone.

    Raises `IdentitiesDoubted`: people would be taken for one another, and seats with them.
    """
    alone(connection, f"directory {directory}")
    rows = {row.id: row for row in connection.execute(select(people).where(people.c.directory == directory))}
    ours = {identity: _known(row) for identity, row in rows.items()}
    owners = _owners(connection, directory)
    known = {identity: _ours(one) for identity, one in ours.items()}
    found = match(snapshot.items, owners, known)
    others = swapped(found, known)
    if len(others) > max(SWAPS, int(SWAPS_SHARE * len(found.matches))):
        raise IdentitiesDoubted(others)
    _forget_keys(connection, directory, found.lost)
    fresh = [one for one in found.matches if one.fresh]
    if fresh:
        connection.execute(insert(people), [_fresh(one.id, directory, one.person, snapshot.as_of) for one in fresh])
        place(connection, directory, {one.id: one.person.units for one in fresh})
    for one in found.matches:
        if not one.fresh:
            _refresh(connection, directory, ours[one.id], one.person, snapshot.as_of)
    _remember_keys(connection, directory, found, owners, snapshot.as_of)
    back = [one for one in found.matches if not one.fresh and ours[one.id].gone_at is not None]
    journal_facts.left(connection, [Who(one.person.login, one.id) for one in back], now, kind=Kind.RETURN)
    if snapshot.complete:
        seen = {one.id for one in found.matches}
        missing = [row for row in rows.values() if row.id not in seen and row.gone_at is None]
        gone = _count_absences(connection, missing, departure, snapshot, now)
        journal_facts.left(connection, gone, now)
    return list(found.findings)


def record_units(connection: Connection, directory: str, snapshot: Snapshot[Unit]) -> None:
    """Mirror the units; only a complete read makes one disappear."""
    before = load_units(connection, directory)
    present = {unit.id: unit for unit in snapshot.items}
    gone = [u for u in before if u not in present] if snapshot.complete else []
    changed = [u for u in present.values() if before.get(u.id) != u]
    for identity in [*gone, *(u.id for u in changed)]:
        connection.execute(delete(units).where(units.c.directory == directory, units.c.id == identity))
    if changed:
        connection.execute(
            insert(units),
            [{"directory": directory, "id": u.id, "body": dump(u), "search": unit_search_words(u)} for u in changed],
        )


def load_units(connection: Connection, directory: str) -> dict[str, Unit]:
    """All units, by id."""
    query = select(units).where(units.c.directory == directory)
    return {row.id: load(Unit, row.body) for row in connection.execute(query)}


def _owners(connection: Connection, directory: str) -> dict[PersonKey, list[str]]:
    found: dict[PersonKey, list[str]] = {}
    query = select(person_keys).where(person_keys.c.directory == directory).order_by(person_keys.c.last_seen)
    for row in connection.execute(query):
        found.setdefault(PersonKey(row.kind, row.value), []).append(row.person)
    return found


def _forget_keys(connection: Connection, directory: str, lost: Sequence[tuple[PersonKey, str]]) -> None:
    for key, identity in lost:
        connection.execute(delete(person_keys).where(*_key_of(directory, key, identity)))


def _remember_keys(
    connection: Connection, directory: str, found: Matching, owners: Mapping[PersonKey, Sequence[str]], as_of: datetime
) -> None:
    rows = [
        {
            "directory": directory,
            "kind": key.kind,
            "value": key.value,
            "person": one.id,
            "first_seen": as_of,
            "last_seen": as_of,
        }
        for one in found.matches
        for key in one.keys
        if one.id not in owners.get(key, ())
    ]
    if rows:
        connection.execute(insert(person_keys), rows)


def _key_of(directory: str, key: PersonKey, identity: str) -> tuple[ColumnElement[bool], ...]:
    return (
        person_keys.c.directory == directory,
        person_keys.c.kind == key.kind,
        person_keys.c.value == key.value,
        person_keys.c.person == identity,
    )


def _fresh(identity: str, directory: str, person: Person, as_of: datetime) -> dict[str, Any]:
    return {
        "id": identity,
        "directory": directory,
        "login": person.login,
        "kind": person.kind.value,
        "body": dump(person),
        "search": search_words(person),
        "first_seen": as_of,
        "last_seen": as_of,
        "absences": 0,
    }


def _refresh(connection: Connection, directory: str, known: Known, person: Person, as_of: datetime) -> None:
    """Write only what changed: a read in which nothing changed writes nothing."""
    values: dict[str, Any] = {}
    if known.person != person:
        values |= {"login": person.login, "kind": person.kind.value, "body": dump(person), "last_seen": as_of}
        values["search"] = search_words(person)
        remember(connection, rows_of(directory, known.id, changed_fields(known.person, person), as_of))
        if set(known.person.units) != set(person.units):
            place(connection, directory, {known.id: person.units})
    if known.leaving_since is not None or known.gone_at is not None:
        values |= {"absences": 0, "absent_at": None, "absent_since": None, "absent_content": ""}
        values |= {"gone_at": None, "last_seen": as_of}
    if values:
        connection.execute(update(people).where(people.c.id == known.id).values(**values))
    if known.person.login != person.login:  # perhaps one they had before: it is theirs again from now on
        again = _key_of(directory, PersonKey("login", person.login), known.id)
        connection.execute(update(person_keys).where(*again).values(last_seen=as_of))


def _count_absences(
    connection: Connection, missing: Sequence[Any], departure: Departure, snapshot: Snapshot[Person], now: datetime
) -> list[Who]:
    """Only a read of a later state than the last one that counted, by the gap at least, counts again; of an export only
    one with another content too: the same file touched, copied or drawn from a source that stands still proves nothing
    that it had not said before (rule 2). Returns who counts as gone from now on."""
    gone: list[Who] = []
    as_of, content = snapshot.as_of, snapshot.content
    for row in missing:
        if row.absent_at is not None and (as_of <= row.absent_at or as_of - row.absent_at < departure.gap):
            continue
        if row.absent_at is not None and content and content == row.absent_content:
            continue
        since = row.absent_since or as_of
        values: dict[str, Any] = {"absences": row.absences + 1, "absent_at": as_of, "absent_since": since}
        values["absent_content"] = content
        if row.absences + 1 >= departure.absences and as_of - since >= departure.grace:
            values["gone_at"] = now
            gone.append(Who(row.login, row.id))
        connection.execute(update(people).where(people.c.id == row.id).values(**values))
    return gone


def _ours(known: Known) -> Ours:
    return Ours(known.id, known.person, known.leaving_since is not None, known.gone_at is not None)


def _known(row: Any) -> Known:
    return Known(row.id, load(Person, row.body), row.first_seen, row.last_seen, row.absent_since, row.gone_at)
