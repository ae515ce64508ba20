"""What a course platform with cohorts must keep (`Capability.COHORTS`). Subclass `CohortsContract` with fixtures for
the platform and for the ID number of an empty cohort on it."""

from __future__ import annotations

import pytest

from kypek_sync.contract import Capability, Cohorts, Outcome, TryLater
from tests.contracts.courses_platform import NO_ANSWERS, Platform


def cohorts_of(platform: Platform) -> Cohorts:
    """The platform's other side."""
    assert platform.can(Capability.COHORTS)
    assert isinstance(platform.courses, Cohorts)
    return platform.courses


class CohortsContract:
    """People are put in once, each for themselves, and taken out by name."""

    @pytest.fixture
    def platform(self) -> Platform:
        raise NotImplementedError("the subclass gives the platform")

    @pytest.fixture
    def cohort(self, platform: Platform) -> str:
        raise NotImplementedError("the subclass gives the cohort")

    def test_putting_in_twice_is_putting_in_once(self, platform: Platform, cohort: str) -> None:
        its, people = cohorts_of(platform), platform.people("elioannou", "gvlachos", "skontou")
        made = its.join_cohort(cohort, people[:2])
        again = its.join_cohort(cohort, people)
        assert [one.outcome for one in made] == [Outcome.DONE] * 2
        assert [one.outcome for one in again] == [Outcome.ALREADY, Outcome.ALREADY, Outcome.DONE]
        read = its.cohort_members(cohort, ["elioannou", "skontou", "kanenas"])
        assert read.complete
        assert set(read.items) == {"elioannou", "skontou"}

    def test_one_bad_login_never_spoils_the_others(self, platform: Platform, cohort: str) -> None:
        its = cohorts_of(platform)
        platform.people("elioannou", "gvlachos")
        receipts = its.join_cohort(cohort, ["elioannou", "kanenas", "", "δύο λέξεις", "gvlachos"])
        refused = [Outcome.REFUSED] * 3
        assert [one.outcome for one in receipts] == [Outcome.DONE, *refused, Outcome.DONE]
        assert "kanenas" in receipts[1].detail

    def test_only_the_named_leave(self, platform: Platform, cohort: str) -> None:
        its, people = cohorts_of(platform), platform.people("elioannou", "gvlachos", "skontou")
        its.join_cohort(cohort, people[:2])
        receipts = its.leave_cohort(cohort, [people[0], people[2], "kanenas"])
        assert [one.outcome for one in receipts] == [Outcome.DONE, Outcome.ALREADY, Outcome.ALREADY]
        assert its.cohort_members(cohort, people).items == (people[1],)

    def test_a_cohort_that_is_not_there_is_not_empty(self, platform: Platform) -> None:
        its, people = cohorts_of(platform), platform.people("elioannou")
        for call in (its.cohort_members, its.join_cohort, its.leave_cohort):
            with pytest.raises(TryLater):
                call("ΑΛΛΟ", people)

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_what_cannot_be_read_is_not_empty(self, platform: Platform, cohort: str, fault: str) -> None:
        its, people = cohorts_of(platform), platform.people("elioannou")
        its.join_cohort(cohort, people)
        for call in (its.cohort_members, its.leave_cohort):
            with platform.trouble(fault), pytest.raises(TryLater):
                call(cohort, people)
        assert its.cohort_members(cohort, people).items == people

    def test_a_lost_answer_is_looked_up(self, platform: Platform, cohort: str) -> None:
        its, people = cohorts_of(platform), platform.people("elioannou")
        with platform.trouble("reset-after-write"):
            (first,) = its.join_cohort(cohort, people)
        assert first.outcome in (Outcome.DONE, Outcome.AMBIGUOUS)
        assert its.cohort_members(cohort, people).items == people
