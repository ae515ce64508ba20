"""Whether a directory of the settings has shown nobody yet: just named, or no read of it counted so far.

Nothing is known of who is in it then. What was known from the one before it still is, and is told as that; what only
this one can say (somebody is not there) is told by nobody, and no case that rests on it closes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from kypek_sync.ledger import cursors, lookups, readers, reads
from kypek_sync.ledger.tables import people
from kypek_sync.sync.directory import switching
from kypek_sync.sync.installation import Installation

LAST_GOOD_STANDS = "Nobody leaves on the strength of this; the last good read stands."
"""What a pass says behind the reason of a read that failed."""
NOBODY_KNOWN = "Nobody is known from it yet."
"""The same of a directory of which no read was good yet."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A directory from which nobody is known yet. `before`: those that were read in its place until now, from which so
    many `people` are known as of their last good read (`as_of`, aware UTC). `tried` is when a pass last tried to read
    it and `why` the connector's or the engine's sentences of why nothing of that counts; None and empty before that."""

    directory: str
    before: tuple[str, ...] = ()
    people: int = 0
    as_of: datetime | None = None
    tried: datetime | None = None
    why: str = ""

    @property
    def source(self) -> str:
        """Where people are to be looked up meanwhile: the directory before, if there was one; else this one."""
        return self.before[0] if len(self.before) == 1 else self.directory


def unread(connection: Connection, inst: Installation, directory: str) -> Unread | None:
    """What is to be said of a directory that has shown nobody yet; None where it has, or none is named."""
    if not directory or _shown(connection, directory):
        return None
    mine = sorted(name for name, entry in inst.loaded.settings.kypeks.items() if entry.directory == directory)
    one = switching.before(connection, inst, directory)
    before = (one,) if one else tuple(switching.several(connection, inst, directory))
    before = before or tuple(sorted(readers.last(connection, mine) - {directory}))
    known = select(func.count()).select_from(people).where(people.c.directory.in_(before), people.c.gone_at.is_(None))
    tried, why = _last_try(connection, mine, directory)
    return Unread(
        directory,
        before,
        int(connection.execute(known).scalar_one()) if before else 0,
        max((moment for name in before if (moment := _good(connection, name)) is not None), default=None),
        tried,
        why,
    )


def _shown(connection: Connection, directory: str) -> bool:
    return connection.execute(select(people.c.id).where(people.c.directory == directory).limit(1)).first() is not None


def _good(connection: Connection, directory: str) -> datetime | None:
    """Of when the last good read of its people is: of an export its own date; LDAP shows what is now."""
    last = reads.last(connection, directory, "people")
    return last.good_as_of if last is not None else cursors.standing(connection, directory).full_at


def _last_try(connection: Connection, kypeks: list[str], directory: str) -> tuple[datetime | None, str]:
    """When the last pass tried to read it, and what came of it. A pass of before the settings named it is none."""
    tries = [run for name in kypeks if (run := lookups.last_runs(connection, name).get("directory")) is not None]
    for run in sorted(tries, key=lambda run: run.started, reverse=True):
        own = [one for one in run.report.get("problems", ()) if one.startswith(f"{directory}: ")]
        if own:
            return run.started, " ".join(_reason(one.removeprefix(f"{directory}: ")) for one in own)
    return None, ""


def _reason(said: str) -> str:
    return said.removesuffix(LAST_GOOD_STANDS).removesuffix(NOBODY_KNOWN).strip()
