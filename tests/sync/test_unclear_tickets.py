"""Tickets whose opening or cure is not clear: looked for, never guessed (design, rules 8 and 18)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.moodle import MoodleCourses
from connectors.request_tracker.tickets import RequestTrackerHelpdesk
from kypek_sync.contract import Ambiguous, Change, Target, TicketDraft, TryLater, Verb
from kypek_sync.ledger import cases, runs
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.tickets_lane import file_cases
from tests.sync.centre import done, sync_once
from tests.sync.two_platforms import STRANGER, TwoPlatforms, two_platforms


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    """Somebody who has no account on Moodle, and one whom the directory does not know, have applied in eClass."""
    with two_platforms(tmp_path) as it:
        it.settings(courses="eclass")
        yield it


def unknown_applicant(both: TwoPlatforms) -> str:
    """An applicant whom the directory does not know; their eClass course."""
    here = both.eclass_course()
    both.eclass.add_user("unknown", "Νέα", "Άγνωστη", "u@sch.example")
    both.apply_in_eclass("unknown", here)
    both.seminar(course=both.eclass_address(here))
    return here


def settle(both: TwoPlatforms) -> dict[str, LaneReport]:
    both.clock.turn(minutes=15)
    return sync_once(both)


def unclear(both: TwoPlatforms) -> int:
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return len(runs.open_intents(connection, "att-a", tuple(Verb)))


def test_a_ticket_opened_without_an_answer_is_found_and_closed_when_its_case_is_cured(
    both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, ensure = unknown_applicant(both), RequestTrackerHelpdesk.ensure

    def unanswered(self: RequestTrackerHelpdesk, draft: TicketDraft) -> None:
        ensure(self, draft)
        raise Ambiguous("rt", "No answer.")

    with monkeypatch.context() as patch:
        patch.setattr(RequestTrackerHelpdesk, "ensure", unanswered)
        first = sync_once(both)["tickets"]
    assert {outcome for _, _, _, outcome in done(first)} == {"ambiguous"}
    assert len(both.rt.tickets()) == 1
    both.eclass.unenrol("unknown", here)
    settle(both)
    (ticket,) = both.rt.tickets()
    assert ticket.status == "resolved"
    assert not settle(both)["tickets"].done
    assert unclear(both) == 0


def test_a_ticket_that_was_never_opened_is_not_missed_when_its_case_is_cured(both: TwoPlatforms) -> None:
    here = unknown_applicant(both)
    sync_once(both, "directory")
    sync_once(both, "seats")
    with both.installation() as inst, inst.ledger.begin() as connection:
        file_cases(connection, inst, "att-a")
        (filed,) = cases.listed(connection, "att-a")
        run = runs.begin_run(connection, "att-a", "tickets", both.clock())
        opening = Change(Verb.OPEN_TICKET, Target("rt", filed.case.seminar, filed.case.ref))
        runs.intend(connection, run, "att-a", [opening], both.clock())  # … and the programme dies here
    both.eclass.unenrol("unknown", here)
    report = settle(both)["tickets"]
    assert [outcome for _, _, _, outcome in done(report)] == ["already"]
    assert both.rt.tickets() == []
    assert not settle(both)["tickets"].done
    assert unclear(both) == 0


def test_a_refusal_is_not_cured_by_a_pass_that_got_no_clear_answer(
    both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The course can be read and the enrolment is wanted, but the platform answers «later» this time."""
    here = both.eclass_course()
    both.apply_in_eclass(STRANGER, here)
    both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
    sync_once(both)
    (ticket,) = both.rt.tickets()

    def busy(*anything: object) -> None:
        raise TryLater("moodle", "Busy.")

    with monkeypatch.context() as patch:
        patch.setattr(MoodleCourses, "enrol", busy)
        report = settle(both)
    assert "later" in {outcome for _, _, _, outcome in done(report["seats"])}
    assert both.rt.ticket(ticket.id).status == ticket.status
    settle(both)
    assert both.rt.ticket(ticket.id).status == ticket.status


def test_a_refusal_is_cured_when_nobody_wants_the_change_any_more(both: TwoPlatforms) -> None:
    here = both.eclass_course()
    both.apply_in_eclass(STRANGER, here)
    both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
    sync_once(both)
    both.eclass.unenrol(STRANGER, here)
    settle(both)
    (ticket,) = both.rt.tickets()
    assert ticket.status == "resolved"
