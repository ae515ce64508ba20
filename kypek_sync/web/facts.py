"""What the pages show of seminars: public facts in words, and the visitor's own seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime
from babel.numbers import format_decimal
from sqlalchemy import Connection

from kypek_sync.language import Text
from kypek_sync.ledger import lookups, programmes, seats, silent_platforms
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import PLACES, Seat, SeatState, Seminar, Session, Status, Trainer, local
from kypek_sync.notices.form_words import FORMS
from kypek_sync.seminar.choosing_words import choosing_lines, clash_lines
from kypek_sync.seminar.reasons import own_reason, own_state_word
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.page_door import takes
from kypek_sync.web.courses import CourseFacts, Use, courses_of, to_leave

_DAY, _MOMENT = "EEEE, d MMMM y", "d MMMM y, HH:mm"
"""As dates are written in Greece: Παρασκευή, 12 Μαρτίου 2027."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session in words. `starts` is for machines; `part` is the part of the seminar that meets, empty: all.
    `postponed`: it does not meet on this day, and its new one is not known yet."""

    number: int
    day: str
    hours: str
    place: str
    topic: str
    form: str
    cancelled: bool
    starts: str
    part: str = ""
    postponed: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A seminar on the list: its next session, and how many seats (empty: no limit)."""

    code: str
    title: str
    structure: str
    form: str
    seats: str
    cancelled: bool
    session: SessionFacts


@dataclass(frozen=True, slots=True)
class SeminarFacts:
    """A seminar in words; `apply` are the courses where people apply, `taught` those where who has a seat is taught
    besides, `left_out` those where people applied for a part that the programme does not name any more, and `every`
    all its courses; `seats` is the capacity or empty; `door` says why nobody can apply now, empty while they can;
    `past`: its last session is over; `choosing`: who goes before whom, a sentence each; `page`: people apply on its
    own page, and where it is `silent` only there, since no platform tells who applies."""

    code: str
    title: str
    description: str
    structure: str
    centre: str
    form: str
    seats: str
    hours: str
    registration: str
    choosing: tuple[str, ...]
    trainers: tuple[str, ...]
    specialties: str
    sessions: tuple[SessionFacts, ...]
    apply: tuple[CourseFacts, ...]
    taught: tuple[CourseFacts, ...]
    left_out: tuple[CourseFacts, ...]
    every: tuple[CourseFacts, ...]
    cancelled: bool
    door: str
    past: bool
    page: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class OwnSeat:
    """The visitor's own seat in words. `stands`: they have the seat, are offered one or wait for one;
    `part` is the id of the part of the seminar that it is for, `part_name` what people call it; `applied`: in which
    courses, as (connector, part), the visitor's applications stand; `withdrawn`: they gave it up."""

    state: str
    why: str
    stands: bool
    part: str = ""
    part_name: str = ""
    applied: frozenset[tuple[str, str]] = frozenset()
    withdrawn: bool = False

    def to_leave(self, courses: tuple[CourseFacts, ...]) -> tuple[CourseFacts, ...]:
        """Those of a seminar's courses by which the visitor gives the seat back."""
        return to_leave(courses, self.part, self.applied)

    def remains(self, courses: tuple[CourseFacts, ...]) -> tuple[CourseFacts, ...]:
        """Those in which the visitor, who withdrew, still is as whoever enrols by themselves."""
        return tuple(one for one in courses if self.withdrawn and (one.system, one.part) in self.applied)


def find(connection: Connection, inst: Installation, code: str) -> Offering | None:
    """An approved seminar of any KYPEK by its code; drafts are not shown."""
    for kypek in sorted(inst.loaded.settings.kypeks):
        offering = programmes.in_force(connection, kypek).get(code)
        if offering is not None and offering.approved:
            return offering
    return None


def upcoming(connection: Connection, inst: Installation, now: datetime, text: Text, language: str) -> list[Card]:
    """Approved seminars with a session still to come, the nearest first. Cancelled ones stay until their day, so that
    those who look for them find out."""
    found = []
    for kypek in inst.loaded.settings.kypeks:
        for offering in programmes.in_force(connection, kypek).values():
            ahead = [s for s in offering.seminar.sessions if s.ends >= now and s.status is Status.PLANNED]
            if offering.approved and ahead:
                found.append((min(ahead, key=lambda s: (s.starts, s.number)), offering))
    found.sort(key=lambda pair: (pair[0].starts, pair[1].seminar.code))
    return [_card(inst, session, offering, text, language) for session, offering in found]


def facts(connection: Connection, inst: Installation, offering: Offering, text: Text, language: str) -> SeminarFacts:
    """The public facts of a seminar. Trainers are named, never their addresses."""
    seminar, entry = offering.seminar, inst.kypek(offering.kypek)
    every = courses_of(connection, inst, offering, text)
    clashes = inst.loaded.settings.seats.clashes
    applying = tuple(one for one in every if one.use is Use.APPLY)
    return SeminarFacts(
        code=seminar.code,
        title=seminar.title,
        description=seminar.description,
        structure=_structure(inst, offering),
        centre=entry.name,
        form=text(FORMS[seminar.form]),
        seats=_seats(offering),
        hours=format_decimal(seminar.hours, locale=_locale(language)) if seminar.hours else "",
        registration=_window(seminar.registration_opens, seminar.registration_closes, text, language),
        choosing=(*choosing_lines(seminar, text), *clash_lines(clashes.hours, clashes.earlier_edition, text)),
        trainers=tuple(name for t in seminar.trainers if (name := _name(connection, entry.directory, t))),
        specialties=", ".join(seminar.audience.specialties),
        sessions=tuple(
            _session(s, text, language, seminar.part_name(s.part) if s.part is not None else "")
            for s in sorted(seminar.sessions, key=lambda s: s.number)
        ),
        apply=tuple(one for one in applying if not (one.missing or one.cancelled)),
        taught=tuple(one for one in every if one.use is Use.TEACH),
        left_out=tuple(one for one in applying if one.missing or one.cancelled),
        every=every,
        cancelled=seminar.status is Status.CANCELLED,
        door=_door(seminar, inst.clock(), text, language),
        past=_is_past(seminar, inst.clock()),
        page=takes(connection, inst, offering),
        silent=(seminar.platform or entry.courses) in silent_platforms.silent(connection),
    )


def own_seat(connection: Connection, offering: Offering, seat: Seat, text: Text) -> OwnSeat:
    """The visitor's seat in this seminar, in words."""
    code = offering.seminar.code
    state = own_state_word(seat.state, text)
    stands = seat.state in PLACES
    name = offering.seminar.part_name(seat.part)
    doors = seats.standing(connection, offering.kypek).get(code, {})
    applied = frozenset((system, part) for system, applicant, part in doors if applicant == seat.login)
    said = state[:1].upper() + state[1:]
    return OwnSeat(said, own_reason(seat, text), stands, seat.part, name, applied, seat.state is SeatState.WITHDRAWN)


def moment(at: datetime, language: str) -> str:
    """A moment on a Greek clock, in words."""
    return format_datetime(local(at), _MOMENT, locale=_locale(language))


def _card(inst: Installation, session: Session, offering: Offering, text: Text, language: str) -> Card:
    seminar = offering.seminar
    return Card(
        code=seminar.code,
        title=seminar.title,
        structure=_structure(inst, offering),
        form=text(FORMS[seminar.form]),
        seats=_seats(offering),
        cancelled=seminar.status is Status.CANCELLED,
        session=_session(session, text, language),
    )


def _structure(inst: Installation, offering: Offering) -> str:
    structure = inst.kypek(offering.kypek).structures.get(offering.seminar.structure)
    return structure.name if structure else offering.seminar.structure


def _seats(offering: Offering) -> str:
    seminar = offering.seminar
    whole = "" if seminar.capacity is None else str(seminar.capacity)
    offered = [part for part in seminar.parts if not part.missing and part.status is Status.PLANNED]
    parts = ", ".join(f"{part.name} {part.capacity}" for part in offered if part.capacity is not None)
    return f"{whole} ({parts})" if whole and parts else whole or parts


def _name(connection: Connection, directory: str, trainer: Trainer) -> str:
    """What a trainer is called: as the programme says, else the directory; empty if neither does."""
    if trainer.name or not trainer.login or not directory:
        return trainer.name
    known = lookups.person(connection, directory, trainer.login)
    return "" if known is None or known.gone_at is not None else known.person.name


def _session(session: Session, text: Text, language: str, part: str = "") -> SessionFacts:
    starts, ends = local(session.starts), local(session.ends)
    return SessionFacts(
        number=session.number,
        day=format_datetime(starts, _DAY, locale=_locale(language)),
        hours=f"{starts:%H:%M}–{ends:%H:%M}",
        place=session.place,
        topic=session.topic,
        form=text(FORMS[session.form]),
        cancelled=session.status is not Status.PLANNED,
        starts=starts.isoformat(),
        part=part,
        postponed=session.status is Status.POSTPONED,
    )


def _window(opens: datetime | None, closes: datetime | None, text: Text, language: str) -> str:
    parts = []
    if opens is not None:
        parts.append(text("from %(moment)s", moment=moment(opens, language)))
    if closes is not None:
        parts.append(text("until %(moment)s", moment=moment(closes, language)))
    return " ".join(parts)


def _is_past(seminar: Seminar, now: datetime) -> bool:
    ends = [session.ends for session in seminar.sessions if session.status is Status.PLANNED]
    return bool(ends) and max(ends) < now


def _door(seminar: Seminar, now: datetime, text: Text, language: str) -> str:
    opens, closes = seminar.registration_opens, seminar.registration_closes
    if _is_past(seminar, now):
        return text("The seminar has taken place.")
    if opens is not None and now < opens:
        return text("Applications open on %(moment)s.", moment=moment(opens, language))
    if closes is not None and now > closes:
        return text("Applications closed on %(moment)s.", moment=moment(closes, language))
    return ""


def _locale(language: str) -> str:
    """Whose habits of writing: English as in Europe."""
    return "en_GB" if language == "en" else language
