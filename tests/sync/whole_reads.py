"""Reads of a whole directory as values, recorded the way the directory's lane does it: through keepers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TypeVar

from sqlalchemy import Connection

from kypek_sync.contract import Keeper, Reading, Snapshot
from kypek_sync.ledger.shown import people_digests, unit_digests
from kypek_sync.model import Finding, Person, Unit
from kypek_sync.sync.directory import recording
from kypek_sync.sync.directory.lane import DirectoryRead, Read
from kypek_sync.sync.directory.spool import PeopleKeeper, UnitsKeeper
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport

T = TypeVar("T")


@dataclass(frozen=True)
class WholeRead:
    """What a directory showed; `without` as in `Reading`."""

    system: str
    people: Snapshot[Person]
    units: Snapshot[Unit]
    without: frozenset[str] = frozenset()


def record(connection: Connection, inst: Installation, read: WholeRead, report: LaneReport) -> bool:
    """Hand everything to keepers, as a connector would, and record it."""
    units = UnitsKeeper(unit_digests(connection, read.system))
    with PeopleKeeper(people_digests(connection, read.system)) as people:
        of_people = replace(_read(read.people, people), without=read.without)
        shown = Read(of_people, _read(read.units, units), people, units)
        return recording.record(connection, inst, DirectoryRead(read.system, shown), report)


def hand_over(keeper: Keeper[T], items: Iterable[T], findings: Iterable[Finding] = ()) -> None:
    """Each entry, unless it is as it was, with what is odd about it."""
    told = list(findings)
    for item in items:
        if not keeper.same(digest := blake2b(repr(item).encode(), digest_size=16).digest()):
            keeper.take(item, digest, [one for one in told if one.subject == getattr(item, "login", "")])


def _read(snapshot: Snapshot[T], keeper: Keeper[T]) -> Reading:
    hand_over(keeper, snapshot.items, snapshot.findings)
    logins = {getattr(item, "login", "") for item in snapshot.items}
    return Reading(
        snapshot.system,
        snapshot.scope,
        snapshot.as_of,
        len(snapshot.items),
        snapshot.complete,
        snapshot.why_partial,
        content=snapshot.content,
        findings=tuple(one for one in snapshot.findings if one.subject not in logins),
    )
