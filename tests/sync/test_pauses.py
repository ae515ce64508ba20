"""What people pause is left alone until they resume it or its time is over, and nothing is lost (design, rule 10)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Change
from kypek_sync.ledger import holds, pauses
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.pauses import Kind, Thing
from kypek_sync.sync.planning.aside import Reason
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.run import LANES
from tests.ledger import whole_directory
from tests.sync.centre import Centre, Teacher, group, seats, sync_once
from tests.sync.services import with_helpdesk, with_mail, with_rooms
from tests.sync.two_platforms import two_platforms

CODE = "EKFE-26-01"
SEMINAR = Thing(Kind.SEMINAR, CODE, "att-a", ("att-a",))
ECLASS = Thing(Kind.CONNECTOR, "eclass", "", ("att-a",))
KYPEK = Thing(Kind.KYPEK, "att-a", "", ("att-a",))


@pytest.fixture
def course(centre: Centre) -> str:
    """Two seats, four applicants; the code of their course."""
    it = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", it, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(it))
    return it


def pause(centre: Centre, what: Thing, hours: float | None = None) -> None:
    until = centre.clock() + timedelta(hours=hours) if hours else None
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pauses.add(connection, what, who="anna", why="works there", until=until, now=centre.clock())


def resume(centre: Centre, what: Thing) -> int:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        return pauses.resume(connection, what, who="vera", now=centre.clock())


def settle(centre: Centre, lane: str = "") -> dict[str, LaneReport]:
    centre.clock.turn(minutes=15)
    return sync_once(centre, lane)


def everything(reports: dict[str, LaneReport]) -> list[Change]:
    return [change for report in reports.values() for change, _ in report.done]


def test_nothing_is_written_to_a_paused_connector_and_resuming_closes_the_difference(
    centre: Centre, course: str
) -> None:
    pause(centre, ECLASS)
    writes = centre.server.calls["write"]
    reports = settle(centre)
    assert centre.server.calls["write"] == writes
    assert {one.reason for one in reports["seats"].aside} == {Reason.PAUSED}
    assert "anna" in reports["seats"].aside[0].why
    assert "works there" in reports["seats"].aside[0].why
    assert seats(centre, CODE)["teacher1"] == "granted"  # what is decided is not lost
    assert reports["seats"].counts["notices queued"] == 0
    assert exit_code(list(reports.values())) == 0
    assert resume(centre, ECLASS) == 1
    reports = settle(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}
    assert reports["seats"].counts["notices queued"] == 4
    assert everything(settle(centre)) == []


def test_a_pause_ends_by_itself(centre: Centre, course: str) -> None:
    pause(centre, ECLASS, hours=1)
    settle(centre)
    assert group(centre, course) == set()
    centre.clock.turn(hours=1)
    sync_once(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}
    assert resume(centre, ECLASS) == 0


def test_no_lane_of_a_paused_kypek_makes_a_pass(centre: Centre, course: str) -> None:
    pause(centre, KYPEK)
    asked = sum(centre.server.calls.values())
    reports = settle(centre)
    assert sum(centre.server.calls.values()) == asked
    assert {lane: report.outcome for lane, report in reports.items()} == dict.fromkeys(LANES, "paused")
    assert all("anna" in report.paused and report.run is None for report in reports.values())
    assert exit_code(list(reports.values())) == 0
    resume(centre, KYPEK)
    settle(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}


def test_another_kypeks_pause_is_its_own(centre: Centre, course: str) -> None:
    pause(centre, Thing(Kind.KYPEK, "att-b", "", ()))
    pause(centre, Thing(Kind.SEMINAR, CODE, "att-b", ()))
    settle(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}


def test_the_seats_of_a_paused_seminar_stay_as_they_are(centre: Centre, course: str) -> None:
    """Nobody is promoted, nobody is withdrawn, nobody is told; a seminar beside it goes on."""
    settle(centre)
    before, inside = seats(centre, CODE), group(centre, course)
    other = centre.course("Άλλο")
    centre.apply("teacher5", other)
    second = centre.seminar("EKFE-26-02", course=centre.address(other))
    pause(centre, SEMINAR)
    centre.world.unenrol("teacher1", course)
    centre.apply("teacher6", course, minutes_ago=10)
    reports = settle(centre)
    assert (seats(centre, CODE), group(centre, course)) == (before, inside)
    assert seats(centre, second) == {"teacher5": "granted"}
    assert reports["seats"].counts["notices queued"] == 1
    resume(centre, SEMINAR)
    settle(centre)
    after = seats(centre, CODE)
    assert (after["teacher1"], after["teacher3"], after["teacher6"]) == ("withdrawn", "granted", "waiting")


def test_who_applies_during_a_pause_keeps_the_place_of_the_moment(tmp_path: Path) -> None:
    """Moodle tells no dates here: first seen counts, also while nothing is decided."""
    with two_platforms(tmp_path) as both:
        course = both.course()
        code = both.seminar(course=both.address(course), capacity=1)
        sync_once(both)
        what = Thing(Kind.SEMINAR, code, "att-a", ("att-a",))
        with both.installation() as inst, inst.ledger.begin() as connection:
            pauses.add(connection, what, who="anna", why="", until=None, now=both.clock())
        for login in ("t02", "t01"):
            both.apply(login, course)
            both.clock.turn(minutes=15)
            sync_once(both)
        assert seats(both, code) == {}
        with both.installation() as inst, inst.ledger.begin() as connection:
            pauses.resume(connection, what, who="anna", now=both.clock())
        both.clock.turn(minutes=15)
        sync_once(both)
        assert seats(both, code) == {"t01": "waiting", "t02": "granted"}


def test_an_approved_hold_survives_a_pause(centre: Centre, course: str) -> None:
    centre.settings(mode="propose")
    ((number, _), *_) = settle(centre)["seats"].held
    with centre.installation() as inst, inst.ledger.begin() as connection:
        holds.decide(
            connection, number or 0, HoldState.APPROVED, "anna", centre.clock(), centre.clock() + timedelta(days=7)
        )
    pause(centre, SEMINAR)
    for _ in range(3):
        assert settle(centre)["seats"].done == []
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        hold = holds.get(connection, number or 0)
    assert hold is not None
    assert hold.state is HoldState.APPROVED
    resume(centre, SEMINAR)
    settle(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}


def test_a_hold_on_withdrawals_survives_the_pause_of_its_seminar(centre: Centre, course: str) -> None:
    """Half a course gone at once: the hold is about what was read before the pause."""
    settle(centre)
    for number in (1, 2, 3):
        centre.world.unenrol(f"teacher{number}", course)
    ((number, held),) = settle(centre)["seats"].held
    assert held.guard == "withdrawals"
    pause(centre, SEMINAR)
    settle(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        hold = holds.get(connection, number or 0)
    assert hold is not None
    assert hold.state is HoldState.OPEN


def test_a_paused_directory_is_not_read(centre: Centre) -> None:
    pause(centre, Thing(Kind.CONNECTOR, "directory", "", ("att-a",)))
    centre.people(Teacher("newcomer"))
    assert settle(centre, "directory")["directory"].outcome == "paused"
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert whole_directory.known_logins(connection, "directory") == frozenset()


def test_notices_of_a_paused_seminar_wait_and_others_go(centre: Centre, course: str) -> None:
    with with_mail(centre) as sink:
        centre.faults.set("smtp:unavailable")
        other = centre.course("Άλλο")
        centre.apply("teacher5", other)
        centre.seminar("EKFE-26-02", course=centre.address(other))
        settle(centre, "directory")
        settle(centre, "seats")
        centre.faults.lift()
        pause(centre, SEMINAR)
        centre.clock.turn(hours=1)
        assert settle(centre, "mail")["mail"].counts["mails sent"] == 1
        assert [one.recipients for one in sink.messages()] == [("teacher5@sch.example",)]
        resume(centre, SEMINAR)
        assert settle(centre, "mail")["mail"].counts["mails sent"] == 4


def test_no_mail_is_sent_while_the_mail_server_is_paused(centre: Centre, course: str) -> None:
    with with_mail(centre) as sink:
        pause(centre, Thing(Kind.CONNECTOR, "post", "", ("att-a",)))
        report = settle(centre)["mail"]
        assert (report.counts, report.outcome) == ({"notices due": 4}, "done")
        assert sink.messages() == []
        resume(centre, Thing(Kind.CONNECTOR, "post", "", ("att-a",)))
        settle(centre)
        assert len(sink.messages()) == 4


def test_rooms_are_watched_and_not_opened_while_their_server_is_paused(centre: Centre) -> None:
    """Who was inside cannot be asked for later."""
    centre.seminar(CODE, form="εξ αποστάσεως")
    settle(centre)
    with with_rooms(centre) as (world, _):
        centre.clock.now = centre.clock.now.replace(year=2027, month=3, day=3, hour=14, minute=50)
        pause(centre, Thing(Kind.CONNECTOR, "rooms", "", ("att-a",)))
        report = sync_once(centre, "rooms")["rooms"]
        assert (report.done, [one.reason for one in report.aside]) == ([], [Reason.PAUSED])
        assert world.meetings() == []
        assert "people inside" in report.counts


def test_cases_are_filed_and_tickets_wait_while_the_helpdesk_is_paused(centre: Centre, course: str) -> None:
    with with_helpdesk(centre) as (world, _):
        centre.world.add_user("stranger", "Άγνωστη", "Ξένου", "stranger@sch.example")
        centre.apply("stranger", course)
        pause(centre, Thing(Kind.CONNECTOR, "desk", "", ("att-a",)))
        report = settle(centre)["tickets"]
        assert (report.counts["open cases"], world.tickets()) == (1, [])
        resume(centre, Thing(Kind.CONNECTOR, "desk", "", ("att-a",)))
        settle(centre)
        assert len(world.tickets()) == 1
