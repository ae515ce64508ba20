"""A person's own calendar: the sessions of their seats, and of the seminars that they teach. Of nobody else a word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from kypek_sync.ledger import calendar_feeds, lookups, persons, programmes, seats, session_versions
from kypek_sync.ledger.calendar_feeds import Feed
from kypek_sync.model import SeatState
from kypek_sync.notices.calendar import Meeting, in_order, meetings, of_part
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.three_months import public_address

BACK = timedelta(days=366)
"""How long a session stays after its day."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is in one KYPEK: their id of ours (empty: the directory does not know them), the login they
    have now, and all that they have had."""

    person: str
    login: str
    logins: frozenset[str]


def feed_key(inst: Installation) -> bytes:
    """The key of the hashes of secret addresses. With another identity key every address is to be made anew."""
    return b"calendar feed|" + inst.loaded.settings.identity_key.get_secret_value().encode()


def person_of(connection: Connection, inst: Installation, login: str) -> str:
    """Our id of who has a login, in the first KYPEK whose directory knows them; empty if none does."""
    for kypek in sorted(inst.loaded.settings.kypeks):
        directory = inst.kypek(kypek).directory
        known = persons.persons(connection, directory, [login]).get(login) if directory else None
        if known is not None:
            return known.id
    return ""


def feed_of(connection: Connection, inst: Installation, login: str) -> Feed | None:
    """The calendar that somebody has an address for."""
    return calendar_feeds.of(connection, login, person_of(connection, inst, login))


def own_meetings(connection: Connection, inst: Installation, feed: Feed) -> tuple[Meeting, ...]:
    """What stands in somebody's calendar, of every KYPEK of the installation."""
    found: dict[str, Meeting] = {}
    oldest = inst.clock() - BACK
    for kypek in sorted(inst.loaded.settings.kypeks):
        owner = owner_of(connection, inst.kypek(kypek).directory, feed)
        if owner is not None:
            mine = _in_kypek(connection, inst, kypek, owner)
            found |= {uid: one for uid, one in mine.items() if one.ends > oldest}
    return in_order(found.values())


def owner_of(connection: Connection, directory: str, feed: Feed) -> Owner | None:
    """Who the owner of a feed is by this directory; None where the login is somebody else's now (design, rule 12)."""
    if directory and feed.person:
        known = persons.persons_by_id(connection, directory, [feed.person]).get(feed.person)
        if known is not None:
            had = lookups.logins(connection, feed.person)
            return Owner(feed.person, known.person.login, frozenset({*had, known.person.login}))
    holder = lookups.person(connection, directory, feed.login) if directory else None
    if holder is not None and feed.person not in ("", holder.id):
        return None
    return Owner(holder.id if holder is not None else feed.person, feed.login, frozenset({feed.login}))


def _in_kypek(connection: Connection, inst: Installation, kypek: str, owner: Owner) -> dict[str, Meeting]:
    """By their names. Who teaches a seminar and has a seat in it teaches it."""
    address, known = public_address(inst), session_versions.standing(connection, kypek)
    offerings = {c: o.seminar for c, o in programmes.in_force(connection, kypek).items() if o.approved}
    found: dict[str, Meeting] = {}
    for code, those in seats.decided(connection, kypek, logins=owner.logins).items():
        for seat in those.values():
            if code in offerings and seat.state is SeatState.GRANTED and seat.person in ("", owner.person):
                mine = of_part(kypek, offerings[code], seat.part, known[code], address)
                found |= {one.uid: one for one in mine}
    for code, seminar in offerings.items():
        if any(trainer.login == owner.login for trainer in seminar.trainers):
            mine = meetings(kypek, seminar, known[code], address)
            found |= {one.uid: replace(one, teaching=True) for one in mine}
    return found
