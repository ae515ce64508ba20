"""When a credential ends, and how loudly that is told: 60 and 30 days ahead, and before a summer in which nobody is
there to make a new one (E-2). Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

SOON, NOW = 60, 30
"""Days ahead."""
_BEFORE_SUMMER = (6, 15)
_SUMMER = range(7, 10)


class Stage(StrEnum):
    """How near the last day of a credential is. Each stage is told once."""

    FAR = "far"
    SUMMER = "summer"
    SOON = "soon"
    NOW = "now"
    OVER = "over"


@runtime_checkable
class Expiring(Protocol):
    """A connector whose credential has a last day."""

    def credential_ends(self) -> date | None:
        """The last day, from the settings; None where nobody has said."""


def expiry_stage(ends: date, today: date) -> Stage:
    """The stage of `today`, both days by the calendar of Athens. A last day in July, August or September is told from
    15 June of its year on, if it is further away than 60 days."""
    left = (ends - today).days
    if left < 0:
        return Stage.OVER
    if left <= NOW:
        return Stage.NOW
    if left <= SOON:
        return Stage.SOON
    before_summer = ends.month in _SUMMER and today >= date(ends.year, *_BEFORE_SUMMER)
    return Stage.SUMMER if before_summer else Stage.FAR


def year_after(made: date) -> date:
    """The last day that eClass gives a token made on a day, unless it is told otherwise; 29 February counts as 28."""
    leap = made.month == 2 and made.day == 29
    return made.replace(year=made.year + 1, day=28 if leap else made.day)
