"""Seminars that have fewer seats than people have: who would lose theirs, and the decision of a named person about it.

A file takes no seat from anybody; `seats lower` does, is recorded here and carried out by the next pass
(`seminar.lowering`), and `seats lower --undo` gives the seats back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.language import Sentence, Text
from kypek_sync.ledger import identity_answers, persons, rulings, seats
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import HELD, Seat, Seminar, Status
from kypek_sync.seminar.free_seats import seats_in_all
from kypek_sync.seminar.lowering import above, loses, to_give_again
from kypek_sync.seminar.rulings import GRANTED_BY_NAME, Ruling, Word, ruled
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.by_name import NotDecided, still_open


@dataclass(frozen=True, slots=True)
class Excess:
    """Those who have a seat above what a seminar has, the last in the order, as they would stand on the waiting list;
    `names` by login, as far as the directory knows them."""

    seminar: Seminar
    seats: tuple[Seat, ...]
    names: Mapping[str, str]

    @property
    def by_name(self) -> int:
        """How many of them an officer had granted theirs by name: nobody else is left to lose one."""
        return sum(seat.rule == GRANTED_BY_NAME for seat in self.seats)

    def called(self, seat: Seat) -> str:
        """Who has a seat."""
        name = self.names.get(seat.login, "")
        return f"{name} ({seat.login})" if name else seat.login

    def line(self, text: Text) -> str:
        """How many, and who, in a sentence for officers and administrators."""
        return text(
            "%(count)s seats of %(code)s are above the %(capacity)s that it has, and stay until somebody decides: "
            "nobody moves up meanwhile. The last in the order: %(people)s. See `kypek-sync seats lower %(code)s`.",
            count=len(self.seats),
            code=self.seminar.code,
            capacity=seats_in_all(self.seminar) or "–",
            people=", ".join(self.called(seat) for seat in self.seats),
        )


def excess(connection: Connection, inst: Installation, kypek: str, seminars: Iterable[Seminar]) -> Iterator[Excess]:
    """Of these seminars, as they are or would be, those with fewer seats than people have, by code. Of cancelled ones,
    and of those that are over, nothing is said."""
    taken = seats.held(connection, kypek)
    for seminar in sorted(seminars, key=lambda one: one.code):
        if _is_above(seminar, taken.get(seminar.code, {}), inst.clock()):
            found = _excess(connection, inst, kypek, seminar)
            if found.seats:
                yield found


def to_lower(connection: Connection, inst: Installation, offering: Offering) -> Excess:
    """Who would lose a seat by `lower`. Raises `NotDecided` where nobody would."""
    still_open(offering.seminar, inst.clock())
    found = _excess(connection, inst, offering.kypek, offering.seminar)
    if not found.seats:
        raise NotDecided(
            Sentence.of(
                "Nobody has a seat in %(seminar)s above those that it has. To give it fewer, write so in its programme "
                "first; see `kypek-sync programme diff %(structure)s`.",
                seminar=offering.seminar.code,
                structure=offering.seminar.structure,
            )
        )
    return found


def to_give_back(connection: Connection, inst: Installation, offering: Offering) -> Excess:
    """Who lost a seat by `lower`, or would at the next pass, and has none since. Raises `NotDecided` without any."""
    still_open(offering.seminar, inst.clock())
    decided, said = _said(connection, offering.kypek, offering.seminar.code)
    keep = {login: Ruling(*_key(one), Word.KEEP, "", one.at) for login, one in said.items() if one.word is Word.LOWER}
    mine = [
        seat
        for login, seat in sorted(decided.items())
        if login in keep and (loses(seat, said[login]) or to_give_again(seat, keep[login]))
    ]
    if not mine:
        raise NotDecided(
            Sentence.of("Nobody waits for a seat of %(seminar)s that was lowered.", seminar=offering.seminar.code)
        )
    mine.sort(key=lambda seat: (seat.place, seat.login))
    return _named(connection, inst, offering.kypek, offering.seminar, mine)


def decide(
    connection: Connection, offering: Offering, those: Iterable[Seat], word: Word, *, why: str, who: str, now: datetime
) -> None:
    """Record that these lose their seats (`Word.LOWER`), or get them back (`Word.KEEP`)."""
    made = [Ruling(offering.seminar.code, one.login, one.person, word, why, now) for one in those]
    rulings.record(connection, offering.kypek, made, who)


def _is_above(seminar: Seminar, taken: Mapping[str, int], now: datetime) -> bool:
    """Whether it may be worth a closer look; by numbers alone, for there are many seminars."""
    over = seminar.sessions and max(session.ends for session in seminar.sessions) <= now
    if seminar.status is Status.CANCELLED or over:
        return False
    limits = {part.id: part.capacity for part in seminar.parts if part.capacity is not None}
    total = sum(count for part, count in taken.items() if part not in seminar.cancelled_parts)
    whole = seminar.capacity is not None and total > seminar.capacity
    return whole or any(taken.get(part, 0) > limit for part, limit in limits.items())


def _excess(connection: Connection, inst: Installation, kypek: str, seminar: Seminar) -> Excess:
    """Who decided, or is known, to leave is not counted: their seat becomes free at the next pass."""
    decided, said = _said(connection, kypek, seminar.code)
    stay = [
        seat
        for login, seat in decided.items()
        if seat.state in HELD and not (login in said and (said[login].word.takes or loses(seat, said[login])))
    ]
    logins: Collection[str] = [seat.login for seat in stay]
    directory = inst.kypek(kypek).directory
    unsure = identity_answers.unsure(connection, directory, logins, kypek) if directory else frozenset()
    return _named(connection, inst, kypek, seminar, above(seminar, stay, inst.tie_key, unsure))


def _said(connection: Connection, kypek: str, code: str) -> tuple[Mapping[str, Seat], Mapping[str, Ruling]]:
    """A seminar's seats as decided, and what was decided by name of those who apply, by login."""
    decided = seats.decided(connection, kypek, code).get(code, {})
    apply = seats.standing(connection, kypek).get(code, {}).values()
    return decided, ruled(apply, rulings.standing(connection, kypek).get(code, ()))


def _named(connection: Connection, inst: Installation, kypek: str, seminar: Seminar, those: Iterable[Seat]) -> Excess:
    seats_of = tuple(those)
    directory = inst.kypek(kypek).directory
    logins = [seat.login for seat in seats_of]
    known = persons.persons(connection, directory, logins, gone_too=True) if directory and logins else {}
    return Excess(seminar, seats_of, {login: one.person.name for login, one in known.items()})


def _key(ruling: Ruling) -> tuple[str, str, str]:
    return ruling.seminar, ruling.login, ruling.person
