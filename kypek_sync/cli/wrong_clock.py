"""`directory accept NAME --clock`: our clock was wrong when a directory, or a register of units, was read, and is right
now. And what `status` and `check` say while moments that are still to come keep reads from counting."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.ledger import clock_ahead
from kypek_sync.ledger.clock_ahead import Dated


def accept(
    its: Context, connection: Connection, name: str, who: str, why: str, *, users: Collection[str], yes: bool
) -> None:
    """Tell what follows, ask, and keep it; `users` are the KYPEKs that use it. Raises `Said` where no moment is later
    than now and nobody is leaving, so that nothing would change."""
    found = clock_ahead.dated(connection, name, its.clock())
    if found == Dated(None, 0, 0):
        sentence = "There is nothing to accept: nothing of %(system)s is dated later than now, and nobody is leaving."
        raise Said(its.text(sentence, system=name))
    for line in _follows(found, its.clock(), its.text):
        its.out.print(line, markup=False)
    agreed(its, its.text("Is our clock right now?"), yes=yes)
    clock_ahead.put_right(connection, name, who, why, its.clock(), users)
    done = its.text("Accepted by %(who)s: it counts from the next read.", who=who)
    its.out.print(f"{done} {its.text('`kypek-sync directory refresh --full` reads everything now.')}", markup=False)


def _follows(found: Dated, now: datetime, text: Text) -> list[str]:
    lines = [text("Our clock says %(now)s.", now=when(now))]
    if found.until is not None:
        until = when(found.until)
        lines.append(
            text("What was read as of %(until)s, which is still to come, counts as read before now.", until=until)
        )
    if found.leaving:
        lines.append(
            text(
                "Whoever is leaving (%(count)s) starts anew: as many complete reads, and as many days, as ever.",
                count=found.leaving,
            )
        )
    if found.gone:
        lines.append(
            text(
                "Whoever counts as gone as of a moment still to come (%(count)s) is leaving again. A seat that went to "
                "somebody else meanwhile does not come back by itself.",
                count=found.gone,
            )
        )
    return lines


def told(system: str, until: datetime | None, text: Text) -> list[str]:
    """That nothing read of a system counts in full before a moment, and the way out, for `status` and `check`; nothing
    where no moment keeps it (`ledger.clock_ahead.blocked_until`)."""
    return [] if until is None else [ahead(system, until, text), way_out(system, text)]


def ahead(system: str, until: datetime, text: Text) -> str:
    """That our clock was ahead, or is behind now."""
    return text(
        "%(system)s: by our clock it was read in full on %(until)s, which is still to come. Our clock was ahead then, "
        "or is behind now; until that moment no read of it counts in full.",
        system=system,
        until=when(until),
    )


def way_out(system: str, text: Text) -> str:
    """What to do about it."""
    return text(
        "Put the clock right. If it is right now: `%(command)s`.",
        command=f"kypek-sync directory accept {system} --clock --why TEXT",
    )
