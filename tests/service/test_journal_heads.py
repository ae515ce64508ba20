"""The daemon writes the journal's heads out; if it cannot, it says so and goes on."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from kypek_sync.ledger import journal, journal_heads
from kypek_sync.sync.run import LANES
from tests.service.daemons import Daemons
from tests.service.waiting import until
from tests.sync.centre import Centre, sync_once

pytestmark = pytest.mark.slow


def with_a_seat(centre: Centre) -> None:
    """Something has been decided and done."""
    course = centre.course()
    centre.apply("teacher1", course)
    centre.seminar(course=centre.address(course))
    sync_once(centre)


def test_the_daemon_writes_the_head_of_the_day_beside_the_ledger(centre: Centre, daemons: Daemons) -> None:
    with_a_seat(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        head = journal.head(connection, "att-a")
    running = daemons.thread()
    file = centre.folder / journal_heads.FILE
    until(file.exists, "the head is written out")
    until(lambda: file.read_text().endswith("\n"), "the line is whole")
    running.stop()
    (written,) = journal_heads.read(file)
    assert (written.kypek, written.day) == ("att-a", "2026-11-02")
    assert written.head.number >= head.number


def test_a_place_that_is_not_there_is_told_and_the_daemon_goes_on(centre: Centre, daemons: Daemons) -> None:
    with_a_seat(centre)
    centre.top = "journal_heads: nowhere/heads.txt\n"
    centre.settings()
    before = len(daemons.passes())
    with capture_logs() as said:
        running = daemons.thread()
        until(lambda: any("could not be written out" in line["event"] for line in said), "it is told")
        until(lambda: len(daemons.passes()) >= before + len(LANES), "the lanes have made their passes")
        running.stop()
    (told,) = [line for line in said if "could not be written out" in line["event"]]
    assert "the folder exists" in told["error"]
    assert not (centre.folder / "nowhere").exists()
