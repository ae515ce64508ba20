"""A circuit breaker for each connector: a server that keeps failing is left in peace, longer each time (rule 18).

Closed, everybody asks. Failures in a row, whoever made them, open it; a connector that needs a person opens it at
once. Open, no pass of a lane asks. When its time is over it is half open: one pass tries, and closes it or opens it for
longer. The state is the ledger's, so that all processes and centres that share a server share it too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from kypek_sync.ledger.care_tables import breakers
from kypek_sync.ledger.columns import SKEW
from kypek_sync.ledger.store import alone

OPENS_AFTER = 3
"""Failures in a row after which a connector is left alone."""
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=30)
"""For how long: doubled at each try that fails."""
TRIAL = timedelta(minutes=5)
"""A pass that tries has this long before another one may: it may have died."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """A connector that failed lately. `opened` is None while it is only counted; `since` is when it was last told to
    rest, `until` when the next try may be made; `message` is the sentence it opened with; `stopped`: it needs a
    person."""

    system: str
    failures: int
    opened: datetime | None
    until: datetime | None
    message: str
    stopped: bool
    since: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether no pass may ask now. A rest that begins in the future was counted by a clock that has been set back
        since: it is over."""
        if self.until is None or self.until <= now:
            return False
        return self.since is None or self.since <= now + SKEW


def listed(connection: Connection) -> list[Breaker]:
    """The connectors that are left alone now, or wait for a try, by name."""
    query = select(breakers).where(breakers.c.opened.is_not(None)).order_by(breakers.c.system)
    return [_breaker(row) for row in connection.execute(query)]


def get(connection: Connection, system: str) -> Breaker | None:
    """What is known of a connector's failures; None: nothing."""
    row = connection.execute(select(breakers).where(breakers.c.system == system)).first()
    return _breaker(row) if row is not None else None


def admit(connection: Connection, system: str, now: datetime) -> Breaker | None:
    """Ask to use a connector. None: go ahead; of several that ask when its time is over, one may. Else the breaker that
    is open."""
    alone(connection, f"breaker {system}")
    found = get(connection, system)
    if found is None or found.opened is None:
        return None
    if found.is_open(now):
        return found
    connection.execute(update(breakers).where(breakers.c.system == system).values(since=now, until=now + TRIAL))
    return None


def failed(
    connection: Connection,
    system: str,
    message: str,
    now: datetime,
    *,
    stopped: bool = False,
    trial: bool = False,
    after: timedelta | None = None,
) -> Breaker | None:
    """Count a failure. `stopped`: it needs a person. `trial`: it was asked although it was open, so its time grows.
    `after`: its server said for how long it wants to be left alone. Returns the breaker if this opened it."""
    alone(connection, f"breaker {system}")
    before = get(connection, system)
    failures = (before.failures if before is not None else 0) + 1
    if stopped:
        failures = max(failures, OPENS_AFTER)
    values: dict[str, Any] = {"failures": failures}
    opening = failures >= OPENS_AFTER and (before is None or before.opened is None)
    if opening:
        values |= {
            "opened": now,
            "since": now,
            "until": now + _time(failures, after),
            "message": message,
            "stopped": stopped,
        }
    elif before is not None and before.opened is not None:
        if not trial and before.is_open(now):
            return None  # a call that was under way when it opened says nothing new
        values |= {"since": now, "until": now + _time(failures, after), "stopped": stopped or before.stopped}
    if before is None:
        connection.execute(insert(breakers).values(system=system, **({"message": "", "stopped": False} | values)))
    else:
        connection.execute(update(breakers).where(breakers.c.system == system).values(**values))
    return get(connection, system) if opening else None


def succeeded(connection: Connection, system: str) -> Breaker | None:
    """It answered properly. Returns the breaker if this closed it."""
    found = get(connection, system)
    if found is None:
        return None
    alone(connection, f"breaker {system}")
    gone = connection.execute(delete(breakers).where(breakers.c.system == system)).rowcount
    return found if gone and found.opened is not None else None


def half_open(connection: Connection, systems: Collection[str], now: datetime) -> list[str]:
    """Let the next pass try these connectors at once; the names of those that were left alone."""
    shut = [one.system for one in listed(connection) if one.system in systems and one.is_open(now)]
    if shut:
        connection.execute(update(breakers).where(breakers.c.system.in_(shut)).values(since=now, until=now))
    return shut


def _time(failures: int, after: timedelta | None) -> timedelta:
    doubled = min(failures - OPENS_AFTER, 10)
    return max(min(SHORTEST * (1 << doubled), LONGEST), after or SHORTEST)


def _breaker(row: Any) -> Breaker:
    return Breaker(row.system, row.failures, row.opened, row.until, row.message, bool(row.stopped), row.since)
