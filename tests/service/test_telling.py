"""A problem of the directory that lasts is one line of the log when it begins and one when it is over (rule 18)."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from kypek_sync.service.daemon import Daemon
from kypek_sync.service.telling import Telling
from kypek_sync.sync.report import LaneReport
from tests.sync.centre import TEACHERS, Centre, sync_once

SMALL = "sch: people was read only in part (80 entries, but 100 at the last good read)."


def test_the_same_with_other_figures_is_told_once_and_what_is_new_besides() -> None:
    telling = Telling()
    assert telling.begins("sch", "att-a", [SMALL]) == [SMALL]
    assert telling.begins("sch", "att-a", [SMALL.replace("80", "79"), "sch: it is down."]) == ["sch: it is down."]
    assert telling.begins("other", "att-a", [SMALL]) == [SMALL]


def test_it_is_over_once_no_kypek_of_the_directory_has_a_problem_any_more() -> None:
    telling = Telling()
    assert not telling.ends("sch", "att-a")
    telling.begins("sch", "att-a", [SMALL])
    assert telling.begins("sch", "att-g", [SMALL]) == []
    assert not telling.ends("sch", "att-a")
    assert telling.ends("sch", "att-g")
    assert not telling.ends("sch", "att-g")
    assert telling.begins("sch", "att-a", [SMALL]) == [SMALL]  # it began anew


def test_the_log_tells_of_a_directory_that_shrank_once_and_once_when_it_is_whole(centre: Centre) -> None:
    sync_once(centre, "directory")
    with centre.installation() as inst:
        daemon = Daemon(inst)

        def told(hours: float) -> list[Any]:
            centre.clock.turn(hours=hours)
            with capture_logs() as lines:
                daemon._tell(sync_once(centre, "directory")["directory"])
            return [line["event"] for line in lines if line["event"].startswith("problem")]

        centre.people(*TEACHERS[:6])
        assert [told(2) for _ in range(4)] == [["problem"], [], [], []]
        centre.people()
        assert [told(2) for _ in range(2)] == [["problems over"], []]


@pytest.mark.parametrize("how", [{"skipped": "somebody else"}, {"paused": "a pause"}, {"left_in_peace": ["it fails"]}])
def test_a_pass_that_did_not_read_ends_nothing(centre: Centre, how: dict[str, Any]) -> None:
    with centre.installation() as inst, capture_logs() as lines:
        daemon = Daemon(inst)
        daemon._tell(LaneReport("att-a", "directory", problems=[SMALL]))
        daemon._tell(LaneReport("att-a", "directory", **how))
        daemon._tell(LaneReport("att-a", "seats", problems=["s"]))
        daemon._tell(LaneReport("att-a", "seats", problems=["s"]))
    assert [line["event"] for line in lines] == ["problem", "problem", "problem"]
