"""Where a KYPEK stands: what each lane did last, what waits for a person, what could not be read. Reads the ledger and
the programmes' files; asks no foreign system and writes nothing."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from kypek_sync.contract import OLD_EXPORT
from kypek_sync.ledger import (
    breakers,
    cases,
    clock_ahead,
    cursors,
    findings,
    holds,
    leases,
    lookups,
    outbox,
    pauses,
    persons,
    pins,
    programmes,
    session_rulings,
    setbacks,
)
from kypek_sync.ledger.breakers import Breaker
from kypek_sync.ledger.holds import Hold
from kypek_sync.ledger.identity_answers import undecided
from kypek_sync.ledger.pauses import Pause
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.reads import LastRead
from kypek_sync.ledger.runs import Run
from kypek_sync.ledger.schools import every_unit
from kypek_sync.model import FindingLevel, Seminar
from kypek_sync.programme import ProgrammeUnreadable, Reading, Schools, read
from kypek_sync.settings import AnnouncedPeriod, Mode
from kypek_sync.sync import programme_letters
from kypek_sync.sync.directory.exports import Export, export_of
from kypek_sync.sync.directory.leaving import Departing, departing
from kypek_sync.sync.directory.register import Standing, standing
from kypek_sync.sync.directory.scopes import last_reads, reads_export, replaced
from kypek_sync.sync.directory.unread import Unread, unread
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.periods import active, over
from kypek_sync.sync.programmes import (
    Ask,
    Codes,
    StructureReading,
    asking,
    bring_into_force,
    ground_of,
    known_logins,
    needs_approval,
)
from kypek_sync.sync.run import LANES
from kypek_sync.sync.seats.approvals import Approvals, approvals
from kypek_sync.sync.seats.lowering import Excess, excess
from kypek_sync.sync.shared_use import SharedCourse, shared_by


@dataclass(frozen=True, slots=True)
class LaneStanding:
    """The newest run of a lane (None: never), and who works on it now (empty: nobody)."""

    lane: str
    run: Run | None
    holder: str


@dataclass(frozen=True, slots=True)
class StructureStanding:
    """What waits in a structure's programme: `drafts` are codes of new seminars, `pending` those whose file holds
    changes that need approval; `held` seminars with mistakes; `missing` seminars whose row is gone, `missing_parts`
    parts (with the code before the name) that their seminar's rows do not name any more; `unreadable` says why the file
    could not be read."""

    structure: str
    file: str
    drafts: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    missing_parts: tuple[str, ...] = ()
    errors: int = 0
    unreadable: str = ""

    @property
    def waits(self) -> bool:
        """Whether something waits for the council's approval."""
        return bool(self.drafts or self.pending)


@dataclass(frozen=True, slots=True)
class Overview:
    """Where one KYPEK stands. `findings` count by their stable word; `in_doubt` are logins of which a person has to say
    whose they are; `register` is None where no register of units is set, `export` where the directory is none;
    `unread` is set while the directory that the settings name has shown nobody; `shared` are courses in which several
    seminars are taught; `ahead` are systems that were read in full as of a moment still to come, with that moment;
    `replaced`: the directory is another source in the settings than the one that was read; `offers_untold` counts, by
    seminar, the seats that are offered and held while the letter waits; `approvals` are the seminars in which people
    wait for an officer's approval; `above` are seminars with fewer seats than people have."""

    kypek: str
    lanes: tuple[LaneStanding, ...]
    structures: tuple[StructureStanding, ...]
    holds: tuple[Hold, ...]
    partial: tuple[LastRead, ...]
    directory: cursors.Standing | None
    departing: Departing | None
    announced: AnnouncedPeriod | None
    periods_over: tuple[AnnouncedPeriod, ...]
    findings: Mapping[str, int]
    open_cases: int
    notices_due: int
    notices_given_up: int
    mailing: programme_letters.Standing | None
    modes: Mapping[str, Mode]
    setbacks: int
    left_in_peace: tuple[Breaker, ...]
    pins: int = 0
    pauses: tuple[Pause, ...] = ()
    all_mail_to: str = ""
    register: Standing | None = None
    in_doubt: tuple[str, ...] = ()
    export: Export | None = None
    unread: Unread | None = None
    replaced: bool = False
    shared: tuple[SharedCourse, ...] = ()
    ahead: tuple[tuple[str, datetime], ...] = ()
    offers_untold: Mapping[str, int] = field(default_factory=dict)
    approvals: tuple[Approvals, ...] = ()
    above: tuple[Excess, ...] = ()


def overview(inst: Installation, kypek: str) -> Overview:
    """Where a KYPEK stands now."""
    entry, now = inst.kypek(kypek), inst.clock()
    systems = systems_of(inst, kypek)
    with inst.ledger.begin(keep=False) as connection:
        latest = lookups.last_runs(connection, kypek)
        lanes = tuple(
            LaneStanding(lane, latest.get(lane), leases.holder_of(connection, kypek, lane, now)) for lane in LANES
        )
        notices = outbox.waiting(connection, kypek)
        return Overview(
            kypek=kypek,
            lanes=lanes,
            structures=_structures(connection, inst, kypek, now),
            holds=tuple(holds.listed(connection, kypek)),
            partial=tuple(r for one in sorted(systems) for r in last_reads(connection, inst, one) if not r.complete),
            directory=cursors.standing(connection, entry.directory) if entry.directory else None,
            departing=departing(connection, inst, kypek),
            announced=active(inst.loaded.settings.announced_periods, now),
            periods_over=over(inst.loaded.settings.announced_periods, now),
            findings=_findings(connection, inst, entry.directory),
            replaced=bool(entry.directory) and replaced(connection, inst, entry.directory),
            open_cases=cases.count_open(connection, kypek),
            notices_due=notices.due,
            notices_given_up=notices.given_up,
            above=tuple(excess(connection, inst, kypek, _seminars(connection, kypek))),
            offers_untold=outbox.offers_untold(connection, kypek),
            approvals=approvals(connection, kypek, now),
            mailing=programme_letters.standing(connection, inst, kypek),
            pins=len(pins.listed(connection, kypek)),
            pauses=_pauses(connection, kypek, systems, now),
            all_mail_to=entry.all_mail_to,
            register=standing(connection, inst, entry.units_register) if entry.units_register else None,
            modes={name: mode for name, mode in inst.modes().items() if name in systems},
            setbacks=setbacks.count(connection, kypek),
            export=export_of(connection, inst, kypek),
            unread=unread(connection, inst, entry.directory),
            in_doubt=tuple(undecided(connection, entry.directory, inst.sharing(entry.directory)))
            if entry.directory
            else (),
            shared=shared_by(connection, inst, kypek),
            ahead=clock_ahead.of_those(connection, (entry.directory, entry.units_register), now),
            left_in_peace=tuple(one for one in breakers.listed(connection) if one.system in systems),
        )


def _seminars(connection: Connection, kypek: str) -> list[Seminar]:
    return [one.seminar for one in programmes.in_force(connection, kypek).values() if one.approved]


def _pauses(connection: Connection, kypek: str, systems: frozenset[str], now: datetime) -> tuple[Pause, ...]:
    """The pauses that concern a KYPEK."""
    paused = pauses.for_kypek(connection, kypek, now)
    connectors = [pause for name, pause in sorted(paused.connectors.items()) if name in systems]
    seminars = [pause for _, pause in sorted(paused.seminars.items())]
    return (*((paused.whole,) if paused.whole else ()), *connectors, *seminars)


def systems_of(inst: Installation, kypek: str) -> frozenset[str]:
    """The connectors that a KYPEK uses."""
    return inst.used_by(kypek)


def read_programme(connection: Connection, inst: Installation, kypek: str, structure: str) -> Reading:
    """Read a structure's programme as its settings name it, against what the ledger knows.

    Raises `ProgrammeUnreadable`, also when the settings name no file.
    """
    file = inst.kypek(kypek).structures[structure].programme
    if file is None:
        raise ProgrammeUnreadable(
            "The settings name no programme for %(structure)s: add `programme:` to it.", structure=structure
        )
    ask = partial(persons.known_among, connection, inst.kypek(kypek).directory)
    codes, logins = known_of(connection, inst, kypek, structure, ask)
    schools = Schools(partial(every_unit, connection, inst.kypek(kypek).directory))
    ground = ground_of(inst.loaded, inst.connectors, kypek, structure, codes, logins, schools)
    return read(inst.loaded.path(file), ground)


def known_of(
    connection: Connection, inst: Installation, kypek: str, structure: str, ask: Ask | None = None
) -> tuple[Codes, Container[str] | None]:
    """What the validation of a programme may know of the ledger: codes in force, logins (None: unknown). It may be used
    when the transaction is over; who uses it before says how to `ask` for logins within it."""
    stored = programmes.in_force(connection, kypek)
    directory = inst.kypek(kypek).directory
    ask = ask or asking(inst.ledger, directory)
    ruled = session_rulings.standing(connection, kypek)
    return Codes.seen_by(structure, stored, ruled), known_logins(connection, directory, stored, ask)


def approved_seminars(connection: Connection, kypek: str, structure: str) -> list[Seminar]:
    """The seminars of a structure that are in force, drafts left out."""
    stored = programmes.in_force(connection, kypek).values()
    return [o.seminar for o in stored if o.approved and o.seminar.structure == structure]


def _structures(connection: Connection, inst: Installation, kypek: str, now: datetime) -> tuple[StructureStanding, ...]:
    entry = inst.kypek(kypek)
    readings, unreadable = [], {}
    for key, structure in sorted(entry.structures.items()):
        if structure.programme is None:
            continue
        file = inst.loaded.path(structure.programme)
        try:
            readings.append(StructureReading(key, file, read_programme(connection, inst, kypek, key)))
        except ProgrammeUnreadable as error:
            unreadable[key] = error.said(inst.text)
    offerings = bring_into_force(connection, entry, kypek, readings, now)
    read_now = {one.structure: one.reading for one in readings}
    found = []
    for key, structure in sorted(entry.structures.items()):
        mine = {code: o for code, o in offerings.items() if o.seminar.structure == key}
        name = structure.programme.name if structure.programme else ""
        standing = _standing(key, name, read_now.get(key), mine, needs_approval(entry, key))
        found.append(replace(standing, unreadable=unreadable.get(key, "")))
    return tuple(found)


def _standing(
    structure: str, file: str, reading: Reading | None, mine: Mapping[str, Offering], approval: bool
) -> StructureStanding:
    return StructureStanding(
        structure=structure,
        file=file,
        drafts=tuple(sorted(code for code, o in mine.items() if approval and not o.approved)),
        pending=tuple(sorted(code for code, o in mine.items() if o.pending)),
        held=tuple(sorted(reading.held)) if reading else (),
        missing=tuple(sorted(code for code, o in mine.items() if o.missing_since is not None)),
        missing_parts=tuple(
            sorted(f"{code} «{p.name or '–'}»" for code, o in mine.items() for p in o.seminar.parts if p.missing)
        ),
        errors=sum(m.level is FindingLevel.ERROR for m in reading.mistakes) if reading else 0,
    )


def _findings(connection: Connection, inst: Installation, directory: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind in findings.counted(connection, [directory]) if directory else ():
        if kind.code == OLD_EXPORT and not reads_export(inst, directory):  # it was one, until the settings changed
            continue
        found[kind.code] = found.get(kind.code, 0) + kind.subjects
    return dict(sorted(found.items()))
