"""Decide 250,000 applications over 5,000 seminars, first all of them at once, then again with nothing new."""

from __future__ import annotations

from kypek_sync.model import Seat
from kypek_sync.seminar.order import order_key
from kypek_sync.seminar.seats import Ground, decide
from tests.bench import centre
from tests.bench.figures import Figure
from tests.bench.measuring import peak, seconds, timed

SEMINARS, APPLICATIONS, CAPACITY, TEACHERS = 5000, 50, 20, 150_000
PART = "seats"


def measure(argument: str) -> list[Figure]:
    """`argument` is not used."""
    del argument
    seminars = [centre.seminar(n, CAPACITY) for n in range(SEMINARS)]
    applied = [list(centre.applications(n, APPLICATIONS, TEACHERS)) for n in range(SEMINARS)]
    ground = Ground(
        people=centre.people(TEACHERS),
        units={centre.SCHOOL.id: centre.SCHOOL},
        watermark=centre.NOON,
        tie_key=b"a key for the bench",
    )

    def first() -> list[dict[str, Seat]]:
        made = [decide(one, those, {}, ground) for one, those in zip(seminars, applied, strict=True)]
        return [{seat.login: seat for seat in those} for those in made]

    took, before = timed(first)

    def again() -> list[tuple[Seat, ...]]:
        every = zip(seminars, applied, before, strict=True)
        return [decide(one, those, earlier, ground) for one, those, earlier in every]

    second, _ = timed(again)

    def bare() -> None:
        for those in applied:
            sorted(those, key=lambda one: order_key(one, ground.tie_key))

    case = f"{SEMINARS * APPLICATIONS:,} applications over {SEMINARS:,} seminars"
    least = seconds(bare)
    return [
        Figure(PART, f"{case}: first decision", took, "s", 3, least, "putting them in order, ties by keyed hash"),
        Figure(PART, "  decided again, nothing new", second, "s", 3, least, "the same"),
        Figure(PART, "  most memory", peak(), "MB"),
    ]
