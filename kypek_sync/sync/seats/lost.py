"""Which seats were lost of late without anybody having decided it: what the limit of a week counts (design, rule 5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Cause, Change
from kypek_sync.ledger import decisions, runs
from kypek_sync.sync.seats.departing import LET_PASS

WEEK = timedelta(days=7)

Lost = frozenset[tuple[str, str]]
"""Seats as (seminar, login)."""


def lost_this_week(connection: Connection, kypek: str, now: datetime) -> Lost:
    """Seats that a platform was asked to take back, and those lost in our own book to a departure: where nobody can be
    taken out of anything (eClass) no platform is ever asked. Departures that a person let pass are not counted."""
    since = now - WEEK
    departed = decisions.by_rule_since(connection, kypek, "left-directory", since)
    mine = {(one.seminar, one.login) for one in departed if LET_PASS not in one.facts}
    return runs.removed_since(connection, kypek, since) | mine


def besides(lost: Lost, changes: Iterable[Change]) -> int:
    """How many were lost besides those that these changes take on the platforms too: one seat is lost once."""
    now = {
        (c.target.seminar, c.target.login) for c in changes if c.removes and c.cause in (Cause.INFERRED, Cause.REFUSED)
    }
    return len(lost - now)
