"""Forgets records about people when their time is over (design, rule 16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, or_, select

from kypek_sync.ledger import journal_retention
from kypek_sync.ledger.tables import decisions, intents, outbox, presence, runs

UNEVENTFUL = timedelta(days=14)
"""So long a pass is kept that neither asked for a change nor decided anything: the passes of one KYPEK are nearly four
thousand a day, and while something is held or only proposed each keeps the whole plan."""


@dataclass(frozen=True, slots=True)
class Periods:
    """How long each kind of record is kept; of the journal only what it says and about whom (None: always)."""

    presence: timedelta
    outbox: timedelta
    runs: timedelta
    journal: timedelta | None = None


def forget(connection: Connection, periods: Periods, now: datetime) -> dict[str, int]:
    """Delete what is older than its period; how many rows of each kind went. Runs take their intents and receipts
    along, also those that died and never ended; uneventful ones go sooner, but for the newest of each lane. Notices
    that were never sent stay: somebody still has to look."""
    journal = {} if periods.journal is None else {"journal": journal_retention.erase(connection, periods.journal, now)}
    return journal | {
        "presence": connection.execute(delete(presence).where(presence.c.seen < now - periods.presence)).rowcount,
        "outbox": connection.execute(
            delete(outbox).where(outbox.c.sent.is_not(None), outbox.c.sent < now - periods.outbox)
        ).rowcount,
        "runs": connection.execute(delete(runs).where(runs.c.started < now - periods.runs)).rowcount
        + _forget_uneventful(connection, now),
    }


def _forget_uneventful(connection: Connection, now: datetime) -> int:
    newest = select(func.max(runs.c.id)).group_by(runs.c.kypek, runs.c.lane)
    decided = select(decisions.c.run).where(decisions.c.run.is_not(None))
    eventful = or_(
        exists().where(intents.c.run == runs.c.id),
        runs.c.undoes.is_not(None),
        runs.c.id.in_(decided),
        runs.c.id.in_(newest),
    )
    return connection.execute(delete(runs).where(runs.c.started < now - UNEVENTFUL, ~eventful)).rowcount
