"""The daemon: every lane makes its passes, a stop comes within seconds, and two daemons are one."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from kypek_sync.ledger import LedgerError, leases, outbox, runs
from kypek_sync.ledger.holds import HoldState
from kypek_sync.service import daemon as service
from kypek_sync.service.daemon import DAEMON, EVERYTHING
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import LANES, run_lane
from tests.service.daemons import QUICK, Daemons
from tests.service.waiting import until
from tests.sync.centre import Centre, group, seats, sync_once
from tests.sync.test_approval_while_people_apply import busy, logins, waiting
from tests.sync.test_engine import decide

pytestmark = pytest.mark.slow


def applicants(centre: Centre, count: int = 4, capacity: int = 3) -> tuple[str, str]:
    """A seminar whose course teachers have joined."""
    course = centre.course()
    for number in range(1, count + 1):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    return centre.seminar(course=centre.address(course), capacity=capacity), course


def holder(inst: Installation, lane: str = DAEMON, kypek: str = EVERYTHING) -> str:
    """Who has a lease."""
    with inst.ledger.begin(keep=False) as connection:
        return leases.holder_of(connection, kypek, lane, inst.clock())


def test_every_lane_makes_a_pass_and_the_work_is_done(centre: Centre, daemons: Daemons) -> None:
    code, course = applicants(centre)
    running = daemons.thread()
    until(lambda: {p.lane for p in daemons.passes()} == set(LANES), "each lane has made a pass")
    assert running.stop()
    assert seats(centre, code)["teacher1"] == "granted"
    assert group(centre, course) == {"teacher1", "teacher2", "teacher3"}
    assert not sync_once(centre)["seats"].done


def test_on_a_new_ledger_nobody_is_judged_before_the_directory_was_read(centre: Centre, daemons: Daemons) -> None:
    code, _ = applicants(centre)
    running = daemons.thread()
    until(lambda: daemons.passes("seats") and daemons.passes("tickets"), "seats and tickets have made a pass")
    running.stop()
    first = {lane: min(p.id for p in daemons.passes(lane)) for lane in ("directory", "seats", "tickets")}
    assert first["directory"] < min(first["seats"], first["tickets"])
    assert daemons.passes("tickets")[0].report["counts"]["open cases"] == 0
    assert seats(centre, code)["teacher1"] == "granted"


def test_passes_come_again_at_their_intervals(centre: Centre, daemons: Daemons) -> None:
    daemons.quick()
    centre.seminar()
    running = daemons.thread()
    until(lambda: all(len(daemons.passes(lane)) >= 2 for lane in LANES), "each lane has made two passes")
    assert running.stop()


def test_a_running_daemon_makes_what_was_approved_although_each_pass_brings_new_applications(
    centre: Centre, daemons: Daemons
) -> None:
    """Rule 6: when every pass replaced the hold that somebody was reading, nothing could ever be approved in time."""
    course = busy(centre, 12)
    daemons.centre.top = QUICK
    centre.settings(mode="propose")
    running = daemons.thread()
    until(lambda: waiting(centre), "the plan waits for approval")
    (first, *_) = waiting(centre)

    def passes_more(number: int) -> None:
        """One more applies, some time goes by, and the daemon holds that one too."""
        centre.apply(f"busy{number}", course, minutes_ago=30)
        centre.clock.turn(minutes=0.2)  # in all less than a lease lasts: the daemon's heart beats in real time
        until(lambda: f"busy{number}" in {who for hold in waiting(centre) for who in logins(hold)}, "one more waits")

    for number in (1, 2):
        passes_more(number)
    assert waiting(centre)[0] == first
    decide(centre, first.id, HoldState.APPROVED, days=7)
    passes_more(3)
    until(lambda: group(centre, course) == {"busy0"}, "what was approved is made")
    passes_more(4)
    assert running.stop()
    assert group(centre, course) == {"busy0"}
    assert [logins(hold) for hold in waiting(centre)] == [{f"busy{n}"} for n in (1, 2, 3, 4)]


def test_a_stop_before_anything_is_a_stop(centre: Centre, daemons: Daemons) -> None:
    running = daemons.thread()
    running.daemon.stop.set()
    assert running.stop()
    assert holder(running.inst) == ""


def test_a_stop_in_a_long_read_ends_it_within_seconds(centre: Centre, daemons: Daemons) -> None:
    for number in range(1, 13):
        course = centre.course(f"Μάθημα {number}")
        centre.seminar(f"EKFE-26-{number:02}", course=centre.address(course), day=number)
    sync_once(centre)
    centre.faults.set("eclass:slow=0.4")
    before = centre.server.calls["read"]
    running = daemons.thread()
    until(lambda: centre.server.calls["read"] > before, "the seats pass reads")
    began = time.monotonic()
    assert running.stop()
    assert time.monotonic() - began < 6
    assert daemons.passes("seats")[0].outcome == "skipped"
    assert holder(running.inst, "seats", "att-a") == ""


def test_a_stop_in_the_middle_of_writing_leaves_nothing_half_done(centre: Centre, daemons: Daemons) -> None:
    for number in range(1, 7):
        centre.seminar(f"EKFE-26-{number:02}", day=number)
    sync_once(centre, "directory")
    centre.faults.set("eclass:slow=0.3")
    running = daemons.thread()
    until(lambda: centre.server.calls["write"] >= 2, "courses are being made")
    began = time.monotonic()
    assert running.stop()
    assert time.monotonic() - began < 6
    centre.faults.lift()
    half = len(centre.world.courses())
    assert 0 < half < 6
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert not [d for d in runs.deeds(connection) if d.receipt is None]
    sync_once(centre)
    assert sorted(c.title.split()[1] for c in centre.world.courses()) == [f"EKFE-26-{n:02}" for n in range(1, 7)]
    assert not sync_once(centre)["seats"].done


def test_a_pass_that_hangs_does_not_keep_the_daemon(
    centre: Centre, daemons: Daemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PATIENCE", 0.3)
    applicants(centre)
    sync_once(centre)
    centre.faults.set("eclass:hang=3")
    before = centre.server.calls["read"]
    running = daemons.thread()
    until(lambda: centre.server.calls["read"] > before, "the seats pass asks")
    assert running.stop() is False
    assert holder(running.inst, "seats", "att-a") != ""  # nobody may write before its last call is surely over
    until(lambda: running.daemon._busy == 0, "the pass has given up")


def test_a_mistake_in_one_pass_is_told_and_the_others_go_on(
    centre: Centre, daemons: Daemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons.quick()
    tickets: list[str] = []

    def broken(inst: Installation, kypek: str, lane: str, **options: object) -> LaneReport:
        if lane == "tickets":
            tickets.append(kypek)
            raise ZeroDivisionError("a mistake of ours")
        return run_lane(inst, kypek, lane)

    monkeypatch.setattr(service, "run_lane", broken)
    with capture_logs() as lines:
        running = daemons.thread()
        until(lambda: len(tickets) >= 2 and len(daemons.passes("mail")) >= 2, "passes come again")
        assert running.stop()
    told = [line for line in lines if line["event"] == "a pass failed"]
    assert told[0]["job"] == "att-a tickets"
    assert "a mistake of ours" in told[0]["error"]
    assert "ZeroDivisionError" in told[0]["trace"]
    assert told[0]["log_level"] == "error"


def test_a_ledger_that_refuses_once_is_told_and_ends_nothing(
    centre: Centre, daemons: Daemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons.quick()
    asked: list[str] = []

    def full(inst: Installation, kypek: str, lane: str, **options: object) -> LaneReport:
        asked.append(lane)
        if asked.count(lane) == 1:
            raise LedgerError("The ledger refused: disk full.")
        return run_lane(inst, kypek, lane)

    monkeypatch.setattr(service, "run_lane", full)
    with capture_logs() as lines:
        running = daemons.thread()
        until(lambda: {p.lane for p in daemons.passes()} == set(LANES), "each lane has made a pass")
        assert running.stop()
    assert {line["job"] for line in lines if line["event"] == "the ledger refused"} == {f"att-a {x}" for x in LANES}


def test_a_ledger_that_is_away_for_a_while_does_not_end_the_daemon(
    centre: Centre, daemons: Daemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK", 0.02)
    running = daemons.thread()
    until(lambda: {p.lane for p in daemons.passes()} == set(LANES), "each lane has made a pass")
    refused: list[int] = []
    begin = running.inst.ledger.begin

    def away(**options: bool) -> object:
        if len(refused) < 3:
            refused.append(1)
            raise LedgerError("The ledger refused: database is locked.")
        return begin(**options)

    monkeypatch.setattr(running.inst.ledger, "begin", away)
    until(lambda: len(refused) == 3, "it has asked in vain")
    monkeypatch.undo()
    assert running.thread.is_alive()
    assert running.stop()


def test_a_second_daemon_waits_and_takes_over_when_the_first_ends(centre: Centre, daemons: Daemons) -> None:
    with capture_logs() as lines:
        first = daemons.thread()
        until(lambda: daemons.passes("mail"), "the first one works")
        owner = holder(first.inst)
        second = daemons.thread()
        until(lambda: any("waiting to take over" in line["event"] for line in lines), "the second one waits")
        assert holder(first.inst) == owner
        assert first.stop()
        until(lambda: holder(second.inst) not in ("", owner), "the second one has taken over")
        assert second.stop()
    assert sum("waiting to take over" in line["event"] for line in lines) == 1  # said once, not at every try


def test_after_a_death_the_lease_is_over_by_itself(centre: Centre, daemons: Daemons) -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert leases.take(connection, EVERYTHING, DAEMON, "a machine that lost its power", centre.clock())
    second = daemons.thread()
    centre.clock.turn(seconds=leases.LENGTH.total_seconds() - 1)
    assert holder(second.inst) == "a machine that lost its power"
    assert daemons.passes() == []
    centre.clock.turn(seconds=2)
    until(lambda: daemons.passes("mail"), "the second one works")
    assert second.stop()


def test_who_has_lost_the_lease_stops(centre: Centre, daemons: Daemons, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a machine was asleep: somebody else works by now."""
    monkeypatch.setattr(service, "LOOK", 0.05)
    first = daemons.thread()
    until(lambda: daemons.passes("mail"), "it works")
    centre.clock.turn(seconds=leases.LENGTH.total_seconds() + 1)
    with first.inst.ledger.begin() as connection:
        assert leases.take(connection, EVERYTHING, DAEMON, "another machine", centre.clock())
    first.thread.join(timeout=30)
    assert first.ended == [True]
    assert holder(first.inst) == "another machine"


def test_a_lane_that_somebody_works_on_by_hand_is_tried_again_soon(
    centre: Centre, daemons: Daemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SOON", timedelta(seconds=0.05))
    centre.seminar()
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert leases.take(connection, "att-a", "seats", "a person at a terminal", centre.clock())
    before = len(daemons.passes("seats"))
    with capture_logs() as lines:
        running = daemons.thread()
        until(lambda: any(line["event"] == "pass skipped" for line in lines), "the lane was found taken")
        with running.inst.ledger.begin() as connection:
            leases.give_back(connection, "att-a", "seats", "a person at a terminal")
        until(lambda: len(daemons.passes("seats")) > before, "its pass is made")
        assert running.stop()


def test_what_is_too_old_is_forgotten(centre: Centre, daemons: Daemons) -> None:
    applicants(centre)
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        for row in outbox.listed(connection, "att-a"):
            outbox.sent(connection, row, centre.clock())
    centre.clock.turn(days=366)

    def left() -> int:
        with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            return len(outbox.listed(connection, "att-a"))

    assert left() > 0
    running = daemons.thread()
    until(lambda: left() == 0, "the outbox is tidied up")
    assert running.stop()


def test_officers_files_are_answered_meanwhile(centre: Centre, daemons: Daemons) -> None:
    inbox = centre.folder / "inbox"
    inbox.mkdir()
    text = (centre.folder / "kypek.yaml").read_text(encoding="utf-8")
    text = text.replace("programme: ekfe.yaml}", "programme: ekfe.yaml, inbox: inbox}")
    (centre.folder / "kypek.yaml").write_text(text, encoding="utf-8")
    centre.seminar()
    (inbox / "new.yaml").write_text((centre.folder / "ekfe.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    running = daemons.thread()
    until(lambda: list(inbox.glob("*.apantisi*")), "the file is answered")
    assert running.stop()
