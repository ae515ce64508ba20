"""Who left the directory for good and still has a place in a seminar: believed within the limits, else held. Pure.

The ledger says who is gone (two complete reads and the grace, rule 2). That many are gone at once is believed no more
readily than that many left a course: nobody loses a seat, and nobody moves up, before a person let it pass (rule 5).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kypek_sync.contract import Change, Target
from kypek_sync.language import Sentence
from kypek_sync.model import PLACES, Seat, Seminar
from kypek_sync.sync.planning.guard import Ground, Held, departures, left

Facts = tuple[tuple[str, str], ...]

LET_PASS = ("let pass", "by a person")
"""The fact of a seat whose loss a person approved: what follows from it on the platforms is asked of nobody again."""


@dataclass(frozen=True, slots=True)
class Departures:
    """Those whose departure counts, by seminar, each with its facts; what waits for a person, or a person said should
    not be; and whom that is about, who keep the place that they have."""

    believed: Mapping[str, Mapping[str, Facts]]
    held: tuple[Held, ...]
    doubted: Mapping[str, frozenset[str]]

    def of(self, seminar: Seminar) -> Mapping[str, Facts]:
        """The logins of one seminar."""
        return self.believed.get(seminar.code, {})


def departing(
    places: Mapping[Target, Mapping[str, Seat]],
    gone: Collection[str],
    ground: Ground,
    released: Collection[Change],
    refused: Collection[Change] = (),
) -> Departures:
    """Divide the departures of those who have a place. `places` are the seats by platform, seminar and part;
    `released` are changes that a person approved, `refused` those that a person rejected. Who lost the place to a
    departure already stays as they are."""
    here = {
        target: {login: seat.state.value for login, seat in seats.items() if login in gone and seat.state in PLACES}
        for target, seats in places.items()
    }
    stay = {
        t: [c for login, state in sorted(logins.items()) if (c := left(t, login, state)).bare in refused]
        for t, logins in sorted(here.items())
    }
    held = [Held("departures", t.seminar, t.system, tuple(those), Sentence("")) for t, those in stay.items() if those]
    going = {
        target: {login: state for login, state in logins.items() if left(target, login, state) not in stay[target]}
        for target, logins in here.items()
    }
    believed: dict[str, dict[str, Facts]] = {}
    for target, logins in going.items():
        believed.setdefault(target.seminar, {}).update(dict.fromkeys(logins, ()))
    for target, seats in places.items():
        earlier = {login: s.facts for login, s in seats.items() if login in gone and s.rule == "left-directory"}
        believed[target.seminar] |= earlier
    for one in departures(going, ground):
        let_pass = {change.target.login for change in one.changes if change.bare in released}
        for change in one.changes:
            del believed[one.seminar][change.target.login]
        believed[one.seminar] |= dict.fromkeys(let_pass, (LET_PASS,))
        if len(let_pass) < len(one.changes):
            held.append(one)
    doubted: dict[str, frozenset[str]] = {}
    for target, logins in here.items():
        kept = frozenset(logins.keys() - believed[target.seminar].keys())
        doubted[target.seminar] = doubted.get(target.seminar, frozenset()) | kept
    return Departures(believed, tuple(held), doubted)
