"""Applications, seats and the decisions that made them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, insert, select, update

from kypek_sync.ledger import journal, journal_facts
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.row_memory import Rows, grouped
from kypek_sync.ledger.tables import applications, decisions, seats
from kypek_sync.model import HELD, PLACES, Application, Seat, SeatState

_KEY = ("seminar", "login", "system", "part")
FEW = 50
"""Applications that are looked up by their logins; of more all of the seminar are read."""
# Written once: to build a statement anew for each of twenty thousand rows takes longer than to carry it out.
_THIS_APPLICATION = and_(*(applications.c[name] == bindparam(f"this_{name}") for name in ("kypek", *_KEY)))
_THIS_SEAT = and_(*(seats.c[name] == bindparam(f"this_{name}") for name in ("kypek", "seminar", "login")))
_WITHDRAWN = select(func.count()).where(
    decisions.c.kypek == bindparam("this_kypek"),
    decisions.c.seminar == bindparam("this_seminar"),
    decisions.c.after == SeatState.WITHDRAWN.value,
    decisions.c.at >= bindparam("since"),
)
_TELL = update(seats).where(_THIS_SEAT).values(told=bindparam("told"), told_version=bindparam("told_version"))


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
    carried = _told_under_another(connection, kypek, now_decided, before)
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
    if carried:
        connection.execute(_TELL, carried)
    _write(connection, kypek, made)
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


def _told_under_another(
    connection: Connection, kypek: str, now_decided: Collection[Seat], before: Mapping[str, Seat]
) -> list[dict[str, Any]]:
    """What is to be kept of what people were told who had a place under one login and have it under another one now: it
    holds there, and of the login that they left there is nothing to tell."""
    now = {seat.login: seat for seat in now_decided}
    left = {
        one.person: one
        for login, one in before.items()
        if one.person and one.state in PLACES and login in now and not _has_place(now[login], one.person)
    }
    moves = {
        seat.login: left[seat.person].login
        for seat in now_decided
        if seat.person in left and seat.login != left[seat.person].login
        if seat.state is not SeatState.WITHDRAWN
    }
    kept: list[dict[str, Any]] = []
    for login, old in moves.items():
        seminar = now[login].seminar
        where = (seats.c.kypek == kypek) & (seats.c.seminar == seminar) & (seats.c.login == old)
        row = connection.execute(select(seats.c.told, seats.c.told_version).where(where)).one()
        place = {"this_kypek": kypek, "this_seminar": seminar}
        kept.append(place | {"this_login": login, "told": row.told, "told_version": row.told_version})
        if now[old].person == now[login].person:
            kept.append(place | {"this_login": old, "told": told_word(now[old]), "told_version": row.told_version})
    return kept


def _has_place(seat: Seat, person: str) -> bool:
    return seat.person == person and seat.state is not SeatState.WITHDRAWN


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
    where = {"this_kypek": kypek, "this_seminar": seminar, "since": since}
    return int(connection.execute(_WITHDRAWN, where).scalar_one())


def by_rule_since(connection: Connection, kypek: str, rule: str, since: datetime) -> list[Decision]:
    """What a rule decided since a moment, oldest first."""
    query = select(decisions).where(decisions.c.kypek == kypek, decisions.c.rule == rule, decisions.c.at >= since)
    return [_decision(row) for row in connection.execute(query.order_by(decisions.c.id))]


@dataclass(frozen=True, slots=True)
class Told:
    """What a person was last told of their seat: the state (`told_word`), and how many times they were told
    something."""

    state: str
    version: int


def otherwise_told(connection: Connection, kypek: str) -> dict[tuple[str, str], Told]:
    """What people were last told of seats of which they know something else, or nothing, by (seminar, login)."""
    query = select(seats.c.seminar, seats.c.login, seats.c.told, seats.c.told_version)
    word = case((seats.c.part == "", seats.c.state), else_=seats.c.state + "/" + seats.c.part)  # as `told_word` has it
    query = query.where(seats.c.kypek == kypek, seats.c.told != word)
    return {(r.seminar, r.login): Told(r.told, r.told_version) for r in connection.execute(query)}


def told_word(seat: Seat) -> str:
    """What is kept of what somebody was told: the state, and the part of the seminar if there is one."""
    return f"{seat.state.value}/{seat.part}" if seat.part else seat.state.value


def mark_told(connection: Connection, kypek: str, marks: Iterable[tuple[Seat, int]]) -> None:
    """Remember that notices of these states, each with its version, are in the outbox."""
    rows = [
        {
            "this_kypek": kypek,
            "this_seminar": seat.seminar,
            "this_login": seat.login,
            "told": told_word(seat),
            "told_version": version,
        }
        for seat, version in marks
    ]
    if rows:
        connection.execute(_TELL, rows)


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


def _decision(row: Any) -> Decision:
    facts = tuple((key, value) for key, value in row.facts)
    return Decision(row.seminar, row.login, row.at, row.run, row.who, row.before, row.after, row.rule, facts)


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
