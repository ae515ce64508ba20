"""Who is leaving the directory and which places they would lose. Asks the ledger alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from kypek_sync.ledger import leaving, programmes, seats
from kypek_sync.ledger.leaving import Leaving
from kypek_sync.ledger.people import Departure
from kypek_sync.model import SeatState
from kypek_sync.sync.installation import Installation


@dataclass(frozen=True, slots=True)
class Goer:
    """Somebody on the way out, with the seminars, as (code, state), in which they have a seat or wait for one and which
    are not over. `due`: the next complete read that does not show them makes them gone."""

    leaving: Leaving
    places: tuple[tuple[str, SeatState], ...]
    due: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For machines: moments in ISO 8601, UTC."""
        one = self.leaving
        return {
            "login": one.person.login,
            "since": one.since.isoformat(),
            "absences": one.absences,
            "of": one.of,
            "gone_at_the_earliest": one.earliest.isoformat(),
            "places": [{"seminar": code, "state": state.value} for code, state in self.places],
        }


def goers(connection: Connection, inst: Installation, kypek: str) -> tuple[Goer, ...]:
    """Everybody who is leaving the KYPEK's directory, by login."""
    directory, rules = inst.kypek(kypek).directory, inst.loaded.settings.directory_rules
    if not directory:
        return ()
    departure = Departure(rules.absences, rules.absence_gap, rules.grace)
    found = leaving.leaving(connection, directory, departure)
    places = _places(connection, inst, kypek) if found else {}
    return tuple(
        Goer(
            one,
            tuple(sorted(place for login in one.logins for place in places.get(login, ()))),
            one.earliest <= inst.clock(),
        )
        for one in found
    )


def goer(connection: Connection, inst: Installation, kypek: str, login: str) -> Goer | None:
    """Somebody who is leaving, by a login that they have or had; None for everybody else."""
    return next((one for one in goers(connection, inst, kypek) if login in one.leaving.logins), None)


def all_places(those: Iterable[Goer | None]) -> Goer | None:
    """The same person as several KYPEKs of one directory see them, with all their places."""
    found = [one for one in those if one is not None]
    if not found:
        return None
    return replace(found[0], places=tuple(sorted({place for one in found for place in one.places})))


def _places(connection: Connection, inst: Installation, kypek: str) -> dict[str, list[tuple[str, SeatState]]]:
    offerings, now = programmes.in_force(connection, kypek), inst.clock()
    found: dict[str, list[tuple[str, SeatState]]] = {}
    for code, those in seats.decided(connection, kypek).items():
        sessions = offerings[code].seminar.sessions if code in offerings else ()
        if sessions and max(session.ends for session in sessions) <= now:
            continue
        for seat in those.values():
            if seat.state in (SeatState.GRANTED, SeatState.WAITING):
                found.setdefault(seat.login, []).append((code, seat.state))
    return found
