"""Forgets records about people when their time is over (design, rule 16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from kypek_sync.ledger import journal_retention
from kypek_sync.ledger.tables import outbox, presence, runs


@dataclass(frozen=True, slots=True)
class Periods:
    """How long each kind of record is kept; of the journal only what it says and about whom (None: always)."""

    presence: timedelta
    outbox: timedelta
    runs: timedelta
    journal: timedelta | None = None


def forget(connection: Connection, periods: Periods, now: datetime) -> dict[str, int]:
    """Delete what is older than its period; how many rows of each kind went. Runs take their intents and receipts
    along, also those that died and never ended. Notices that were never sent stay: somebody still has to look."""
    journal = {} if periods.journal is None else {"journal": journal_retention.erase(connection, periods.journal, now)}
    return journal | {
        "presence": connection.execute(delete(presence).where(presence.c.seen < now - periods.presence)).rowcount,
        "outbox": connection.execute(
            delete(outbox).where(outbox.c.sent.is_not(None), outbox.c.sent < now - periods.outbox)
        ).rowcount,
        "runs": connection.execute(delete(runs).where(runs.c.started < now - periods.runs)).rowcount,
    }
