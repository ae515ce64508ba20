"""Cases and the tickets that mirror them: one row for each cause, whatever happens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from kypek_sync.ledger.tables import cases
from kypek_sync.model import TicketState
from kypek_sync.seminar.cases import Case


@dataclass(frozen=True, slots=True)
class Filed:
    """A case with its ticket. `written` is the fingerprint of the text that the helpdesk holds; `cured` is set when the
    cause is gone; `version` counts how often the case opened or said something else: notes are told apart by it, so
    that a list which changes back is told too."""

    case: Case
    opened: datetime
    cured: datetime | None
    ticket: str
    ticket_state: TicketState | None
    written: str
    version: int


def fingerprint(case: Case) -> str:
    """A short hash of what the case says."""
    return hashlib.sha256(f"{case.subject}\n{case.body}".encode()).hexdigest()[:32]


def record(connection: Connection, kypek: str, wanted: Iterable[Case], now: datetime) -> None:
    """These cases are open now; all others of the KYPEK are cured."""
    before = {filed.case.ref: filed for filed in listed(connection, kypek)}
    wanted_refs: set[str] = set()
    for case in wanted:
        wanted_refs.add(case.ref)
        earlier = before.get(case.ref)
        if earlier is None:
            connection.execute(
                insert(cases).values(
                    kypek=kypek,
                    ref=case.ref,
                    kind=case.kind,
                    seminar=case.seminar,
                    subject=case.subject,
                    body=case.body,
                    opened=now,
                )
            )
            continue
        values: dict[str, Any] = {}
        if earlier.cured is not None:
            values |= {"opened": now, "cured": None}
        if earlier.case != case:
            values |= {"subject": case.subject, "body": case.body}
        if values:
            values["version"] = earlier.version + 1
            connection.execute(update(cases).where(cases.c.kypek == kypek, cases.c.ref == case.ref).values(**values))
    for ref, filed in before.items():
        if ref not in wanted_refs and filed.cured is None:
            connection.execute(update(cases).where(cases.c.kypek == kypek, cases.c.ref == ref).values(cured=now))


def listed(connection: Connection, kypek: str = "") -> list[Filed]:
    """All cases, open and cured, by reference."""
    query = select(cases).order_by(cases.c.ref)
    if kypek:
        query = query.where(cases.c.kypek == kypek)
    return [_filed(row) for row in connection.execute(query)]


def count_open(connection: Connection, kypek: str) -> int:
    """How many cases of a KYPEK are open."""
    query = select(func.count()).select_from(cases).where(cases.c.kypek == kypek, cases.c.cured.is_(None))
    return int(connection.execute(query).scalar_one())


def mirror(connection: Connection, kypek: str, ref: str, *, ticket: str, state: TicketState, written: str) -> None:
    """Remember what the helpdesk holds for a case."""
    connection.execute(
        update(cases)
        .where(cases.c.kypek == kypek, cases.c.ref == ref)
        .values(ticket=ticket, ticket_state=state.value, written=written)
    )


def _filed(row: Any) -> Filed:
    return Filed(
        case=Case(row.ref, row.kind, row.subject, row.body, row.seminar),
        opened=row.opened,
        cured=row.cured,
        ticket=row.ticket,
        ticket_state=TicketState(row.ticket_state) if row.ticket_state else None,
        written=row.written,
        version=row.version,
    )
