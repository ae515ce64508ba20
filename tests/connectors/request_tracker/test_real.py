"""What only a real Request Tracker can show."""

from __future__ import annotations

import uuid

import pytest

from connectors.request_tracker.client import RequestTrackerClient
from connectors.request_tracker.settings import RequestTrackerSettings
from kypek_sync.contract import Ambiguous, Outcome, ProbeLevel, StopConnector, TicketDraft
from kypek_sync.model import TicketState
from tests.connectors.request_tracker.desks import Served
from tests.servers.rt import BARE_QUEUE, OFFICER, QUEUE, RequestTracker

pytestmark = pytest.mark.server("rt")


@pytest.fixture
def ref() -> str:
    return f"kypek:hold:{uuid.uuid4().hex[:8]}"


def draft(ref: str, queue: str = QUEUE) -> TicketDraft:
    return TicketDraft(ref, queue, "Κρατημένες αλλαγές", "Περιμένουν έγκριση.", "a@sch.example", "ΣΕΜ-27-01")


def test_what_was_applied_and_never_answered_is_found(
    real_one: Served, request_tracker: RequestTracker, ref: str, tmp_path
) -> None:
    """H-9: the server commits a note that also changes a field with Greek values, and dies while answering."""
    helpdesk = real_one.connector()
    ticket = helpdesk.ensure(draft(ref)).foreign_id
    settings = RequestTrackerSettings(address=request_tracker.address, token=request_tracker.token())
    client = RequestTrackerClient("rt", settings, tmp_path)
    form = {
        "Content": "Η θέση σας κατοχυρώθηκε.",
        "ContentType": "text/plain",
        "CustomFields": {"KypekSeminar": "ΣΕΜ-27-02"},
        "TxnCustomFields": {"KypekEvt": f"{ref}:1"},
    }
    with pytest.raises(Ambiguous):
        client.note(ticket, form, public=False)
    client.close()
    shown = request_tracker.ask("GET", f"ticket/{ticket}").json()
    assert ["ΣΕΜ-27-02"] in [field["values"] for field in shown["CustomFields"]]
    assert helpdesk.note(ticket, f"{ref}:1", "Η θέση σας κατοχυρώθηκε.").outcome is Outcome.ALREADY


def test_its_probe_is_fine_and_names_the_queue_that_lacks_fields(real_one: Served) -> None:
    probe = real_one.connector().probe()
    assert probe.usable
    assert probe.version.startswith("5.")
    told = {line.subject: line.level for line in probe.lines if BARE_QUEUE not in line.text and line.subject != "clock"}
    assert told == dict.fromkeys(("address", "token", "version", "queues", "account"), ProbeLevel.OK)
    (bare,) = [line for line in probe.lines if BARE_QUEUE in line.text]
    assert (bare.level, "KypekRef" in bare.text) == (ProbeLevel.WARNING, True)


def test_in_a_queue_without_the_field_nothing_is_opened(
    real_one: Served, request_tracker: RequestTracker, ref: str
) -> None:
    """H-2"""
    query = f"Queue = '{BARE_QUEUE}'"
    before = request_tracker.ask("GET", "tickets", query=query).json()["total"]
    with pytest.raises(StopConnector, match="KypekRef"):
        real_one.connector().ensure(draft(ref, BARE_QUEUE))
    assert request_tracker.ask("GET", "tickets", query=query).json()["total"] == before


def test_a_queue_that_does_not_exist_is_refused(real_one: Served, ref: str) -> None:
    """H-6"""
    assert real_one.connector().ensure(draft(ref, "NO-SUCH")).outcome is Outcome.REFUSED


def test_a_ticket_moved_to_a_queue_that_hides_the_field_is_found(
    real_one: Served, request_tracker: RequestTracker, ref: str
) -> None:
    helpdesk = real_one.connector()
    ticket = helpdesk.ensure(draft(ref)).foreign_id
    request_tracker.ask("PUT", f"ticket/{ticket}", {"Queue": BARE_QUEUE})
    assert helpdesk.ensure(draft(ref)).foreign_id == ticket
    assert [(one.id, one.ref) for one in helpdesk.find(ref)] == [(ticket, ref)]
    with pytest.raises(StopConnector, match="KypekEvt"):
        helpdesk.note(ticket, f"{ref}:1", "σημείωση")


def test_twins_are_merged_and_the_loser_leads_to_the_winner(
    real_one: Served, request_tracker: RequestTracker, ref: str
) -> None:
    """H-16, H-17"""
    form = {"Queue": QUEUE, "Subject": "Διπλό", "CustomFields": {"KypekRef": ref}}
    first, second = (str(request_tracker.ask("POST", "ticket", form).json()["id"]) for _ in range(2))
    helpdesk = real_one.connector()
    assert helpdesk.ensure(draft(ref)).foreign_id == first
    assert [one.id for one in helpdesk.find(ref)] == [first]
    assert helpdesk.get(second).id == first
    assert helpdesk.note(second, f"{ref}:1", "σημείωση").outcome is Outcome.DONE
    assert helpdesk.note(first, f"{ref}:1", "σημείωση").outcome is Outcome.ALREADY


def test_a_public_note_reopens(real_one: Served, ref: str) -> None:
    """H-5"""
    helpdesk = real_one.connector()
    ticket = helpdesk.ensure(draft(ref)).foreign_id
    helpdesk.set_state(ticket, TicketState.RESOLVED)
    helpdesk.note(ticket, f"{ref}:1", "Εσωτερική")
    assert helpdesk.get(ticket).state is TicketState.RESOLVED
    helpdesk.note(ticket, f"{ref}:2", "Προς τον αιτούντα", public=True)
    assert helpdesk.get(ticket).state is TicketState.OPEN


def test_what_people_did_is_told_whole(real_one: Served, request_tracker: RequestTracker, ref: str) -> None:
    """H-11: with records of mail among the rows, and more rows than a page holds."""
    helpdesk = real_one.connector()
    ticket = helpdesk.ensure(draft(ref)).foreign_id
    cursor = helpdesk.changes("").cursor
    for turn in range(60):
        form = {"Content": f"Απάντηση {turn}", "ContentType": "text/plain"}
        request_tracker.ask("POST", f"ticket/{ticket}/correspond", form)
    request_tracker.ask("PUT", f"ticket/{ticket}", {"Status": "resolved"})
    mine = [event for event in helpdesk.changes(cursor).changed if event.ticket == ticket]
    assert len([event for event in mine if event.kind == "reply"]) == 60
    assert mine[-1].text == "open → resolved"
    assert {event.by for event in mine} <= {OFFICER, "RT_System"}
