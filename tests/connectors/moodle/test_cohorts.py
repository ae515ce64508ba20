"""Cohorts on the Moodle simulator: what is peculiar to Moodle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.moodle.needs import EXTRAS, PERMISSIONS
from kypek_sync.contract import Capability, Outcome, ProbeLevel, TryLater
from tests.connectors.moodle.simulated import Moodle, MoodleWorld, contract_platform, moodle
from tests.contracts.courses_cohorts import CohortsContract
from tests.contracts.courses_platform import Platform

COHORT = "CO-2027-ΠΕ86 Αχαΐας"
ADD = "core_cohort_add_cohort_members"


class TestCohorts(CohortsContract):
    @pytest.fixture
    def platform(self, tmp_path: Path) -> Iterator[Platform]:
        with contract_platform(tmp_path, report=False, cohorts=True) as platform:
            yield platform

    @pytest.fixture
    def cohort(self, platform: Platform) -> str:
        assert isinstance(platform.world, MoodleWorld)
        platform.world.world.add_cohort("ΠΕ86 Αχαΐας", COHORT)
        return COHORT


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Moodle]:
    with moodle(tmp_path) as running:
        running.world.add_cohort("ΠΕ86 Αχαΐας", COHORT)
        yield running


def test_many_are_put_in_by_few_calls_and_none_is_cut_off(server: Moodle) -> None:
    """M-12: four variables for each, at most 900 in a call."""
    connector = server.connector(cohorts=True)
    people = server.people(*(f"t{number:03}" for number in range(450)))
    assert {one.outcome for one in connector.join_cohort(COHORT, people)} == {Outcome.DONE}
    assert set(server.world.cohorts()[0].members) == set(people)
    assert server.calls(ADD) == 3
    assert {one.outcome for one in connector.leave_cohort(COHORT, people)} == {Outcome.DONE}
    assert server.world.cohorts()[0].members == ()
    connector.close()


def test_what_moodle_only_warns_of_is_a_refusal(server: Moodle, monkeypatch: pytest.MonkeyPatch) -> None:
    """P: an account that was deleted between the look and the call."""
    connector = server.connector(cohorts=True)
    people = server.people("elioannou", "gvlachos")
    accounts = connector._cohorts._accounts
    known = accounts.lookup(people)
    ghost = replace(known["gvlachos"], id=999_999, username="kanenas")
    monkeypatch.setattr(accounts, "lookup", lambda logins: {"elioannou": known["elioannou"], "kanenas": ghost})
    receipts = connector.join_cohort(COHORT, ["elioannou", "kanenas"])
    assert [one.outcome for one in receipts] == [Outcome.DONE, Outcome.REFUSED]
    assert "kanenas not exists" in receipts[1].detail
    connector.close()


def test_permissions_and_functions_are_needed_only_where_cohorts_are_used(server: Moodle) -> None:
    server.platform.add_course("Ρομποτική")
    server.world.add_token("weak", capabilities=PERMISSIONS)
    server.world.add_token("able", capabilities={*PERMISSIONS, *EXTRAS[Capability.COHORTS].permissions})
    (person,) = server.people("elioannou")
    weak, able, without = (
        server.connector("weak", cohorts=True),
        server.connector("able", cohorts=True),
        server.connector(),
    )
    (line,) = (one for one in weak.probe().lines if one.subject == "cohorts")
    assert line.level is ProbeLevel.WARNING
    assert all(name in line.text for name in EXTRAS[Capability.COHORTS].permissions)
    with pytest.raises(TryLater):
        weak.join_cohort(COHORT, [person])
    (line,) = (one for one in able.probe().lines if one.subject == "cohorts")
    assert line.level is ProbeLevel.OK
    assert able.join_cohort(COHORT, [person])[0].outcome is Outcome.DONE
    assert Capability.COHORTS not in without.capabilities()
    assert "cohorts" not in {one.subject for one in without.probe().lines}
    for connector in (weak, able, without):
        connector.close()
