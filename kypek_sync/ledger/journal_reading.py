"""Reads chains back: portion by portion, each in a transaction of its own, so that nobody who writes has to wait for an
auditor. Entries are never altered, so the portions fit together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.ledger.care_tables import journal, journal_contents
from kypek_sync.ledger.journal import stamp
from kypek_sync.ledger.store import Ledger

PORTION = 2_000

IN_ORDER = select(
    journal, journal_contents.c.salt, journal_contents.c.body, journal_contents.c.number.label("content")
).select_from(
    journal.outerjoin(
        journal_contents,
        (journal_contents.c.kypek == journal.c.kypek) & (journal_contents.c.number == journal.c.number),
    )
)
"""Entries with their contents, where these still exist."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it. `content` is None once it was erased."""

    kypek: str
    number: int
    at: str
    kind: str
    run: int | None
    record: int | None
    person: str
    content: Mapping[str, Any] | None
    hash: str

    def plain(self, login: str = "") -> dict[str, Any]:
        """The entry as JSON values, the same wherever it is told; `login` is whose `person` it is, if that is told."""
        return {
            "kypek": self.kypek,
            "number": self.number,
            "at": self.at,
            "kind": self.kind,
            "run": self.run,
            "record": self.record,
            "person": self.person,
            "login": login,
            "content": self.content,
            "hash": self.hash,
        }


def lines(
    ledger: Ledger, kypek: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Line]:
    """The entries of a chain in order, from `since` on and before `until`."""
    query = IN_ORDER.where(journal.c.kypek == kypek).order_by(journal.c.number).limit(PORTION)
    if since is not None:
        query = query.where(journal.c.at >= stamp(since))
    if until is not None:
        query = query.where(journal.c.at < stamp(until))
    after = 0
    while True:
        with ledger.begin(keep=False) as connection:
            rows = connection.execute(query.where(journal.c.number > after)).all()
        for row in rows:
            yield _line(row)
        if len(rows) < PORTION:
            return
        after = rows[-1].number


def newest(connection: Connection, kypek: str, count: int) -> list[Line]:
    """The last entries of a chain, oldest first."""
    query = IN_ORDER.where(journal.c.kypek == kypek).order_by(journal.c.number.desc()).limit(count)
    return [_line(row) for row in reversed(connection.execute(query).all())]


def about(connection: Connection, kypek: str, person: str) -> list[Line]:
    """All entries about somebody, by their opaque id."""
    query = IN_ORDER.where(journal.c.kypek == kypek, journal.c.person == person).order_by(journal.c.number)
    return [_line(row) for row in connection.execute(query)]


def _line(row: Any) -> Line:
    content = json.loads(row.body) if row.body is not None else None
    return Line(row.kypek, row.number, row.at, row.kind, row.run, row.record, row.person, content, row.hash)
