"""What the time of offers and approvals depends on, gathered: the settings, the letters that went out, the pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import outbox, pauses, persons, session_rulings
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Seat, SeatState, Seminar, Stance
from kypek_sync.seminar.approval import Watch, kept_until
from kypek_sync.seminar.offers import UNTIL, Clock, Span, Terms, stands_until
from kypek_sync.seminar.session_rulings import joined, standstill
from kypek_sync.settings import Mode
from kypek_sync.sync.installation import Installation


def terms(inst: Installation, kypek: str) -> Terms | None:
    """From when on a KYPEK offers seats, and for how long; None where who waits moves up at once: the settings say so,
    or no letter goes out to people, and nobody would learn of an offer. Where people are asked because something speaks
    against their seat there are terms for that, also where who waits moves up at once."""
    said, entry = inst.loaded.settings.offers, inst.kypek(kypek)
    clashes = inst.loaded.settings.seats.clashes
    asks = Stance.ASK in (clashes.hours, clashes.earlier_edition)
    if not (said.before or asks) or not entry.post or entry.all_mail_to:
        return None
    if inst.modes().get(entry.post, Mode.OBSERVE) is Mode.OBSERVE:
        return None
    return Terms(said.before or None, said.lasts)


def clock_of(
    connection: Connection, kypek: str, directory: str, seminar: str, by: Terms | None, now: datetime
) -> Clock | None:
    """The clock of a seminar's offers. Who has no address gets no letter, and none is waited for."""
    if by is None:
        return None
    letters = outbox.letters_of_offers(connection, kypek, seminar)
    waited = [login for login, sent in letters.items() if sent is None]
    if waited and directory:
        known = persons.persons(connection, directory, waited)
        letters = {
            login: sent
            for login, sent in letters.items()
            if sent is not None or (login in known and known[login].person.mail)
        }
    return Clock(now, by, letters, _stopped(connection, kypek, seminar, now))


def watch_of(connection: Connection, kypek: str, seminar: Seminar, now: datetime) -> Watch | None:
    """The clock of a seminar's approvals; None where its seats need none."""
    return Watch(now, _stopped(connection, kypek, seminar.code, now)) if seminar.approval else None


def _stopped(connection: Connection, kypek: str, seminar: str, now: datetime) -> tuple[Span, ...]:
    """When a seminar was paused, or a session of it could not take place."""
    ruled = session_rulings.history(connection, kypek, [seminar])
    stopped = pauses.spans(connection, kypek, seminar, now)
    return joined(stopped + standstill([(one.ruling, one.lifted) for one in ruled], now))


def ends(
    connection: Connection, inst: Installation, offering: Offering, seat: Seat, *, letter: datetime | None = None
) -> datetime | None:
    """When an open offer lapses, as things stand; None where nobody can say, and for what is no open offer. `letter`:
    if its letter goes out then."""
    kypek, seminar = offering.kypek, offering.seminar
    by = terms(inst, kypek)
    if by is None or seat.state is not SeatState.OFFERED:
        return None
    clock = clock_of(connection, kypek, inst.kypek(kypek).directory, seminar.code, by, inst.clock())
    if clock is None or UNTIL not in dict(seat.facts):
        return None
    if letter is not None:
        clock = replace(clock, letters={**clock.letters, seat.login: letter})
    return stands_until(seat, seminar, clock)


def approval_ends(connection: Connection, kypek: str, seminar: Seminar, seat: Seat, now: datetime) -> datetime | None:
    """Until when at least a seat is kept for somebody who waits for an approval, as things stand; None where nobody is
    in a hurry, and for all others."""
    watch = watch_of(connection, kypek, seminar, now) if seat.state is SeatState.UNDER_APPROVAL else None
    return kept_until(seat, seminar, watch) if watch is not None else None


def until(seat: Seat, at: datetime | None) -> Seat:
    """An offer, or a seat under approval, as it is told to people: it stands until then."""
    if at is None:
        return seat
    return replace(seat, facts=tuple((k, at.isoformat() if k == UNTIL else v) for k, v in seat.facts))
