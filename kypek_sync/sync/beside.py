"""What somebody has beside a seminar: a seat at the same hours, or one in an earlier edition. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kypek_sync.ledger.people import Known
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.seats_elsewhere import held_elsewhere
from kypek_sync.model import HELD, Seat, SeatState, Seminar, Stance
from kypek_sync.seminar.clashes import Clash, clashes
from kypek_sync.seminar.objections import attended, ended_editions
from kypek_sync.settings import Clashes
from kypek_sync.sync.installation import Installation


@dataclass(frozen=True, slots=True)
class Beside:
    """Of one seminar: sessions of others at the same hours in which they have a seat, or are offered one; an earlier
    edition that is over and in which they had one; `stances` says what follows from both."""

    clashes: tuple[Clash, ...] = ()
    edition: Seminar | None = None
    stances: Clashes = field(default_factory=Clashes)


@dataclass(frozen=True)
class Besides:
    """One person with all their `logins`, and what is decided in a KYPEK, by seminar and login."""

    connection: Connection
    inst: Installation
    kypek: str
    known: Known | None
    logins: tuple[str, ...]
    offerings: Mapping[str, Offering]
    decided: Mapping[str, Mapping[str, Seat]]

    def of(self, code: str) -> Beside:
        """What they have beside one seminar."""
        stances = self.inst.loaded.settings.seats.clashes
        return Beside(self._clashes(code, stances.hours), self._edition(self.offerings[code].seminar), stances)

    def _clashes(self, code: str, stance: Stance) -> tuple[Clash, ...]:
        """What is at the same hours as their seat in a seminar; or as what they applied for, where more follows from it
        than that they are told."""
        mine = [
            (self.offerings[one].seminar, those[login].part)
            for one, those in self.decided.items()
            for login in self.logins
            if one in self.offerings and login in those and those[login].state in HELD
        ]
        here = self.decided.get(code, {})
        own = next((here[one] for one in reversed(self.logins) if one in here), None)
        if own is None or own.state is SeatState.WITHDRAWN or (own.state not in HELD and stance is Stance.WARN):
            return ()
        return clashes(self.offerings[code].seminar, own.part, (*mine, *self._elsewhere(stance)))

    def _elsewhere(self, stance: Stance) -> list[tuple[Seminar, str]]:
        """What they have in other KYPEKs, where more follows from it than that they are told."""
        if self.known is None or stance is Stance.WARN:
            return []
        others = self.inst.sharing(self.inst.kypek(self.kypek).directory) - {self.kypek}
        return held_elsewhere(self.connection, others, [self.known.id]).get(self.known.id, [])

    def _edition(self, seminar: Seminar) -> Seminar | None:
        editions = ended_editions(seminar, [one.seminar for one in self.offerings.values()], self.inst.clock())
        had = attended(editions, self.decided)
        return next((had[who] for who in (self.known.id if self.known else "", *self.logins) if who in had), None)
