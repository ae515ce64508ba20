"""What a seminar's page shows: public facts, and the visitor's own seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date, format_time
from sqlalchemy import Connection

from kypek_sync.language import Text
from kypek_sync.ledger import bindings, people, programmes, seats
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Form, Seat, Session, Status, local
from kypek_sync.seminar.reasons import reason, state_word
from kypek_sync.sync.installation import Installation

_FORMS = {Form.IN_PERSON: "in person", Form.ONLINE: "online", Form.BLENDED: "blended"}


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session in words."""

    number: int
    day: str
    hours: str
    place: str
    topic: str
    form: str
    cancelled: bool
    starts: str


@dataclass(frozen=True, slots=True)
class SeminarFacts:
    """A seminar in words; `courses` are (platform, address) where people enrol; `seats` is the capacity or empty."""

    code: str
    title: str
    description: str
    structure: str
    centre: str
    form: str
    seats: str
    hours: str
    registration: str
    trainers: tuple[str, ...]
    specialties: str
    sessions: tuple[SessionFacts, ...]
    courses: tuple[tuple[str, str], ...]
    cancelled: bool


@dataclass(frozen=True, slots=True)
class OwnSeat:
    """The visitor's own seat in words."""

    state: str
    why: str


def find(connection: Connection, inst: Installation, code: str) -> Offering | None:
    """An approved seminar of any KYPEK by its code; drafts are not shown."""
    for kypek in sorted(inst.loaded.settings.kypeks):
        offering = programmes.in_force(connection, kypek).get(code)
        if offering is not None and offering.approved:
            return offering
    return None


def upcoming(connection: Connection, inst: Installation, now: datetime) -> list[Offering]:
    """Approved seminars with a session still to come, the nearest first."""
    found = [
        (min(ahead), offering)
        for kypek in inst.loaded.settings.kypeks
        for offering in programmes.in_force(connection, kypek).values()
        if offering.approved
        and (ahead := [s.starts for s in offering.seminar.sessions if s.ends >= now and s.status is Status.PLANNED])
    ]
    return [offering for _, offering in sorted(found, key=lambda pair: (pair[0], pair[1].seminar.code))]


def facts(connection: Connection, inst: Installation, offering: Offering, text: Text, language: str) -> SeminarFacts:
    """The public facts of a seminar. Trainers are named, never their addresses."""
    seminar, entry = offering.seminar, inst.kypek(offering.kypek)
    known = people.by_login(connection, entry.directory) if entry.directory else {}
    trainers = [t.name or (known[t.login].person.name if t.login in known else "") for t in seminar.trainers]
    bound = bindings.known(connection, offering.kypek, "course")
    structure = entry.structures.get(seminar.structure)
    return SeminarFacts(
        code=seminar.code,
        title=seminar.title,
        description=seminar.description,
        structure=structure.name if structure else seminar.structure,
        centre=entry.name,
        form=text(_FORMS[seminar.form]),
        seats="" if seminar.capacity is None else str(seminar.capacity),
        hours=f"{seminar.hours:g}" if seminar.hours else "",
        registration=_window(seminar.registration_opens, seminar.registration_closes, text, language),
        trainers=tuple(name for name in trainers if name),
        specialties=", ".join(seminar.audience.specialties),
        sessions=tuple(_session(s, text, language) for s in sorted(seminar.sessions, key=lambda s: s.number)),
        courses=tuple(
            (b.system, b.address) for (_, ref), b in sorted(bound.items()) if ref == seminar.code and b.address
        ),
        cancelled=seminar.status is Status.CANCELLED,
    )


def own_seat(connection: Connection, offering: Offering, login: str, text: Text) -> OwnSeat | None:
    """The visitor's seat in this seminar, or None without an application."""
    seat: Seat | None = (
        seats.decided(connection, offering.kypek, offering.seminar.code).get(offering.seminar.code, {}).get(login)
    )
    return OwnSeat(state_word(seat.state, text), reason(seat, text)) if seat else None


def moment(at: datetime, language: str) -> str:
    """A moment on a Greek clock, in words."""
    here = local(at)
    return f"{format_date(here, 'full', locale=language)}, {format_time(here, 'HH:mm', locale=language)}"


def _session(session: Session, text: Text, language: str) -> SessionFacts:
    return SessionFacts(
        number=session.number,
        day=format_date(local(session.starts), "full", locale=language),
        hours=f"{local(session.starts):%H:%M}–{local(session.ends):%H:%M}",
        place=session.place,
        topic=session.topic,
        form=text(_FORMS[session.form]),
        cancelled=session.status is Status.CANCELLED,
        starts=session.starts.isoformat(),
    )


def _window(opens: datetime | None, closes: datetime | None, text: Text, language: str) -> str:
    parts = []
    if opens is not None:
        parts.append(text("from %(moment)s", moment=moment(opens, language)))
    if closes is not None:
        parts.append(text("until %(moment)s", moment=moment(closes, language)))
    return " ".join(parts)
