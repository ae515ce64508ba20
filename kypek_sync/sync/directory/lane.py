"""The directory lane: people and units into the ledger. Reads one foreign system and writes none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection

from kypek_sync.contract import ConnectorError, Snapshot, whole_people, whole_units
from kypek_sync.ledger import people, reads
from kypek_sync.ledger.people import Departure, IdentitiesDoubted
from kypek_sync.model import Finding, Person, PersonKind, Unit
from kypek_sync.settings.shape import DirectoryRules
from kypek_sync.sync.directory.fields import kept
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DirectoryRead:
    """Both snapshots of a directory, or why there are none."""

    system: str
    people: Snapshot[Person] | None = None
    units: Snapshot[Unit] | None = None
    problem: ConnectorError | None = None


def read(inst: Installation, kypek: str) -> DirectoryRead:
    """Read people and units in full. Writes nothing."""
    system = inst.kypek(kypek).directory
    directory = inst.connectors.directory(kypek)
    if directory is None:
        return DirectoryRead(system)
    if (why := inst.shut(system)) is not None:
        return DirectoryRead(system, problem=why)
    try:
        units = whole_units(directory)
        read = DirectoryRead(system, whole_people(directory, units), units)
    except ConnectorError as error:
        inst.heard(system, [error])
        return DirectoryRead(system, problem=error)
    inst.heard(system, [], answers=1)
    return read


def record(connection: Connection, inst: Installation, read: DirectoryRead, report: LaneReport) -> None:
    """Bring a read into the ledger: who is new, who changed, who is leaving, what contradicts itself."""
    if read.problem is not None:
        report.problems.append(f"{read.problem} Nobody leaves on the strength of this; the last good read stands.")
    if read.people is None or read.units is None:
        return
    now, rules = inst.clock(), inst.loaded.settings.directory_rules
    snapshot, people_doubt = _people(connection, read.people, rules)
    units, units_doubt = _believed(connection, read.units, rules.smallest_share)
    departure = Departure(rules.absences, rules.absence_gap, rules.grace)
    contradictions: list[Finding] = []
    try:
        contradictions = people.record_people(connection, read.system, snapshot, departure, now)
    except IdentitiesDoubted as error:
        snapshot, people_doubt = replace(snapshot, complete=False, why_partial=_swapped(error)), ""
    people.record_units(connection, read.system, units)
    reads.note(connection, snapshot, people_doubt)
    reads.note(connection, units, units_doubt)
    found = [*snapshot.findings, *read.units.findings, *contradictions]
    reads.replace_findings(connection, read.system, found, now)
    everyone = people.load_people(connection, read.system).values()
    report.counts |= {
        "people": len(snapshot.items),
        "teachers": sum(p.kind is PersonKind.TEACHER for p in snapshot.items),
        "units": len(read.units.items),
        "findings": len({(f.subject, f.code) for f in found}),
        "leaving": sum(k.leaving_since is not None and k.gone_at is None for k in everyone),
    }
    for partial, doubted in ((snapshot, people_doubt), (units, units_doubt)):
        if not partial.complete:
            what_next = ""
            if doubted and partial.items:
                what_next = f"If it really has become so small: `kypek-sync directory accept {read.system} --why TEXT`."
            report.problems.append(
                f"{read.system}: {partial.scope} was read only in part ({partial.why_partial}). "
                f"What was seen counts; nobody leaves on the strength of it. {what_next}".rstrip()
            )


def _swapped(error: IdentitiesDoubted) -> str:
    some = ", ".join(error.logins[:3])
    return (
        f"{len(error.logins)} entries carry registry numbers or identifiers of other people than before ({some}, …): "
        "perhaps a column slipped by a row. Nobody was changed; draw the export again and compare these"
    )


def _people(connection: Connection, read: Snapshot[Person], rules: DirectoryRules) -> tuple[Snapshot[Person], str]:
    """The read as far as it is believed, and `SIZE` if a person may say that it is right all the same: held against the
    last good one, the sentinel entries, and what was known of each person."""
    snapshot, doubted = _believed(connection, read, rules.smallest_share)
    why = []
    if read.complete and (missing := sorted(set(rules.sentinels) - {person.login for person in read.items})):
        why.append(f"sentinel entries are missing: {', '.join(missing)}")
    known = {one.person.login: one.person for one in people.load_people(connection, read.system).values()}
    whole = kept(read.items, known, rules.smallest_share)
    why += whole.why
    if whole.why:
        why.append("perhaps the account may not read it any more, so what was known of them stays")
    if not why:
        return snapshot, doubted
    whole_why = "; ".join(part for part in (snapshot.why_partial, *why) if part)
    return replace(snapshot, items=whole.people, complete=False, why_partial=whole_why), ""


def _believed(connection: Connection, snapshot: Snapshot[T], smallest_share: float) -> tuple[Snapshot[T], str]:
    """The snapshot held against the last good one of its scope, and what is doubted of it: units that are missing would
    cost people their eligibility (rule 1)."""
    last = reads.last(connection, snapshot.system, snapshot.scope)
    return reads.believed(snapshot, last, smallest_share), reads.doubt(snapshot, last, smallest_share)
