"""People and units as the directory last said, matched by their keys for ever (design, rules 2 and 12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from kypek_sync.contract import Snapshot
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.tables import people, person_keys, units
from kypek_sync.model import Finding, Person, PersonKey, Unit

KEY_ORDER = ("entry-uuid", "registry", "login")


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
    """When somebody counts as gone: after `absences` complete reads at least `gap` apart and `grace` in all."""

    absences: int
    gap: timedelta
    grace: timedelta


def load_people(connection: Connection, directory: str) -> dict[str, Known]:
    """Everybody ever seen in this directory, by our id."""
    query = select(people).where(people.c.directory == directory)
    return {row.id: _known(row) for row in connection.execute(query)}


def by_login(connection: Connection, directory: str) -> dict[str, Known]:
    """Everybody who has not gone, by every login they have had; the present holder of a reused login wins."""
    everyone = load_people(connection, directory)
    found: dict[str, Known] = {}
    keys = select(person_keys).where(person_keys.c.directory == directory, person_keys.c.kind == "login")
    for row in connection.execute(keys.order_by(person_keys.c.last_seen)):
        known = everyone.get(row.person)
        if known is not None and known.gone_at is None:
            found[row.value] = known
    return found


def record_people(
    connection: Connection, directory: str, snapshot: Snapshot[Person], departure: Departure, now: datetime
) -> list[Finding]:
    """Match a read with whom we know, learn what is new, count absences. Returns what contradicts itself.

    A person is matched by the first of their keys (entryUUID, registry hash, login) that names exactly one of ours. A
    registry key that two entries of the read share identifies nobody.
    """
    found: list[Finding] = []
    ours = load_people(connection, directory)
    owners = _owners(connection, directory)
    named = {h for key, holders in owners.items() if key.kind == "entry-uuid" for h in holders}
    shared = _shared_registry(snapshot.items)
    seen: set[str] = set()
    fresh_people: list[dict[str, Any]] = []
    fresh_keys: list[dict[str, Any]] = []
    for person in snapshot.items:
        keys = [k for k in person.keys if not (k.kind == "registry" and k.value in shared)]
        if len(keys) < len(person.keys):
            found.append(
                Finding(
                    person.login,
                    "registry-shared",
                    "Its registry number is also another entry's: it identifies nobody.",
                )
            )
        identity = _match(person, keys, owners, named, seen, found)
        if identity is None:
            identity = uuid4().hex
            fresh_people.append(_fresh(identity, directory, person, snapshot.as_of))
        else:
            _refresh(connection, ours[identity], person, snapshot.as_of)
        seen.add(identity)
        for key in keys:
            holders = owners.setdefault(key, [])
            if identity not in holders:
                holders.append(identity)
                fresh_keys.append(
                    {
                        "directory": directory,
                        "kind": key.kind,
                        "value": key.value,
                        "person": identity,
                        "first_seen": snapshot.as_of,
                        "last_seen": snapshot.as_of,
                    }
                )
    if fresh_people:
        connection.execute(insert(people), fresh_people)
    if fresh_keys:
        connection.execute(insert(person_keys), fresh_keys)
    if snapshot.complete:
        for known in ours.values():
            if known.id not in seen and known.gone_at is None:
                _absent(connection, known, departure, snapshot.as_of, now)
    return found


def record_units(connection: Connection, directory: str, snapshot: Snapshot[Unit]) -> None:
    """Mirror the units; only a complete read makes one disappear."""
    before = load_units(connection, directory)
    present = {unit.id: unit for unit in snapshot.items}
    gone = [u for u in before if u not in present] if snapshot.complete else []
    changed = [u for u in present.values() if before.get(u.id) != u]
    for identity in [*gone, *(u.id for u in changed)]:
        connection.execute(delete(units).where(units.c.directory == directory, units.c.id == identity))
    if changed:
        connection.execute(insert(units), [{"directory": directory, "id": u.id, "body": dump(u)} for u in changed])


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


def _shared_registry(persons: Sequence[Person]) -> set[str]:
    counts = Counter(k.value for p in persons for k in p.keys if k.kind == "registry")
    return {value for value, count in counts.items() if count > 1}


def _match(
    person: Person,
    keys: list[PersonKey],
    owners: dict[PersonKey, list[str]],
    named: set[str],
    seen: set[str],
    found: list[Finding],
) -> str | None:
    """Our id of this entry, by the strongest key that names exactly one of ours."""
    identity: str | None = None
    for kind in KEY_ORDER:
        for key in (k for k in keys if k.kind == kind):
            holders = [h for h in owners.get(key, []) if h not in seen]
            if len(holders) != 1:
                continue
            if identity is None:
                # A login alone may have passed to somebody else: a stronger key that we do not know says so.
                if kind == "login" and holders[0] in named and any(k.kind == "entry-uuid" for k in keys):
                    text = "This login belonged to another person before: they stay two people."
                    found.append(Finding(person.login, "login-reused", text))
                    continue
                identity = holders[0]
            elif holders[0] != identity and kind != "login":
                found.append(
                    Finding(
                        person.login, "keys-disagree", "Its keys belong to two people of ours: the first one counts."
                    )
                )
    return identity


def _fresh(identity: str, directory: str, person: Person, as_of: datetime) -> dict[str, Any]:
    return {
        "id": identity,
        "directory": directory,
        "login": person.login,
        "kind": person.kind.value,
        "body": dump(person),
        "first_seen": as_of,
        "last_seen": as_of,
        "absences": 0,
    }


def _refresh(connection: Connection, known: Known, person: Person, as_of: datetime) -> None:
    """Write only what changed: a read in which nothing changed writes nothing."""
    values: dict[str, Any] = {}
    if known.person != person:
        values |= {"login": person.login, "kind": person.kind.value, "body": dump(person), "last_seen": as_of}
    if known.leaving_since is not None or known.gone_at is not None:
        values |= {"absences": 0, "absent_at": None, "absent_since": None, "gone_at": None, "last_seen": as_of}
    if values:
        connection.execute(update(people).where(people.c.id == known.id).values(**values))


def _absent(connection: Connection, known: Known, departure: Departure, as_of: datetime, now: datetime) -> None:
    row = connection.execute(select(people.c.absences, people.c.absent_at).where(people.c.id == known.id)).one()
    if row.absent_at is not None and as_of - row.absent_at < departure.gap:
        return
    since = known.leaving_since or as_of
    values: dict[str, Any] = {"absences": row.absences + 1, "absent_at": as_of, "absent_since": since}
    if row.absences + 1 >= departure.absences and as_of - since >= departure.grace:
        values["gone_at"] = now
    connection.execute(update(people).where(people.c.id == known.id).values(**values))


def _known(row: Any) -> Known:
    return Known(row.id, load(Person, row.body), row.first_seen, row.last_seen, row.absent_since, row.gone_at)
