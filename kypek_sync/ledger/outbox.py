"""The outbox: one row for each (person, cause, version), delivered at least once with the same Message-ID (rule 15)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, or_, select, update

from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import outbox, seats
from kypek_sync.model import SeatState

PATIENCE = 12
PERIOD = timedelta(days=5)
"""A notice is given up, and shown, after so many attempts and so long a time: a mail server that is away over a long
weekend costs nobody a letter."""

LONGEST = timedelta(hours=6)
"""The longest time between two attempts. What should wait for longer was put off by a clock that has been set back."""

SEAT, DATES = "seat:", "dates:"
"""How the cause of a notice about a seat, or about sessions that changed, begins; the code of its seminar follows."""

_UNFIT = re.compile(r"[^A-Za-z0-9._+-]")
"""What may not stand in the left half of a Message-ID as it is."""

_LINE = 66
"""The longest Message-ID that stays on the line of its header: a folded one is lost in some mail programs."""
_MARK = 20
"""Hexadecimal digits that tell two notices apart."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell a person. `kind` names the text, `facts` fill its places; `login` is who gets it. `urgent`: it
    goes first, and in quiet hours too."""

    kypek: str
    person: str
    login: str
    cause: str
    version: int
    kind: str
    facts: tuple[tuple[str, str], ...]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in the outbox. `next`: not before then it is tried, unless it was given up."""

    id: int
    notice: Notice
    message_id: str
    created: datetime
    sent: datetime | None
    attempts: int
    problem: str
    given_up: bool
    next: datetime | None = None

    def rests(self, now: datetime) -> bool:
        """Whether it is put off for now."""
        return not self.given_up and self.next is not None and now < self.next <= now + LONGEST


def put(connection: Connection, notice: Notice, host: str, now: datetime) -> bool:
    """Put a notice in; False if the same (person, cause, version) is there already."""
    return put_all(connection, [notice], host, now) == 1


def put_all(
    connection: Connection, notices: Iterable[Notice], host: str, now: datetime, *, rest: timedelta = timedelta(0)
) -> int:
    """Put these notices in, each unless the same (person, cause, version) is there already; how many were. They `rest`
    before the first try."""
    those = list(notices)
    there = _there(connection, those)
    rows: list[dict[str, Any]] = []
    for notice in those:
        who = notice.person or notice.login
        if (place := (notice.kypek, who, notice.cause, notice.version)) in there:
            continue
        there.add(place)
        rows.append(
            {
                "kypek": notice.kypek,
                "person": who,
                "cause": notice.cause,
                "version": notice.version,
                "message_id": _message_id(notice, who, host),
                "kind": notice.kind,
                "login": notice.login,
                "facts": [list(pair) for pair in notice.facts],
                "created": now,
                "next_at": now + rest,
                "urgent": notice.urgent,
            }
        )
    if rows:
        connection.execute(insert(outbox), rows)
    return len(rows)


def _there(connection: Connection, notices: Iterable[Notice]) -> set[tuple[str, str, str, int]]:
    """Which of the notices to these people are there, as (KYPEK, person, cause, version)."""
    found: set[tuple[str, str, str, int]] = set()
    about: dict[tuple[str, str], set[str]] = {}
    for notice in notices:
        about.setdefault((notice.kypek, notice.cause), set()).add(notice.person or notice.login)
    for (kypek, cause), people in about.items():
        for some in parts(sorted(people)):
            query = select(outbox.c.kypek, outbox.c.person, outbox.c.cause, outbox.c.version).where(
                outbox.c.kypek == kypek, outbox.c.cause == cause, outbox.c.person.in_(some)
            )
            found |= {(row.kypek, row.person, row.cause, row.version) for row in connection.execute(query)}
    return found


def letters_of_offers(connection: Connection, kypek: str, seminar: str) -> dict[str, datetime | None]:
    """When the letters went out by which people learn that they are offered a seat, by login; None while one is still
    to go. Whose letter was given up is left out: nothing is waited for."""
    same = (outbox.c.kypek == seats.c.kypek) & outbox.c.person.in_((seats.c.person, seats.c.login))
    same &= (outbox.c.cause == SEAT + seminar) & (outbox.c.version == seats.c.told_version)
    query = (
        select(seats.c.login, seats.c.told, outbox.c.sent, outbox.c.given_up)
        .select_from(seats.outerjoin(outbox, same))
        .where(seats.c.kypek == kypek, seats.c.seminar == seminar, seats.c.state == SeatState.OFFERED.value)
    )
    return {
        row.login: row.sent if row.told.partition("/")[0] == SeatState.OFFERED.value else None
        for row in connection.execute(query)
        if not row.given_up
    }


def offers_untold(connection: Connection, kypek: str) -> dict[str, int]:
    """How many seats of each seminar are offered to somebody whose letter has yet to go out: each is held meanwhile."""
    offered = select(seats.c.seminar).where(seats.c.kypek == kypek, seats.c.state == SeatState.OFFERED.value)
    codes = sorted({row.seminar for row in connection.execute(offered)})
    found = {code: sum(sent is None for sent in letters_of_offers(connection, kypek, code).values()) for code in codes}
    return {code: count for code, count in found.items() if count}


@dataclass(frozen=True, slots=True)
class Latest:
    """The last that somebody was told of a seminar: when it was put in, the fact of it that holds `dates` (as it is
    stored, empty: none), how often they were told of their seat and how often of changes, who taught it then (None:
    the letter did not say), and its `sessions`, a line for each."""

    created: datetime
    dates: str
    told: int
    changes: int
    trainers: str | None = None
    sessions: str = ""


def latest_of_seminars(connection: Connection, kypek: str, seminars: Collection[str]) -> dict[tuple[str, str], Latest]:
    """The last that people were told of these seminars, by (code, our id of the person or else the login)."""
    about = {f"{start}{code}": code for code in seminars for start in (SEAT, DATES)}
    columns = (outbox.c.id, outbox.c.cause, outbox.c.person, outbox.c.version, outbox.c.created, outbox.c.facts)
    rows: list[Any] = []
    for some in parts(sorted(about)):
        rows += connection.execute(select(*columns).where(outbox.c.kypek == kypek, outbox.c.cause.in_(some)))
    found: dict[tuple[str, str], Latest] = {}
    for row in sorted(rows, key=lambda one: one.id):
        place = about[row.cause], row.person
        before = found.get(place, Latest(row.created, "", 0, 0))
        is_seat = row.cause.startswith(SEAT)
        told = row.version if is_seat else before.told
        changes = before.changes if is_seat else row.version
        facts = dict(row.facts)
        trainers = facts.get("trainers", before.trainers)
        said = facts.get("sessions", "")
        found[place] = Latest(row.created, facts.get("calendar", ""), told, changes, trainers, said)
    return found


def take_back(connection: Connection, kypek: str, kind: str) -> int:
    """Notices of a kind that nobody got yet and nobody needs any more are no longer sent; how many."""
    where = (outbox.c.kypek == kypek) & (outbox.c.kind == kind) & outbox.c.sent.is_(None)
    return connection.execute(delete(outbox).where(where)).rowcount


def drop(connection: Connection, row: int) -> None:
    """A notice that nobody got yet, and nobody needs any more, is no longer sent."""
    connection.execute(delete(outbox).where(outbox.c.id == row, outbox.c.sent.is_(None)))


def sent_since(connection: Connection, kypeks: Collection[str], since: datetime) -> int:
    """How many letters of these KYPEKs went out from a moment on; notices that went as one letter count once."""
    columns = (outbox.c.person, outbox.c.created, outbox.c.sent)
    mine = select(*columns).where(outbox.c.kypek.in_(sorted(kypeks)), outbox.c.sent >= since).distinct()
    return int(connection.execute(select(func.count()).select_from(mine.subquery())).scalar_one())


def unsaid(connection: Connection, kypek: str, seminar: str, who: Collection[str], version: int) -> bool:
    """A letter about somebody's seat that has not gone out, and was not given up, is no longer sent; whether there was
    one. `who`: our id of them, or the login of whom we did not know."""
    where = (outbox.c.kypek == kypek) & outbox.c.person.in_(who) & (outbox.c.cause == SEAT + seminar)
    where &= (outbox.c.version == version) & outbox.c.sent.is_(None) & outbox.c.given_up.is_(False)
    return connection.execute(delete(outbox).where(where)).rowcount > 0


def _message_id(notice: Notice, who: str, host: str) -> str:
    """The same for the same (KYPEK, person, cause, version) and another one otherwise. The person is not named in it;
    the cause is, as far as the line has room."""
    key = "\0".join((notice.kypek, who, notice.cause, str(notice.version)))
    mark = sha256(key.encode()).hexdigest()[:_MARK]
    room = max(_LINE - len(f"<.{mark}@{host}>"), 0)
    told = _UNFIT.sub("-", f"{notice.cause}.{notice.version}").replace("..", "-")[:room].strip(".")
    return f"<{told}.{mark}@{host}>" if told else f"<{mark}@{host}>"


def due(
    connection: Connection,
    kypek: str,
    now: datetime,
    limit: int = 500,
    without: Collection[str] = (),
    *,
    kind: str = "",
    other_than: str = "",
) -> list[Row]:
    """Notices to send now, the urgent ones first and then the oldest, those about some seminars left out; only those of
    one `kind`, or all `other than` it."""
    query = (
        select(outbox)
        .where(*([outbox.c.kind == kind] if kind else []), *([outbox.c.kind != other_than] if other_than else []))
        .where(outbox.c.kypek == kypek, outbox.c.sent.is_(None), outbox.c.given_up.is_(False))
        .where((outbox.c.next_at <= now) | (outbox.c.next_at > now + LONGEST))
        .where(*(~outbox.c.cause.endswith(f":{seminar}", autoescape=True) for seminar in sorted(without)))
        .order_by(outbox.c.urgent.desc(), outbox.c.id)
        .limit(limit)
    )
    return [_row(row) for row in connection.execute(query)]


def of_cause(connection: Connection, kypek: str, cause: str, version: int) -> list[Row]:
    """The notices of one cause and version, to whomever, oldest first."""
    mine = (outbox.c.kypek == kypek) & (outbox.c.cause == cause) & (outbox.c.version == version)
    return [_row(row) for row in connection.execute(select(outbox).where(mine).order_by(outbox.c.id))]


def unsent(connection: Connection, kypek: str) -> list[Row]:
    """All notices that are still to be sent, now or later, oldest first."""
    query = select(outbox).where(outbox.c.kypek == kypek, outbox.c.sent.is_(None), outbox.c.given_up.is_(False))
    return [_row(row) for row in connection.execute(query.order_by(outbox.c.id))]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many notices are still to be sent, now or later, and how many were given up of which nothing newer tells."""

    due: int
    given_up: int


def waiting(connection: Connection, kypek: str) -> Waiting:
    """What was not sent of a KYPEK's notices, in figures."""
    query = select(outbox.c.given_up, func.count()).where(
        outbox.c.kypek == kypek, outbox.c.sent.is_(None), or_(outbox.c.given_up.is_(False), ~_outdated())
    )
    counts = {bool(given_up): count for given_up, count in connection.execute(query.group_by(outbox.c.given_up))}
    return Waiting(counts.get(False, 0), counts.get(True, 0))


def sent(connection: Connection, row: Row, now: datetime) -> None:
    """The mail server took it."""
    connection.execute(update(outbox).where(_same(row)).values(sent=now, problem=""))


def failed(connection: Connection, row: Row, problem: str, now: datetime, *, for_good: bool = False) -> None:
    """It was not taken: try again later and later, or give up."""
    attempts = row.attempts + 1
    connection.execute(
        update(outbox)
        .where(_same(row))
        .values(
            attempts=attempts,
            problem=problem,
            given_up=for_good or (attempts >= PATIENCE and now - row.created >= PERIOD),
            next_at=now + min(timedelta(minutes=2 ** min(attempts, 10)), LONGEST),
        )
    )


def _same(row: Row) -> ColumnElement[bool]:
    """This very notice. While it was on its way it may have been taken out, and its number be another notice's by now:
    SQLite gives the last one anew."""
    return (outbox.c.id == row.id) & (outbox.c.message_id == row.message_id)


def stuck(connection: Connection, kypek: str = "", *, seminar: str = "") -> list[Row]:
    """Notices that were tried and not taken, given up or not, of a KYPEK or about a seminar, oldest first. Not those of
    which something newer tells the same person: to be told now that they have a seat they have lost would help nobody.
    """
    query = select(outbox).where(
        outbox.c.sent.is_(None), or_(outbox.c.given_up.is_(True), outbox.c.problem != ""), ~_outdated()
    )
    if kypek:
        query = query.where(outbox.c.kypek == kypek)
    if seminar:
        query = query.where(outbox.c.cause.endswith(f":{seminar}", autoescape=True))
    return [_row(row) for row in connection.execute(query.order_by(outbox.c.id))]


def retry(connection: Connection, those: Collection[Row], now: datetime) -> None:
    """Have these tried at the next pass, with the same Message-ID. Patience with one that was given up begins anew."""
    for row in those:
        again: dict[str, Any] = {"given_up": False, "attempts": 0} if row.given_up else {}
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(next_at=now, **again))


def _outdated() -> ColumnElement[bool]:
    """Whether a notice is about something of which a newer notice tells, be it here or sent long ago."""
    newer = outbox.alias()
    here = select(newer.c.id).where(
        newer.c.kypek == outbox.c.kypek,
        newer.c.person == outbox.c.person,
        newer.c.cause == outbox.c.cause,
        newer.c.version > outbox.c.version,
    )
    told = select(seats.c.seminar).where(
        seats.c.kypek == outbox.c.kypek,
        seats.c.login == outbox.c.login,
        literal(SEAT) + seats.c.seminar == outbox.c.cause,
        seats.c.told_version > outbox.c.version,
    )
    return here.exists() | told.exists()


def listed(connection: Connection, kypek: str = "", *, login: str = "") -> list[Row]:
    """Notices of a KYPEK or a person, oldest first."""
    query = select(outbox).order_by(outbox.c.id)
    if kypek:
        query = query.where(outbox.c.kypek == kypek)
    if login:
        query = query.where(outbox.c.login == login)
    return [_row(row) for row in connection.execute(query)]


def _row(row: Any) -> Row:
    facts = tuple((k, v) for k, v in row.facts)
    notice = Notice(row.kypek, row.person, row.login, row.cause, row.version, row.kind, facts, row.urgent)
    return Row(
        row.id, notice, row.message_id, row.created, row.sent, row.attempts, row.problem, row.given_up, row.next_at
    )
