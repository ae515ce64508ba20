"""Applications, seats and the decisions that made them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from kypek_sync.ledger import decisions, journal, journal_facts, seats_told
from kypek_sync.ledger.decisions import Decision
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.row_memory import Rows, grouped
from kypek_sync.ledger.tables import applications, seats
from kypek_sync.model import HELD, Application, Seat, SeatState

_KEY = ("seminar", "login", "system", "part")
FEW = 50
"""Applications that are looked up by their logins; of more all of the seminar are read."""
# Written once: to build a statement anew for each of twenty thousand rows takes longer than to carry it out.
_THIS_APPLICATION = and_(*(applications.c[name] == bindparam(f"this_{name}") for name in ("kypek", *_KEY)))
_THIS_SEAT = and_(*(seats.c[name] == bindparam(f"this_{name}") for name in ("kypek", "seminar", "login")))


Door = tuple[str, str, str]
"""Where somebody applied in a seminar: (system, login, part)."""


def standing(connection: Connection, kypek: str) -> dict[str, Mapping[Door, Application]]:
    """Applications that stand, by seminar and door. Those of a seminar are the same object for as long as nothing of
    them changes."""
    names = ("seminar", "login", "person", "at", "exact", "system", "request", "part")
    query = select(*(applications.c[name] for name in names)).where(
        applications.c.kypek == kypek, applications.c.withdrawn_at.is_(None)
    )
    return grouped(connection, ("standing", kypek), query, _applications, many=True)


def given_back(connection: Connection, kypek: str, seminar: str, system: str, part: str = "") -> dict[str, datetime]:
    """The moments of the applications in one of a seminar's courses that were withdrawn, by login."""
    query = select(applications.c.login, applications.c.at).where(
        applications.c.kypek == kypek,
        applications.c.seminar == seminar,
        applications.c.system == system,
        applications.c.part == part,
        applications.c.withdrawn_at.is_not(None),
    )
    return {row.login: row.at for row in connection.execute(query)}


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
    those = list(wanted)
    known = _known(connection, kypek, those) if those else {}
    new: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    passed: list[dict[str, Any]] = []
    for application in those:
        key = application.seminar, application.login, application.system, application.part
        before, known[key] = known.get(key), (application.person, application.request, None)
        person = {"person": application.person, "request": application.request}
        moment = {"at": application.at, "exact": application.exact, "withdrawn_at": None}
        if before is None:
            name = {"name": shown.get(application.login, "")[:300], "first_seen": now}
            new.append({"kypek": kypek} | dict(zip(_KEY, key, strict=True)) | person | moment | name)
        elif before[2] is not None:  # came back: a new application, at its new moment
            again.append(_place(kypek, application) | person | moment)
        elif before[:2] != (application.person, application.request):
            others.append(_place(kypek, application) | person)
            if before[0] != application.person:  # it passed to somebody else, and counts for them from another moment
                passed.append(others.pop() | moment)
    gone = [_place(kypek, application) | {"withdrawn_at": now} for application in withdrawn]
    if new:
        connection.execute(insert(applications), new)
    for rows in (again, others, passed, gone):
        if rows:
            connection.execute(update(applications).where(_THIS_APPLICATION), rows)


def decided(
    connection: Connection, kypek: str, seminar: str = "", *, logins: Collection[str] | None = None
) -> dict[str, Mapping[str, Seat]]:
    """Seats as decided, by seminar and login; those of one seminar, or of the few `logins` of a person. Of all of them
    those of a seminar are the same object for as long as nothing of them changes."""
    names = ("seminar", "login", "person", "state", "rule", "facts", "place", "applied_at", "part")
    query = select(*(seats.c[name] for name in names)).where(seats.c.kypek == kypek)
    if not seminar and logins is None:
        return grouped(connection, ("seats", kypek), query, _seats, many=True)
    if seminar:
        query = query.where(seats.c.seminar == seminar)
    if logins is not None:
        query = query.where(seats.c.login.in_(logins))
    found: dict[str, dict[str, Seat]] = {}
    for row in connection.execute(query):
        found.setdefault(row.seminar, {})[row.login] = _seat(*row)
    return {**found}


def held(connection: Connection, kypek: str) -> dict[str, dict[str, int]]:
    """How many seats are granted or offered, by seminar and part."""
    query = select(seats.c.seminar, seats.c.part, func.count()).where(
        seats.c.kypek == kypek, seats.c.state.in_([state.value for state in HELD])
    )
    found: dict[str, dict[str, int]] = {}
    for seminar, part, count in connection.execute(query.group_by(seats.c.seminar, seats.c.part)):
        found.setdefault(seminar, {})[part] = count
    return found


def refused_since(connection: Connection, kypek: str) -> dict[tuple[str, str], datetime]:
    """Since when people are refused, by (seminar, login): those who were told so, or are about to be by a letter that
    is in the outbox."""
    query = select(seats.c.seminar, seats.c.login, seats.c.decided_at, seats.c.told, seats.c.part).where(
        seats.c.kypek == kypek, seats.c.state == SeatState.REFUSED.value
    )
    return {
        (row.seminar, row.login): row.decided_at
        for row in connection.execute(query)
        if row.told.partition("/")[0] == SeatState.REFUSED.value
    }


def record_seats(
    connection: Connection,
    kypek: str,
    now_decided: Iterable[Seat],
    before: Mapping[str, Seat],
    run: int | None,
    now: datetime,
) -> list[Decision]:
    """Write the seats that changed, and a decision for each change of state, in the journal too. What somebody was told
    of a seat goes with them to the login under which they have it from now on. Returns those decisions."""
    now_decided = tuple(now_decided)
    carried = seats_told.under_another(connection, kypek, now_decided, before)
    made: list[Decision] = []
    persons: dict[str, str] = {}
    new: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    touched: list[dict[str, Any]] = []
    passed: list[dict[str, Any]] = []
    for seat in now_decided:
        earlier = before.get(seat.login)
        if earlier == seat:
            continue
        values = _values(seat)
        if earlier is None:
            where = {"kypek": kypek, "seminar": seat.seminar, "login": seat.login}
            new.append(where | values | {"decided_at": now, "run": run})
        else:
            moved = (earlier.state, earlier.part) != (seat.state, seat.part)
            where = {"this_kypek": kypek, "this_seminar": seat.seminar, "this_login": seat.login}
            (steps if moved else touched).append(where | values | ({"decided_at": now, "run": run} if moved else {}))
            if "" != earlier.person != seat.person != "":
                passed.append(where)
        if earlier is None or (earlier.state, earlier.part) != (seat.state, seat.part):
            before_word = earlier.state.value if earlier else ""
            persons[seat.login] = seat.person
            made.append(
                Decision(seat.seminar, seat.login, now, run, "", before_word, seat.state.value, seat.rule, seat.facts)
            )
    if new:
        connection.execute(insert(seats), new)
    for rows in (steps, touched):
        if rows:
            connection.execute(update(seats).where(_THIS_SEAT), rows)
    if passed:  # the login is another person's now, who was told of nothing yet
        connection.execute(update(seats).where(_THIS_SEAT).values(told=""), passed)
    seats_told.carry(connection, carried)
    decisions.write(connection, kypek, made)
    entries = [
        journal_facts.decided(run, d.seminar, Who(d.login, persons[d.login]), d.before, d.after, d.rule, d.facts)
        for d in made
    ]
    journal.append(connection, kypek, entries, now)
    return made


def _values(seat: Seat) -> dict[str, Any]:
    """What a row says of a seat."""
    return {
        "person": seat.person,
        "state": seat.state.value,
        "rule": seat.rule,
        "facts": [list(pair) for pair in seat.facts],
        "place": seat.place,
        "applied_at": seat.applied_at,
        "part": seat.part,
    }


def _known(
    connection: Connection, kypek: str, those: Collection[Application]
) -> dict[tuple[str, str, str, str], tuple[str, bool, datetime | None]]:
    """What is written of these applications, and others of their seminars, by seminar, login, system and part: whose,
    whether it is a request, and when it was withdrawn."""
    columns = (applications.c[name] for name in (*_KEY, "person", "request", "withdrawn_at"))
    query = select(*columns).where(
        applications.c.kypek == kypek, applications.c.seminar.in_(sorted({one.seminar for one in those}))
    )
    if len(those) <= FEW:
        query = query.where(applications.c.login.in_(sorted({one.login for one in those})))
    return {
        (seminar, login, system, part): (person, request, withdrawn_at)
        for seminar, login, system, part, person, request, withdrawn_at in connection.execute(query)
    }


def _place(kypek: str, application: Application) -> dict[str, Any]:
    """Where an application is written, as `_THIS_APPLICATION` wants it."""
    those = kypek, application.seminar, application.login, application.system, application.part
    return dict(zip(("this_kypek", *(f"this_{name}" for name in _KEY)), those, strict=True))


def _applications(rows: Rows) -> Mapping[Door, Application]:
    """Of one seminar, by door."""
    those = (Application(*row) for row in rows)
    return {(one.system, one.login, one.part): one for one in those}


def _seats(rows: Rows) -> Mapping[str, Seat]:
    """Of one seminar, by login."""
    return {row[1]: _seat(*row) for row in rows}


def _seat(
    seminar: str,
    login: str,
    person: str,
    state: str,
    rule: str,
    facts: Iterable[tuple[str, str]],
    place: int,
    applied_at: datetime | None,
    part: str,
) -> Seat:
    return Seat(
        seminar=seminar,
        login=login,
        person=person,
        state=SeatState(state),
        rule=rule,
        facts=tuple((k, v) for k, v in facts),
        place=place,
        applied_at=applied_at,
        part=part,
    )
