"""Of a login in doubt: who has it now, who had it before, and what either decision would do.

`directory person` shows it to the administrator who decides, who has to know both names (design, rules 12 and 16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kypek_sync.cli.leaving_words import PLACES
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.ledger import former_holders, identities, persons
from kypek_sync.ledger import seats as ledger_seats
from kypek_sync.ledger.former_holders import Holder
from kypek_sync.ledger.identities import Doubt
from kypek_sync.model import SeatState
from kypek_sync.sync.installation import Installation

Place = tuple[str, SeatState]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the people: as holder of the login, the names of their units, and their places by seminar and state."""

    holder: Holder
    units: tuple[str, ...]
    places: tuple[Place, ...]

    def as_dict(self) -> dict[str, Any]:
        """For machines: moments in ISO 8601, UTC."""
        one = self.holder
        return {
            "name": one.known.person.name,
            "login": one.known.person.login,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
            "specialties": list(one.known.person.specialties),
            "units": list(self.units),
            "places": [{"seminar": code, "state": state.value} for code, state in self.places],
        }


@dataclass(frozen=True, slots=True)
class TwoHolders:
    """A login in doubt, who has it `now` and who had it `before`, or perhaps is the same person."""

    doubt: Doubt
    now: Side
    before: tuple[Side, ...]

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "login": self.doubt.login,
            "since": self.doubt.since.isoformat(),
            "now": self.now.as_dict(),
            "before": [one.as_dict() for one in self.before],
        }


def two_holders(connection: Connection, inst: Installation, source: str, login: str) -> TwoHolders | None:
    """Those between whom a person has to decide; None where nothing is in doubt."""
    about = identities.doubt(connection, source, login)
    holder = former_holders.holder(connection, source, login, about.holder) if about is not None else None
    if about is None or holder is None:
        return None
    before = former_holders.former_holders(connection, source, login, about.holder, about.perhaps)
    logins = {login, *(one.known.person.login for one in before)}
    places: dict[str, list[Place]] = {}
    for kypek, entry in sorted(inst.loaded.settings.kypeks.items()):
        if entry.directory != source:
            continue
        for code, those in sorted(ledger_seats.decided(connection, kypek, logins=logins).items()):
            for seat in those.values():
                if seat.state in PLACES:
                    places.setdefault(seat.person, []).append((code, seat.state))

    def side(one: Holder) -> Side:
        units = persons.units_of(connection, source, [one.known.person])
        named = tuple(units[unit].name for unit in one.known.person.units if unit in units)
        return Side(one, named, tuple(places.get(one.known.id, ())))

    return TwoHolders(about, side(holder), tuple(side(one) for one in before))


def lines(those: TwoHolders, text: Text) -> Iterator[str]:
    """Who they are, and what `--same` and `--other` will do."""
    yield text("It is not sure whose the login %(login)s is:", login=login_shown(those.doubt.login))
    yield from _side(those.now, text("has it now"), text)
    for one in those.before:
        yield from _side(one, text("had it before"), text)
    kept = _named(tuple(place for one in those.before for place in one.places), text)
    yield "  " + text("with --same they are one person, who keeps %(places)s", places=kept or text("what there is"))
    moment = when(those.doubt.since)
    if kept:
        yield "  " + text(
            "with --other they are two: %(places)s is lost to whoever has the login now, and what was applied for "
            "under it before %(when)s counts for nobody; a seat goes to the next one",
            places=kept,
            when=moment,
        )
    else:
        yield "  " + text(
            "with --other they are two: what was applied for under it before %(when)s counts for nobody", when=moment
        )


def _side(one: Side, word: str, text: Text) -> Iterator[str]:
    someone, held = one.holder.known.person, one.holder
    if held.until is None:
        dates = text("since %(since)s", since=when(held.since))
    else:
        dates = text("from %(since)s until %(until)s", since=when(held.since), until=when(held.until))
    facts = ", ".join((*someone.specialties, *one.units)) or "–"
    places = _named(one.places, text) or text("no seat")
    yield f"  {word}: {someone.name} ({login_shown(someone.login)}), {dates}; {facts}; {places}"


def _named(places: tuple[Place, ...], text: Text) -> str:
    return ", ".join(text(PLACES[state], seminar=code) for code, state in places)
