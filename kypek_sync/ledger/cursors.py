"""Where the next read of a directory may start, what the last one was, and why a delta was refused.

A directory that several KYPEKs share has one cursor: what one of them has read, the others need not read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kypek_sync.ledger.reading_tables import cursors

PEOPLE = "people"
"""The scope of the people of a directory."""


class How(StrEnum):
    """What the last read that counted was; empty before the first."""

    NEVER = ""
    FULL = "full"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where reading a directory stands. Moments are aware UTC, by our clock.

    `cursor` is where the next delta starts (empty: there can be none). `how` and `taken_at` tell the last read that
    counted, `full_at` the last full one that was complete, `tried_at` the last full one of any kind, `healed_at` the
    last one that was made because a delta was refused. `refused_at` is when a delta was last refused, `refused_since`
    since when none has been taken, `why` the reason in a sentence, `behind` that the server showed an earlier state;
    these four are empty again once a read has counted.
    """

    system: str
    cursor: str = ""
    how: How = How.NEVER
    taken_at: datetime | None = None
    full_at: datetime | None = None
    tried_at: datetime | None = None
    healed_at: datetime | None = None
    refused_at: datetime | None = None
    refused_since: datetime | None = None
    behind: bool = False
    why: str = ""


_NOT_REFUSED: dict[str, Any] = {"refused_at": None, "refused_since": None, "behind": False, "why": ""}


def standing(connection: Connection, system: str) -> Standing:
    """Where reading the people of a directory stands."""
    row = connection.execute(select(cursors).where(*_of(system))).first()
    if row is None:
        return Standing(system)
    return Standing(
        system,
        row.cursor,
        How(row.how),
        row.taken_at,
        row.full_at,
        row.tried_at,
        row.healed_at,
        row.refused_at,
        row.refused_since,
        row.behind,
        row.why,
    )


def took_full(connection: Connection, system: str, cursor: str, now: datetime, *, healing: bool = False) -> None:
    """A full read was complete and believed: deltas start from its cursor, or are not possible without one. `healing`:
    it was made because a delta was refused."""
    values = {"cursor": cursor, "how": How.FULL.value, "taken_at": now, "full_at": now}
    _write(connection, system, values | _tried(now, healing) | _NOT_REFUSED)


def tried_full(connection: Connection, system: str, now: datetime, *, healing: bool = False) -> None:
    """A full read was made and proves nothing: deltas go on from where they were."""
    _write(connection, system, _tried(now, healing))


def took_changes(connection: Connection, system: str, start: str, cursor: str, now: datetime) -> bool:
    """A delta from `start` was taken up to `cursor`. False, and nothing is kept, if somebody has read the directory
    since that delta began: what it holds may be older than what is known by now."""
    values = {"cursor": cursor, "how": How.CHANGES.value, "taken_at": now} | _NOT_REFUSED
    where = (*_of(system), cursors.c.cursor == start)
    return connection.execute(update(cursors).where(*where).values(**values)).rowcount == 1


def refused(connection: Connection, system: str, why: str, now: datetime, *, behind: bool = False) -> None:
    """A delta was not taken."""
    before = standing(connection, system)
    since = before.refused_since if before.refused_since is not None and before.behind == behind else now
    _write(connection, system, {"refused_at": now, "refused_since": since, "behind": behind, "why": why})


def _tried(now: datetime, healing: bool) -> dict[str, Any]:
    return {"tried_at": now} | ({"healed_at": now} if healing else {})


def _write(connection: Connection, system: str, values: dict[str, Any]) -> None:
    if connection.execute(update(cursors).where(*_of(system)).values(**values)).rowcount == 0:
        connection.execute(insert(cursors).values(system=system, scope=PEOPLE, **({"behind": False} | values)))


def _of(system: str) -> tuple[Any, Any]:
    return cursors.c.system == system, cursors.c.scope == PEOPLE
