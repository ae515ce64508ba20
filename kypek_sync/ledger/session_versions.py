"""How often what a calendar shows of each session has changed: the SEQUENCE of RFC 5545, and when it changed last.

A calendar that holds a session takes a later word about it only if its SEQUENCE is not below the one it knows. So it
is counted here, in the transaction in which a seminar of a programme changes, and nowhere else: a moved session raises
it once, a pass in which nothing moved never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kypek_sync.ledger.calendar_tables import session_versions
from kypek_sync.ledger.row_memory import Rows, grouped
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import seminars
from kypek_sync.model import Seminar, Session, Status

TRAINERS = 0
"""The number under which it is counted how often it changed who teaches: no session has it."""


@dataclass(frozen=True, slots=True)
class Version:
    """`sequence` counts the changes of a session since it was first in force, from 0; `changed` is the last of them,
    aware, UTC."""

    sequence: int
    changed: datetime


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a seminar's sessions, by number. `first_seen` is when the seminar was."""

    first_seen: datetime
    of: Mapping[int, Version] = field(default_factory=dict)

    def version(self, session: int) -> Version:
        """Of a session; one that was in force before versions were counted has not changed since."""
        return self.of.get(session, Version(0, self.first_seen))

    @property
    def trainers(self) -> Version:
        """Of who teaches the seminar."""
        return self.version(TRAINERS)

    @property
    def born(self) -> datetime:
        """When the first of its sessions was in force, as far as they were counted from then on."""
        return min((one.changed for number, one in self.of.items() if number != TRAINERS), default=self.first_seen)

    @property
    def latest(self) -> datetime:
        """When any of them changed last, or who teaches."""
        return max((one.changed for one in self.of.values()), default=self.first_seen)


def standing(connection: Connection, kypek: str) -> dict[str, Versions]:
    """Those of every seminar in force, by code. Those of a seminar are the same object while none of them changes."""
    mine = (session_versions.c.kypek == seminars.c.kypek) & (session_versions.c.seminar == seminars.c.code)
    query = (
        select(
            seminars.c.code,
            seminars.c.first_seen,
            session_versions.c.session,
            session_versions.c.sequence,
            session_versions.c.changed_at,
        )
        .select_from(seminars.outerjoin(session_versions, mine))
        .where(seminars.c.kypek == kypek)
        .order_by(seminars.c.code, session_versions.c.session)
    )
    return grouped(connection, ("session versions", kypek), query, _versions)


def note(connection: Connection, kypek: str, changed: Sequence[tuple[Seminar | None, Seminar]], now: datetime) -> None:
    """Count the changes of seminars that are approved, given as (before, after); before is None for one that is new, or
    was a draft. What a calendar does not show (seats, a description) raises nothing; who teaches is counted apart."""
    known = _known(connection, kypek, [after.code for _, after in changed])
    new: list[dict[str, Any]] = []
    for before, after in changed:
        marks = {
            session.number: (_mark(after, session), _earlier(before, session.number)) for session in after.sessions
        }
        marks[TRAINERS] = _taught(after), "" if before is None else _taught(before)
        for number, (mark, earlier) in marks.items():
            row = known.get((after.code, number))
            if row is None and mark != earlier:  # one without a row was in force before they were counted
                place = {"kypek": kypek, "seminar": after.code, "session": number}
                new.append(place | {"sequence": int(bool(earlier)), "shown": mark, "changed_at": now})
            elif row is not None and row.shown != mark:
                where = (
                    (session_versions.c.kypek == kypek)
                    & (session_versions.c.seminar == after.code)
                    & (session_versions.c.session == number)
                )
                values = {"sequence": row.sequence + 1, "shown": mark, "changed_at": now}
                connection.execute(update(session_versions).where(where).values(**values))
    if new:
        connection.execute(insert(session_versions), new)


def is_cancelled(seminar: Seminar, session: Session) -> bool:
    """Whether a session does not take place: by itself, with its part, or with the seminar."""
    part = session.part in seminar.cancelled_parts
    return part or session.status is not Status.PLANNED or seminar.status is Status.CANCELLED


def is_postponed(seminar: Seminar, session: Session) -> bool:
    """Whether a session is put off alone, and is to take place on a day that is not known yet."""
    off = session.part in seminar.cancelled_parts or seminar.status is Status.CANCELLED
    return session.status is Status.POSTPONED and not off


def _mark(seminar: Seminar, session: Session) -> str:
    """The same for the same appearance in a calendar. That of a session of all parts shows differently to those of a
    part that is cancelled."""
    shown = (
        seminar.title,
        "" if session.part is None else f"{session.part} {seminar.part_name(session.part)}",
        session.starts.isoformat(),
        session.ends.isoformat(),
        session.form.value,
        session.place,
        session.topic,
        "postponed" if is_postponed(seminar, session) else is_cancelled(seminar, session),
        sorted(seminar.cancelled_parts) if session.part is None else [],
    )
    return sha256(repr(shown).encode()).hexdigest()


def _taught(seminar: Seminar) -> str:
    """The same for the same trainers, in whatever order; empty where nobody is named."""
    those = sorted((one.login, "" if one.login else one.name) for one in seminar.trainers)
    return sha256(repr(those).encode()).hexdigest() if those else ""


def _earlier(before: Seminar | None, number: int) -> str:
    """How a session appeared before; empty if it did not."""
    session = before.session(number) if before is not None else None
    return "" if before is None or session is None else _mark(before, session)


def _known(connection: Connection, kypek: str, codes: Iterable[str]) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = {}
    for some in parts(sorted(codes)):
        query = select(session_versions).where(session_versions.c.kypek == kypek, session_versions.c.seminar.in_(some))
        found |= {(row.seminar, row.session): row for row in connection.execute(query)}
    return found


def _versions(rows: Rows) -> Versions:
    counted = {number: Version(sequence, changed) for _, _, number, sequence, changed in rows if number is not None}
    return Versions(rows[0][1], counted)
