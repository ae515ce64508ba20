"""The traps of Request Tracker that only this connector can fall into, on the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from werkzeug.wrappers import Response

from connectors.request_tracker import RequestTrackerHelpdesk
from kypek_sync.contract import Ambiguous, Outcome, SkipThis, StopConnector, TicketDraft
from kypek_sync.model import TicketState
from tests.connectors.request_tracker.desks import TOKEN, Simulated

DRAFT = TicketDraft(
    "kypek:hold:4711", "KYPEK-ATT", "Κρατημένες αλλαγές", "Περιμένουν έγκριση.", "a@sch.example", "ΣΕΜ-27"
)


@pytest.fixture
def helpdesk(simulator: Simulated) -> RequestTrackerHelpdesk:
    return simulator.connector()


def around(simulator: Simulated, before: Callable[[dict], None]) -> None:
    """Look at every request before the server gets it."""
    inner = simulator.running.app.app

    def app(environ, start_response):
        before(environ)
        return inner(environ, start_response)

    simulator.running.app.app = app


def test_what_a_ticket_is_opened_with(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    receipt = helpdesk.ensure(DRAFT)
    (seen,) = simulator.world.tickets()
    assert (seen.queue, seen.subject, seen.requestors) == ("KYPEK-ATT", DRAFT.subject, ("a@sch.example",))
    assert seen.fields == {"KypekRef": "kypek:hold:4711", "KypekSeminar": "ΣΕΜ-27"}
    assert receipt.address == f"{simulator.running.address}/Ticket/Display.html?id={seen.id}"


def test_a_field_that_was_dropped_once_is_given_again(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-2: 201, and the field is not there."""
    simulator.faults.set("rt:cf-dropped@1")
    assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE
    assert helpdesk.ensure(DRAFT).outcome is Outcome.ALREADY
    assert len(simulator.world.tickets()) == 1


def test_a_field_that_is_always_dropped_is_named_and_costs_one_ticket(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk
) -> None:
    """H-2"""
    simulator.faults.set("rt:cf-dropped")
    for _ in range(3):
        with pytest.raises(StopConnector, match="KypekRef"):
            helpdesk.ensure(DRAFT)
    (seen,) = simulator.world.tickets()
    assert seen.status == "rejected"
    simulator.faults.lift()
    simulator.later(6 * 3600)
    assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE


@pytest.mark.parametrize("setting", ["ref_field", "seminar_field"])
def test_a_field_that_the_queue_lacks_is_named_before_anything_is_written(simulator: Simulated, setting: str) -> None:
    """H-2"""
    helpdesk = simulator.connector(**{setting: "NoSuchField"})
    with pytest.raises(StopConnector, match=f"NoSuchField.*{setting}"):
        helpdesk.ensure(DRAFT)
    assert simulator.world.tickets() == []
    simulator.world.add_custom_field("NoSuchField")
    assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE  # looked at again: nobody restarts us


def test_a_note_field_that_the_queue_lacks_is_named_before_anything_is_written(simulator: Simulated) -> None:
    helpdesk = simulator.connector(event_field="NoSuchField")
    ticket = helpdesk.ensure(DRAFT).foreign_id
    with pytest.raises(StopConnector, match=r"NoSuchField.*event_field"):
        helpdesk.note(ticket, "kypek:hold:4711:1", "σημείωση")
    assert [one.type for one in simulator.world.transactions(int(ticket))] == ["Create", "EmailRecord"]


def test_a_note_that_lost_its_key_is_not_written_again(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    ticket = helpdesk.ensure(DRAFT).foreign_id
    simulator.faults.set("rt:cf-dropped@1")
    receipt = helpdesk.note(ticket, "kypek:hold:4711:1", "σημείωση")
    assert receipt.outcome is Outcome.DONE
    assert "KypekEvt" in receipt.detail


@pytest.mark.parametrize("queue", ["NO-SUCH", "HIDDEN", ""])
def test_a_queue_that_we_may_not_see_is_refused_by_name(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk, queue: str
) -> None:
    """H-6: 403 for both."""
    simulator.world.add_queue("HIDDEN", visible=False)
    receipt = helpdesk.ensure(replace(DRAFT, queue=queue))
    assert receipt.outcome is Outcome.REFUSED
    assert f"queue {queue}" in receipt.detail
    assert simulator.world.tickets() == []


def test_a_creation_without_permission_is_refused(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    def deny(environ) -> None:
        if environ["REQUEST_METHOD"] == "POST":
            simulator.faults.set("rt:no-permission@1")

    around(simulator, deny)
    receipt = helpdesk.ensure(DRAFT)
    assert receipt.outcome is Outcome.REFUSED
    assert "rights" in receipt.detail


def test_a_change_that_was_refused_with_200_is_refused(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-3"""
    ticket = helpdesk.ensure(DRAFT).foreign_id
    simulator.faults.set("rt:put-refused")
    receipt = helpdesk.set_state(ticket, TicketState.RESOLVED)
    assert receipt.outcome is Outcome.REFUSED
    assert "Permission Denied" in receipt.detail
    assert simulator.world.ticket(int(ticket)).status == "new"


def test_only_a_public_note_reopens(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-5"""
    ticket = helpdesk.ensure(DRAFT).foreign_id
    helpdesk.set_state(ticket, TicketState.RESOLVED)
    helpdesk.note(ticket, "kypek:hold:4711:1", "Εσωτερική")
    assert simulator.world.ticket(int(ticket)).status == "resolved"
    helpdesk.note(ticket, "kypek:hold:4711:2", "Προς τον αιτούντα", public=True)
    assert simulator.world.ticket(int(ticket)).status == "open"


def test_a_requester_that_is_no_address_is_told(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-2"""
    receipt = helpdesk.ensure(replace(DRAFT, requester="elioannou"))
    assert receipt.outcome is Outcome.DONE
    assert "elioannou is no e-mail address" in receipt.detail


def test_a_status_without_a_meaning_is_an_error_that_names_the_setting(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk
) -> None:
    """Never a guess (fact sheet, rule 9)."""
    ticket = helpdesk.ensure(DRAFT).foreign_id
    inner = simulator.running.app.app

    def customised(environ, start_response):
        whole = Response.from_app(inner, environ)
        whole.set_data(whole.get_data().replace(b'"Status": "new"', b'"Status": "escalated"'))
        return whole(environ, start_response)

    simulator.running.app.app = customised
    for call in (lambda: helpdesk.get(ticket), lambda: helpdesk.find(DRAFT.ref)):
        with pytest.raises(SkipThis, match=r"escalated.*`states`"):
            call()
    assert "`states`" in helpdesk.set_state(ticket, TicketState.RESOLVED).detail
    assert helpdesk.ensure(DRAFT).outcome is Outcome.ALREADY
    knowing = simulator.connector(states={"escalated": "waiting"})
    assert knowing.get(ticket).state is TicketState.WAITING
    assert knowing.get(ticket).native_state == "escalated"


def test_twins_are_merged_into_the_first_by_whoever_sees_them(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk
) -> None:
    """H-16, H-17: also what a crash between creation and merging has left."""
    numbers = [simulator.world.add_ticket("Διπλό", fields={"KypekRef": DRAFT.ref}) for _ in range(3)]
    receipt = helpdesk.ensure(DRAFT)
    assert (receipt.outcome, receipt.foreign_id) == (Outcome.ALREADY, str(numbers[0]))
    assert [one.id for one in helpdesk.find(DRAFT.ref)] == [str(numbers[0])]
    assert helpdesk.get(str(numbers[2])).id == str(numbers[0])


def test_a_reference_in_other_capitals_is_never_merged(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-14"""
    simulator.world.add_ticket("Άλλο", fields={"KypekRef": DRAFT.ref.upper()})
    assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE
    assert [one.id == one.effective for one in simulator.world.tickets()] == [True, True]


def test_a_ticket_that_was_moved_is_found_where_it_is(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    ticket = helpdesk.ensure(DRAFT).foreign_id
    simulator.world.add_queue("NETWORK")
    simulator.world.move(int(ticket), "NETWORK")
    assert helpdesk.ensure(DRAFT).foreign_id == ticket
    (found,) = helpdesk.find(DRAFT.ref)
    assert (found.id, found.ref) == (ticket, DRAFT.ref)


def test_a_ticket_that_was_moved_out_of_sight_is_not_called_missing(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk
) -> None:
    ticket = helpdesk.ensure(DRAFT).foreign_id
    simulator.world.add_queue("HIDDEN", visible=False)
    simulator.world.move(int(ticket), "HIDDEN")
    with pytest.raises(SkipThis, match="moved"):
        helpdesk.get(ticket)
    assert helpdesk.set_state(ticket, TicketState.RESOLVED).outcome is Outcome.REFUSED


def test_a_creation_of_which_nothing_is_found_stays_ambiguous(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk
) -> None:
    """H-9: not found is no proof while the server may still be at it."""
    inner = simulator.running.app.app

    def dying(environ, start_response):
        if environ["REQUEST_METHOD"] in ("POST", "PUT"):
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return []
        return inner(environ, start_response)

    simulator.running.app.app = dying
    with pytest.raises(Ambiguous):
        helpdesk.ensure(DRAFT)
    simulator.running.app.app = inner
    ticket = helpdesk.ensure(DRAFT).foreign_id
    simulator.running.app.app = dying
    with pytest.raises(Ambiguous):
        helpdesk.note(ticket, "kypek:hold:4711:1", "σημείωση")
    with pytest.raises(Ambiguous):
        helpdesk.set_state(ticket, TicketState.RESOLVED)
    simulator.running.app.app = inner
    assert len(simulator.world.tickets()) == 1


def test_what_was_written_and_cannot_be_read_back_is_ambiguous(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk
) -> None:
    inner = simulator.running.app.app

    def tired(environ, start_response):
        if environ["REQUEST_METHOD"] in ("POST", "PUT"):
            simulator.faults.set("rt:html-200")
        return inner(environ, start_response)

    simulator.running.app.app = tired
    with pytest.raises(Ambiguous, match="read back"):
        helpdesk.ensure(DRAFT)
    simulator.faults.lift()
    ticket = helpdesk.ensure(DRAFT).foreign_id
    with pytest.raises(Ambiguous, match="read back"):
        helpdesk.note(ticket, "kypek:hold:4711:1", "σημείωση")
    simulator.faults.lift()
    assert helpdesk.note(ticket, "kypek:hold:4711:1", "σημείωση").outcome is Outcome.ALREADY
    with pytest.raises(Ambiguous, match="read back"):
        helpdesk.set_state(ticket, TicketState.RESOLVED)
    simulator.faults.lift()
    assert helpdesk.set_state(ticket, TicketState.RESOLVED).outcome is Outcome.ALREADY


def test_what_is_never_sent(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-6, H-7, H-10, and the token travels in its header alone."""
    seen: list[dict] = []
    around(simulator, lambda environ: seen.append(dict(environ)))
    ticket = helpdesk.ensure(DRAFT).foreign_id
    cursor = helpdesk.changes("").cursor
    helpdesk.note(ticket, "kypek:hold:4711:1", "σημείωση", public=True)
    helpdesk.set_state(ticket, TicketState.OPEN, expected=helpdesk.get(ticket).version)
    helpdesk.changes(cursor)
    assert {one["REQUEST_METHOD"] for one in seen} == {"GET", "POST", "PUT"}
    assert not any("HTTP_IF_UNMODIFIED_SINCE" in one for one in seen)
    assert any("HTTP_IF_MATCH" in one for one in seen)
    assert not any(word in one["QUERY_STRING"] for one in seen for word in (TOKEN, "Created%3E", "LastUpdated%3E"))
    assert all(one["HTTP_AUTHORIZATION"] == f"token {TOKEN}" for one in seen)
    assert all(
        "query=" in one["QUERY_STRING"] for one in seen if one["PATH_INFO"].endswith(("tickets", "transactions"))
    )


def test_a_state_that_changes_between_look_and_write_is_refused(
    simulator: Simulated, helpdesk: RequestTrackerHelpdesk
) -> None:
    """412: the lock is the server's, not ours."""
    ticket = helpdesk.ensure(DRAFT).foreign_id
    version = helpdesk.get(ticket).version

    def meddle(environ) -> None:
        if environ["REQUEST_METHOD"] == "PUT":
            simulator.world.comment_by_human(int(ticket), "Το κοιτάζω", "officer")

    around(simulator, meddle)
    receipt = helpdesk.set_state(ticket, TicketState.RESOLVED, expected=version)
    assert receipt.outcome is Outcome.REFUSED
    assert "in the meantime" in receipt.detail
    assert simulator.world.ticket(int(ticket)).status == "new"
