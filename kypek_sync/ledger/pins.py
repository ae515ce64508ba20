"""Pins: targets that the engine leaves alone until a person releases them (design, rule 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kypek_sync.contract import Change, Target
from kypek_sync.ledger import journal
from kypek_sync.ledger.care_tables import pins
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who

Spot = tuple[str, Target]
"""An aspect (`course`, `group`, `enrolment`, `membership`, `room`, `ticket`) of a target."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One aspect of one target that stays as it is. `run` is the run that pinned it (None: a person did), `why` a word
    to people; `released` is set once a person, or the undo of that run, let go of it."""

    id: int
    kypek: str
    aspect: str
    target: Target
    run: int | None
    who: str
    why: str
    at: datetime
    released: datetime | None
    released_by: str


def spot(change: Change) -> Spot:
    """What a change touches: both directions of the same thing (enrol, unenrol) touch the same spot."""
    return change.verb.value.partition(".")[0], change.target


def add(
    connection: Connection, kypek: str, spots: Iterable[Spot], *, run: int | None, who: str, why: str, now: datetime
) -> None:
    """Pin these, and say so in the journal; one that is pinned already stays as it is."""
    standing = for_kypek(connection, kypek)
    made = []
    for aspect, target in dict.fromkeys(spots):
        if (aspect, target) in standing:
            continue
        values = {"system": target.system, "seminar": target.seminar, "object": target.object, "login": target.login}
        values["part"] = target.part
        query = insert(pins).values(kypek=kypek, aspect=aspect, run=run, who=who, why=why, at=now, **values)
        identity = int(connection.execute(query.returning(pins.c.id)).scalar_one())
        made.append(_entry(Kind.PIN, identity, aspect, target, run, who, why))
    journal.append(connection, kypek, made, now)


def for_kypek(connection: Connection, kypek: str) -> dict[Spot, Pin]:
    """The pins of a KYPEK that stand, by what they pin."""
    return {(pin.aspect, pin.target): pin for pin in listed(connection, kypek)}


def listed(
    connection: Connection, kypek: str = "", *, run: int | None = None, login: str = "", released: bool = False
) -> list[Pin]:
    """Pins in the order they were made: those that stand, with `released` also the others; of a run, of a person."""
    query = select(pins).order_by(pins.c.id)
    if not released:
        query = query.where(pins.c.released.is_(None))
    if kypek:
        query = query.where(pins.c.kypek == kypek)
    if run is not None:
        query = query.where(pins.c.run == run)
    if login:
        query = query.where(pins.c.login == login)
    return [_pin(row) for row in connection.execute(query)]


def release(connection: Connection, those: Sequence[int], who: str, now: datetime) -> int:
    """Let go of pins by their id, and say so in the journal; how many stood until now."""
    meant = set(those)
    standing = [pin for pin in listed(connection) if pin.id in meant]
    told: dict[str, list[Entry]] = {}
    for pin in standing:
        connection.execute(update(pins).where(pins.c.id == pin.id).values(released=now, released_by=who))
        entry = _entry(Kind.RELEASE, pin.id, pin.aspect, pin.target, pin.run, who, pin.why)
        told.setdefault(pin.kypek, []).append(entry)
    for kypek, entries in sorted(told.items()):
        journal.append(connection, kypek, entries, now)
    return len(standing)


def release_spots(
    connection: Connection, standing: Mapping[Spot, Pin], spots: Iterable[Spot], who: str, now: datetime
) -> int:
    """Let go of those of `standing` that pin one of these spots."""
    wanted = set(spots)
    return release(connection, [pin.id for one, pin in standing.items() if one in wanted], who, now)


def _entry(kind: Kind, pin: int, aspect: str, target: Target, run: int | None, who: str, why: str) -> Entry:
    content = {"aspect": aspect, "system": target.system, "seminar": target.course, "object": target.object}
    about = Who(target.login) if target.login else None
    return Entry(kind, {**content, "why": why}, about=about, people={"who": [Who(who)]}, run=run, record=pin)


def _pin(row: Any) -> Pin:
    target = Target(row.system, row.seminar, row.object, row.login, row.part)
    return Pin(row.id, row.kypek, row.aspect, target, row.run, row.who, row.why, row.at, row.released, row.released_by)
