"""A server that keeps failing is left in peace by the daemon's passes, told once, and has one ticket (rule 18)."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from kypek_sync.ledger import breakers, cases
from kypek_sync.ledger.breakers import SHORTEST
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.run import run_lane
from tests.sync.centre import Centre, group, seats, sync_once

TOLD = {"connector left in peace", "connector answers again"}


def daemon_pass(centre: Centre, lane: str = "seats") -> LaneReport:
    """A pass as the daemon makes it."""
    with centre.installation() as inst:
        return run_lane(inst, "att-a", lane)


@pytest.fixture
def full(centre: Centre) -> str:
    """Two people with a seat in a course that was synced; the course."""
    course = centre.course()
    for number in (1, 2):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    centre.seminar(course=centre.address(course))
    sync_once(centre)
    return course


def stopped(centre: Centre) -> list[str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [one.system for one in breakers.listed(connection)]


def open_cases(centre: Centre) -> set[str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {filed.case.ref for filed in cases.listed(connection, "att-a") if filed.cured is None}


def break_it(centre: Centre) -> None:
    """Three passes find the server failing."""
    centre.faults.set("eclass:server-error")
    for _ in range(3):
        assert daemon_pass(centre).problems


def asked(centre: Centre) -> int:
    return sum(centre.server.calls.values())


def test_a_server_that_fails_in_three_passes_is_not_asked_by_the_fourth(centre: Centre, full: str) -> None:
    break_it(centre)
    before = asked(centre)
    report = daemon_pass(centre)
    assert asked(centre) == before
    assert report.problems == []
    (line,) = report.left_in_peace
    assert line.startswith("eclass: It fails since 02/11/2026 11:00 and is left in peace until 02/11/2026 11:01:00")
    assert report.outcome == "failed"
    assert exit_code([report]) == 1


def test_nothing_is_removed_meanwhile_and_nobody_loses_a_seat(centre: Centre, full: str) -> None:
    before = seats(centre, "EKFE-26-01")
    break_it(centre)
    centre.faults.lift()
    report = daemon_pass(centre)
    assert report.left_in_peace
    assert report.done == []
    assert seats(centre, "EKFE-26-01") == before
    assert group(centre, full) == {"teacher1", "teacher2"}


def test_when_its_time_is_over_one_pass_tries_and_a_healed_server_is_asked_as_before(centre: Centre, full: str) -> None:
    break_it(centre)
    centre.faults.lift()
    centre.clock.turn(seconds=SHORTEST.total_seconds())
    report = daemon_pass(centre)
    assert (report.problems, report.left_in_peace) == ([], [])
    assert stopped(centre) == []


def test_a_try_that_fails_lengthens_its_rest(centre: Centre, full: str) -> None:
    break_it(centre)
    centre.clock.turn(minutes=1)
    assert daemon_pass(centre).problems  # it was asked
    centre.clock.turn(minutes=1)
    assert daemon_pass(centre).left_in_peace
    centre.clock.turn(minutes=1)
    assert daemon_pass(centre).problems


def test_it_is_logged_once_when_it_begins_and_once_when_it_ends(centre: Centre, full: str) -> None:
    with capture_logs() as logs:
        break_it(centre)
        for _ in range(3):
            daemon_pass(centre)
        centre.clock.turn(minutes=1)
        daemon_pass(centre)
        centre.faults.lift()
        centre.clock.turn(minutes=30)
        for _ in range(2):
            daemon_pass(centre)
    events = [one["event"] for one in logs if one["event"] in TOLD]
    assert events == ["connector left in peace", "connector answers again"]


def test_who_syncs_by_hand_tries_at_once_and_lets_all_others_go_on(centre: Centre, full: str) -> None:
    break_it(centre)
    centre.faults.lift()
    assert daemon_pass(centre).left_in_peace
    report = sync_once(centre)["seats"]
    assert (report.problems, report.left_in_peace) == ([], [])
    assert daemon_pass(centre).left_in_peace == []


def test_a_plan_tries_too_and_leaves_no_trace(centre: Centre, full: str) -> None:
    break_it(centre)
    centre.faults.lift()
    with centre.installation() as inst:
        assert run_lane(inst, "att-a", "seats", dry=True).left_in_peace == []
    assert daemon_pass(centre).left_in_peace


def test_a_pass_that_may_try_and_has_nothing_to_ask_leaves_the_try_to_the_next(centre: Centre, full: str) -> None:
    break_it(centre)
    centre.faults.lift()
    centre.clock.turn(minutes=1)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert breakers.admit(connection, "eclass", centre.clock()) is None  # as a pass of another centre would
        assert breakers.half_open(connection, ["eclass"], centre.clock()) == ["eclass"]  # which asked nothing
    assert daemon_pass(centre).left_in_peace == []


def test_what_needs_a_person_has_one_case_at_once_and_none_when_it_answers_again(centre: Centre, full: str) -> None:
    (centre.folder / "token").write_text("a token that was withdrawn")
    daemon_pass(centre)
    assert stopped(centre) == ["eclass"]
    for _ in range(2):
        daemon_pass(centre, "tickets")
        assert open_cases(centre) == {"kypek:case:att-a:connector-stopped:eclass"}
    (centre.folder / "token").write_text("eclass_sandbox")
    sync_once(centre)
    assert open_cases(centre) == set()


def test_a_server_that_is_away_for_a_moment_has_no_case_but_one_that_stays_away_has(centre: Centre, full: str) -> None:
    break_it(centre)
    daemon_pass(centre, "tickets")
    assert open_cases(centre) == set()
    centre.clock.turn(minutes=31)
    daemon_pass(centre, "tickets")
    assert open_cases(centre) == {"kypek:case:att-a:connector-stopped:eclass"}


def test_other_lanes_and_systems_go_on(centre: Centre, full: str) -> None:
    break_it(centre)
    report = daemon_pass(centre, "directory")
    assert (report.problems, report.left_in_peace) == ([], [])


def test_who_gave_the_command_reads_no_english_log_line_beside_the_report(centre: Centre, full: str) -> None:
    """`sync` told of a connector that keeps failing twice: in Greek in its report, in English on standard error."""
    centre.faults.set("eclass:server-error")
    with capture_logs() as logs:
        for _ in range(4):
            sync_once(centre, "seats")
    assert {one["log_level"] for one in logs if one["event"] in TOLD} == {"info"}
