"""Puts reminders of sessions into the outbox: each once, at its time before the session, to whoever has a seat then.

What is put in stands for the moment at which the session begins: one that moves is reminded of anew, and a reminder
that has not gone out when it moves, is called off or begins, or when the seat is gone, does not go out at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.ledger import outbox, programmes, reminder_stops, seats
from kypek_sync.ledger.outbox import Latest, Notice
from kypek_sync.ledger.session_versions import is_cancelled
from kypek_sync.model import Seat, SeatState, Seminar, Session, local
from kypek_sync.notices.calendar import page_of
from kypek_sync.notices.reminder_words import REMINDER
from kypek_sync.seminar.quiet import reminder_due
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.telling import told_now

Wanted = dict[tuple[str, str, int], Notice]
"""Reminders by person, cause and version."""


def put_reminders(connection: Connection, inst: Installation, kypek: str) -> int:
    """Put in those that are due, take back those that nobody needs any more; how many were put in."""
    leads, now = inst.loaded.settings.letters.reminders, inst.clock()
    if not inst.kypek(kypek).post:
        return 0
    waiting = [row for row in outbox.unsent(connection, kypek) if row.notice.kind == REMINDER]
    ahead = _ahead(connection, inst, kypek, max(leads, default=timedelta(0)), now) if leads or waiting else {}
    wanted: Wanted = {}
    told = outbox.latest_of_seminars(connection, kypek, ahead) if ahead else {}
    for code, seminar in sorted(ahead.items()):
        decided = seats.decided(connection, kypek, code).get(code, {})
        wanted |= _of_seminar(inst, kypek, seminar, decided, told, now)
    people = {person for person, _, _ in wanted}
    stopped = reminder_stops.stopped(connection, kypek, people) if people else frozenset()
    wanted = {place: notice for place, notice in wanted.items() if place[0] not in stopped}
    for row in waiting:
        if (row.notice.person, row.notice.cause, row.notice.version) not in wanted:
            outbox.drop(connection, row.id)
    return outbox.put_all(connection, wanted.values(), inst.host, now)


def _ahead(
    connection: Connection, inst: Installation, kypek: str, longest: timedelta, now: datetime
) -> dict[str, Seminar]:
    """The seminars with a session that begins so soon, of which people are told anything."""
    soon = [
        one
        for one in programmes.in_force(connection, kypek).values()
        if any(now < s.starts <= now + longest and not is_cancelled(one.seminar, s) for s in one.seminar.sessions)
    ]
    return told_now(connection, inst, kypek, soon)


def _of_seminar(
    inst: Installation,
    kypek: str,
    seminar: Seminar,
    decided: Mapping[str, Seat],
    told: Mapping[tuple[str, str], Latest],
    now: datetime,
) -> Wanted:
    leads, found = inst.loaded.settings.letters.reminders, Wanted()
    for seat in decided.values():
        last = told.get((seminar.code, seat.person))
        if seat.state is not SeatState.GRANTED or not seat.person or last is None:
            continue
        for session in _theirs(seminar, seat):
            lead = reminder_due(session.starts, leads, last.created, now)
            if lead is not None:
                notice = _notice(inst, kypek, seminar.of_part(seat.part), seat, session, lead)
                found[seat.person, notice.cause, notice.version] = notice
    return found


def _theirs(seminar: Seminar, seat: Seat) -> Iterator[Session]:
    sessions: Iterable[Session] = seminar.of_part(seat.part).sessions
    return (one for one in sessions if not is_cancelled(seminar, one))


def _notice(inst: Installation, kypek: str, seminar: Seminar, seat: Seat, session: Session, lead: timedelta) -> Notice:
    starts, ends = local(session.starts), local(session.ends)
    line = f"{starts:%d/%m/%Y %H:%M}-{ends:%H:%M}" + (f", {session.place}" if session.place else "")
    facts = {
        "centre": inst.kypek(kypek).name,
        "page": page_of(inst.loaded.settings.public_address, seminar.code),
        "session": line,
        "title": seminar.title,
    }
    minutes = int(lead.total_seconds()) // 60
    cause = f"{REMINDER}-{session.number}-{minutes}:{seminar.code}"
    version = int(session.starts.timestamp()) // 60
    return Notice(kypek, seat.person, seat.login, cause, version, REMINDER, tuple(sorted(facts.items())))
