"""Days and lengths of time as people write them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, time

import typer

from kypek_sync.cli.context import Context
from kypek_sync.model import ATHENS
from kypek_sync.settings.durations import duration


def end_of_day(its: Context, written: str, option: str = "--until") -> datetime:
    """The last moment of the day that was written, on a clock in Greece. Wrong usage if it is no date, or over."""
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(written, shape).replace(tzinfo=ATHENS).date()
        except ValueError:
            continue
        end = datetime.combine(day, time(23, 59, 59), ATHENS).astimezone(UTC)
        if end <= its.clock():
            raise typer.BadParameter(its.text("%(day)s is over already", day=written), param_hint=option)
        return end
    raise typer.BadParameter(
        its.text("%(day)s is no date: write 30/11/2026 or 2026-11-30", day=written), param_hint=option
    )


def from_now(its: Context, written: str, option: str = "--for") -> datetime:
    """The moment that is so long from now (`3d`, `12 hours`, `3 ημέρες`). Wrong usage if it says no length of time."""
    length = duration(written)
    if not length:
        raise typer.BadParameter(
            its.text("%(length)s is no length of time: write 12h, 3d or 3 ημέρες", length=written), param_hint=option
        )
    return its.clock() + length
