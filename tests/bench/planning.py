"""Wishes, plan, guard, holds and the plan that is kept, at national size: 5,000 seminars of 50 seats, 250,000 in all.

Nothing changed, one seat in a hundred, or the very first plan; and how the time grows from a quarter of the country to
the whole of it.
"""

from __future__ import annotations

import json
from math import log
from time import process_time
from typing import NamedTuple

from kypek_sync.contract import Capability
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.holds import fingerprint
from kypek_sync.settings import Mode
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.document import plan_of
from kypek_sync.sync.planning.guard import Ground, guard
from kypek_sync.sync.planning.plan import ObservedCourse, plan_courses
from tests.bench import centre
from tests.bench.figures import Figure
from tests.bench.measuring import peak, seconds, timed

SEMINARS, SEATS, TEACHERS = 5000, 50, 150_000
PART = "plan"
CASES = {"nothing": "nothing changed", "some": "1 % changed", "all": "nobody has joined"}
SHARES = (4, 2, 1)
"""A quarter, a half and the whole of the country."""


class Planned(NamedTuple):
    """What one plan came to: changes, those held, characters of the plan as it is kept."""

    changes: int
    held: int
    kept: int


class Country:
    """`seminars` of `SEATS` seats each, and what a read shows of them (`case`: see `CASES`)."""

    def __init__(self, seminars: int, case: str) -> None:
        self.seminars = [centre.seminar(n, SEATS) for n in range(seminars)]
        self.seats = {centre.code(n): centre.seats(n, SEATS, TEACHERS) for n in range(seminars)}
        self.seen: dict[tuple[str, str], ObservedCourse] = {}
        for n, one in enumerate(self.seminars):
            missing, extra = {"some": ((1, 0), (0, 0), (0, 1), (0, 0))[n % 4], "all": (SEATS, 0)}.get(case, (0, 0))
            shown = centre.observed(n, self.seats[one.code], missing=missing, extra=extra)
            self.seen[centre.SYSTEM, one.code] = shown
        granted = {code: len(those) for code, those in self.seats.items()}
        self.ground = Ground({centre.SYSTEM: Mode.APPLY}, seats=granted)

    def plan(self) -> Planned:
        """All that a pass does between its reads and its first call, but for the ledger's own rows."""
        wished = desired.courses(self.seminars, self.seats, centre.CENTRE)
        changes = plan_courses(wished, self.seen, {centre.SYSTEM: frozenset(Capability)}, {})
        guarded = guard(changes, self.ground)
        for held in guarded.held:
            fingerprint(held.changes)
        made = plan_of("att-a", "seats", centre.NOON, guarded.passed, held=[(1, held) for held in guarded.held])
        kept = len(json.dumps(dump(made))) + len(made.hash) if made.changes else 0
        return Planned(len(changes), sum(len(held.changes) for held in guarded.held), kept)

    def bare(self) -> None:
        """The least that cannot be left out: comparing who should be there with who is."""
        for code, those in self.seats.items():
            frozenset(seat.login for seat in those) - self.seen[centre.SYSTEM, code].members.keys()


def measure(argument: str) -> list[Figure]:
    """`argument`: `nothing` changed; `some`: in every other seminar one seat joins the group or leaves it; `all`: the
    first plan, in which everybody is yet to join; `growth`: `some` for a quarter, a half and the whole."""
    return growth() if argument == "growth" else at_once(argument)


def at_once(case: str) -> list[Figure]:
    """One plan of the whole country, first in its process, so that the memory is its own."""
    country = Country(SEMINARS, case)
    before = peak()
    took, planned = timed(country.plan)
    most = peak()
    least = seconds(country.bare)
    target = None if case == "all" else 3
    what = f"{SEMINARS:,} seminars × {SEATS} seats, {CASES[case]}"
    return [
        Figure(PART, f"{what}: wishes, plan, guard, holds", took, "s", target, least, "comparing bare sets of logins"),
        Figure(PART, "  changes planned", planned.changes, ""),
        Figure(PART, "  of them held", planned.held, ""),
        Figure(PART, "  the plan that is kept", planned.kept / 1e6, "MB"),
        Figure(PART, "  most memory", most, "MB", target and 500, before, "the seats and courses themselves"),
    ]


def _busy(country: Country) -> float:
    """Seconds of the processor for one plan."""
    begun = process_time()
    country.plan()
    return process_time() - begun


def growth() -> list[Figure]:
    """The same for a part of the country and the whole, in time of the processor, which others at work do not spoil:
    twice the seats, twice the time. The best of three counts; the
    slope is that of a line through both ends of a double-logarithmic paper: 1 is linear, 2 would be quadratic."""
    took: dict[int, float] = {}
    for share in SHARES:
        country = Country(SEMINARS // share, "some")
        took[SEMINARS // share * SEATS] = min(_busy(country) for _ in range(3))
    (fewest, first), *_, (most, last) = took.items()
    slope = log(last / first) / log(most / fewest)
    return [
        *(Figure(PART, f"{seats:,} seats, 1 % changed", time, "s") for seats, time in took.items()),
        Figure(PART, "  growth: hundredths of a power of the seats", 100 * slope, "", 120, 100, "a straight line"),
    ]
