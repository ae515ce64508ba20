"""Applications, seats and the decisions that made them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from kypek_sync.ledger import journal, journal_facts
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.tables import applications, decisions, seats
from kypek_sync.model import Application, Seat, SeatState


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of a seat. `who` is empty where a rule decided."""

    seminar: str
    login: str
    at: datetime
    run: int | None
    who: str
    before: str
    after: str
    rule: str
    facts: tuple[tuple[str, str], ...]


def standing(connection: Connection, kypek: str) -> dict[str, dict[tuple[str, str], Application]]:
    """Applications that stand, by seminar and (system, login)."""
    query = select(applications).where(applications.c.kypek == kypek, applications.c.withdrawn_at.is_(None))
    found: dict[str, dict[tuple[str, str], Application]] = {}
    for row in connection.execute(query):
        application = Application(row.seminar, row.login, row.person, row.at, row.exact, row.system)
        found.setdefault(row.seminar, {})[(row.system, row.login)] = application
    return found


def names(connection: Connection, kypek: str) -> dict[tuple[str, str], str]:
    """The names that platforms show for applicants, by (seminar, login)."""
    query = select(applications.c.seminar, applications.c.login, applications.c.name).where(
        applications.c.kypek == kypek
    )
    return {(row.seminar, row.login): row.name for row in connection.execute(query)}


def record_applications(
    connection: Connection,
    kypek: str,
    wanted: Iterable[Application],
    withdrawn: Iterable[Application],
    shown: Mapping[str, str],
    now: datetime,
) -> None:
    """Write new and changed applications of one read, and those proven withdrawn. `shown` are names by login."""
    for application in wanted:
        where = _same(kypek, application)
        values = {"person": application.person, "withdrawn_at": None}
        row = connection.execute(select(applications).where(where)).first()
        if row is None:
            connection.execute(
                insert(applications).values(
                    kypek=kypek,
                    seminar=application.seminar,
                    login=application.login,
                    system=application.system,
                    at=application.at,
                    exact=application.exact,
                    first_seen=now,
                    name=shown.get(application.login, "")[:300],
                    **values,
                )
            )
        elif row.withdrawn_at is not None:  # came back: a new application, at its new moment
            connection.execute(
                update(applications).where(where).values(at=application.at, exact=application.exact, **values)
            )
        elif row.person != application.person:
            connection.execute(update(applications).where(where).values(person=application.person))
    for application in withdrawn:
        connection.execute(update(applications).where(_same(kypek, application)).values(withdrawn_at=now))


def decided(
    connection: Connection, kypek: str, seminar: str = "", *, logins: Collection[str] | None = None
) -> dict[str, dict[str, Seat]]:
    """Seats as decided, by seminar and login; those of one seminar, or of the few `logins` of a person."""
    query = select(seats).where(seats.c.kypek == kypek)
    if seminar:
        query = query.where(seats.c.seminar == seminar)
    if logins is not None:
        query = query.where(seats.c.login.in_(logins))
    found: dict[str, dict[str, Seat]] = {}
    for row in connection.execute(query):
        found.setdefault(row.seminar, {})[row.login] = _seat(row)
    return found


def record_seats(
    connection: Connection,
    kypek: str,
    now_decided: Iterable[Seat],
    before: Mapping[str, Seat],
    run: int | None,
    now: datetime,
) -> list[Decision]:
    """Write the seats that changed, and a decision for each change of state, in the journal too. Returns those
    decisions."""
    made: list[Decision] = []
    persons: dict[str, str] = {}
    for seat in now_decided:
        earlier = before.get(seat.login)
        if earlier == seat:
            continue
        where = (seats.c.kypek == kypek) & (seats.c.seminar == seat.seminar) & (seats.c.login == seat.login)
        values: dict[str, Any] = {
            "person": seat.person,
            "state": seat.state.value,
            "rule": seat.rule,
            "facts": [list(pair) for pair in seat.facts],
            "place": seat.place,
            "applied_at": seat.applied_at,
        }
        if earlier is None:
            connection.execute(
                insert(seats).values(
                    kypek=kypek, seminar=seat.seminar, login=seat.login, decided_at=now, run=run, **values
                )
            )
        else:
            if earlier.state is not seat.state:
                values |= {"decided_at": now, "run": run}
            connection.execute(update(seats).where(where).values(**values))
        if earlier is None or earlier.state is not seat.state:
            before_word = earlier.state.value if earlier else ""
            persons[seat.login] = seat.person
            made.append(
                Decision(seat.seminar, seat.login, now, run, "", before_word, seat.state.value, seat.rule, seat.facts)
            )
    _write(connection, kypek, made)
    entries = [
        journal_facts.decided(run, d.seminar, Who(d.login, persons[d.login]), d.before, d.after, d.rule, d.facts)
        for d in made
    ]
    journal.append(connection, kypek, entries, now)
    return made


def history(connection: Connection, kypek: str, login: str, seminar: str = "") -> list[Decision]:
    """What was decided about somebody, oldest first."""
    query = select(decisions).where(decisions.c.kypek == kypek, decisions.c.login == login).order_by(decisions.c.id)
    if seminar:
        query = query.where(decisions.c.seminar == seminar)
    return [_decision(row) for row in connection.execute(query)]


def of_run(connection: Connection, run: int) -> list[Decision]:
    """What a run decided, in order."""
    query = select(decisions).where(decisions.c.run == run).order_by(decisions.c.id)
    return [_decision(row) for row in connection.execute(query)]


def withdrawn_since(connection: Connection, kypek: str, seminar: str, since: datetime) -> int:
    """How many withdrawals from a seminar were decided since a moment."""
    query = select(func.count()).where(
        decisions.c.kypek == kypek,
        decisions.c.seminar == seminar,
        decisions.c.after == SeatState.WITHDRAWN.value,
        decisions.c.at >= since,
    )
    return int(connection.execute(query).scalar_one())


def by_rule_since(connection: Connection, kypek: str, rule: str, since: datetime) -> list[Decision]:
    """What a rule decided since a moment, oldest first."""
    query = select(decisions).where(decisions.c.kypek == kypek, decisions.c.rule == rule, decisions.c.at >= since)
    return [_decision(row) for row in connection.execute(query.order_by(decisions.c.id))]


@dataclass(frozen=True, slots=True)
class Told:
    """What a person was last told of their seat: the state, and how many times they were told something."""

    state: str
    version: int


def told(connection: Connection, kypek: str) -> dict[tuple[str, str], Told]:
    """What people were last told, by (seminar, login)."""
    query = select(seats.c.seminar, seats.c.login, seats.c.told, seats.c.told_version).where(seats.c.kypek == kypek)
    return {(r.seminar, r.login): Told(r.told, r.told_version) for r in connection.execute(query)}


def mark_told(connection: Connection, kypek: str, seat: Seat, version: int) -> None:
    """Remember that a notice of this state is in the outbox."""
    where = (seats.c.kypek == kypek) & (seats.c.seminar == seat.seminar) & (seats.c.login == seat.login)
    connection.execute(update(seats).where(where).values(told=seat.state.value, told_version=version))


def _write(connection: Connection, kypek: str, made: list[Decision]) -> None:
    if made:
        connection.execute(
            insert(decisions),
            [
                {
                    "kypek": kypek,
                    "seminar": d.seminar,
                    "login": d.login,
                    "at": d.at,
                    "run": d.run,
                    "who": d.who,
                    "before": d.before,
                    "after": d.after,
                    "rule": d.rule,
                    "facts": [list(pair) for pair in d.facts],
                }
                for d in made
            ],
        )


def _same(kypek: str, application: Application) -> Any:
    return (
        (applications.c.kypek == kypek)
        & (applications.c.seminar == application.seminar)
        & (applications.c.login == application.login)
        & (applications.c.system == application.system)
    )


def _decision(row: Any) -> Decision:
    facts = tuple((key, value) for key, value in row.facts)
    return Decision(row.seminar, row.login, row.at, row.run, row.who, row.before, row.after, row.rule, facts)


def _seat(row: Any) -> Seat:
    return Seat(
        seminar=row.seminar,
        login=row.login,
        person=row.person,
        state=SeatState(row.state),
        rule=row.rule,
        facts=tuple((k, v) for k, v in row.facts),
        place=row.place,
        applied_at=row.applied_at,
    )
