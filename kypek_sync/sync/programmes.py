"""Reads the programmes of a KYPEK's structures and brings them into force (design, rule 20)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from kypek_sync.contract import Capability, Role, Verb
from kypek_sync.language import Text, speaker
from kypek_sync.ledger import Ledger, bindings, persons, programmes, runs, session_rulings
from kypek_sync.ledger.persons import KnownLogins
from kypek_sync.ledger.programmes import Offering, ProgrammeRead
from kypek_sync.ledger.schools import every_unit
from kypek_sync.model import FindingLevel, Seminar, Status, Unit
from kypek_sync.plugins import Connectors
from kypek_sync.programme import Ground, ProgrammeUnreadable, Reading, Schools, Taken, taken_courses
from kypek_sync.programme.remembered import Readings
from kypek_sync.seminar.parts_kept import with_kept_parts
from kypek_sync.seminar.session_rulings import SessionRuling, with_rulings
from kypek_sync.settings import KypekEntry, Loaded


@dataclass(frozen=True, slots=True)
class StructureReading:
    """What reading one structure's file gave: a reading, or why there is none."""

    structure: str
    file: Path
    reading: Reading | None
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes in force, as the validation of one structure's programme sees them: `others` belong to other
    structures, `own` are this one's with their titles, `dates` the starts of their sessions (aware, UTC); `courses` are
    the existing courses that the others use, by address."""

    others: frozenset[str] = frozenset()
    own: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    courses: Mapping[str, tuple[Taken, ...]] = field(default_factory=dict)

    @classmethod
    def seen_by(
        cls, structure: str, stored: Mapping[str, Offering], ruled: Mapping[str, Sequence[SessionRuling]] | None = None
    ) -> Codes:
        """What one structure sees of the seminars in force; `ruled` is what was decided of their sessions: their dates
        in the file are known too."""
        mine = {code: o.seminar for code, o in stored.items() if o.seminar.structure == structure}
        dates = {c: tuple(s.starts for s in one.sessions if s.status is Status.PLANNED) for c, one in mine.items()}
        for code in mine.keys() & (ruled or {}).keys():
            in_file = (one.was for one in (ruled or {})[code])
            dates[code] += tuple(one.starts for one in in_file if one.status is Status.PLANNED)
        theirs = [offering.seminar for code, offering in sorted(stored.items()) if code not in mine]
        titles = {c: one.title for c, one in mine.items()}
        return cls(frozenset(stored.keys() - mine.keys()), titles, dates, taken_courses(theirs))

    def beside(self, others: Sequence[Seminar]) -> Codes:
        """The same, with these seminars of other structures, which are not in force yet."""
        courses = taken_courses(others)
        both = {at: (*self.courses.get(at, ()), *courses.get(at, ())) for at in {*self.courses, *courses}}
        return replace(self, others=self.others | {one.code for one in others}, courses=both)


_NO_CODES = Codes()


def ground_of(
    loaded: Loaded,
    connectors: Connectors,
    kypek: str,
    structure: str,
    codes: Codes = _NO_CODES,
    logins: Container[str] | None = None,
    schools: Schools | None = None,
) -> Ground:
    """What the validation of a structure's programme may know. `logins` and `schools` are those of the directory, None
    while there is none."""
    entry = loaded.settings.kypeks[kypek]
    platforms = _platforms(connectors)
    return Ground(
        kypek=kypek,
        structure=structure,
        structures={key: s.name for key, s in entry.structures.items()},
        school_year=loaded.settings.school_year,
        platforms=platforms,
        addresses=homes_of(loaded, connectors),
        platform=entry.courses,
        taken_courses=codes.courses,
        taken_codes=codes.others,
        own_codes=codes.own,
        own_dates=codes.dates,
        known_logins=logins,
        schools=schools,
        remote=entry.remote,
        restricting=_restricting(connectors, platforms),
    )


def _platforms(connectors: Connectors) -> tuple[str, ...]:
    return tuple(n for n in connectors.names() if Role.COURSES in connectors.spec(n).roles)


def _restricting(connectors: Connectors, platforms: Sequence[str]) -> frozenset[str]:
    return frozenset(one for one in platforms if Capability.END_MEMBERSHIP in connectors.spec(one).able)


def homes_of(loaded: Loaded, connectors: Connectors) -> dict[str, str]:
    """Where people open each course platform, as its own settings say."""
    own = {name: loaded.settings.connectors[name].own.get("address") for name in _platforms(connectors)}
    return {name: address for name, address in own.items() if isinstance(address, str)}


def read_all(
    loaded: Loaded,
    connectors: Connectors,
    kypek: str,
    stored: Mapping[str, Offering],
    logins: Container[str] | None,
    schools: Schools | None = None,
    remembered: Readings | None = None,
    ruled: Mapping[str, Sequence[SessionRuling]] | None = None,
) -> list[StructureReading]:
    """Read every structure's programme. A file that cannot be read is told, and its seminars stay as they were.
    `remembered` are earlier readings, which stand while nothing has changed; `ruled` as in `Codes.seen_by`."""
    through = remembered or Readings()
    readings: list[StructureReading] = []
    new: list[Seminar] = []
    text = speaker(loaded.settings.language)
    for key, structure in sorted(loaded.settings.kypeks[kypek].structures.items()):
        if structure.programme is None:
            continue
        file = loaded.folder / structure.programme
        codes = Codes.seen_by(key, stored, ruled).beside(new)
        ground = ground_of(loaded, connectors, kypek, key, codes, logins, schools)
        try:
            reading = through.read(file, ground)
            readings.append(StructureReading(key, file, reading))
            new += reading.seminars
        except ProgrammeUnreadable as error:
            readings.append(StructureReading(key, file, None, error.said(text)))
    return readings


Ask = Callable[[Collection[str]], Collection[str]]
"""Which of some logins a directory has."""


def asking(ledger: Ledger, directory: str) -> Ask:
    """Asks the ledger, each time in a transaction of its own, for files may take long to read. Not for use while
    another one is open."""

    def ask(logins: Collection[str]) -> Collection[str]:
        with ledger.begin(keep=False) as connection:
            return persons.known_among(connection, directory, logins)

    return ask


def schools_of(ledger: Ledger, directory: str) -> Schools | None:
    """The directory's units as a programme is checked against them, fetched when a programme first names one, in a
    transaction of their own; None without a directory. Not for use while another one is open."""

    def load() -> list[Unit]:
        with ledger.begin(keep=False) as connection:
            return list(every_unit(connection, directory))

    return Schools(load) if directory else None


def known_logins(
    connection: Connection, directory: str, stored: Mapping[str, Offering], ask: Ask
) -> KnownLogins | None:
    """The directory's logins as a programme is checked against them; None while it has shown nobody. Those that the
    programmes in force name are looked up at once, what their files name besides is `ask`ed for."""
    if not directory or not persons.anybody(connection, directory):
        return None
    seminars = [offering.seminar for offering in stored.values()]
    named = {t.login for one in seminars for t in one.trainers if t.login}
    named |= {login for one in seminars for login in one.audience.people}
    known = persons.known_among(connection, directory, named)
    return KnownLogins(ask, first=named, known=known)


def bring_into_force(
    connection: Connection, entry: KypekEntry, kypek: str, readings: list[StructureReading], now: datetime
) -> dict[str, Offering]:
    """Merge the readings with what is in force, store it, and return it by code. A code belongs to the structure that
    had it first. What was decided of single sessions stands above a file that says of them what it said before."""
    session_rulings.by_one_alone(connection, kypek)
    ruled = session_rulings.standing(connection, kypek)
    before = programmes.in_force(connection, kypek)
    approvals = programmes.approved_files(connection, kypek)
    result = dict(before)
    for one in readings:
        reading = one.reading
        programmes.note_read(
            connection,
            kypek,
            ProgrammeRead(
                structure=one.structure,
                file=one.file.name,
                sha256=reading.sha256 if reading else "",
                read_at=now,
                mistakes=mistakes(reading, speaker("en")) if reading else (),
                unreadable=one.unreadable,
            ),
        )
        if reading is None:
            continue
        approved = not needs_approval(entry, one.structure) or any(
            a.sha256 == reading.sha256 for a in approvals.get(one.structure, [])
        )
        own = [s for s in reading.seminars if s.code not in result or result[s.code].seminar.structure == one.structure]
        own = [_with_rulings(connection, kypek, seminar, ruled.get(seminar.code, ()), now) for seminar in own]
        courses = _courses(connection, kypek, [*own, *(o.seminar for o in before.values())])
        merged = programmes.merge(
            *(before, own, one.structure, kypek), approved=approved, held=reading.held, now=now, courses=courses
        )
        programmes.store(connection, kypek, merged, before, now)
        result |= {offering.seminar.code: offering for offering in merged}
    return result


def _with_rulings(
    connection: Connection, kypek: str, seminar: Seminar, those: Sequence[SessionRuling], now: datetime
) -> Seminar:
    """A seminar of a file with what was decided of its sessions; what is over by the file counts no more."""
    made, over = with_rulings(seminar, those)
    for ruling, end in over:
        session_rulings.lift(connection, kypek, [ruling], session_rulings.PROGRAMME, end.value, now)
    return made


def as_in_force(connection: Connection, kypek: str, seminars: Sequence[Seminar]) -> list[Seminar]:
    """Seminars of a file as they would come into force: with what was decided of their sessions, and with those of
    their parts that it does not name any more, and that stay."""
    ruled = session_rulings.standing(connection, kypek)
    seminars = [with_rulings(one, ruled.get(one.code, ()))[0] for one in seminars]
    before = {code: offering.seminar for code, offering in programmes.in_force(connection, kypek).items()}
    courses = _courses(connection, kypek, [*seminars, *before.values()])
    return [with_kept_parts(one, before.get(one.code), courses) for one in seminars]


def _courses(connection: Connection, kypek: str, seminars: Sequence[Seminar]) -> frozenset[str]:
    """Our names of the courses that were made, or may have been; asked for only where a seminar has parts."""
    if not any(seminar.parts for seminar in seminars):
        return frozenset()
    made = {course for _, course in bindings.known(connection, kypek, "course")}
    unclear = runs.open_intents(connection, kypek, (Verb.CREATE_COURSE,))
    return frozenset(made | {deed.change.target.course for deed in unclear})


def needs_approval(entry: KypekEntry, structure: str) -> bool:
    """Whether a structure's programme counts only after the council's approval."""
    own = entry.structures[structure].approval
    return entry.approval if own is None else own


def mistakes(reading: Reading, text: Text, *, errors_only: bool = False) -> tuple[str, ...]:
    """The mistakes of a reading as sentences for reports, errors first."""
    found = [m for m in reading.mistakes if m.level is FindingLevel.ERROR or not errors_only]
    ranked = sorted(found, key=lambda m: (m.level is not FindingLevel.ERROR, m.source.sheet, m.source.row))
    return tuple(f"{m.source.said(text)} {m.column}: {m.said(text)}" for m in ranked)
