"""The seats of several seminars that are decided in one pass, where nobody is to have two at the same hours unasked.
Pure.

Each seminar is decided by itself (`seats.decide`), then those who came to two seats at the same hours are looked at:
a seat that was told stays, whatever else they applied for; then one that an officer gave by name; then that of the
earlier application, ties by the keyed hash of seminar and person. What speaks against the other one is said to its
seminar, which is decided anew: its seat goes to the next. That ends, since nothing that was said is taken back in the
same pass; where it turned out not to hold (the other seat was lost to a third one) the application keeps its place and
is decided by the next pass. Which seminar comes first changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kypek_sync.model import HELD, Application, Seat, SeatState, Seminar, Stance
from kypek_sync.seminar.objections import Objection, same_hours, stronger
from kypek_sync.seminar.order import order_key
from kypek_sync.seminar.rulings import GRANTED_BY_NAME
from kypek_sync.seminar.seats import Ground, decide

Place = tuple[Seminar, str]
"""A seminar, and the part of it in which somebody has a seat."""
Wish = tuple[str, str]
"""An application: (seminar, login)."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What `seats.decide` is asked of one seminar."""

    seminar: Seminar
    applications: tuple[Application, ...]
    before: Mapping[str, Seat]
    ground: Ground

    def decided(self, objections: Mapping[str, Objection]) -> dict[str, Seat]:
        """The seats by login, with what speaks against some of them beside what its ground knows."""
        known = self.ground.objections
        both = {one: stronger(known.get(one), objections.get(one)) for one in {*known, *objections}}
        ground = replace(self.ground, objections={one: found for one, found in both.items() if found is not None})
        return {seat.login: seat for seat in decide(self.seminar, self.applications, self.before, ground)}

    def told(self, seat: Seat) -> bool:
        """Whether a seat was theirs before this pass: nothing displaces it."""
        earlier = self.before.get(seat.login)
        return earlier is not None and earlier.state in HELD and earlier.part == seat.part


@dataclass
class Together:
    """The seminars of one pass. `fixed` are places that people have where nothing is decided now, by our id of them;
    `stance` says what follows from two at the same hours."""

    pending: Mapping[str, Pending]
    fixed: Mapping[str, Sequence[Place]]
    stance: Stance
    seats: dict[str, dict[str, Seat]] = field(default_factory=dict)
    _objections: dict[str, dict[str, Objection]] = field(default_factory=dict)
    _wishes: dict[str, list[Wish]] = field(default_factory=dict)
    _applications: dict[Wish, Application] = field(default_factory=dict)

    def decide(self) -> dict[str, dict[str, Seat]]:
        """The seats by seminar and login."""
        self.seats = {code: one.decided({}) for code, one in self.pending.items()}
        if self.stance is not Stance.WARN:
            self._wishes = self._of_several()
            self._heed(self._against_told())
            while self._heed(self._against_new()):
                pass
            self._heed(self._against_waiting())
            self._heed(self._that_do_not_hold())
        return self.seats

    def _of_several(self) -> dict[str, list[Wish]]:
        """The applications of those who have another one, or a place elsewhere, by who they are."""
        found: dict[str, list[Wish]] = {}
        for code, one in sorted(self.pending.items()):
            for application in one.applications:
                if application.login not in one.ground.unsure:
                    who = application.person or application.login
                    found.setdefault(who, []).append((code, application.login))
                    self._applications[code, application.login] = application
        return {who: those for who, those in found.items() if len(those) > 1 or self.fixed.get(who)}

    def _heed(self, found: Mapping[Wish, Objection]) -> bool:
        """Decide anew the seminars about which something was found; whether anything was."""
        for (code, login), objection in found.items():
            self._objections.setdefault(code, {})[login] = objection
        for code in {code for code, _ in found}:
            self.seats[code] = self.pending[code].decided(self._objections[code])
        return bool(found)

    def _against_told(self) -> dict[Wish, Objection]:
        """What the seats that people had already say against their other applications."""
        found: dict[Wish, Objection] = {}
        for who, wishes in self._wishes.items():
            mine = [one for one in wishes if self._is_held(one) and self._told(one)]
            for wish in wishes:
                if not (wish in mine and self._was_granted(wish)):
                    found |= self._objection(wish, who, [one for one in mine if one != wish])
        return found

    def _against_new(self) -> dict[Wish, Objection]:
        """What was not said yet of those who came to several seats."""
        found: dict[Wish, Objection] = {}
        for who, wishes in self._wishes.items():
            held = [one for one in wishes if self._is_held(one)]
            mine = [one for one in held if self._told(one)]
            for wish in sorted((one for one in held if one not in mine), key=self._order):
                by_name = self._seat(wish).rule == GRANTED_BY_NAME
                said = {} if by_name or self._is_said(wish) else self._objection(wish, who, mine)
                found |= said
                if not said or self.stance is Stance.ASK:
                    mine.append(wish)
        return found

    def _against_waiting(self) -> dict[Wish, Objection]:
        """What the new seats say against those applications that got none."""
        found: dict[Wish, Objection] = {}
        for who, wishes in self._wishes.items():
            held = [one for one in wishes if self._is_held(one)]
            for wish in (one for one in wishes if one not in held and not self._is_said(one)):
                found |= self._objection(wish, who, held)
        return found

    def _that_do_not_hold(self) -> dict[Wish, Objection]:
        """What was said because of a seat that was lost meanwhile: not settled."""
        found: dict[Wish, Objection] = {}
        for who, wishes in self._wishes.items():
            held = [one for one in wishes if self._is_held(one)]
            for code, login in (one for one in wishes if self._is_said(one)):
                wish, said = (code, login), self._objections[code][login]
                now = self._objection(wish, who, [one for one in held if one != wish])
                if now.get(wish) != said:
                    found[wish] = now.get(wish) or replace(said, settled=False)
        return found

    def _objection(self, wish: Wish, who: str, held: Iterable[Wish]) -> dict[Wish, Objection]:
        """What these places, and those elsewhere, say against an application."""
        seminar = self.pending[wish[0]].seminar
        seat = self._seat(wish)
        others = [(self.pending[code].seminar, self.seats[code][login].part) for code, login in held]
        objection = same_hours(seminar, seat.part, (*others, *self.fixed.get(who, ())), self.stance)
        return {wish: objection} if objection is not None else {}

    def _order(self, wish: Wish) -> tuple[object, ...]:
        """Which of several new seats of somebody counts first."""
        by_name = self._seat(wish).rule == GRANTED_BY_NAME
        return (not by_name, *order_key(self._applications[wish], self.pending[wish[0]].ground.tie_key), wish)

    def _seat(self, wish: Wish) -> Seat:
        return self.seats[wish[0]][wish[1]]

    def _is_held(self, wish: Wish) -> bool:
        return self._seat(wish).state in HELD

    def _told(self, wish: Wish) -> bool:
        return self.pending[wish[0]].told(self._seat(wish))

    def _was_granted(self, wish: Wish) -> bool:
        """Of a seat that was theirs: whether they had it already, and were not only offered it."""
        return self.pending[wish[0]].before[wish[1]].state is SeatState.GRANTED

    def _is_said(self, wish: Wish) -> bool:
        return wish[1] in self._objections.get(wish[0], {})


def meeting(places: Mapping[str, Collection[Place]]) -> frozenset[str]:
    """The codes of the seminars with hours at which somebody has, or applied for, something else too; `places` by who
    they are."""
    found: set[str] = set()
    known: dict[tuple[str, str, str, str], bool] = {}
    for those in places.values():
        for seminar, part in those:
            for other, theirs in those:
                key = seminar.code, part, other.code, theirs
                if seminar.code < other.code and key not in known:
                    known[key] = same_hours(seminar, part, [(other, theirs)], Stance.ASK) is not None
                if known.get(key):
                    found |= {seminar.code, other.code}
    return frozenset(found)
