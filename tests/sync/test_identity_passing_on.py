"""A login that goes on from one person to the next, or round in a ring, gives and takes nothing on its way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger.identities import Verdict
from tests.ledger import whole_directory
from tests.sync.centre import TEACHERS, Centre, Teacher, open_centre, seats, sync_once
from tests.sync.test_identity_in_doubt import decide, person_of, places, reused

pytestmark = pytest.mark.slow


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


def the_newcomer_goes(centre: Centre, code: str, course: str) -> None:
    """Whoever got the login leaves the course and then the directory; the seat stays in doubt all the time."""
    sync_once(centre)
    centre.world.unenrol("teacher1", course)
    for hours in (7, 7, 200, 7):
        centre.clock.turn(hours=hours)
        centre.people(Teacher("moved1"), *TEACHERS[1:])
        report = sync_once(centre)["seats"]
        assert seats(centre, code)["teacher1"] == "granted"
        assert seats(centre, code)["teacher2"] == "waiting"
        assert any("directory confirm teacher1" in note for note in report.notes)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        those = [one for one in whole_directory.everybody(connection, "directory").values() if one.gone_at]
    assert [one.person.login for one in those] == ["teacher1"]


@pytest.mark.parametrize("verdict", Verdict)
def test_the_doubt_outlives_the_newcomer_and_ends_with_a_decision(centre: Centre, verdict: Verdict) -> None:
    """The newcomer left the course and the directory, and the seat of who had the login before was withdrawn."""
    code, course = reused(centre)
    holder = person_of(centre, code, "teacher1")
    the_newcomer_goes(centre, code, course)
    assert person_of(centre, code, "teacher1") == holder
    decide(centre, verdict)
    for _ in range(2):
        centre.clock.turn(hours=1)
        report = sync_once(centre)["seats"]
        assert report.notes == []
        assert seats(centre, code) == {"teacher1": "withdrawn", "teacher2": "granted"}


def test_who_had_the_seat_keeps_it_under_the_new_login_after_the_newcomer_has_gone(centre: Centre) -> None:
    code, course = reused(centre)
    centre.world.add_user("moved1", "Όνομα", "Moved1", "moved1@sch.example")
    centre.apply("moved1", course, 10)
    the_newcomer_goes(centre, code, course)
    decide(centre, Verdict.OTHER)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert {login: seats(centre, code)[login] for login in ("moved1", "teacher2")} == {
            "moved1": "granted",
            "teacher2": "waiting",
        }


def test_a_login_that_nobody_else_had_since_is_in_no_doubt(centre: Centre) -> None:
    """Who had it before them does not matter, nor that they have another one now."""
    course = centre.course()
    centre.people(*TEACHERS, Teacher("former"))
    sync_once(centre)
    for hours in (7, 7, 200):
        centre.clock.turn(hours=hours)
        centre.people(*TEACHERS)
        sync_once(centre)
    code = centre.seminar(course=centre.address(course), capacity=1)
    centre.people(Teacher("former"), *TEACHERS[1:])  # teacher1 has the login of who has gone
    centre.world.add_user("former", "Όνομα", "Former", "former@sch.example")
    centre.apply("former", course, 60)
    centre.apply("teacher2", course, 30)
    sync_once(centre)
    assert seats(centre, code) == {"former": "granted", "teacher2": "waiting"}
    centre.clock.turn(hours=7)
    centre.people(Teacher("moved1"), *TEACHERS[1:])
    centre.world.unenrol("former", course)
    for _ in range(2):
        centre.clock.turn(hours=1)
        assert sync_once(centre)["seats"].notes == []
    assert seats(centre, code) == {"former": "withdrawn", "teacher2": "granted"}


RING = {"teacher1": "teacher2", "teacher2": "teacher3", "teacher3": "teacher1"}
"""Who has the login on the left gets the one on the right."""


@pytest.mark.parametrize("order", [tuple(RING), ("teacher3", "teacher2", "teacher1")])
@pytest.mark.parametrize("uuids", [True, False], ids=["by entryUUID", "by registry number"])
def test_three_people_who_pass_their_logins_round_in_a_ring_lose_nothing(
    centre: Centre, order: tuple[str, ...], uuids: bool
) -> None:
    """In one read. Until all three are decided each seat stays; then each goes along with its person."""

    def shown(*teachers: Teacher) -> None:
        centre.people(*teachers)
        export = centre.folder / "directory.ldif"
        lines = export.read_text(encoding="utf-8").split("\n")
        kept = [line for line in lines if uuids or not line.startswith("entryUUID:")]
        export.write_text("\n".join(kept), encoding="utf-8")
        drawn = centre.clock.now.timestamp()
        os.utime(export, (drawn, drawn))

    shown(*TEACHERS)
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", course, 300 - number)
    sync_once(centre)
    before = seats(centre, code)
    assert before == {"teacher1": "granted", "teacher2": "waiting", "teacher3": "waiting", "teacher4": "waiting"}
    was = {login: person_of(centre, code, login) for login in before}
    in_turn = places(centre, code)
    centre.clock.turn(hours=7)
    shown(Teacher("teacher2"), Teacher("teacher3"), Teacher("teacher1"), *TEACHERS[3:])
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        now = {one.person.login: one.id for one in whole_directory.everybody(connection, "directory").values()}
    assert {login: now[login] for login in RING.values()} == {new: was[old] for old, new in RING.items()}
    for login in order:
        centre.clock.turn(hours=1)
        report = sync_once(centre)["seats"]
        assert (seats(centre, code), places(centre, code)) == (before, in_turn)
        assert {one: person_of(centre, code, one) for one in before} == was
        assert any(f"directory confirm {login} " in note for note in report.notes)
        decide(centre, Verdict.OTHER, login)
    for _ in range(2):
        centre.clock.turn(hours=1)
        assert sync_once(centre)["seats"].notes == []
        assert {login: person_of(centre, code, login) for login in was} == {
            **{new: was[old] for old, new in RING.items()},
            "teacher4": was["teacher4"],
        }
        assert seats(centre, code)["teacher2"] == "granted"
        turns = places(centre, code)
        assert sorted(turns, key=turns.__getitem__) == ["teacher2", "teacher3", "teacher1", "teacher4"]
