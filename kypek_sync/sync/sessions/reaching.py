"""What a decision about sessions reaches besides letters: courses' calendars and announcements, rooms, open offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kypek_sync.contract import part_of, seminar_of
from kypek_sync.ledger import bindings, course_dates, course_notices, seats
from kypek_sync.model import Form, SeatState
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.sessions.deciding import Decision


@dataclass(frozen=True, slots=True)
class Reach:
    """What changes on one platform: so many dates in calendars, so many announcements, and `by_hand` so many courses
    in which nothing of ours stands: there a person changes what they wrote."""

    system: str
    dates: int
    announcements: int
    by_hand: int


def platforms(connection: Connection, kypek: str, decisions: Sequence[Decision]) -> tuple[Reach, ...]:
    """Each platform on which a seminar of these has a course, by name."""
    events, boards = course_dates.known(connection, kypek), course_notices.known(connection, kypek)
    numbers: dict[str, set[int]] = {}
    for one in decisions:
        numbers.setdefault(one.offering.seminar.code, set()).add(one.before.number)
    found: dict[str, list[int]] = {}
    for system, course in sorted(bindings.known(connection, kypek, "course")):
        if seminar_of(course) not in numbers:
            continue
        mine = {one.before.part for one in decisions if one.offering.seminar.code == seminar_of(course)}
        if part_of(course) and mine.isdisjoint({None, part_of(course)}):
            continue
        dates = sum((system, course_dates.place(course, n)) in events for n in numbers[seminar_of(course)])
        told = (system, course) in boards
        counts = found.setdefault(system, [0, 0, 0])
        for place, count in enumerate((dates, int(told), int(not dates and not told))):
            counts[place] += count
    return tuple(Reach(system, *counts) for system, counts in found.items())


def rooms(inst: Installation, kypek: str, decisions: Sequence[Decision]) -> int:
    """Of how many of these sessions the room opens at another time, or not at all."""
    return sum(one.before.form is not Form.IN_PERSON for one in decisions) if inst.kypek(kypek).rooms else 0


def offers(connection: Connection, kypek: str, decisions: Sequence[Decision]) -> int:
    """How many offers of a seat stand still meanwhile."""
    codes = {one.offering.seminar.code for one in decisions}
    decided = seats.decided(connection, kypek)
    return sum(seat.state is SeatState.OFFERED for code in codes for seat in decided.get(code, {}).values())
