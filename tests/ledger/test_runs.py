"""Intent before call, receipt after; what has no clear answer is found again (design, rule 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.contract import Cause, Change, Outcome, Receipt, Target, Verb
from kypek_sync.ledger import Ledger, lookups, runs

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CODE = "EKFE-26-01"
DONE = Receipt(Outcome.DONE, "17", "https://moodle.example/17", "Made.")


def change(verb: Verb = Verb.ENROL, login: str = "anna", cause: Cause = Cause.NONE, code: str = CODE) -> Change:
    return Change(verb, Target("moodle", code, "", login), because=("row 2",), cause=cause)


def attempt(
    ledger: Ledger, *changes: Change, receipt: Receipt | None = DONE, now: datetime = NOW, kypek: str = "att-a"
) -> list[int]:
    with ledger.begin() as connection:
        run = runs.begin_run(connection, kypek, "seats", now)
        intents = runs.intend(connection, run, kypek, changes, now)
        for intent in intents if receipt else ():
            runs.receive(connection, intent, receipt, now)
    return intents


def test_a_run_has_an_end_an_outcome_and_a_report(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        number = runs.begin_run(connection, "att-a", "seats", NOW)
        died = runs.begin_run(connection, "att-a", "tickets", NOW)
        runs.begin_run(connection, "att-v", "seats", NOW)
        runs.end_run(connection, number, "done", {"counts": {"seats": 2}}, NOW + timedelta(minutes=1))
        run = runs.get(connection, number)
        assert run is not None
        assert (run.outcome, run.report, run.ended) == ("done", {"counts": {"seats": 2}}, NOW + timedelta(minutes=1))
        assert [r.id for r in runs.recent(connection, kypek="att-a")] == [died, number]
        assert [r.id for r in runs.recent(connection, kypek="att-a", lane="seats")] == [number]
        assert len(runs.recent(connection)) == 3
        assert len(runs.recent(connection, limit=1)) == 1
        assert runs.get(connection, 999) is None
        assert {lane: r.outcome for lane, r in lookups.last_runs(connection, "att-a").items()} == {
            "seats": "done",
            "tickets": "",
        }


def test_a_deed_is_an_intent_with_its_receipt(ledger: Ledger) -> None:
    attempt(ledger, change(), change(login="dora"))
    attempt(ledger, change(login="eva"), receipt=None)
    with ledger.begin() as connection:
        found = runs.deeds(connection, seminar=CODE)
        assert [(d.change, d.receipt) for d in found] == [
            (change(), DONE),
            (change(login="dora"), DONE),
            (change(login="eva"), None),
        ]
        assert [d.change.target.login for d in runs.deeds(connection, run=found[0].run)] == ["anna", "dora"]
        assert [d.change.target.login for d in runs.deeds(connection, login="eva")] == ["eva"]


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.ALREADY, Outcome.REFUSED, Outcome.LATER])
def test_a_clear_answer_settles_the_intent(ledger: Ledger, outcome: Outcome) -> None:
    attempt(ledger, change(), receipt=Receipt(outcome))
    with ledger.begin() as connection:
        assert runs.unsettled(connection, "att-a", Verb.ENROL, change().target) == []


@pytest.mark.parametrize("receipt", [None, Receipt(Outcome.AMBIGUOUS)])
def test_without_a_clear_answer_it_stays_open_until_it_is_looked_up(ledger: Ledger, receipt: Receipt | None) -> None:
    first = attempt(ledger, change(), receipt=receipt)
    attempt(ledger, change(login="dora"), change(code="OTHER"), change(Verb.UNENROL), receipt=receipt)
    attempt(ledger, change(), receipt=receipt, kypek="att-v")
    with ledger.begin() as connection:
        assert runs.unsettled(connection, "att-a", Verb.ENROL, change().target) == first
        open_ones = runs.open_intents(connection, "att-a", (Verb.ENROL, Verb.JOIN_GROUP))
        assert [d.change.target.login for d in open_ones] == ["anna", "dora", "anna"]
        runs.settle(connection, first, NOW)
        runs.settle(connection, [], NOW)
        assert runs.unsettled(connection, "att-a", Verb.ENROL, change().target) == []
        assert len(runs.open_intents(connection, "att-a", (Verb.ENROL,))) == 2


def test_runs_that_asked_for_a_change_are_found_also_if_they_broke_off(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        quiet = runs.begin_run(connection, "att-a", "seats", NOW)
        runs.end_run(connection, quiet, "done", {}, NOW)
    attempt(ledger, change(), receipt=None)
    with ledger.begin() as connection:
        assert [r.id for r in runs.recent(connection, changed=True)] == [quiet + 1]


def test_what_stands_settles_earlier_attempts_at_the_same(ledger: Ledger) -> None:
    attempt(ledger, change(), receipt=None)
    attempt(ledger, change(), receipt=Receipt(Outcome.REFUSED))
    with ledger.begin() as connection:
        assert len(runs.unsettled(connection, "att-a", Verb.ENROL, change().target)) == 1  # a refusal answers nothing
    attempt(ledger, change(), receipt=Receipt(Outcome.ALREADY))
    with ledger.begin() as connection:
        assert runs.unsettled(connection, "att-a", Verb.ENROL, change().target) == []


def test_inferred_removals_are_counted_by_seat(ledger: Ledger) -> None:
    inferred = change(Verb.UNENROL, cause=Cause.INFERRED)
    group = replace(inferred, verb=Verb.LEAVE_GROUP, target=replace(inferred.target, object="Συμμετέχοντες"))
    withdrawn = [change(Verb.UNENROL, login, Cause.WITHDRAWN) for login in ("dora", "eva")]
    attempt(ledger, inferred, group, *withdrawn, change(Verb.UNENROL, "zoe", Cause.WITHDRAWN, "OTHER"))
    attempt(ledger, change(Verb.UNENROL, "decided", Cause.DECIDED), change(Verb.ENROL, "new"))
    attempt(ledger, change(Verb.UNENROL, "refused", Cause.INFERRED), receipt=Receipt(Outcome.REFUSED))
    attempt(ledger, change(Verb.UNENROL, "old", Cause.INFERRED), now=NOW - timedelta(days=8))
    attempt(ledger, change(Verb.UNENROL, "far", Cause.INFERRED), kypek="att-v")
    with ledger.begin() as connection:
        found = runs.removed_since(connection, "att-a", NOW - timedelta(days=7))
    assert found == {(CODE, "anna")}


def test_enrolments_of_ours_are_counted_since_we_last_ended_one(ledger: Ledger) -> None:
    for day, verb in enumerate((Verb.ENROL, Verb.UNENROL, Verb.ENROL, Verb.ENROL)):
        attempt(ledger, change(verb), now=NOW + timedelta(days=day))
    attempt(ledger, change(), receipt=Receipt(Outcome.ALREADY), now=NOW + timedelta(days=9))
    with ledger.begin() as connection:
        found = runs.enrolled(connection, "att-a", "moodle", CODE, "anna")
        assert found == [NOW + timedelta(days=2), NOW + timedelta(days=3)]
        assert runs.enrolled(connection, "att-a", "moodle", CODE, "dora") == []


@pytest.mark.parametrize("ended", [Receipt(Outcome.DONE), Receipt(Outcome.AMBIGUOUS), None])
def test_an_end_that_got_no_clear_answer_may_have_been_ours(ledger: Ledger, ended: Receipt | None) -> None:
    """Moodle took a teacher out at our word and its answer was lost. She got the seat back, we enrolled her; a week
    later she fell out by mistake, and was left out for good: it looked as if she had been restored already."""
    attempt(ledger, change(), now=NOW)
    attempt(ledger, change(Verb.UNENROL), receipt=ended, now=NOW + timedelta(days=1))
    attempt(ledger, change(), now=NOW + timedelta(days=2))
    with ledger.begin() as connection:
        assert runs.enrolled(connection, "att-a", "moodle", CODE, "anna") == [NOW + timedelta(days=2)]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.LATER, Outcome.ALREADY])
def test_an_end_that_was_not_made_by_us_is_none(ledger: Ledger, outcome: Outcome) -> None:
    attempt(ledger, change(), now=NOW)
    attempt(ledger, change(Verb.UNENROL), receipt=Receipt(outcome), now=NOW + timedelta(days=1))
    with ledger.begin() as connection:
        assert runs.enrolled(connection, "att-a", "moodle", CODE, "anna") == [NOW]


def test_an_enrolment_that_got_no_clear_answer_restores_nobody(ledger: Ledger) -> None:
    attempt(ledger, change(), receipt=Receipt(Outcome.AMBIGUOUS))
    attempt(ledger, change(), receipt=None)
    with ledger.begin() as connection:
        assert runs.enrolled(connection, "att-a", "moodle", CODE, "anna") == []
