"""Seats that were granted rightly and would not be granted today: a transfer, another specialty, a role given up.

Such a seat is not lost (design, rule 2): it is shown to the officer, who decides. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kypek_sync.model import Person, Seat, SeatState, Seminar, Unit
from kypek_sync.seminar.eligibility import judge


def outgrown(
    seminar: Seminar, seats: Iterable[Seat], people: Mapping[str, Person], units: Mapping[str, Unit]
) -> tuple[Seat, ...]:
    """The granted seats whose holders, by login in `people`, the seminar is no longer for, sorted by login; each as it
    would be decided today, with the rule that is not met and what it found. Who is not in `people` is left out: nobody
    is judged by what the directory does not show."""
    found = []
    for seat in seats:
        person = people.get(seat.login)
        if seat.state is not SeatState.GRANTED or person is None:
            continue
        verdict = judge(person, seminar.audience, units)
        if not verdict.passed:
            found.append(replace(seat, state=SeatState.REFUSED, rule=verdict.rule, facts=verdict.facts))
    return tuple(sorted(found, key=lambda seat: seat.login))
