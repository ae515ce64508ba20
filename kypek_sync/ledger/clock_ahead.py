"""Moments of a directory, or of a register of units, that are dated later than now: our clock was ahead, or is behind.

Until the latest of them has passed, whatever is read counts only in part: it shows an earlier state than was seen
already (design, rule 1). Only a person knows which of the two clocks was wrong. Once they have said that it is right
now, no moment stays later than now, and what that clock saw to be missing proves nothing (rule 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select, update

from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.columns import SKEW
from kypek_sync.ledger.journal import Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.reading_tables import cursors
from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import findings, people, person_changes, person_keys, reads, runs

_OF_PEOPLE: tuple[tuple[Table, str], ...] = (
    *((people, name) for name in ("first_seen", "last_seen")),
    *((person_keys, name) for name in ("first_seen", "last_seen", "until")),
    (person_changes, "at"),
)
"""Moments of people whose order says who had something first, and who last."""
_INSTANT = timedelta(seconds=1)
_STEP = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Dated:
    """What a wrong clock may have left. `until` is the latest moment that keeps reads from counting (None: none does),
    `leaving` how many people are on the way out, `gone` how many count as gone as of a moment still to come."""

    until: datetime | None
    leaving: int
    gone: int


def blocked_until(connection: Connection, system: str, now: datetime) -> datetime | None:
    """The moment, later than now by more than two clocks of ours may differ, as of which a system was read in full.
    None: what is read now counts."""
    good = select(func.max(reads.c.good_as_of)).where(reads.c.system == system)
    full = select(func.max(cursors.c.full_at)).where(cursors.c.system == system)
    moments = [connection.execute(query).scalar() for query in (good, full)]
    return max((one for one in moments if one is not None and one > now + SKEW), default=None)


def of_those(connection: Connection, systems: Iterable[str], now: datetime) -> tuple[tuple[str, datetime], ...]:
    """The same of several systems, of which some may be an empty word: those of which there is such a moment."""
    found = ((system, blocked_until(connection, system, now)) for system in sorted(set(systems) - {""}))
    return tuple((system, until) for system, until in found if until is not None)


def dated(connection: Connection, system: str, now: datetime) -> Dated:
    """What there is to be put right."""
    query = select(func.count()).select_from(people).where(people.c.directory == system)
    leaving = connection.execute(query.where(people.c.absent_since.is_not(None), people.c.gone_at.is_(None)))
    gone = connection.execute(query.where(people.c.gone_at > now))
    return Dated(blocked_until(connection, system, now), int(leaving.scalar_one()), int(gone.scalar_one()))


def put_right(connection: Connection, system: str, who: str, why: str, now: datetime, kypeks: Iterable[str]) -> Dated:
    """A person says that the clock is right now; the journals of the `kypeks` that use the system tell it.

    The moments of reads become `now`, or that of the read that came after them. Those of people go back together, so
    that the latest is now: their order stays, and none comes to lie before the truth; of a clock that was wrong by more
    than one amount none before the last pass of when it was right. Whoever is leaving starts anew,
    also whoever counts as gone as of a moment still to come, who is leaving again. Returns what there was.
    """
    alone(connection, f"directory {system}")
    found = dated(connection, system, now)
    _reads(connection, system, now)
    _cursors(connection, system, now)
    _order(connection, system, now)
    _leaving(connection, system, now)
    connection.execute(
        update(findings).where(findings.c.source == system, findings.c.first_seen > now).values(first_seen=now)
    )
    until = found.until.isoformat() if found.until else None
    said: dict[str, str | int | None] = {"system": system, "clock": until, "leaving": found.leaving + found.gone}
    journal_facts.accepted(connection, kypeks, who, said | {"why": why}, now)
    return found


def _reads(connection: Connection, system: str, now: datetime) -> None:
    """The last good read of a scope was before its last one."""
    for row in connection.execute(select(reads).where(reads.c.system == system)).all():
        values: dict[str, Any] = {"as_of": min(row.as_of, now)}
        if row.good_as_of is not None and row.good_as_of > now:
            values["good_as_of"] = values["as_of"]
        if row.accepted_at is not None:
            values["accepted_at"] = min(row.accepted_at, now)
        mine = (reads.c.system == system) & (reads.c.scope == row.scope)
        connection.execute(update(reads).where(mine).values(**values))


def _cursors(connection: Connection, system: str, now: datetime) -> None:
    """A full read that was tried since, by the clock that is right, was tried after the good one: the next pass makes
    another."""
    names = ("taken_at", "full_at", "tried_at", "healed_at", "refused_at", "refused_since")
    for row in connection.execute(select(cursors).where(cursors.c.system == system)).mappings().all():
        values = {name: now for name in names if row[name] is not None and row[name] > now}
        if "full_at" in values and "tried_at" not in values and row["tried_at"] is not None:
            values["full_at"] = row["tried_at"] - _INSTANT
        if values:
            mine = (cursors.c.system == system) & (cursors.c.scope == row["scope"])
            connection.execute(update(cursors).where(mine).values(**values))


def _order(connection: Connection, system: str, now: datetime) -> None:
    """Bring back what is known of people, and when."""
    later: dict[tuple[Table, str], list[datetime]] = {}
    for table, name in _OF_PEOPLE:
        column = table.c[name]
        query = select(column).where(table.c.directory == system, column > now).distinct().order_by(column)
        later[table, name] = list(connection.execute(query).scalars())
    moments = sorted({moment for those in later.values() for moment in those})
    by = moments[-1] - now if moments else timedelta(0)
    right = _last_right(connection, now)
    brought = {
        moment: moment - by if right is None else min(max(moment - by, right + number * _STEP), now)
        for number, moment in enumerate(moments, start=1)
    }
    for (table, name), those in later.items():
        for moment in those:
            mine = (table.c.directory == system) & (table.c[name] == moment)
            connection.execute(update(table).where(mine).values({name: brought[moment]}))


def _last_right(connection: Connection, now: datetime) -> datetime | None:
    """When the last pass began before the first one of the clock that was ahead; None if none is known."""
    first = select(func.min(runs.c.id)).where(runs.c.started > now + SKEW).scalar_subquery()
    query = select(func.max(runs.c.started)).where(runs.c.id < first, runs.c.started <= now)
    return connection.execute(query).scalar()


def _leaving(connection: Connection, system: str, now: datetime) -> None:
    mine = people.c.directory == system
    gone = connection.execute(select(people.c.id, people.c.login).where(mine, people.c.gone_at > now)).all()
    connection.execute(update(people).where(mine, people.c.gone_at > now).values(gone_at=None))
    anew = {"absences": 0, "absent_at": None, "absent_since": now, "absent_content": ""}
    absent = (mine, people.c.absent_since.is_not(None), people.c.gone_at.is_(None))
    connection.execute(update(people).where(*absent).values(**anew))
    journal_facts.left(connection, [Who(row.login, row.id) for row in gone], now, kind=Kind.RETURN)
