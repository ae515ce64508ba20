"""Brings a read of the directory into the ledger: who is new, who changed, who is leaving, what contradicts itself.

What of a read is believed is judged by `believing`, what the report tells of it stands in `counting`. Only what changed
is looked at (`ledger.people_recording`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kypek_sync.contract import PeopleDelta
from kypek_sync.ledger import clock_ahead, entry_findings, people_moving, reads
from kypek_sync.ledger.changes_of_people import one_and_the_same
from kypek_sync.ledger.people import Departure, IdentitiesDoubted
from kypek_sync.ledger.people_recording import (
    Ground,
    Overtaken,
    PeopleChanges,
    PeopleRead,
    Tally,
    record_changes,
    record_read,
)
from kypek_sync.ledger.units_recording import (
    Called,
    judge_dangling,
    record_units,
    same_units,
    units_called,
    units_known,
)
from kypek_sync.settings.shape import DirectoryRules
from kypek_sync.sync.directory import older, serving, switching
from kypek_sync.sync.directory.believing import Believed, Believing
from kypek_sync.sync.directory.counting import partly, swapped, teachers_shown, told
from kypek_sync.sync.directory.lane import DirectoryRead, Read
from kypek_sync.sync.directory.spool import PeopleKeeper
from kypek_sync.sync.directory.unread import LAST_GOOD_STANDS, NOBODY_KNOWN
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport


@dataclass(frozen=True, slots=True)
class DeltaRead:
    """A delta of a directory, with the keeper that holds what it showed."""

    system: str
    delta: PeopleDelta
    changed: PeopleKeeper


def record(connection: Connection, inst: Installation, read: DirectoryRead, report: LaneReport) -> bool:
    """Bring a full read into the ledger and tell of it in the report. Whether it was recorded as a complete one, so
    that a delta may start from it."""
    if read.problem is not None:
        good = any(one.good_as_of is not None for one in reads.all_last(connection, read.system))
        report.problems.append(f"{read.problem} {LAST_GOOD_STANDS if good else NOBODY_KNOWN}")
    if read.read is None:
        return False
    if those := switching.several(connection, inst, read.system):
        report.problems.append(_several(read.system, those))
        return False
    if why := older.refused(connection, inst, read.system, read.read):
        report.problems.append(why)
        return False
    units = read.read.changed_units
    called = units_called(connection) if units.taken or units.digests.unseen else {}
    _take_over(connection, inst, read.system, report)
    recording = _Recording(connection, inst, read.system, read.read, called)
    try:
        return recording.record(report)
    except Overtaken:
        report.notes.append(f"{read.system}: another pass recorded this directory meanwhile; what it saw stands.")
        return False


def _several(system: str, those: Sequence[str]) -> str:
    return (
        f"{system}: people are known from several directories ({', '.join(those)}), and which of them are these is not "
        "known. Nothing was recorded. Put the former settings back and let `kypek-sync directory refresh` read them, "
        "then switch one KYPEK after the other."
    )


def _take_over(connection: Connection, inst: Installation, system: str, report: LaneReport) -> None:
    """A KYPEK whose `directory` is another connector than before has the same people: nobody is new."""
    if before := switching.before(connection, inst, system):
        people_moving.take_over(connection, before, system)
        report.notes.append(f"{system}: people who were known from {before} are recognised here by their keys.")


def record_delta(connection: Connection, inst: Installation, read: DeltaRead, report: LaneReport) -> bool:
    """Bring a delta into the ledger. False if it cannot be believed, and nothing was recorded: a full read is needed.

    Nobody counts as absent by it. Who is gone by it is leaving from now on, and full reads have to prove it.
    """
    now, delta = inst.clock(), read.delta

    last = reads.all_last(connection, read.system)
    judged = any(one.good_as_of for one in last if one.scope != delta.scope)
    # Our clock may be behind: nobody is leaving since before everything was read last, when they were there.
    good = [one.good_as_of for one in last if one.scope == delta.scope and one.good_as_of is not None]
    as_of = max([delta.as_of, *good])

    def units(wanted: Collection[str]) -> frozenset[str] | None:
        return units_known(connection, read.system, wanted) if judged else None

    changes = PeopleChanges(as_of, read.changed.entries, delta.gone)
    try:
        tally = record_changes(Ground(connection, read.system, units, now), changes, read.changed)
    except IdentitiesDoubted as error:
        report.notes.append(f"{read.system}: {swapped(error)}.")
        return False
    entry_findings.tell_loose(connection, read.system, read.changed.loose, now, whole=False)
    report.counts |= {"entries changed": read.changed.entries} | told(connection, read.system, tally)
    return True


@dataclass
class _Recording:
    connection: Connection
    inst: Installation
    system: str
    read: Read
    called: Mapping[str, Called] = field(default_factory=dict)
    """The units that were known before, where there are others now."""

    def record(self, report: LaneReport) -> bool:
        connection, system, now = self.connection, self.system, self.inst.clock()
        rules = self.inst.loaded.settings.directory_rules
        keeper, units = self.read.changed_people, self.read.changed_units
        last = reads.last(connection, system, self.read.units.scope)
        judging = Believing(connection, self.inst, system, self.read)
        by_people, by_units = judging.people(rules), judging.units(rules)
        people_read, people_doubt, units_read = by_people.extent, by_people.doubt, by_units.extent
        missing = units.digests.unseen
        other_units = record_units(connection, system, units.give(), missing, now, complete=units_read.complete)
        judged = units_read.complete or (last is not None and last.good_as_of is not None)
        tally, recorded = Tally(0, 0), True
        try:
            tally = self._record_people(by_people, rules, judged=judged)
        except IdentitiesDoubted as error:
            people_read, people_doubt = replace(people_read, complete=False, why_partial=swapped(error)), ""
            recorded = False
        if judged and (other_units or last is None or last.good_as_of is None):
            judge_dangling(connection, system, now)
        serving.record(connection, self.inst, system, changed=bool(units.taken or missing))
        people_read.note(connection, people_doubt)
        units_read.note(connection, by_units.doubt)
        if people_read.complete:
            reads.forget_others(connection, system, (people_read.scope, units_read.scope))
        loose = [*keeper.loose, *units.loose, *self.read.people.findings, *self.read.units.findings]
        no_units = "units" in self.read.units.without
        whole = self.read.people.complete and (self.read.units.complete or no_units)
        entry_findings.tell_loose(connection, system, loose, now, whole=whole)
        report.counts |= {"people": keeper.entries, "units": units.entries} | told(connection, system, tally)
        if not people_read.complete:
            report.counts["teachers"] = teachers_shown(connection, system, keeper, recorded=recorded)
        ahead = clock_ahead.blocked_until(connection, system, now) is not None
        report.problems += [
            partly(system, extent, doubted, ahead=ahead)
            for extent, doubted in ((people_read, people_doubt), (units_read, by_units.doubt))
            if not extent.complete and not (no_units and extent is units_read)
        ]
        return people_read.complete

    def _record_people(self, believed: Believed, rules: DirectoryRules, *, judged: bool) -> Tally:
        connection, system, keeper, read = self.connection, self.system, self.read.changed_people, believed.extent
        seen = PeopleRead(
            as_of=read.as_of,
            complete=read.complete,
            entries=read.size,
            unseen=keeper.digests.unseen,
            basis=keeper.digests.basis,
            content=read.content,
            vanished=believed.vanished_keys,
        )

        def units(wanted: Collection[str]) -> frozenset[str] | None:
            return units_known(connection, system, wanted) if judged else None

        departure = Departure(rules.absences, rules.absence_gap, rules.grace)
        same = same_units(self.called, units_called(connection)) if self.called else one_and_the_same
        return record_read(Ground(connection, system, units, self.inst.clock(), same), seen, keeper, departure)
