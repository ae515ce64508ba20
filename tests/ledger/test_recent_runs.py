"""The list of runs."""

from __future__ import annotations

from datetime import UTC, datetime

from kypek_sync.contract import Change, Target, Verb
from kypek_sync.ledger import Ledger, runs

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_a_run_that_broke_off_after_asking_for_a_change_is_among_those_that_changed(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        quiet = runs.begin_run(connection, "att-a", "seats", NOW)
        runs.end_run(connection, quiet, "done", {}, NOW)
        broken = runs.begin_run(connection, "att-a", "seats", NOW)
        change = Change(Verb.ENROL, Target("eclass", "S1", "", "anna"))
        runs.intend(connection, broken, "att-a", [change], NOW)
        assert [run.id for run in runs.recent(connection, changed=True)] == [broken]
