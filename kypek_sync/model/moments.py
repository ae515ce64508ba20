"""Moments: the clock, and the zone people live in. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC. Always an argument, so that tests own the time."""


ATHENS = ZoneInfo("Europe/Athens")


def system_clock() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The moment on a clock in Greece."""
    return moment.astimezone(ATHENS)
