"""Pauses: a connector, a KYPEK or a seminar that the engine does not touch for a while (design, rule 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from kypek_sync.ledger import journal
from kypek_sync.ledger.care_tables import pauses
from kypek_sync.ledger.journal import Entry
from kypek_sync.ledger.journal_people import Who


class Kind(StrEnum):
    """What is paused."""

    CONNECTOR = "connector"
    KYPEK = "kypek"
    SEMINAR = "seminar"


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that a named person ordered. `name` is that of the connector, KYPEK (id) or seminar (code); `kypek` that
    of a seminar, empty for the others; `until` is the moment at which it ends by itself (None: when resumed)."""

    id: int
    kind: Kind
    name: str
    kypek: str
    who: str
    why: str
    at: datetime
    until: datetime | None
    resumed: datetime | None
    resumed_by: str


@dataclass(frozen=True, slots=True)
class Paused:
    """What is paused at one moment, as one KYPEK sees it: each by its name."""

    connectors: dict[str, Pause]
    seminars: dict[str, Pause]
    whole: Pause | None = None

    def of(self, system: str, seminar: str) -> Pause | None:
        """The pause that keeps changes of a seminar on a system from being made, if there is one."""
        return self.connectors.get(system) or self.seminars.get(seminar)


NOTHING = Paused({}, {})
"""Nothing is paused."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be paused: see `Pause`. `kypeks` are the centres that it concerns: their journals tell it."""

    kind: Kind
    name: str
    kypek: str
    kypeks: tuple[str, ...]


def add(connection: Connection, what: Thing, *, who: str, why: str, until: datetime | None, now: datetime) -> int:
    """Pause something; a pause of the same thing that stands is replaced by this one. Its id."""
    connection.execute(update(pauses).where(_stands(what, now)).values(resumed=now, resumed_by=who))
    identity = connection.execute(
        insert(pauses)
        .values(kind=what.kind.value, name=what.name, kypek=what.kypek, who=who, why=why, at=now, until=until)
        .returning(pauses.c.id)
    ).scalar_one()
    content = {"why": why, "until": until.isoformat() if until else None}
    _tell(connection, journal.Kind.PAUSE, what, content, who, int(identity), now)
    return int(identity)


def resume(connection: Connection, what: Thing, *, who: str, now: datetime) -> int:
    """End the pause of something; 0 if nothing of the kind is paused at `now`."""
    where = _stands(what, now)
    those = [int(row.id) for row in connection.execute(select(pauses.c.id).where(where))]
    connection.execute(update(pauses).where(where).values(resumed=now, resumed_by=who))
    for one in those:
        _tell(connection, journal.Kind.RESUME, what, {}, who, one, now)
    return len(those)


def standing(connection: Connection, now: datetime) -> list[Pause]:
    """The pauses that stand at `now`, oldest first: one whose time is over has ended by itself."""
    query = select(pauses).where(pauses.c.resumed.is_(None), or_(pauses.c.until.is_(None), pauses.c.until > now))
    return [_pause(row) for row in connection.execute(query.order_by(pauses.c.id))]


def for_kypek(connection: Connection, kypek: str, now: datetime) -> Paused:
    """What is paused for one KYPEK: it, its seminars, and connectors, which are everybody's."""
    return seen_by(standing(connection, now), kypek)


def seen_by(those: Iterable[Pause], kypek: str) -> Paused:
    """The same, of pauses that are known."""
    connectors, seminars, whole = {}, {}, None
    for pause in those:
        if pause.kind is Kind.CONNECTOR:
            connectors[pause.name] = pause
        elif pause.kind is Kind.SEMINAR and pause.kypek == kypek:
            seminars[pause.name] = pause
        elif pause.kind is Kind.KYPEK and pause.name == kypek:
            whole = pause
    return Paused(connectors, seminars, whole)


def spans(connection: Connection, kypek: str, seminar: str, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """When a seminar, or its whole KYPEK, was paused until `now`: from and to, in order, without overlap."""
    own = (pauses.c.kind == Kind.SEMINAR.value) & (pauses.c.name == seminar) & (pauses.c.kypek == kypek)
    whole = (pauses.c.kind == Kind.KYPEK.value) & (pauses.c.name == kypek)
    query = select(pauses).where(or_(own, whole)).order_by(pauses.c.at, pauses.c.id)
    found: list[tuple[datetime, datetime]] = []
    for row in connection.execute(query):
        ends = min(one for one in (row.resumed, row.until, now) if one is not None)
        if found and row.at <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        elif row.at < ends:
            found.append((row.at, ends))
    return tuple(found)


def _stands(what: Thing, now: datetime) -> ColumnElement[bool]:
    where = (pauses.c.kind == what.kind.value) & (pauses.c.name == what.name) & (pauses.c.kypek == what.kypek)
    return where & pauses.c.resumed.is_(None) & or_(pauses.c.until.is_(None), pauses.c.until > now)


def _tell(
    connection: Connection,
    kind: journal.Kind,
    what: Thing,
    content: Mapping[str, Any],
    who: str,
    record: int,
    now: datetime,
) -> None:
    said = {"kind": what.kind.value, "name": what.name, **content}
    for kypek in what.kypeks:
        journal.append(connection, kypek, [Entry(kind, said, people={"who": [Who(who)]}, record=record)], now)


def _pause(row: Any) -> Pause:
    return Pause(
        row.id,
        Kind(row.kind),
        row.name,
        row.kypek,
        row.who,
        row.why,
        row.at,
        row.until,
        row.resumed,
        row.resumed_by,
    )
