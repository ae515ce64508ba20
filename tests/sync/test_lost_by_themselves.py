"""What a few people lost by themselves makes no read partial; what a part of a directory lacks nobody has lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from kypek_sync.model import Person
from tests.sync.centre import Centre
from tests.sync.test_directory_lane import PEOPLE, PRINCIPAL, reading, recorded


def led(*by: int) -> tuple[Person, ...]:
    """Everybody; these are principals."""
    return tuple(replace(p, roles=(PRINCIPAL,) if n in by else ()) for n, p in enumerate(PEOPLE))


def principals(known: Mapping[str, Person]) -> set[str]:
    return {login for login, person in known.items() if person.roles}


def test_one_of_few_principals_steps_down(centre: Centre) -> None:
    """One of eight is more than a tenth: no export of that centre would have counted in full ever again."""
    with centre.installation() as inst:
        recorded(inst, reading(led(*range(8)), 0))
        known, report = recorded(inst, reading(led(*range(7)), 1))
        assert (report.problems, principals(known)) == ([], {f"t{n:02}" for n in range(7)})


def test_many_principals_are_others_in_september(centre: Centre) -> None:
    with centre.installation() as inst:
        recorded(inst, reading(led(*range(20)), 0))
        known, report = recorded(inst, reading(led(*range(15, 35)), 1))
        assert (report.problems, principals(known)) == ([], {f"t{n:02}" for n in range(15, 35)})


@pytest.mark.parametrize(("before", "now"), [(8, 0), (8, 4), (4, 0)])
def test_that_many_or_all_lost_it_and_nobody_got_it_is_not_believed(centre: Centre, before: int, now: int) -> None:
    with centre.installation() as inst:
        recorded(inst, reading(led(*range(before)), 0))
        known, report = recorded(inst, reading(led(*range(now)), 1))
        assert f"({before - now} of {before} people lost their roles at once; perhaps" in report.problems[0]
        assert principals(known) == {f"t{n:02}" for n in range(before)}


@pytest.mark.parametrize(("closed", "believed"), [(15, True), (25, False)])
def test_accounts_of_substitutes_are_closed_in_summer(centre: Centre, closed: int, *, believed: bool) -> None:
    """No right that is lost closes an account: only that most are closed at once is taken for a failure."""
    with centre.installation() as inst:
        recorded(inst, reading(PEOPLE, 0))
        summer = tuple(replace(p, active=n >= closed) for n, p in enumerate(PEOPLE))
        known, report = recorded(inst, reading(summer, 1))
        assert (report.problems == []) is believed
        assert sum(not person.active for person in known.values()) == (closed if believed else 0)


@pytest.mark.parametrize("complete", [True, False])
def test_who_alone_is_shown_of_all_has_lost_nothing(centre: Centre, *, complete: bool) -> None:
    """The right to gsnBranch was lost, and the same server ended after three entries: too few to tell, so they had lost
    their specialties."""
    with centre.installation() as inst:
        recorded(inst, reading(PEOPLE, 0))
        blind = tuple(replace(p, specialties=()) for p in PEOPLE[:3])
        known, report = recorded(inst, reading(blind, 1, complete=complete))
        assert {person.specialties for person in known.values()} == {("ΠΕ86",)}
        assert len(report.problems) == 1
        known, report = recorded(inst, reading(blind + PEOPLE[3:], 2))  # in a whole read they are as it shows them
        assert [known[p.login].specialties for p in PEOPLE[:4]] == [(), (), (), ("ΠΕ86",)]
        assert report.problems == []
