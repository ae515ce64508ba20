"""Those who left, and of whom a person said that they stay: they keep their place, whoever else comes or goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.contract import Target
from kypek_sync.ledger import holds
from kypek_sync.ledger.holds import HoldState
from kypek_sync.model import Seat, SeatState
from kypek_sync.settings.shape import Limits
from kypek_sync.sync.planning.guard import Ground, left
from kypek_sync.sync.seats.departing import LET_PASS, departing
from tests.sync.centre import seats, sync_once
from tests.sync.test_departures import leave, without
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

HERE = Target("eclass", "EKFE-26-01")
GROUND = Ground({}, Limits(), {HERE.seminar: 20})


def book(count: int) -> dict[Target, dict[str, Seat]]:
    return {HERE: {login: Seat(HERE.seminar, login, login, SeatState.GRANTED, "capacity") for login in PEOPLE[:count]}}


def test_a_rejected_departure_is_not_believed_also_when_it_is_within_the_limits() -> None:
    rejected = [left(HERE, login, "granted").bare for login in PEOPLE[:2]]
    found = departing(book(20), PEOPLE[:3], GROUND, (), rejected)
    assert found.believed == {HERE.seminar: {"t03": ()}}
    assert found.doubted == {HERE.seminar: {"t01", "t02"}}
    assert [(h.guard, [c.bare for c in h.changes]) for h in found.held] == [("departures", rejected)]


def test_the_others_are_judged_without_those_who_were_decided_about() -> None:
    rejected = [left(HERE, login, "granted").bare for login in PEOPLE[:2]]
    beyond = departing(book(20), PEOPLE[:6], GROUND, (), rejected)
    assert beyond.believed == {HERE.seminar: {}}
    assert [[c.target.login for c in h.changes] for h in beyond.held] == [["t01", "t02"], ["t03", "t04", "t05", "t06"]]
    released = [left(HERE, "t03", "granted").bare]
    approved = departing(book(20), PEOPLE[:6], GROUND, released, rejected)
    assert approved.believed == {HERE.seminar: {"t03": (LET_PASS,)}}
    assert approved.doubted == {HERE.seminar: {"t01", "t02", "t04", "t05", "t06"}}


def test_who_was_waiting_and_waits_again_is_another_question() -> None:
    rejected = [left(HERE, "t01", "waiting").bare]
    assert departing(book(20), PEOPLE[:1], GROUND, (), rejected).believed == {HERE.seminar: {"t01": ()}}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def registered(both: TwoPlatforms, count: int, capacity: int) -> tuple[str, str]:
    """A seminar on eClass for which these people applied, one a minute; its code and its course."""
    both.settings(courses="eclass")
    here = both.eclass_course()
    for number, login in enumerate(PEOPLE[:count]):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here), capacity=capacity)
    sync_once(both)
    return code, here


def states(both: TwoPlatforms, *which: HoldState) -> list[tuple[int, set[str]]]:
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = holds.listed(connection, "att-a", states=which)
    return [(hold.id, {change.target.login for change in hold.changes}) for hold in found]


def reject(both: TwoPlatforms) -> int:
    """Reject the one open hold; its number."""
    ((number, _),) = states(both, HoldState.OPEN)
    with both.installation() as inst, inst.ledger.begin() as connection:
        holds.decide(connection, number, HoldState.REJECTED, "officer1", both.clock(), None)
    return number


@pytest.mark.slow
def test_a_rejected_departure_stays_rejected_when_one_of_them_comes_back(both: TwoPlatforms) -> None:
    """Four of six left, which was too many to believe, and the officer said no. One came back: three are few enough to
    pass by themselves, and they lost the seats that the officer had left them."""
    code, _ = registered(both, count=6, capacity=6)
    leave(both, *PEOPLE[:4])
    number = reject(both)
    both.clock.turn(hours=7)
    without(both, *PEOPLE[:3])
    report = sync_once(both)["seats"]
    assert set(seats(both, code).values()) == {"granted"}
    assert [n for n, _ in report.held] == [number]
    assert states(both, HoldState.OPEN) == []


@pytest.mark.slow
def test_a_rejected_withdrawal_stays_rejected_when_more_people_apply(both: TwoPlatforms) -> None:
    """Four of five vanished from the course at once, and the officer said that they stay. Seven more applied: four of
    twelve are no large share any more, and they were out."""
    code, here = registered(both, count=5, capacity=12)
    for login in PEOPLE[:4]:
        both.eclass.unenrol(login, here)
    both.clock.turn(hours=1)
    sync_once(both)
    number = reject(both)
    for login in PEOPLE[5:12]:
        both.apply_in_eclass(login, here, minutes_ago=30)
    for _ in range(2):
        both.clock.turn(hours=1)
        report = sync_once(both)["seats"]
        assert [n for n, _ in report.held] == [number]
    assert seats(both, code) == dict.fromkeys(PEOPLE[:12], "granted")  # and the seminar goes on
    both.eclass.unenrol("t05", here)
    both.clock.turn(hours=1)
    sync_once(both)
    assert seats(both, code)["t05"] == "withdrawn"
    both.apply_in_eclass("t01", here, minutes_ago=1)
    both.clock.turn(hours=1)
    assert sync_once(both)["seats"].held != []
    assert seats(both, code)["t01"] == "granted"


@pytest.mark.slow
def test_a_departure_that_waits_for_a_person_costs_nobody_the_place_in_the_queue(both: TwoPlatforms) -> None:
    code, here = registered(both, count=7, capacity=2)
    before = seats(both, code)
    report = leave(both, *PEOPLE[:4])["seats"]  # two with a seat, two who wait
    assert [len(one.changes) for _, one in report.held] == [4]
    assert seats(both, code) == before
    both.eclass.unenrol("t02", here)
    both.clock.turn(hours=1)
    sync_once(both)
    found = seats(both, code)
    assert found["t02"] == "withdrawn"
    assert [login for login, state in found.items() if state == "granted"] == ["t01", "t05"]  # the first who is there
    both.people()
    both.eclass.unenrol("t05", here)
    both.clock.turn(hours=1)
    both.people()
    sync_once(both)
    assert [login for login, state in seats(both, code).items() if state == "granted"] == ["t01", "t03"]
