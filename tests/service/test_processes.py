"""`kypek-sync run` and `kypek-sync web` as processes: signals, sudden death, taking over, pages."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from tests.service.daemons import Daemons
from tests.service.waiting import until
from tests.sync.centre import Centre, group, seats, sync_once

pytestmark = pytest.mark.slow


def applicants(centre: Centre) -> tuple[str, str]:
    """A seminar with three seats whose course four teachers have joined."""
    course = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    return centre.seminar(course=centre.address(course), capacity=3), course


def health(address: str) -> dict[str, object] | None:
    """What the pages say of themselves; None while they are not there."""
    try:
        with requests.Session() as session:
            answer = session.get(f"{address}health", timeout=5)
    except requests.ConnectionError:
        return None
    found: dict[str, object] = answer.json()
    return found


SOON = 30.0
"""Seconds: a second or two where nothing else runs, and less than any interval that it could wait for."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_peace_within_seconds(centre: Centre, daemons: Daemons, number: signal.Signals) -> None:
    code, course = applicants(centre)
    running = daemons.process()
    running.wait_for("daemon started")
    until(lambda: daemons.passes("seats"), "the seats pass is made")
    began = time.monotonic()
    running.tell(number)
    assert running.code() == 0
    assert time.monotonic() - began < SOON
    assert running.lines()[-1]["event"] == "daemon stopped"
    assert seats(centre, code)["teacher1"] == "granted"
    assert group(centre, course) == {"teacher1", "teacher2", "teacher3"}


def test_what_it_says_is_a_json_object_a_line_with_the_run(centre: Centre, daemons: Daemons) -> None:
    applicants(centre)
    running = daemons.process()
    until(lambda: len(running.said("pass")) >= 5, "each lane has told of its pass")
    running.tell(signal.SIGTERM)
    assert running.code() == 0
    assert {line["level"] for line in running.lines()} == {"info"}
    assert all(line["timestamp"].endswith("Z") for line in running.lines())
    assert {line["lane"] for line in running.said("pass")} >= {"directory", "seats", "rooms", "tickets", "mail"}
    assert all(line["kypek"] == "att-a" and line["run"] > 0 for line in running.said("pass"))
    assert "@sch.example" not in running.log.read_text(encoding="utf-8")


def test_a_signal_while_a_server_hangs_ends_it_all_the_same(centre: Centre, daemons: Daemons) -> None:
    applicants(centre)
    sync_once(centre)
    centre.faults.set("eclass:hang=40")
    before = centre.server.calls["read"]
    running = daemons.process()
    until(lambda: centre.server.calls["read"] > before, "it asks the server")
    began = time.monotonic()
    running.tell(signal.SIGTERM)
    assert running.code() == 0
    assert time.monotonic() - began < 12
    assert running.lines()[-1]["event"] == "a pass did not end in time; it is left to the next daemon"


def test_killed_in_the_middle_of_writing_the_next_sync_doubles_nothing(centre: Centre, daemons: Daemons) -> None:
    for number in range(1, 7):
        centre.seminar(f"EKFE-26-{number:02}", day=number)
    sync_once(centre, "directory")
    before = centre.server.calls["write"]
    centre.faults.set("eclass:slow=0.15")
    running = daemons.process()
    until(lambda: centre.server.calls["write"] >= before + 5, "it is writing")
    running.tell(signal.SIGKILL)
    assert running.code() == -signal.SIGKILL
    centre.faults.lift()
    centre.clock.now = datetime.now(UTC) + timedelta(minutes=5)  # the dead one's leases are over
    for _ in range(3):
        sync_once(centre)
    made = Counter(course.title.split()[1] for course in centre.world.courses())
    assert made == {f"EKFE-26-{number:02}": 1 for number in range(1, 7)}
    for course in centre.world.courses():
        staff = [m.username for m in centre.world.members(course.code)]
        assert sorted(staff) == ["officer1", "trainer1"]
        groups = Counter(g.name for g in centre.world.groups(course.code))
        assert set(groups.values()) <= {1}
    assert not sync_once(centre)["seats"].done


def test_a_second_one_waits_and_takes_over_when_the_first_is_told_to_stop(centre: Centre, daemons: Daemons) -> None:
    centre.seminar()
    first = daemons.process(name="first")
    first.wait_for("daemon started")
    second = daemons.process(name="second")
    waiting = second.wait_for("another daemon works on this ledger; waiting to take over")
    assert str(first.running.pid) in waiting["holder"]
    first.tell(signal.SIGTERM)
    assert first.code() == 0
    second.wait_for("daemon started")
    second.tell(signal.SIGTERM)
    assert second.code() == 0


def test_who_waits_can_be_stopped_too(centre: Centre, daemons: Daemons) -> None:
    first = daemons.process(name="first")
    first.wait_for("daemon started")
    second = daemons.process(name="second")
    second.wait_for("another daemon works on this ledger; waiting to take over")
    second.tell(signal.SIGTERM)
    assert second.code() == 0
    assert first.running.poll() is None


def test_it_serves_the_pages_too(centre: Centre, daemons: Daemons) -> None:
    code, _ = applicants(centre)
    centre.top = "web: {port: 0}\n"
    centre.settings()
    running = daemons.process("--web")
    address = running.wait_for("pages")["address"]
    until(lambda: (found := health(address)) and len(found["passes"]) == 5, "health tells of five passes")  # type: ignore[arg-type]
    with requests.Session() as session:
        assert code in session.get(f"{address}s/{code}", timeout=10).text
    running.tell(signal.SIGTERM)
    assert running.code() == 0
    assert health(address) is None


def test_pages_alone_end_in_peace(centre: Centre, daemons: Daemons) -> None:
    centre.top = "web: {port: 0}\n"
    centre.settings()
    running = daemons.process(command="web")
    address = running.wait_for("pages")["address"]
    until(lambda: health(address), "the pages are there")
    running.tell(signal.SIGTERM)
    assert running.code() == 0


@pytest.mark.parametrize("words", [["run", "--web"], ["web"]])
def test_a_port_that_is_taken_is_told_before_anything_starts(
    centre: Centre, daemons: Daemons, words: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        centre.top = f"web: {{port: {port}}}\n"
        centre.settings()
        program = [str(Path(sys.executable).parent / "kypek-sync"), "--lang", "en"]
        ended = subprocess.run(
            [*program, "-s", str(centre.folder / "kypek.yaml"), *words], capture_output=True, text=True, timeout=60
        )
    assert ended.returncode == 1
    assert f"The pages cannot be served on 127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert daemons.passes() == []
