"""Brings a read of the directory into the ledger: who is new, who changed, who is leaving, what contradicts itself.

What a read may take away is decided here: it is held against the last good one, the sentinel entries, and what was
known of each person (design, rules 1 and 2). Only what changed is looked at (`ledger.people_recording`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, func, select

from kypek_sync.contract import PeopleDelta, Reading
from kypek_sync.language import clause
from kypek_sync.ledger import entry_findings, people_moving, reads, without_numbers
from kypek_sync.ledger.changes_of_people import one_and_the_same
from kypek_sync.ledger.matching import STRONG
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
from kypek_sync.ledger.reads import Extent, LastRead
from kypek_sync.ledger.shown import AT_ONCE, Shown, again, as_before, known_as
from kypek_sync.ledger.tables import people
from kypek_sync.ledger.units_recording import judge_dangling, record_units, same_units, units_called, units_known
from kypek_sync.model import PersonKind, Unit
from kypek_sync.settings.shape import DirectoryRules
from kypek_sync.sync.directory import older, serving, switching
from kypek_sync.sync.directory.fields import (
    NUMBER,
    SAID_OF,
    Losses,
    changed_by_mending,
    lacking,
    mended,
    not_shown,
    numbers_lost,
)
from kypek_sync.sync.directory.lane import DirectoryRead, Read
from kypek_sync.sync.directory.spool import PeopleKeeper
from kypek_sync.sync.directory.unread import LAST_GOOD_STANDS
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport

REGISTRY = STRONG[1]
STAYS = "perhaps the account may not read it any more, so what was known of them stays"
NOT_IN_EXPORT = "perhaps the file was drawn without that column or attribute, so what was known of them stays"


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
        report.problems.append(f"{read.problem} {LAST_GOOD_STANDS}")
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
        report.notes.append(f"{read.system}: {_swapped(error)}.")
        return False
    entry_findings.tell_loose(connection, read.system, read.changed.loose, now, whole=False)
    report.counts |= {"entries changed": read.changed.entries} | _told(connection, read.system, tally)
    return True


@dataclass
class _Recording:
    connection: Connection
    inst: Installation
    system: str
    read: Read
    called: Mapping[str, Unit] = field(default_factory=dict)
    """The units that were known before, where there are others now."""
    vanished_keys: tuple[str, ...] = ()

    def record(self, report: LaneReport) -> bool:
        connection, system, now = self.connection, self.system, self.inst.clock()
        rules = self.inst.loaded.settings.directory_rules
        keeper, units = self.read.changed_people, self.read.changed_units
        units_extent = _extent(self.read.units, units.entries)
        last = reads.last(connection, system, units_extent.scope)
        people_read, people_doubt = self._people(rules)
        units_doubt = units_extent.doubt(last, rules.smallest_share)
        units_read = units_extent.believed(last, rules.smallest_share)
        missing = units.digests.unseen
        other_units = record_units(connection, system, units.give(), missing, now, complete=units_read.complete)
        judged = units_read.complete or (last is not None and last.good_as_of is not None)
        tally = Tally(0, 0)
        try:
            tally = self._record_people(people_read, rules, judged=judged)
        except IdentitiesDoubted as error:
            people_read, people_doubt = replace(people_read, complete=False, why_partial=_swapped(error)), ""
        if judged and (other_units or last is None or last.good_as_of is None):
            judge_dangling(connection, system, now)
        serving.record(connection, self.inst, system, changed=bool(units.taken or missing))
        people_read.note(connection, people_doubt)
        units_read.note(connection, units_doubt)
        loose = [*keeper.loose, *units.loose, *self.read.people.findings, *self.read.units.findings]
        no_units = "units" in self.read.units.without
        whole = self.read.people.complete and (self.read.units.complete or no_units)
        entry_findings.tell_loose(connection, system, loose, now, whole=whole)
        report.counts |= {"people": keeper.entries, "units": units.entries} | _told(connection, system, tally)
        if not self.read.people.complete:
            report.counts["teachers"] = self._teachers_shown()
        report.problems += [
            _partly(system, extent, doubted)
            for extent, doubted in ((people_read, people_doubt), (units_read, units_doubt))
            if not extent.complete and not (no_units and extent is units_read)
        ]
        return people_read.complete

    def _record_people(self, read: Extent, rules: DirectoryRules, *, judged: bool) -> Tally:
        connection, system, keeper = self.connection, self.system, self.read.changed_people
        seen = PeopleRead(
            as_of=read.as_of,
            complete=read.complete,
            entries=read.size,
            unseen=keeper.digests.unseen,
            basis=keeper.digests.basis,
            content=read.content,
            vanished=self.vanished_keys,
        )

        def units(wanted: Collection[str]) -> frozenset[str] | None:
            return units_known(connection, system, wanted) if judged else None

        departure = Departure(rules.absences, rules.absence_gap, rules.grace)
        same = same_units(self.called, units_called(connection)) if self.called else one_and_the_same
        return record_read(Ground(connection, system, units, self.inst.clock(), same), seen, keeper, departure)

    def _people(self, rules: DirectoryRules) -> tuple[Extent, str]:
        """What of the read is believed, and `SIZE` if a person may say that it is right all the same."""
        keeper = self.read.changed_people
        shown = _extent(self.read.people, keeper.entries)
        last = self._last(shown)
        believed, doubted = shown.believed(last, rules.smallest_share), shown.doubt(last, rules.smallest_share)
        why: list[str] = []
        if shown.complete and (missing := sorted(set(rules.sentinels) - self._seen(rules.sentinels))):
            why.append(f"sentinel entries are missing: {', '.join(missing)}")
        losses = self._losses(rules.smallest_share)
        self.vanished_keys = losses.vanished_keys(rules.smallest_share)
        unshown = self.read.people.without | self._given_up()
        if NUMBER in unshown:
            self.vanished_keys = tuple({*self.vanished_keys, REGISTRY})
        vanished = tuple(name for name in losses.vanished(rules.smallest_share) if name not in unshown)
        if vanished:
            why += (*losses.why(vanished), NOT_IN_EXPORT if self.read.people.export else STAYS)
        if vanished or unshown:
            keeper.mended(lambda entries: as_known(self.connection, self.system, entries, vanished, unshown))
        if not why:
            return believed, doubted
        whole_why = "; ".join(part for part in (believed.why_partial, *why) if part)
        return replace(believed, complete=False, why_partial=whole_why), ""

    def _given_up(self) -> frozenset[str]:
        """What a person said this directory does not show any more, unless by now most entries show it again."""
        if not without_numbers.accepted(self.connection, self.system):
            return frozenset()
        keeper = self.read.changed_people
        shown = sum(any(k.kind == REGISTRY for k in e.person.keys) for entries in keeper.kept() for e in entries)
        if 2 * shown <= keeper.entries:
            return frozenset({NUMBER})
        without_numbers.shown_again(self.connection, self.system, self.inst.clock())
        return frozenset()

    def _last(self, shown: Extent) -> LastRead | None:
        """The last read of the people. Where they were read from another source until now (an export, say), it is that
        one's: as many as it showed must be there."""
        last = reads.last(self.connection, self.system, shown.scope)
        if last is not None and (last.good_as_of is not None or last.accepted_items is not None):
            return last
        mine = {shown.scope, self.read.units.scope}
        others = [one.good_as_of for one in reads.all_last(self.connection, self.system) if one.scope not in mine]
        good = [moment for moment in others if moment is not None]
        if not good:
            return last
        query = (
            select(func.count())
            .select_from(people)
            .where(people.c.directory == self.system, people.c.absent_since.is_(None), people.c.gone_at.is_(None))
        )
        number = int(self.connection.execute(query).scalar_one())
        latest = max(good)
        return LastRead(self.system, shown.scope, latest, True, number, "", latest, number)

    def _seen(self, logins: Sequence[str]) -> frozenset[str]:
        """Those of these logins that the read showed."""
        keeper = self.read.changed_people
        query = select(people.c.login, people.c.digest).where(
            people.c.directory == self.system, people.c.login.in_(logins)
        )
        shown = [row for row in self.connection.execute(query) if row.digest is not None]
        as_they_were = {row.login for row in shown if bytes(row.digest) not in keeper.digests.unseen}
        return keeper.logins(logins) | as_they_were

    def _teachers_shown(self) -> int:
        """How many of those whom the read showed are teachers: of a read that ended early not those whom it lacks."""
        kept = select(people.c.digest).where(
            people.c.directory == self.system,
            people.c.kind == PersonKind.TEACHER.value,
            people.c.digest.is_not(None),
            people.c.gone_at.is_(None),
        )
        unseen = set(self.read.changed_people.digests.unseen)
        for digest in self.read.changed_people.shown():  # it was read before, and is to be looked at again
            unseen -= {once := again(digest), again(once)}
        with self.connection.execute(kept.execution_options(yield_per=AT_ONCE)) as rows:
            return sum(bytes(row.digest) not in unseen for row in rows)

    def _losses(self, smallest_share: float) -> Losses:
        """What the entries that changed lost, beside as many of the others as it takes to believe it."""
        losses, keeper = Losses(), self.read.changed_people
        anybody = select(people.c.id).where(people.c.directory == self.system).limit(1)
        if self.connection.execute(anybody).first() is None:
            return losses
        held_against(losses, self.connection, self.system, keeper)
        others = as_before(self.connection, self.system, keeper.digests.unseen)
        while losses.may_vanish(smallest_share) and (person := next(others, None)) is not None:
            losses.as_before(person)
        others.close()
        return losses


def held_against(losses: Losses, connection: Connection, system: str, keeper: PeopleKeeper) -> None:
    """Count what the entries of a keeper lost of what was known of each."""
    for entries in keeper.kept():
        known = known_as(connection, system, [entry.person for entry in entries])
        now = lacking({entry.person.login: entry.findings for entry in entries})
        before = {known[login].login for login in set().union(*now.values()) & known.keys()}
        lacked = lacking(entry_findings.own(connection, system, before))
        losses.changed([entry.person for entry in entries], known, now, lacked)


def as_known(
    connection: Connection,
    system: str,
    entries: Sequence[Shown],
    fields: Collection[str],
    unshown: Collection[str] = (),
) -> list[Shown]:
    """With what was known of them where they lost it, and what was odd about that; they are looked at again, since it
    is not what they show. Of the fields `unshown`, which the source does not have, nothing else is to be expected: who
    lacks only these is as they were when they are read next."""
    logins = [entry.person.login for entry in entries]
    known = known_as(connection, system, [entry.person for entry in entries])
    odd = entry_findings.own(connection, system, logins)
    every = tuple(dict.fromkeys((*fields, *unshown)))
    found = []
    for entry in entries:
        before = known.get(entry.person.login)
        person = mended(entry.person, before, fields, entry.findings, unshown)
        silent = not_shown(entry.person, entry.findings, fields)
        if person is entry.person and not silent:
            found.append(entry)
            continue
        given_back = (
            changed_by_mending(entry.person, person, every, entry.findings) if person is not entry.person else ()
        )
        about = tuple({SAID_OF[name] for name in (*given_back, *silent)})
        told = [one for one in entry.findings if not about or not one.code.startswith(about)]
        told += [one for one in odd.get(person.login, ()) if about and one.code.startswith(about)]
        expected = mended(entry.person, before, fields, entry.findings) is entry.person
        expected = expected and (not silent or sorted(told) == sorted(entry.findings))
        digest = entry.digest if expected else again(entry.digest)
        found.append(replace(entry, person=person, digest=digest, findings=tuple(told)))
    return found


def _extent(reading: Reading, size: int) -> Extent:
    return Extent(
        reading.system,
        reading.scope,
        reading.as_of,
        size,
        reading.complete,
        reading.why_partial,
        reading.content,
        reading.proven,
    )


def _told(connection: Connection, system: str, tally: Tally) -> dict[str, int]:
    """What the read brought, and what the ledger holds of the directory now, by the words of the report."""
    here = people.c.directory == system

    def number(*where: object) -> int:
        query = select(func.count()).select_from(people).where(here, *where)  # type: ignore[arg-type]
        return int(connection.execute(query).scalar_one())

    teacher = people.c.kind == PersonKind.TEACHER.value
    return {
        "teachers": number(teacher, people.c.absent_since.is_(None), people.c.gone_at.is_(None)),
        "new people": tally.new,
        "changed people": tally.changed,
        "leaving": number(people.c.absent_since.is_not(None), people.c.gone_at.is_(None)),
        "gone people": tally.gone,
        "findings": entry_findings.count(connection, system),
    }


def _partly(system: str, extent: Extent, doubted: str) -> str:
    what_next = ""
    if doubted and extent.size:
        what_next = f"If it really has become so small: `kypek-sync directory accept {system} --why TEXT`."
    elif numbers_lost(extent.why_partial):
        what_next = (
            "If numbers are not to be read there any more: "
            f"`kypek-sync directory accept {system} --numbers --why TEXT`."
        )
    return (
        f"{system}: {extent.scope} was read only in part ({clause(extent.why_partial)}). "
        f"What was seen counts; nobody leaves on the strength of it. {what_next}".rstrip()
    )


def _swapped(error: IdentitiesDoubted) -> str:
    some = ", ".join(error.logins[:3])
    return (
        f"{len(error.logins)} entries carry registry numbers or identifiers of other people than before ({some}, …): "
        "perhaps a column slipped by a row. Nobody was changed; draw the export again and compare these"
    )
