"""What people do by hand on Moodle, and what a pass makes of it: nobody loses a seat by an accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from kypek_sync.ledger.programmes import in_force
from kypek_sync.sync.seats import by_name
from tests.connectors.moodle.accidents import Place
from tests.connectors.moodle.real import answered
from tests.sync.centre import seats, sync_once
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow

ADMIN = "ad" * 16


@dataclass
class Scene:
    """A seminar with two seats in a course where four have applied: two have seats, two wait."""

    both: TwoPlatforms
    hands: Place
    code: str
    course: int

    def settle(self, minutes: float = 15):
        self.both.clock.turn(minutes=minutes)
        return sync_once(self.both)["seats"]

    def refuse(self, login: str) -> None:
        """The officer's word, as the command line has it recorded."""
        with self.both.installation() as inst, inst.ledger.begin() as connection:
            offering = in_force(connection, "att-a")[self.code]
            person = by_name.asked(connection, "directory", offering, [login])[login]
            said = {"why": "Δεν θα έρθει.", "who": "officer1", "now": self.both.clock()}
            by_name.refuse(connection, offering, person, **said)

    def seated(self, state: str = "granted") -> set[str]:
        return {login for login, word in seats(self.both, self.code).items() if word == state}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with two_platforms(tmp_path) as both, requests.Session() as session:
        both.moodle.add_token(ADMIN, username="admin")

        def call(function: str, **words: Any) -> Any:
            return answered(session, both.servers["moodle"].address, ADMIN, function, words)

        course = both.course()
        for number, login in enumerate(PEOPLE[:4]):
            both.apply(login, course, minutes_ago=300 - number)
            both.clock.turn(minutes=10)
        it = Scene(
            both, Place(None, call, lambda: None, str(both.category)), both.seminar(course=both.address(course)), course
        )
        sync_once(both)
        it.settle()
        assert (len(it.seated()), len(it.seated("waiting"))) == (2, 2)
        yield it


@pytest.mark.parametrize(
    "accident",
    [
        lambda it, login: it.hands.change_person(login, suspended=1),
        lambda it, login: it.hands.change_course(str(it.course), visible=0),
        lambda it, login: (
            it.hands.change_person(login, idnumber="same") or it.hands.change_person("t09", idnumber="same")
        ),
    ],
    ids=["account suspended", "course hidden", "ID number twice"],
)
def test_what_changes_nobody_s_membership_changes_nothing(scene: Scene, accident: Callable[[Scene, str], None]) -> None:
    before = seats(scene.both, scene.code)
    accident(scene, min(scene.seated()))
    writes = scene.both.writes()
    for _ in range(2):
        report = scene.settle()
        assert (report.done, report.problems, report.notes) == ([], [], [])
    assert seats(scene.both, scene.code) == before
    assert scene.both.writes() == writes


@pytest.mark.parametrize("mode", ["web", "cli"])
def test_maintenance_changes_nothing_and_is_over_when_it_is_over(scene: Scene, mode: str) -> None:
    """M-7: by the web it answers 200, by the command line 503."""
    before, writes = seats(scene.both, scene.code), scene.both.writes()
    scene.both.moodle.set_maintenance(mode)
    report = scene.settle()
    assert report.done == []
    assert len(report.problems) == 1
    assert seats(scene.both, scene.code) == before
    assert scene.both.writes() == writes
    scene.both.moodle.set_maintenance("")
    leaver = min(scene.seated())
    scene.both.moodle.leave(leaver, scene.course)
    scene.settle(minutes=60)
    assert seats(scene.both, scene.code)[leaver] == "withdrawn"


@pytest.mark.parametrize("renamed", [False, True])
def test_an_account_that_is_gone_or_renamed_keeps_its_seat_and_the_officer_is_told(scene: Scene, renamed: bool) -> None:
    """Nothing tells what became of it: the seat is not given away on such ground, nor kept in silence."""
    before, login = seats(scene.both, scene.code), min(scene.seated())
    if renamed:
        scene.hands.change_person(login, username="neo")
    else:
        scene.hands.delete_person(login)
    for _ in range(2):
        report = scene.settle()
        assert report.done == []
        (note,) = report.notes
        assert login in note
        assert "ask whether they still come" in note
    after = seats(scene.both, scene.code)
    assert {one: after[one] for one in before} == before
    assert set(after) - set(before) == ({"neo"} if renamed else set())


@pytest.mark.parametrize("renamed", [False, True])
def test_whom_the_officer_refuses_because_their_account_is_gone_is_not_told_about_again(
    scene: Scene, renamed: bool
) -> None:
    """M-17: nothing will ever prove that they left, so the officer's word ends it, and the seat goes to the next."""
    login, waiting = min(scene.seated()), scene.seated("waiting")
    if renamed:
        scene.hands.change_person(login, username="neo")
    else:
        scene.hands.delete_person(login)
    assert len(scene.settle().notes) == 1
    scene.refuse(login)
    scene.settle()
    report = scene.settle()
    assert (report.done, report.notes) == ([], [])
    after = seats(scene.both, scene.code)
    assert after[login] == "refused"
    assert scene.seated() & waiting


def test_an_account_that_was_made_anew_has_left_the_course_and_applies_again_as_anybody(scene: Scene) -> None:
    """Its enrolment was deleted with the old account, and the new one is shown not to be in the course."""
    login = min(scene.seated())
    scene.hands.delete_person(login)
    scene.hands.make_person(login)
    scene.settle()
    assert seats(scene.both, scene.code)[login] == "withdrawn"
    assert len(scene.seated()) == 2
    scene.both.apply(login, scene.course, minutes_ago=0)
    scene.settle()
    scene.settle()
    assert seats(scene.both, scene.code)[login] == "waiting"


def test_a_course_that_was_deleted_takes_no_seat_is_told_and_is_not_made_anew(scene: Scene) -> None:
    before = seats(scene.both, scene.code)
    scene.hands.call("core_course_delete_courses", courseids=[scene.course])
    courses = len(scene.both.moodle.courses())
    for _ in range(2):
        report = scene.settle()
        assert report.done == []
        (problem,) = report.problems
        assert "does not exist any more" in problem
    assert seats(scene.both, scene.code) == before
    assert len(scene.both.moodle.courses()) == courses
