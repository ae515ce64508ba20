"""Plan and guard at national size: 5,000 seminars of 50 seats, nothing changed or one seat in a hundred."""

from __future__ import annotations

from kypek_sync.contract import Capability
from kypek_sync.settings import Mode
from kypek_sync.sync import desired
from kypek_sync.sync.guard import Ground, Guarded, guard
from kypek_sync.sync.plan import plan_courses
from tests.bench import centre
from tests.bench.figures import Figure
from tests.bench.measuring import peak, seconds, timed

SEMINARS, SEATS, TEACHERS = 5000, 50, 150_000
PART = "plan"
CASES = {"nothing": "nothing changed", "some": "1 % changed", "all": "nobody has joined"}


def measure(argument: str) -> list[Figure]:
    """`argument`: `nothing` changed; `some`: in every other seminar one seat joins the group or leaves it; `all`: the
    first plan, in which everybody is yet to join."""
    seminars = [centre.seminar(n, SEATS) for n in range(SEMINARS)]
    seats = {centre.code(n): centre.seats(n, SEATS, TEACHERS) for n in range(SEMINARS)}
    seen = {}
    for n, one in enumerate(seminars):
        missing, extra = {"some": ((1, 0), (0, 0), (0, 1), (0, 0))[n % 4], "all": (SEATS, 0)}.get(argument, (0, 0))
        seen[centre.SYSTEM, one.code] = centre.observed(n, seats[one.code], missing=missing, extra=extra)
    before = peak()
    abilities = {centre.SYSTEM: frozenset(Capability)}
    ground = Ground({centre.SYSTEM: Mode.APPLY}, seats={code: len(those) for code, those in seats.items()})

    def plan() -> tuple[int, Guarded]:
        wished = desired.courses(seminars, seats, centre.CENTRE)
        changes = plan_courses(wished, seen, abilities, {})
        return len(changes), guard(changes, ground)

    took, (changes, guarded) = timed(plan)
    most = peak()

    def bare() -> None:
        for code, those in seats.items():
            frozenset(seat.login for seat in those) - seen[centre.SYSTEM, code].members.keys()

    least = seconds(bare)
    target = None if argument == "all" else 3
    case = f"{SEMINARS:,} seminars × {SEATS} seats, {CASES[argument]}"
    return [
        Figure(PART, f"{case}: wishes, plan, guard", took, "s", target, least, "comparing bare sets of logins"),
        Figure(PART, "  changes planned", changes, ""),
        Figure(PART, "  of them held", sum(len(held.changes) for held in guarded.held), ""),
        Figure(PART, "  most memory", most, "MB", target and 500, before, "the seats and courses themselves"),
    ]
