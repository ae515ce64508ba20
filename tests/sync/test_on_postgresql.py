"""The main job with its ledger on a real PostgreSQL: one address in the settings, nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kypek_sync.sync.lease import LaneLease
from kypek_sync.sync.run import run_lane
from tests.servers import postgresql
from tests.sync.centre import Centre, group, seats, sync_once
from tests.sync.test_main_job import four_applicants

pytestmark = pytest.mark.server("postgresql")


@pytest.fixture
def there(centre: Centre) -> Iterator[Centre]:
    """The small centre, its ledger on PostgreSQL."""
    with postgresql.running() as url:
        file = centre.folder / "kypek.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("sqlite:///kypek.db", url), encoding="utf-8")
        yield centre


def test_the_main_job_is_the_same(there: Centre) -> None:
    code, course = four_applicants(there)
    sync_once(there)
    assert seats(there, code)["teacher3"] == "waiting"
    assert group(there, course) == {"teacher1", "teacher2"}
    writes = there.server.calls["write"]
    assert all(not report.done and not report.problems for report in sync_once(there).values())
    assert there.server.calls["write"] == writes
    with there.installation() as inst, LaneLease(inst.ledger, "att-a", "seats", there.clock):
        assert "being worked on" in run_lane(inst, "att-a", "seats").skipped
