"""Who is leaving the directory and which places they would lose. Asks the ledger alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from kypek_sync.ledger import programmes, seats
from kypek_sync.ledger.identity_answers import unsure
from kypek_sync.ledger.leaving import Exodus, Leaving, exodus, leaving
from kypek_sync.ledger.people import Departure
from kypek_sync.model import PLACES, Seat, SeatState
from kypek_sync.sync.installation import Installation

Place = tuple[str, SeatState]
"""A seminar's code and whether somebody has a seat in it or waits for one."""


@dataclass(frozen=True, slots=True)
class Goer:
    """Somebody on the way out, with the seminars, as (code, state), in which they have a seat or wait for one and which
    are not over. `due`: the next complete read that does not show them makes them gone. `waits` are the logins of these
    places of which a person has to say first whose they are: until then nothing is lost."""

    leaving: Leaving
    places: tuple[tuple[str, SeatState], ...]
    due: bool = False
    waits: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For machines: moments in ISO 8601, UTC."""
        one = self.leaving
        return {
            "login": one.person.login,
            "since": one.since.isoformat(),
            "absences": one.absences,
            "of": one.of,
            "gone_at_the_earliest": one.earliest.isoformat(),
            "replaced": one.replaced,
            "waits_for_decision": list(self.waits),
            "places": [{"seminar": code, "state": state.value} for code, state in self.places],
        }


@dataclass(frozen=True, slots=True)
class Departing:
    """Who is leaving a KYPEK's directory: how many in all and the first by name, and those of them who have a place to
    lose in this KYPEK."""

    everybody: Exodus
    losing: tuple[Goer, ...]

    @property
    def places(self) -> int:
        """How many places would be lost, besides those that wait for a decision."""
        return sum(len(goer.places) for goer in self.losing if not goer.waits)


NAMED = 1000
"""So many of those who are leaving are named for machines; all of them are counted."""


def departing(connection: Connection, inst: Installation, kypek: str) -> Departing | None:
    """Who is leaving; None: nobody."""
    directory = inst.kypek(kypek).directory
    everybody = exodus(connection, directory, _departure(inst), NAMED) if directory else Exodus(0)
    return Departing(everybody, goers(connection, inst, kypek)) if everybody.count else None


def goers(connection: Connection, inst: Installation, kypek: str) -> tuple[Goer, ...]:
    """Those who are leaving the KYPEK's directory and have a place to lose, by login."""
    directory = inst.kypek(kypek).directory
    if not directory or not exodus(connection, directory, _departure(inst), 0).count:
        return ()
    places = _places(connection, inst, kypek, seats.decided(connection, kypek))
    those = leaving(connection, directory, _departure(inst), places.by_login, places.by_person)
    found = _goers(connection, inst, kypek, those, places)
    return tuple(one for one in found if one.places)


def goer(connection: Connection, inst: Installation, kypek: str, identity: str) -> Goer | None:
    """Somebody who is leaving, by our id; None for everybody else."""
    directory = inst.kypek(kypek).directory
    found = leaving(connection, directory, _departure(inst), (), [identity]) if directory else []
    if not found:
        return None
    places = _places(connection, inst, kypek, seats.decided(connection, kypek))
    return _goers(connection, inst, kypek, found, places)[0]


def _departure(inst: Installation) -> Departure:
    rules = inst.loaded.settings.directory_rules
    return Departure(rules.absences, rules.absence_gap, rules.grace)


def _goers(
    connection: Connection, inst: Installation, kypek: str, those: Iterable[Leaving], places: _Places
) -> list[Goer]:
    """These people with their own places and no one else's, whoever has their login now."""
    directory = inst.kypek(kypek).directory
    mine = {one.id: places.of(one) for one in those}
    logins = {seat.login for own in mine.values() for seat in own}
    asked = unsure(connection, directory, logins, kypek, inst.sharing(directory) - {kypek}) if logins else ()
    found = []
    for one in those:
        waits = {seat.login for seat in mine[one.id] if seat.login in asked}
        at_stake = tuple(sorted((seat.seminar, seat.state) for seat in mine[one.id]))
        found.append(Goer(one, at_stake, one.earliest <= inst.clock(), tuple(sorted(waits | set(one.perhaps)))))
    return found


def all_places(those: Iterable[Goer | None]) -> Goer | None:
    """The same person as several KYPEKs of one directory see them, with all their places."""
    found = [one for one in those if one is not None]
    if not found:
        return None
    places = tuple(sorted({place for one in found for place in one.places}))
    return replace(found[0], places=places, waits=tuple(sorted({login for one in found for login in one.waits})))


@dataclass(frozen=True, slots=True)
class _Places:
    """Places by whose they are, by our id, and those of nobody who is known by login."""

    by_person: Mapping[str, Sequence[Seat]]
    by_login: Mapping[str, Sequence[Seat]]

    def of(self, one: Leaving) -> list[Seat]:
        """Those of somebody."""
        nobodys = (seat for login in one.logins for seat in self.by_login.get(login, ()))
        return [*self.by_person.get(one.id, ()), *nobodys]


def _places(
    connection: Connection, inst: Installation, kypek: str, decided: Mapping[str, Mapping[str, Seat]]
) -> _Places:
    """The places in seminars that are not over."""
    offerings = programmes.in_force(connection, kypek) if decided else {}
    now = inst.clock()
    by_person: dict[str, list[Seat]] = {}
    by_login: dict[str, list[Seat]] = {}
    for code, those in decided.items():
        sessions = offerings[code].seminar.sessions if code in offerings else ()
        if sessions and max(session.ends for session in sessions) <= now:
            continue
        for seat in those.values():
            if seat.state in PLACES:
                known, whose = (by_person, seat.person) if seat.person else (by_login, seat.login)
                known.setdefault(whose, []).append(seat)
    return _Places(by_person, by_login)
