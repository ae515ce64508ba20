"""What in a directory contradicts itself or could not be understood: counted, in pages, and of one subject.

A national directory has some ten thousand findings; people look at them by kind, some at a time. They are written by
`ledger.reads`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from kypek_sync.ledger.persons import chunks
from kypek_sync.ledger.tables import findings
from kypek_sync.model import Finding, FindingLevel


@dataclass(frozen=True, slots=True)
class Kind:
    """All findings of one code and level: how many subjects, and when the first and the last of them was first seen
    (aware, UTC)."""

    code: str
    level: FindingLevel
    subjects: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with its source, and when it was first seen (aware, UTC)."""

    source: str
    finding: Finding
    first_seen: datetime


def counted(connection: Connection, sources: Collection[str]) -> list[Kind]:
    """The findings of these sources by code and level: errors first, then the most frequent."""
    query = (
        select(
            *(findings.c.code, findings.c.level, func.count().label("subjects")),
            *(func.min(findings.c.first_seen).label("oldest"), func.max(findings.c.first_seen).label("newest")),
        )
        .where(findings.c.source.in_(sources))
        .group_by(findings.c.code, findings.c.level)
    )
    kinds = [
        Kind(row.code, FindingLevel(row.level), row.subjects, row.oldest, row.newest)
        for row in connection.execute(query)
    ]
    return sorted(kinds, key=lambda kind: (kind.level is not FindingLevel.ERROR, -kind.subjects, kind.code))


def listed(connection: Connection, sources: Collection[str], code: str, *, limit: int, after: int = 0) -> list[Found]:
    """The findings of one code, by source and subject: `limit` of them, `after` so many."""
    query = (
        select(findings)
        .where(findings.c.source.in_(sources), findings.c.code == code)
        .order_by(findings.c.source, findings.c.subject)
    )
    return [_found(row) for row in connection.execute(query.offset(after).limit(limit))]


def about(connection: Connection, source: str, subjects: Iterable[str]) -> list[Found]:
    """The findings about these logins or units, by code."""
    found: list[Found] = []
    for chunk in chunks(subjects):
        query = select(findings).where(findings.c.source == source, findings.c.subject.in_(chunk))
        found += [_found(row) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (one.finding.code, one.finding.subject))


def _found(row: Any) -> Found:
    finding = Finding(row.subject, row.code, row.text, FindingLevel(row.level))
    return Found(row.source, finding, row.first_seen)
