"""Tells trainers whom the programme does not name any more: whoever taught a seminar would come, and stand before a
colleague.

Put into the outbox in the transaction in which the programme changes, since afterwards nothing tells who taught before,
and sent once the programme has come to rest: who is named again meanwhile is told nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import lookups, outbox, session_versions
from kypek_sync.ledger.outbox import Latest, Notice
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.session_versions import Versions
from kypek_sync.model import PLACES, Seat, Seminar
from kypek_sync.notices.calendar import called_off, later_by, meetings, page_of, taking_place
from kypek_sync.notices.calendar_file import Sender
from kypek_sync.notices.calendar_letters import FACT, Dates
from kypek_sync.notices.change_words import LEFT, TRAINER
from kypek_sync.settings import Mode
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.change_letters import REST, known_dates
from kypek_sync.sync.seats.taught_by import taught_by


@dataclass(frozen=True)
class Taught:
    """Who taught the approved seminars before a programme was read, by code, and since when."""

    logins: Mapping[str, frozenset[str]]
    versions: Mapping[str, Versions]

    @classmethod
    def before(cls, connection: Connection, kypek: str, offerings: Mapping[str, Offering]) -> Taught:
        """As it is in force now."""
        approved = {code: _logins(one.seminar) for code, one in offerings.items() if one.approved}
        return cls(approved, session_versions.standing(connection, kypek))


def put_to_who_left(
    connection: Connection,
    inst: Installation,
    kypek: str,
    taught: Taught,
    offerings: Mapping[str, Offering],
    seats: Mapping[str, Mapping[str, Seat]],
) -> int:
    """Letters to whoever taught a seminar and does not any more; how many were put in. Who has a place in it, or plans
    it, reads of it in the letter that tells who teaches now. A centre that sends no mail gets none."""
    if not inst.kypek(kypek).post:
        return 0
    _take_back(connection, kypek, offerings)
    told = _told(inst, kypek, offerings)
    left = {code: gone for code, seminar in told.items() if (gone := _gone(inst, kypek, seminar, taught, seats))}
    if not left:
        return 0
    last = outbox.latest_of_seminars(connection, kypek, left)
    versions = session_versions.standing(connection, kypek)
    notices = [
        notice
        for code, logins in sorted(left.items())
        for notice in _notices(connection, inst, kypek, told[code], versions[code], logins, last)
        if _knew(taught.versions.get(code), last.get((code, notice.login)), inst.clock())
    ]
    return outbox.put_all(connection, notices, inst.host, inst.clock(), rest=REST)


def _told(inst: Installation, kypek: str, offerings: Mapping[str, Offering]) -> dict[str, Seminar]:
    """The seminars of which people are told, paused ones too: who taught before is not known any more once the pause is
    over. Letters about a paused seminar wait in the outbox."""
    modes, usual = inst.modes(), inst.kypek(kypek).courses
    shown = (one.seminar for one in offerings.values() if one.approved)
    return {
        seminar.code: seminar
        for seminar in shown
        if modes.get(seminar.platform or usual, Mode.OBSERVE) is not Mode.OBSERVE
    }


def _logins(seminar: Seminar) -> frozenset[str]:
    return frozenset(one.login for one in seminar.trainers if one.login)


def _gone(
    inst: Installation, kypek: str, seminar: Seminar, taught: Taught, seats: Mapping[str, Mapping[str, Seat]]
) -> frozenset[str]:
    """Who taught a seminar with a session to come, and has nothing to do with it any more."""
    if all(session.ends <= inst.clock() for session in seminar.sessions):
        return frozenset()
    structure = inst.kypek(kypek).structures.get(seminar.structure)
    officers = structure.officers if structure is not None else ()
    placed = {login for login, seat in seats.get(seminar.code, {}).items() if seat.state in PLACES}
    return taught.logins.get(seminar.code, frozenset()) - _logins(seminar) - placed - set(officers)


def _knew(versions: Versions | None, last: Latest | None, now: datetime) -> bool:
    """Whether they may know that they taught it: they were told, or it stood so for a while. A slip of the pen that is
    mended at once is told to nobody."""
    return last is not None or (versions is not None and now - versions.trainers.changed >= REST)


def _notices(
    connection: Connection,
    inst: Installation,
    kypek: str,
    seminar: Seminar,
    versions: Versions,
    logins: Collection[str],
    told: Mapping[tuple[str, str], Latest],
) -> Iterator[Notice]:
    entry = inst.kypek(kypek)
    address = inst.loaded.settings.public_address
    now_taught_by = taught_by(connection, entry.directory, seminar)
    for login in sorted(logins):
        known = lookups.person(connection, entry.directory, login) if entry.directory else None
        if known is None or known.gone_at is not None:
            continue
        last = told.get((seminar.code, login), Latest(inst.clock(), "", 0, 0))
        had = {one.uid for one in taking_place(known_dates(last) or ())}
        mine = (one for one in meetings(kypek, seminar, versions, address) if one.uid in had)
        taken = later_by(called_off(mine), last.changes)
        facts = {
            FACT: Dates(seminar.code, (), taken, Sender(entry.name, entry.mail)).stored,
            "centre": entry.name,
            "page": page_of(address, seminar.code),
            "role": TRAINER,
            "title": seminar.title,
            "trainers": now_taught_by,
        }
        cause = f"{outbox.DATES}{seminar.code}"
        yield Notice(kypek, "", login, cause, last.changes + 1, LEFT, tuple(sorted(facts.items())))


def _take_back(connection: Connection, kypek: str, offerings: Mapping[str, Offering]) -> None:
    """Who teaches it again, and has not been written to, is told nothing."""
    for row in outbox.unsent(connection, kypek):
        if row.notice.kind != LEFT or row.attempts:
            continue
        offering = offerings.get(row.notice.cause.removeprefix(outbox.DATES))
        if offering is not None and row.notice.login in _logins(offering.seminar):
            outbox.drop(connection, row.id)
