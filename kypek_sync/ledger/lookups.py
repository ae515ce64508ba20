"""Questions that people ask of the ledger: one person, the last pass of each lane, all applications of somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from kypek_sync.ledger.people import Known
from kypek_sync.ledger.persons import chunks, persons
from kypek_sync.ledger.runs import Run
from kypek_sync.ledger.tables import applications, person_keys, runs, seats
from kypek_sync.model import Application


@dataclass(frozen=True, slots=True)
class Wish:
    """An application as it was seen: `at` is its place in the order, `exact` when the platform told it; `withdrawn_at`
    is set once it was proven withdrawn; `part` is the id of the seminar's part in whose course it was made."""

    seminar: str
    login: str
    system: str
    at: datetime
    exact: bool
    first_seen: datetime
    withdrawn_at: datetime | None
    part: str = ""


def person(connection: Connection, directory: str, login: str) -> Known | None:
    """Who has or had this login; the present holder of a reused login wins, and who has gone counts last."""
    return persons(connection, directory, [login], gone_too=True).get(login)


def logins(connection: Connection, identity: str) -> list[str]:
    """Every login a person of ours has had, oldest first."""
    query = select(person_keys.c.value).where(person_keys.c.person == identity, person_keys.c.kind == "login")
    return [row.value for row in connection.execute(query.order_by(person_keys.c.first_seen, person_keys.c.value))]


def logins_of_six_digits(connection: Connection) -> frozenset[str]:
    """Those that somebody of any directory has or had: they look like registry numbers (D-4)."""
    query = select(person_keys.c.value).where(person_keys.c.kind == "login", func.length(person_keys.c.value) == 6)
    values = connection.execute(query.distinct()).scalars()
    return frozenset(value for value in values if value.isascii() and value.isdigit())


def registry_keys_among(connection: Connection, hashes: Iterable[str]) -> frozenset[str]:
    """Those of these keyed hashes that are somebody's registry or tax number."""
    found: set[str] = set()
    for chunk in chunks(hashes):
        query = select(person_keys.c.value).where(person_keys.c.kind == "registry", person_keys.c.value.in_(chunk))
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def last_runs(connection: Connection, kypek: str) -> dict[str, Run]:
    """The newest run of each lane."""
    newest = select(func.max(runs.c.id)).where(runs.c.kypek == kypek).group_by(runs.c.lane)
    query = select(runs).where(runs.c.id.in_(newest))
    return {
        row.lane: Run(row.id, row.kypek, row.lane, row.started, row.ended, row.outcome, dict(row.report or {}))
        for row in connection.execute(query)
    }


def wishes(connection: Connection, kypek: str, *, login: str = "", seminar: str = "") -> list[Wish]:
    """Applications, standing and withdrawn, in their order."""
    query = select(applications).where(applications.c.kypek == kypek)
    if login:
        query = query.where(applications.c.login == login)
    if seminar:
        query = query.where(applications.c.seminar == seminar)
    query = query.order_by(applications.c.at, applications.c.login, applications.c.system)
    return [
        Wish(r.seminar, r.login, r.system, r.at, r.exact, r.first_seen, r.withdrawn_at, r.part)
        for r in connection.execute(query)
    ]


def standing_of(connection: Connection, kypek: str, seminar: str, login: str, person: str) -> tuple[Application, ...]:
    """The applications of one person that stand in a seminar, oldest first: those of `person`, and those under their
    login of which nobody knows whose they are. Without a person all under that login."""
    names = ("seminar", "login", "person", "at", "exact", "system", "request", "part")
    mine = applications.c.login == login
    if person:
        mine = (applications.c.person == person) | (mine & (applications.c.person == ""))
    query = select(*(applications.c[name] for name in names)).where(
        *(applications.c.kypek == kypek, applications.c.seminar == seminar),
        *(applications.c.withdrawn_at.is_(None), mine),
    )
    order = query.order_by(applications.c.at, applications.c.login, applications.c.system, applications.c.part)
    return tuple(Application(*row) for row in connection.execute(order))


def decided_in(connection: Connection, kypek: str, seminar: str, login: str) -> tuple[datetime, int | None] | None:
    """When a seat came into its state and in which run."""
    where = (seats.c.kypek == kypek) & (seats.c.seminar == seminar) & (seats.c.login == login)
    row = connection.execute(select(seats.c.decided_at, seats.c.run).where(where)).first()
    return (row.decided_at, row.run) if row else None


@dataclass(frozen=True, slots=True)
class Identifier:
    """One of the keys by which a person is recognised. `value` is the login; of other kinds it stays in the ledger, for
    a hash is nobody's business. They came to it first at `first_seen` and last at `last_seen`, and their entry ceased
    to show it at `until` (None: it shows it still); moments are aware UTC. `disputed`: their entry shows it, and it is
    another person's."""

    kind: str
    value: str
    first_seen: datetime
    last_seen: datetime
    until: datetime | None
    disputed: bool


def identifiers(connection: Connection, identity: str) -> list[Identifier]:
    """The keys of a person of ours, by kind, oldest first."""
    query = select(person_keys).where(person_keys.c.person == identity)
    return [
        Identifier(
            row.kind,
            row.value if row.kind == "login" else "",
            row.first_seen,
            row.last_seen,
            row.until,
            row.disputed,
        )
        for row in connection.execute(query.order_by(person_keys.c.kind, person_keys.c.first_seen, person_keys.c.value))
    ]
