"""Reads the register of units into the ledger: rarely, since schools seldom move, and beside the directory's own pass.

What it said stays until it can be read again; that it is down is a problem only once what is held has become old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from kypek_sync.contract import ConnectorError, RegisteredDirectorate, RegisteredUnit, Snapshot, UnitsRegister
from kypek_sync.language import clause
from kypek_sync.ledger import clock_ahead, reads, units_register
from kypek_sync.model import Finding
from kypek_sync.sync.directory import ways_out
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport

T = TypeVar("T")

RETRY = timedelta(hours=1)
"""A register that could be read only in part is not read again before."""


@dataclass(frozen=True, slots=True)
class RegisterRead:
    """Both snapshots of a register, or why there are none. `system` is empty where nothing was to be read."""

    system: str = ""
    schools: Snapshot[RegisteredUnit] | None = None
    directorates: Snapshot[RegisteredDirectorate] | None = None
    problem: ConnectorError | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How old what is held of a register is. `read` is the moment of the last whole read, None before the first;
    `is_old`: longer ago than the set age, or never; `units`: how many are held."""

    system: str
    read: datetime | None
    is_old: bool
    units: int


def read(inst: Installation, kypek: str) -> RegisterRead:
    """Read the KYPEK's register where it is time. Writes nothing; not to be called inside a transaction."""
    system = inst.kypek(kypek).units_register
    register = inst.connectors.register(kypek)
    if register is None:
        return RegisterRead()
    with inst.ledger.begin(keep=False) as connection:
        if not is_due(connection, inst, system):
            return RegisterRead()
    if (why := inst.shut(system)) is not None:
        return RegisterRead(system, problem=why)
    return _asked(inst, system, register)


def is_due(connection: Connection, inst: Installation, system: str) -> bool:
    """Whether the register should be read now: never read whole, or long enough ago, and not tried a moment ago."""
    now, every = inst.clock(), inst.loaded.settings.register_rules.read_every
    whole = units_register.is_read(connection, system)
    if whole is not None and timedelta(0) <= now - whole < every:
        return False
    # One that is later than now is of a clock that was ahead: how long ago that was, it does not tell.
    tried = [last.as_of for last in reads.all_last(connection, system) if last.as_of <= now]
    return not tried or now - max(tried) >= min(RETRY, every)


def _asked(inst: Installation, system: str, register: UnitsRegister) -> RegisterRead:
    directorates = None
    try:
        directorates = register.directorates()
        found = RegisterRead(system, register.schools(), directorates)
    except ConnectorError as error:
        inst.heard(system, [error])
        return RegisterRead(system, None, directorates, error)
    inst.heard(system, [], answers=2)
    return found


def record(connection: Connection, inst: Installation, read: RegisterRead, report: LaneReport) -> None:
    """Bring a read into the ledger, and tell what could not be read. Does nothing where nothing was to be read."""
    if not read.system:
        return
    said: list[str] = []
    small: list[str] = []
    found: list[Finding] = []
    ahead = clock_ahead.blocked_until(connection, read.system, inst.clock()) is not None
    if read.directorates is not None:
        directorates, doubt = _believed(connection, inst, read.directorates)
        units_register.record_directorates(connection, directorates)
        _note(connection, directorates, doubt, said, small)
        found += directorates.findings
    if read.schools is not None:
        schools, doubt = _believed(connection, inst, read.schools)
        units_register.record_schools(connection, schools)
        _note(connection, schools, doubt, said, small)
        found += schools.findings
        report.counts["units in the register"] = len(schools.items)
        reads.replace_findings(connection, read.system, found, inst.clock())
    if read.problem is not None:
        if units_register.is_read(connection, read.system) or units_register.count(connection, read.system):
            said.append(f"{read.problem} What the register said before counts until it can be read.")
        else:
            said.append(f"{read.problem} Until it can be read, directorates come from the directory.")
    if said and ahead:
        said.append(f"{read.system}: {ways_out.clock(read.system)}")
    if (said or small) and (ahead or standing(connection, inst, read.system).is_old):
        report.problems += said + small
    else:
        report.notes += small


def standing(connection: Connection, inst: Installation, system: str) -> Standing:
    """How old what is held of a register is, and how much it is."""
    whole = units_register.is_read(connection, system)
    is_old = whole is None or inst.clock() - whole > inst.loaded.settings.register_rules.old_after
    return Standing(system, whole, is_old, units_register.count(connection, system))


def _believed(connection: Connection, inst: Installation, snapshot: Snapshot[T]) -> tuple[Snapshot[T], str]:
    """The snapshot held against the last good one: a register that lost half its schools overnight takes none out."""
    last = reads.last(connection, snapshot.system, snapshot.scope)
    share = inst.loaded.settings.register_rules.smallest_share
    return reads.believed(snapshot, last, share), reads.doubt(snapshot, last, share)


def _note(connection: Connection, snapshot: Snapshot[T], doubt: str, said: list[str], small: list[str]) -> None:
    """Remember a read; a partial one is `said`. One that is only `small` a person can say to be right, so that is told
    at once and not when what is held has become old."""
    reads.note(connection, snapshot, doubt)
    if snapshot.complete:
        return
    why = clause(snapshot.why_partial)
    sentence = (
        f"{snapshot.system}: {snapshot.scope} was read only in part ({why}). "
        "What was seen counts, and what was known before stays."
    )
    if doubt and snapshot.items:
        small.append(f"{sentence} {ways_out.smaller(snapshot.system)}")
    else:
        said.append(sentence)
