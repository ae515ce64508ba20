"""Announced periods: times with limits of their own, by whole days on a calendar in Greece (design, rule 5). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kypek_sync.model import local
from kypek_sync.settings import AnnouncedPeriod


def active(periods: Iterable[AnnouncedPeriod], now: datetime) -> AnnouncedPeriod | None:
    """The period that includes today, both its first and its last day."""
    today = local(now).date()
    return next((period for period in periods if period.starts <= today <= period.ends), None)


def over(periods: Iterable[AnnouncedPeriod], now: datetime) -> tuple[AnnouncedPeriod, ...]:
    """Periods that are past and only still stand in the settings, oldest first."""
    today = local(now).date()
    return tuple(sorted((period for period in periods if period.ends < today), key=lambda period: period.ends))
