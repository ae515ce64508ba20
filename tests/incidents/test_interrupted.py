"""What breaks off leaves nothing behind that stands in the way."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger.tables import leases, runs
from tests.sync.centre import Centre, done, open_centre, seats, sync_once

pytestmark = pytest.mark.slow


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    course = it.course()
    for login in ("teacher1", "teacher2"):
        it.apply(login, course)
    it.seminar(course=it.address(course))
    yield it
    it.faults.lift()
    it.server.stop()


_PROCESS = """\
import sys
from datetime import datetime
from pathlib import Path
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import sync
now = datetime.fromisoformat(sys.argv[2])
with Installation.open(Path(sys.argv[1]), lambda: now) as inst:
    sync(inst, dry=sys.argv[3] == "dry")
"""


def broken_off(centre: Centre, how: str) -> None:
    """A process of its own begins a sync (`dry` or `real`), and is killed (SIGKILL) while it waits for the slow course
    platform."""
    centre.faults.set("eclass:slow=30")
    before = centre.server.calls.total()
    words = [sys.executable, "-c", _PROCESS, str(centre.folder / "kypek.yaml"), centre.clock.now.isoformat(), how]
    process = subprocess.Popen(words, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while centre.server.calls.total() == before:
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < end, "it never came to ask the platform"
        time.sleep(0.01)
    process.kill()
    assert process.wait(10) == -signal.SIGKILL
    centre.faults.lift()


def test_zammad_6334_an_interrupted_dry_run_blocks_no_later_sync(centre: Centre) -> None:
    """zammad/zammad#6334: an administrator closed the browser during a dry run of the LDAP synchronisation; its job
    stayed marked as running, for ever, and every synchronisation after it was skipped.

    Here `plan` is killed while it reads. It holds no lease and keeps no row, so the sync a second later does all of the
    work.
    """
    broken_off(centre, "dry")
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert connection.execute(leases.select()).all() == []
        assert connection.execute(runs.select()).all() == []
    centre.clock.turn(seconds=1)
    reports = sync_once(centre)
    assert [report.skipped for report in reports.values()] == ["", "", "", "", ""]
    assert ("course.adopt", "EKFE-26-01", "", "done") in done(reports["seats"])
    assert seats(centre, "EKFE-26-01") == {"teacher1": "granted", "teacher2": "granted"}


def test_zammad_6334_an_interrupted_sync_blocks_no_later_one_either(centre: Centre) -> None:
    """The same with a sync that was meant: its run stays open in the book, its lane passes to whoever comes next, and
    the work is done once."""
    broken_off(centre, "real")
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert [row.outcome for row in connection.execute(runs.select())][-1] == ""
        assert [row.lane for row in connection.execute(leases.select()) if row.holder] == ["seats"]
    centre.clock.turn(seconds=1)
    reports = sync_once(centre)
    assert [report.skipped for report in reports.values()] == ["", "", "", "", ""]
    assert seats(centre, "EKFE-26-01") == {"teacher1": "granted", "teacher2": "granted"}
    assert sync_once(centre)["seats"].done == []
