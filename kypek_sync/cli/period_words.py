"""What is said of announced periods: the one that is on with its limits, and those that are over."""

from __future__ import annotations

from collections.abc import Iterable

from kypek_sync.language import Text
from kypek_sync.settings import AnnouncedPeriod, Limits


def lines(active: AnnouncedPeriod | None, over: Iterable[AnnouncedPeriod], text: Text) -> list[str]:
    """A sentence for the period that is on, and one for each that is left over."""
    return [*([on(active, text)] if active else []), *(left_over(period, text) for period in over)]


def on(period: AnnouncedPeriod, text: Text) -> str:
    """Until when, and how many removals pass without a person."""
    limits: Limits = period.limits
    return text(
        "Announced period until %(day)s: removals that pass without a person: %(seminar)s in a seminar, %(run)s in a "
        "run, %(week)s in a week.",
        day=f"{period.ends:%d/%m/%Y}",
        seminar=_either(limits.per_seminar, limits.per_seminar_share, text),
        run=_either(limits.per_run, limits.per_run_share, text),
        week=_either(limits.per_week, limits.per_week_share, text),
    )


def left_over(period: AnnouncedPeriod, text: Text) -> str:
    """A period that is past does nothing; it should not be taken for one that still holds."""
    return text(
        "The announced period %(first)s to %(last)s is over: take it out of `announced_periods`.",
        first=f"{period.starts:%d/%m/%Y}",
        last=f"{period.ends:%d/%m/%Y}",
    )


def coming(period: AnnouncedPeriod, text: Text) -> str:
    """A period that has not begun."""
    return text(
        "An announced period begins on %(first)s and ends on %(last)s; the usual limits hold until then.",
        first=f"{period.starts:%d/%m/%Y}",
        last=f"{period.ends:%d/%m/%Y}",
    )


def _either(number: int, share: float, text: Text) -> str:
    return text("%(number)s or %(share)s %% (the larger)", number=number, share=f"{100 * share:g}")
