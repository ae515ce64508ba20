"""Builders for the tests of people: entries with their keys, and reads of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Connection

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import identities, reads
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.people import Departure, Known
from kypek_sync.ledger.people_recording import Ground, PeopleRead, record_read
from kypek_sync.ledger.shown import people_digests, unit_digests
from kypek_sync.ledger.units_recording import record_units
from kypek_sync.model import Finding, Person, PersonKey, PersonKind, Unit
from kypek_sync.sync.directory.spool import PeopleKeeper, UnitsKeeper
from tests.ledger import whole_directory

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DEPARTURE = Departure(absences=2, gap=timedelta(hours=6), grace=timedelta(days=7))
DIRECTORY = "directory"


def entry(login: str, *, uuid: str = "", registry: str = "", surname: str = "", given: str = "Άννα") -> Person:
    """An entry of the directory with the keys that are given; its surname follows from its login."""
    keys = [PersonKey("entry-uuid", uuid)] if uuid else []
    keys += [PersonKey("registry", registry)] if registry else []
    return Person(
        login=login,
        surname=surname or login.capitalize(),
        given_name=given,
        mail=f"{login}@sch.example",
        kind=PersonKind.TEACHER,
        keys=(*keys, PersonKey("login", login)),
    )


def moved(person: Person, **changes: object) -> Person:
    """The same entry with something else in it."""
    return replace(person, **changes)  # type: ignore[arg-type]


def seen(*persons: Person, at: datetime = START, complete: bool = True) -> Snapshot[Person]:
    """One read of the directory."""
    return Snapshot(DIRECTORY, "people", at, persons, complete, "" if complete else "cut")


def digest_of(entry: object) -> bytes:
    """What a connector would make of it."""
    return blake2b(repr(entry).encode(), digest_size=16).digest()


def record(
    connection: Connection,
    snapshot: Snapshot[Person],
    departure: Departure,
    now: datetime,
    directory: str = DIRECTORY,
    vanished: Collection[str] = (),
) -> None:
    """Record a read as the directory's lane does: entry by entry into a keeper, and what changed into the ledger."""
    with PeopleKeeper(people_digests(connection, directory)) as keeper:
        for person in snapshot.items:
            if not keeper.same(digest_of(person)):
                keeper.take(person, digest_of(person), ())
        read = PeopleRead(
            as_of=snapshot.as_of,
            complete=snapshot.complete,
            entries=len(snapshot.items),
            unseen=keeper.digests.unseen,
            basis=keeper.digests.basis,
            content=snapshot.content,
            vanished=vanished,
        )
        record_read(Ground(connection, directory, lambda wanted: None, now), read, keeper, departure)


def record_all_units(connection: Connection, snapshot: Snapshot[Unit], directory: str = DIRECTORY) -> None:
    """Record a read of units as the directory's lane does."""
    keeper = UnitsKeeper(unit_digests(connection, directory))
    for unit in snapshot.items:
        if not keeper.same(digest_of(unit)):
            keeper.take(unit, digest_of(unit), ())
    unseen = keeper.digests.unseen
    record_units(connection, directory, keeper.give(), unseen, snapshot.as_of, complete=snapshot.complete)


def read(connection: Connection, *persons: Person, days: float = 0, complete: bool = True) -> list[Finding]:
    """Record a read, some days after the start; what it says of keys that contradict each other."""
    at = START + timedelta(days=days)
    record(connection, seen(*persons, at=at, complete=complete), DEPARTURE, at)
    told = [one for _, one in reads.listed_findings(connection, DIRECTORY)]
    return [one for one in told if not one.code.endswith("-duplicate") or one.code == "registry-duplicate"]


def ids(connection: Connection) -> dict[str, str]:
    """Present login → our id, of everybody ever seen."""
    return {known.person.login: known.id for known in whole_directory.everybody(connection, DIRECTORY).values()}


def leaving(connection: Connection) -> list[Known]:
    """Those whom the directory no longer shows and who have not gone yet, by login."""
    everybody = whole_directory.everybody(connection, DIRECTORY).values()
    those = [one for one in everybody if one.leaving_since is not None and one.gone_at is None]
    return sorted(those, key=lambda one: one.person.login)


def codes(found: list[Finding]) -> set[tuple[str, str]]:
    """(login, code) of findings."""
    return {(one.subject, one.code) for one in found}


def decided(connection: Connection, login: str, verdict: Verdict, days: float) -> None:
    """A person says, some days after the start, whose a login is that is in doubt."""
    doubt = identities.doubt(connection, DIRECTORY, login)
    assert doubt is not None
    identities.decide(connection, DIRECTORY, doubt, verdict, "maria", "…", START + timedelta(days=days), ())
    assert identities.doubt(connection, DIRECTORY, login) is None
