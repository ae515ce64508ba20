"""When no letters go out to people, and which reminder of a session is due. Pure; hours are those in Greece."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from kypek_sync.model import local


@dataclass(frozen=True, slots=True)
class Quiet:
    """From which hour to which no letter goes out (the same twice: never), and on which days of the week (Monday is 1)
    none does."""

    starts: int = 21
    ends: int = 7
    days: frozenset[int] = frozenset()

    def covers(self, at: datetime) -> bool:
        """Whether a moment (aware) is in them."""
        here = local(at)
        if here.isoweekday() in self.days:
            return True
        if self.starts <= self.ends:
            return self.starts <= here.hour < self.ends
        return here.hour >= self.starts or here.hour < self.ends


def reminder_due(starts: datetime, leads: Collection[timedelta], told: datetime, now: datetime) -> timedelta | None:
    """Which reminder of a session is due: the one with the shortest time ahead whose moment has come; None if none has,
    if the session has begun, or if the person was `told` of the seminar at that moment or since."""
    if now >= starts:
        return None
    come = [lead for lead in leads if starts - lead <= now]
    if not come or told >= starts - min(come):
        return None
    return min(come)
