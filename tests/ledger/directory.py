"""Builders for the tests of people: entries with their keys, and reads of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import people
from kypek_sync.ledger.people import Departure, Known
from kypek_sync.model import Finding, Person, PersonKey, PersonKind

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


def read(connection: Connection, *persons: Person, days: float = 0, complete: bool = True) -> list[Finding]:
    """Record a read, some days after the start."""
    at = START + timedelta(days=days)
    return people.record_people(connection, DIRECTORY, seen(*persons, at=at, complete=complete), DEPARTURE, at)


def ids(connection: Connection) -> dict[str, str]:
    """Present login → our id, of everybody ever seen."""
    return {known.person.login: known.id for known in people.load_people(connection, DIRECTORY).values()}


def leaving(connection: Connection) -> list[Known]:
    """Those whom the directory no longer shows and who have not gone yet, by login."""
    everybody = people.load_people(connection, DIRECTORY).values()
    those = [one for one in everybody if one.leaving_since is not None and one.gone_at is None]
    return sorted(those, key=lambda one: one.person.login)


def codes(found: list[Finding]) -> set[tuple[str, str]]:
    """(login, code) of findings."""
    return {(one.subject, one.code) for one in found}
