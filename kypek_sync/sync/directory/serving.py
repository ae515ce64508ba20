"""Which KYPEK serves a person, from what settings and ledger know. The rules are `kypek_sync.seminar.serving`'s.

Only what is needed for the units at hand is fetched from the register's mirror, so that looking at one person does not
load a country.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from sqlalchemy import Connection

from kypek_sync.ledger import persons, reads, units_register
from kypek_sync.ledger.entry_findings import tell_code
from kypek_sync.ledger.schools import every_unit
from kypek_sync.model import Person, Unit
from kypek_sync.seminar import serving as rules
from kypek_sync.seminar.serving import Area, Land, Placed, Register
from kypek_sync.settings import Settings, directorates, directorates_of
from kypek_sync.sync.installation import Installation


def areas(settings: Settings) -> tuple[Area, ...]:
    """Every education directorate with the KYPEK of these settings that serves it, if one does."""
    owner = {d.edu_admin_id: kypek for kypek, entry in settings.kypeks.items() for d in directorates_of(kypek, entry)}
    return tuple(
        Area(number, one.label, one.level, one.name, one.registry_code, owner.get(number, ""))
        for number, one in sorted(directorates().items())
    )


def register_of(settings: Settings, directory: str) -> str:
    """The register that is asked about the units of a directory; empty where none is set. Where KYPEKs that share a
    directory name several, the first by name."""
    named = {e.units_register for e in settings.kypeks.values() if e.directory == directory and e.units_register}
    return min(named, default="")


def land(connection: Connection, inst: Installation, directory: str, units: Iterable[Unit]) -> Land:
    """What placing these units of a directory may know."""
    settings = inst.loaded.settings
    named = {code.strip(): kypek for kypek, entry in settings.kypeks.items() for code in entry.units}
    system = register_of(settings, directory)
    if not system:
        return Land(areas(settings), named)
    held = units_register.held_of(connection, system, {unit.registry_code for unit in units} - {""})
    shared = units_register.shared_codes(connection, directory)
    return Land(areas(settings), named, shared, Register(held.as_of, held.units, held.directorates))


def served(connection: Connection, inst: Installation, directory: str, person: Person) -> tuple[Placed, ...]:
    """Where each of the person's units belongs, in their order: the KYPEK that serves it (empty: none of these
    settings), its directorate, and the way it was told (`seminar.serving.way_words` says that to people).
    `seminar.serving.kypeks` gives the KYPEKs alone."""
    units = persons.units_of(connection, directory, [person])
    known = land(connection, inst, directory, units.values())
    return rules.serving(person, units, known)


def settled(
    connection: Connection, inst: Installation, directory: str, units: Mapping[str, Unit]
) -> Mapping[str, Unit]:
    """The units as rules for audiences should see them: where the register tells another directorate than the
    directory's tree, with that one. The same units where no register is set."""
    if not units or not register_of(inst.loaded.settings, directory):
        return units
    return rules.settled(units, land(connection, inst, directory, units.values()))


def record(connection: Connection, inst: Installation, directory: str, *, changed: bool) -> None:
    """Tell anew what is odd about placing the units of a directory, as findings of it. Does nothing where none of the
    units `changed` and settings and register are as they were."""
    fingerprint = _fingerprint(connection, inst, directory)
    if not changed and fingerprint == units_register.placed_from(connection, directory):
        return
    known = land(connection, inst, directory, every_unit(connection, directory))  # twice: a country is not to be held
    found = rules.findings(every_unit(connection, directory), known, directory)
    for code in sorted(rules.CODES):
        tell_code(connection, directory, code, (one for one in found if one.code == code), inst.clock())
    units_register.note_placed(connection, directory, fingerprint)


def _fingerprint(connection: Connection, inst: Installation, directory: str) -> str:
    settings = inst.loaded.settings
    system = register_of(settings, directory)
    read = [(one.scope, one.as_of) for one in reads.all_last(connection, system)] if system else []
    named = sorted((code, kypek) for kypek, entry in settings.kypeks.items() for code in entry.units)
    return sha256(repr((areas(settings), named, system, read)).encode()).hexdigest()
