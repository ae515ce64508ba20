"""The programme as it is mailed to the schools of a KYPEK: once a month, the same words for all of them.

The words are kept here and not with each letter: a country has 16,000 schools. A mailing is `released` when its letters
may go out, for good: whatever they say was approved, or needed no approval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from kypek_sync.ledger.mailing_tables import mailings


@dataclass(frozen=True, slots=True)
class Mailing:
    """The mailing of a month (`202610`), its words as `content` (JSON), prepared and released then (aware, UTC)."""

    kypek: str
    month: int
    content: str
    prepared: datetime
    released: datetime | None


def of_month(connection: Connection, kypek: str, month: int) -> Mailing | None:
    """The mailing of a month, if it was prepared."""
    query = select(mailings).where(mailings.c.kypek == kypek, mailings.c.month == month)
    row = connection.execute(query).first()
    return _mailing(row) if row is not None else None


def last(connection: Connection, kypek: str) -> Mailing | None:
    """The mailing of the latest month."""
    query = select(mailings).where(mailings.c.kypek == kypek).order_by(mailings.c.month.desc())
    row = connection.execute(query.limit(1)).first()
    return _mailing(row) if row is not None else None


def ever_released(connection: Connection, kypek: str) -> bool:
    """Whether any has gone out: the first waits for a person."""
    query = select(mailings.c.month).where(mailings.c.kypek == kypek, mailings.c.released_at.is_not(None))
    return connection.execute(query.limit(1)).first() is not None


def keep(connection: Connection, kypek: str, month: int, content: str, now: datetime) -> None:
    """Prepare a month's mailing, in the place of what was prepared and not released."""
    where = (mailings.c.kypek == kypek) & (mailings.c.month == month)
    connection.execute(delete(mailings).where(where))
    row = {"kypek": kypek, "month": month, "content": content, "prepared_at": now}
    connection.execute(insert(mailings).values(row))


def release(connection: Connection, kypek: str, month: int, now: datetime) -> None:
    """Its letters may go out."""
    where = (mailings.c.kypek == kypek) & (mailings.c.month == month) & mailings.c.released_at.is_(None)
    connection.execute(update(mailings).where(where).values(released_at=now))


def _mailing(row: Any) -> Mailing:
    return Mailing(row.kypek, row.month, row.content, row.prepared_at, row.released_at)
