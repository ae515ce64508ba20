"""The directory lane reads: people and units, entry by entry into keepers, while no transaction is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kypek_sync.contract import ConnectorError, Reading
from kypek_sync.ledger.shown import people_digests, unit_digests
from kypek_sync.sync.directory.spool import PeopleKeeper, UnitsKeeper
from kypek_sync.sync.installation import Installation


@dataclass(frozen=True, slots=True)
class Read:
    """How the reads of one directory ended, with the keepers that hold what changed."""

    people: Reading
    units: Reading
    changed_people: PeopleKeeper
    changed_units: UnitsKeeper


@dataclass(frozen=True, slots=True)
class DirectoryRead:
    """A full read of a directory, or why there is none (`problem`; neither where no directory is configured)."""

    system: str
    read: Read | None = None
    problem: ConnectorError | None = None


@contextmanager
def reading(inst: Installation, kypek: str) -> Iterator[DirectoryRead]:
    """Read people and units in full. Writes nothing into the ledger; what is kept on the disk is gone at the end."""
    system = inst.kypek(kypek).directory
    directory = inst.connectors.directory(kypek)
    if directory is None:
        yield DirectoryRead(system)
        return
    if (why := inst.shut(system)) is not None:
        yield DirectoryRead(system, problem=why)
        return
    with inst.ledger.begin(keep=False) as connection:
        units, people = UnitsKeeper(unit_digests(connection, system)), PeopleKeeper(people_digests(connection, system))
    with people:
        try:
            shown = directory.read_units(units)
            read = DirectoryRead(system, Read(directory.read_people(people), shown, people, units))
        except ConnectorError as error:
            inst.heard(system, [error])
            yield DirectoryRead(system, problem=error)
            return
        inst.heard(system, [], answers=1)
        yield read
