"""Sessions that an officer cancels, moves or puts off by a command: found, decided, and what follows from it.

What is decided is written into the seminars in force in the same transaction, so that the pages, the feeds and the door
of the rooms change at once; courses are changed by the next pass of the seats. Letters stand in the outbox when the
transaction ends. Tried out in a transaction that is not kept it gives the preview: what is shown is what happens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import Connection

from kypek_sync.language import Sentence
from kypek_sync.ledger import outbox, programmes, seats, session_rulings
from kypek_sync.ledger.outbox import Notice
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.session_versions import is_cancelled
from kypek_sync.model import Seminar, Session, Status, local
from kypek_sync.programme import ProgrammeUnreadable
from kypek_sync.programme.calendar import Doubt, moment
from kypek_sync.seminar.session_rulings import SessionRuling, SessionWord, appearance, carried, decided
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.overview import read_programme
from kypek_sync.sync.seats.by_name import NotDecided
from kypek_sync.sync.seats.change_letters import put_change_letters
from kypek_sync.sync.seats.telling import told_now


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command asks for: a word about the sessions of a `day`, of a structure, of a seminar (`code`), or about
    one of them (`number`). Where it moves them: to a day, to an hour (None: the same), to a place (empty: the same);
    days and hours as in Greece."""

    word: SessionWord
    why: str
    day: date | None = None
    structure: str = ""
    code: str = ""
    number: int | None = None
    to: date | None = None
    at: time | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One session that is decided about: how it stood, how it will. `over`: what was decided of it before is taken
    back, and it is as its programme says."""

    offering: Offering
    before: Session
    ruling: SessionRuling
    over: bool = False

    @property
    def after(self) -> Session:
        """The session as it will stand."""
        was, now = self.ruling.was, self.ruling.now
        return carried(self.before, was, now) if self.over else carried(self.before, now, was)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the decisions under their number (None: nothing new stands), the letters that were put in, and
    the seminars, by code, of which nobody is told yet."""

    batch: int | None
    decisions: tuple[Decision, ...]
    letters: tuple[Notice, ...]
    untold: tuple[str, ...] = ()


def find(connection: Connection, inst: Installation, kypek: str, wanted: Wanted) -> list[Decision]:
    """The sessions that are meant, in the order of time, with what becomes of each. Raises `NotDecided` where there is
    none, or where one cannot be moved so."""
    offerings = programmes.in_force(connection, kypek)
    in_files: dict[str, Mapping[str, Seminar]] = {}
    standing = session_rulings.standing(connection, kypek)
    found: list[Decision] = []
    for offering, session in _meant(offerings.values(), wanted, inst.clock()):
        seminar = offering.seminar
        if seminar.structure not in in_files:
            in_files[seminar.structure] = _in_file(connection, inst, kypek, seminar.structure)
        was = _was(seminar, session, standing.get(seminar.code, ()), in_files[seminar.structure])
        starts, ends = _moved(session, wanted, inst.clock()) if wanted.word is SessionWord.MOVE else (None, None)
        now = decided(session, wanted.word, starts, ends, wanted.place)
        ruling = SessionRuling(
            seminar.code, session.number, wanted.word, was, carried(was, now, was), wanted.why, inst.clock()
        )
        if appearance(now) != appearance(session):
            found.append(Decision(offering, session, ruling, over=appearance(now) == appearance(was)))
    if not found:
        raise NotDecided(Sentence.of("No session is meant by this that could still be changed so."))
    return sorted(found, key=lambda one: (one.before.starts, one.offering.seminar.code, one.before.number))


def find_batch(connection: Connection, inst: Installation, kypek: str, batch: int, why: str) -> list[Decision]:
    """What one command decided, as far as it still stands, to be taken back. Raises `NotDecided` where nothing does."""
    offerings, found = programmes.in_force(connection, kypek), []
    for one in session_rulings.history(connection, kypek, counting=True):
        offering = offerings.get(one.ruling.seminar)
        session = offering.seminar.session(one.ruling.number) if offering is not None else None
        ahead = one.ruling.was.ends > inst.clock()
        if one.ruling.batch == batch and offering is not None and session is not None and ahead:
            found.append(Decision(offering, session, replace(one.ruling, why=why, at=inst.clock()), over=True))
    if not found:
        raise NotDecided(Sentence.of("Nothing stands any more of decision %(number)s about sessions.", number=batch))
    return found


def carry_out(
    connection: Connection, inst: Installation, kypek: str, decisions: Sequence[Decision], who: str
) -> Outcome:
    """Record it, change the seminars in force, and put the letters into the outbox."""
    session_rulings.by_one_alone(connection, kypek)
    now = inst.clock()
    made = [one.ruling for one in decisions if not one.over]
    batch = session_rulings.record(connection, kypek, made, who, now) if made else None
    for one in decisions:
        if one.over:
            session_rulings.undo(connection, kypek, [one.ruling], who, one.ruling.why, now)
    stored = programmes.in_force(connection, kypek)
    codes = sorted({one.offering.seminar.code for one in decisions})
    mine = {code: [one for one in decisions if one.offering.seminar.code == code] for code in codes}
    changed = [_changed(stored[code], those) for code, those in mine.items()]
    programmes.store(connection, kypek, changed, stored, now)
    told = told_now(connection, inst, kypek, changed)
    before = {row.id for row in outbox.unsent(connection, kypek)}
    put_change_letters(connection, inst, kypek, told, seats.decided(connection, kypek), at_once=frozenset(told))
    letters = tuple(row.notice for row in outbox.unsent(connection, kypek) if row.id not in before)
    untold = tuple(code for code in codes if code not in told and stored[code].approved)
    return Outcome(batch, tuple(decisions), letters, untold)


def _changed(offering: Offering, decisions: Collection[Decision]) -> Offering:
    after = {one.before.number: one.after for one in decisions}
    sessions = tuple(after.get(session.number, session) for session in offering.seminar.sessions)
    return replace(offering, seminar=replace(offering.seminar, sessions=sessions))


def _meant(offerings: Collection[Offering], wanted: Wanted, now: datetime) -> Iterator[tuple[Offering, Session]]:
    """The sessions that are named and not over. What was called off is meant only where it can come of it: one put off
    is moved or cancelled, a cancelled one only where it is named by its number."""
    called_off = {
        SessionWord.MOVE: (Status.PLANNED, Status.POSTPONED),
        SessionWord.CANCEL: (Status.PLANNED, Status.POSTPONED),
        SessionWord.POSTPONE: (Status.PLANNED,),
    }[wanted.word]
    for offering in offerings:
        seminar = offering.seminar
        if wanted.structure not in ("", seminar.structure) or wanted.code not in ("", seminar.code):
            continue
        for session in seminar.sessions:
            if wanted.number not in (None, session.number):
                continue
            if wanted.day is not None and local(session.starts).date() != wanted.day:
                continue
            if is_cancelled(seminar, replace(session, status=Status.PLANNED)):
                continue  # with its part, or the whole seminar
            over = session.status is Status.PLANNED and session.ends <= now
            if not over and (wanted.number is not None or session.status in called_off):
                yield offering, session


def _moved(session: Session, wanted: Wanted, now: datetime) -> tuple[datetime, datetime]:
    """When a session meets that moves: the same hours on the clock on the wall, unless it is said at which."""
    starts, ends = local(session.starts), local(session.ends)
    day = wanted.to or starts.date()
    hour = wanted.at or starts.time()
    try:
        first = moment(day, hour)
        last = moment(day + (ends.date() - starts.date()), ends.time()) if wanted.at is None else None
    except Doubt:
        raise NotDecided(
            Sentence.of("On %(day)s the clocks skip that hour: say another one with --at.", day=f"{day:%d/%m/%Y}")
        ) from None
    last = first + (session.ends - session.starts) if last is None or last <= first else last
    if first <= now:
        raise NotDecided(Sentence.of("%(when)s is over already.", when=f"{local(first):%d/%m/%Y %H:%M}"))
    return first, last


def _was(
    seminar: Seminar, session: Session, standing: Sequence[SessionRuling], in_file: Mapping[str, Seminar]
) -> Session:
    """The session as its file says it, read now: what the officer saved a minute ago is known too. Where the file
    cannot be read, or a mistake keeps the seminar back, as it said before."""
    read = in_file[seminar.code].session(session.number) if seminar.code in in_file else None
    if read is not None:
        return read
    return next((one.was for one in standing if one.number == session.number), session)


def _in_file(connection: Connection, inst: Installation, kypek: str, structure: str) -> Mapping[str, Seminar]:
    """The seminars of a structure's file that are right, by code."""
    if structure not in inst.kypek(kypek).structures:
        return {}
    try:
        reading = read_programme(connection, inst, kypek, structure)
    except ProgrammeUnreadable:
        return {}
    return {one.code: one for one in reading.seminars if one.code not in reading.held}
