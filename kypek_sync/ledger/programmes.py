"""Programmes as last read, their approvals, and the seminars in force (design, rule 20)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kypek_sync.ledger import journal_facts, session_versions
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.row_memory import Rows, grouped
from kypek_sync.ledger.tables import approvals, programmes, seminars
from kypek_sync.model import Part, Seminar
from kypek_sync.seminar.parts_kept import with_kept_parts


@dataclass(frozen=True, slots=True)
class Offering:
    """A seminar in force. Unapproved ones are drafts: shown, never carried out. `missing_since` is set while its row is
    absent from the file (a finding, never a cancellation); `pending` says that its file holds changes that wait for
    approval."""

    kypek: str
    seminar: Seminar
    approved: bool
    missing_since: datetime | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeRead:
    """How a structure's programme was last read. `mistakes` are sentences; `unreadable` is one, or empty."""

    structure: str
    file: str
    sha256: str
    read_at: datetime
    mistakes: tuple[str, ...]
    unreadable: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which file of a programme, by which decision."""

    structure: str
    sha256: str
    who: str
    decision: str
    at: datetime


def in_force(connection: Connection, kypek: str) -> dict[str, Offering]:
    """All seminars of a KYPEK, by code. One that has not changed is the same object as before."""
    names = ("code", "kypek", "body", "approved", "missing_since")
    query = select(*(seminars.c[name] for name in names)).where(seminars.c.kypek == kypek).order_by(seminars.c.code)
    return grouped(connection, ("seminars", kypek), query, _offering)


def _offering(rows: Rows) -> Offering:
    ((_, kypek, body, approved, missing_since),) = rows
    return Offering(kypek, load(Seminar, body), approved, missing_since)


def merge(
    stored: dict[str, Offering],
    read: Iterable[Seminar],
    structure: str,
    kypek: str,
    *,
    approved: bool,
    held: frozenset[str],
    now: datetime,
    courses: Collection[str] = (),
) -> list[Offering]:
    """What is in force after a structure's file was read.

    `approved`: this very file is approved, or no approval is asked for. Without it a known seminar takes only what may
    change without the council (dates, places, trainers, description, cancellation); a new one is a draft. Rows that
    are missing or `held` back by a mistake stay as they were; only the missing ones are marked as such. A part of a
    seminar that is missing stays if it has one of the `courses`, which are named as we do.
    """
    result: list[Offering] = []
    present: set[str] = set()
    for one in read:
        present.add(one.code)
        before = stored.get(one.code)
        seminar = with_kept_parts(one, before.seminar if before is not None else None, courses)
        if approved or before is None or not before.approved:
            result.append(Offering(kypek, seminar, approved))
            continue
        kept = replace(
            before.seminar,
            sessions=seminar.sessions,
            trainers=seminar.trainers,
            description=seminar.description,
            status=seminar.status,
            source=seminar.source,
            parts=_with_status(before.seminar, seminar),
        )
        result.append(Offering(kypek, kept, True, pending=kept != seminar))
    for code, offering in stored.items():
        if offering.seminar.structure == structure and code not in present:
            since = None if code in held else (offering.missing_since or now)
            result.append(replace(offering, missing_since=since))
    return result


def _with_status(before: Seminar, now: Seminar) -> tuple[Part, ...]:
    """The parts as they were, cancelled or not as the file says: that needs no council, as for the whole seminar."""
    status = {part.id: part.status for part in now.parts}
    return tuple(replace(part, status=status.get(part.id, part.status)) for part in before.parts)


def store(
    connection: Connection, kypek: str, offerings: Sequence[Offering], before: dict[str, Offering], now: datetime
) -> None:
    """Write the seminars that changed, and count the changes that calendars show."""
    changed: list[tuple[Seminar | None, Seminar]] = []
    for offering in offerings:
        code = offering.seminar.code
        earlier = before.get(code)
        if earlier == replace(offering, pending=False):
            continue
        values: dict[str, Any] = {
            "structure": offering.seminar.structure,
            "body": dump(offering.seminar),
            "approved": offering.approved,
            "missing_since": offering.missing_since,
        }
        if earlier is None:
            connection.execute(insert(seminars).values(kypek=kypek, code=code, first_seen=now, **values))
        else:
            where = (seminars.c.kypek == kypek) & (seminars.c.code == code)
            connection.execute(update(seminars).where(where).values(**values))
        if offering.approved:
            was = earlier.seminar if earlier is not None and earlier.approved else None
            changed.append((was, offering.seminar))
    session_versions.note(connection, kypek, changed, now)


def note_read(connection: Connection, kypek: str, read: ProgrammeRead) -> None:
    """Remember how a programme was read; the same file read again changes nothing."""
    where = (programmes.c.kypek == kypek) & (programmes.c.structure == read.structure)
    row = connection.execute(select(programmes).where(where)).first()
    values = {
        "file": read.file,
        "sha256": read.sha256,
        "read_at": read.read_at,
        "mistakes": list(read.mistakes),
        "unreadable": read.unreadable,
    }
    if row is None:
        connection.execute(insert(programmes).values(kypek=kypek, structure=read.structure, **values))
    elif (row.sha256, row.unreadable, row.mistakes) != (read.sha256, read.unreadable, list(read.mistakes)):
        connection.execute(update(programmes).where(where).values(**values))


def reads(connection: Connection, kypek: str) -> dict[str, ProgrammeRead]:
    """How each structure's programme was last read."""
    query = select(programmes).where(programmes.c.kypek == kypek)
    return {
        row.structure: ProgrammeRead(
            row.structure, row.file, row.sha256, row.read_at, tuple(row.mistakes), row.unreadable
        )
        for row in connection.execute(query)
    }


def approve(connection: Connection, kypek: str, approval: Approval) -> None:
    """Record the council's decision on one file of a structure's programme, in the journal too."""
    number = connection.execute(
        insert(approvals)
        .values(
            kypek=kypek,
            structure=approval.structure,
            sha256=approval.sha256,
            who=approval.who,
            decision=approval.decision,
            at=approval.at,
        )
        .returning(approvals.c.id)
    ).scalar_one()
    said = {"structure": approval.structure, "sha256": approval.sha256, "decision": approval.decision}
    journal_facts.approved(connection, kypek, number, approval.who, said, approval.at)


def approved_files(connection: Connection, kypek: str) -> dict[str, list[Approval]]:
    """All approvals of a KYPEK by structure, newest last."""
    found: dict[str, list[Approval]] = {}
    query = select(approvals).where(approvals.c.kypek == kypek).order_by(approvals.c.id)
    for row in connection.execute(query):
        found.setdefault(row.structure, []).append(Approval(row.structure, row.sha256, row.who, row.decision, row.at))
    return found
