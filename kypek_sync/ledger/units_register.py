"""What a register of units last said, with its age, so that it may be down for weeks.

Only a complete read takes something out; a partial one adds and changes what it saw. The age is that of the last
complete read of units, as `reads` has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from kypek_sync.contract import DIRECTORATES, SCHOOLS, RegisteredDirectorate, RegisteredUnit, Snapshot, UnitState
from kypek_sync.ledger import reads
from kypek_sync.ledger.register_tables import placed, register_directorates, register_units
from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import units

AT_ONCE = 500
"""Rows taken out by one statement."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a register: units by their number as text, directorates by theirs. `as_of` is the moment of the
    last complete read of units, None before the first; `tried` that of the last read of any kind; `why_partial` says
    why that one was partial."""

    system: str
    units: Mapping[str, RegisteredUnit]
    directorates: Mapping[int, RegisteredDirectorate]
    as_of: datetime | None = None
    tried: datetime | None = None
    why_partial: str = ""


def held_of(connection: Connection, system: str, ids: Iterable[str]) -> Held:
    """What is held of a register, of its units only those with these numbers."""
    last = reads.last(connection, system, SCHOOLS)
    found: dict[str, RegisteredUnit] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), AT_ONCE):
        found |= _units(connection, system, wanted[start : start + AT_ONCE])
    return Held(
        system,
        found,
        _directorates(connection, system),
        last.good_as_of if last else None,
        last.as_of if last else None,
        last.why_partial if last else "",
    )


def count(connection: Connection, system: str) -> int:
    """How many units are held of a register."""
    query = select(func.count()).select_from(register_units).where(register_units.c.system == system)
    return int(connection.execute(query).scalar_one())


def shared_codes(connection: Connection, directory: str) -> frozenset[str]:
    """The registry codes that several units of a directory carry: these name none of them (D-10)."""
    code = units.c.body["registry_code"].as_string()
    query = select(code).where(units.c.directory == directory).group_by(code).having(func.count() > 1)
    return frozenset(value for value in connection.execute(query).scalars() if value)


def placed_from(connection: Connection, directory: str) -> str:
    """What the findings about placing this directory's units were told from; empty before the first time."""
    query = select(placed.c.fingerprint).where(placed.c.directory == directory)
    return str(connection.execute(query).scalar() or "")


def note_placed(connection: Connection, directory: str, fingerprint: str) -> None:
    """Remember what they were told from."""
    connection.execute(delete(placed).where(placed.c.directory == directory))
    connection.execute(insert(placed).values(directory=directory, fingerprint=fingerprint))


def is_read(connection: Connection, system: str) -> datetime | None:
    """The moment of the oldest of the last complete reads of both scopes; None while one is missing."""
    moments = [
        last.good_as_of if (last := reads.last(connection, system, s)) else None for s in (SCHOOLS, DIRECTORATES)
    ]
    known = [moment for moment in moments if moment is not None]
    return min(known) if len(known) == len(moments) else None


def record_schools(connection: Connection, read: Snapshot[RegisteredUnit]) -> None:
    """Mirror a read of units. The same again writes nothing. Several KYPEKs may share a register: whoever records it is
    alone."""
    alone(connection, f"register {read.system}")
    before = _units(connection, read.system)
    present = {unit.id: _fitting(unit) for unit in read.items}
    gone = before.keys() - present.keys() if read.complete else frozenset[str]()
    changed = [unit for unit in present.values() if before.get(unit.id) != unit]
    _take_out(connection, register_units, read.system, [*gone, *(unit.id for unit in changed if unit.id in before)])
    if changed:
        connection.execute(insert(register_units), [_unit_row(read.system, unit) for unit in changed])


def record_directorates(connection: Connection, read: Snapshot[RegisteredDirectorate]) -> None:
    """Mirror a read of directorates. The same again writes nothing."""
    alone(connection, f"register {read.system}")
    before = _directorates(connection, read.system)
    present = {one.id: _fitting_directorate(one) for one in read.items}
    gone = before.keys() - present.keys() if read.complete else frozenset[int]()
    changed = [one for one in present.values() if before.get(one.id) != one]
    _take_out(connection, register_directorates, read.system, [*gone, *(one.id for one in changed if one.id in before)])
    if changed:
        connection.execute(insert(register_directorates), [_directorate_row(read.system, one) for one in changed])


def _fitting(unit: RegisteredUnit) -> RegisteredUnit:
    """As much of its words as the columns hold."""
    return replace(unit, name=unit.name[:300], code=unit.code[:64], kind=unit.kind[:300])


def _fitting_directorate(one: RegisteredDirectorate) -> RegisteredDirectorate:
    return replace(one, name=one.name[:300], code=one.code[:64], label=one.label[:64])


def _units(connection: Connection, system: str, ids: Collection[str] | None = None) -> dict[str, RegisteredUnit]:
    table = register_units
    query = select(table).where(table.c.system == system)
    rows = connection.execute(query if ids is None else query.where(table.c.id.in_(ids)))
    return {
        row.id: RegisteredUnit(row.id, row.name, row.code, row.directorate, row.kind, UnitState(row.state))
        for row in rows
    }


def _directorates(connection: Connection, system: str) -> dict[int, RegisteredDirectorate]:
    table = register_directorates
    rows = connection.execute(select(table).where(table.c.system == system))
    return {row.id: RegisteredDirectorate(row.id, row.name, row.code, row.label, row.level) for row in rows}


def _take_out(connection: Connection, table: Table, system: str, ids: Collection[Any]) -> None:
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        connection.execute(delete(table).where(table.c.system == system, table.c.id.in_(some)))


def _unit_row(system: str, unit: RegisteredUnit) -> dict[str, Any]:
    return {
        "system": system,
        "id": unit.id,
        "name": unit.name,
        "code": unit.code,
        "directorate": unit.directorate,
        "kind": unit.kind,
        "state": unit.state.value,
    }


def _directorate_row(system: str, one: RegisteredDirectorate) -> dict[str, Any]:
    return {
        "system": system,
        "id": one.id,
        "name": one.name,
        "code": one.code,
        "label": one.label,
        "level": one.level,
    }
