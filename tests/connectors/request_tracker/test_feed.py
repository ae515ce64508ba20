"""Changes by transaction id: exact, whole, and only those of others (H-11)."""

from __future__ import annotations

import json

import pytest

from connectors.request_tracker import RequestTrackerHelpdesk
from kypek_sync.contract import StopConnector, TicketDraft, TryLater
from kypek_sync.model import TicketState
from tests.connectors.request_tracker.desks import Simulated


@pytest.fixture
def helpdesk(simulator: Simulated) -> RequestTrackerHelpdesk:
    return simulator.connector()


def test_what_happened_is_told_in_our_words(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    number = simulator.world.add_ticket("Δεν βλέπω το μάθημα")
    cursor = helpdesk.changes("").cursor
    simulator.later(60)
    simulator.world.set_status_by_human(number, "open", "officer")
    simulator.world.comment_by_human(number, "Το κοιτάζω", "officer")
    simulator.world.reply_by_human(number, "Λύθηκε", "officer")
    simulator.world.set_field_by_human(number, "KypekSeminar", "ΣΕΜ-27", "officer")
    events = helpdesk.changes(cursor).changed
    assert [(one.ticket, one.by, one.kind) for one in events] == [
        (str(number), "officer", kind) for kind in ("state", "note", "reply", "other")
    ]
    assert events[0].text == "new → open"
    assert {one.at for one in events} == {simulator.clock()}


def test_a_short_page_is_not_the_end(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-11: mail records leave holes, and there are more rows than a page holds."""
    numbers = [simulator.world.add_ticket(f"Αίτημα {one}", requestor="a@sch.example") for one in range(3)]
    cursor = helpdesk.changes("").cursor
    for turn in range(90):
        for number in numbers:
            simulator.world.reply_by_human(number, f"Απάντηση {turn}", "officer")
    delta = helpdesk.changes(cursor)
    assert len([one for one in delta.changed if one.kind == "reply"]) == 270
    assert helpdesk.changes(delta.cursor).changed == ()


def test_a_row_committed_late_is_not_lost(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    """H-11: on PostgreSQL a lower id may appear after a higher one was read."""
    number = simulator.world.add_ticket("Αίτημα")
    cursor = helpdesk.changes("").cursor
    late = simulator.world.comment_by_human(number, "αργεί", "officer")
    simulator.world.comment_by_human(number, "προλαβαίνει", "officer")
    last, _, seen = helpdesk.changes(cursor).cursor.partition(":")
    without = ",".join(one for one in seen.split(",") if one != str(late))
    assert len(helpdesk.changes(f"{last}:{without}").changed) == 1


def test_the_cursor_does_not_grow(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    number = simulator.world.add_ticket("Αίτημα")
    cursor = helpdesk.changes("").cursor
    for turn in range(300):
        simulator.world.comment_by_human(number, f"{turn}", "officer")
    assert len(helpdesk.changes(cursor).cursor) < 1000


def test_the_account_is_compared_without_regard_to_case(simulator: Simulated) -> None:
    helpdesk = simulator.connector(account="Kypek-Sync")
    cursor = helpdesk.changes("").cursor
    helpdesk.ensure(TicketDraft("kypek:hold:1", "KYPEK-ATT", "Θέμα", "Κείμενο"))
    helpdesk.set_state(helpdesk.find("kypek:hold:1")[0].id, TicketState.OPEN)
    assert helpdesk.changes(cursor).changed == ()


def test_without_a_queue_there_is_nothing_to_ask(simulator: Simulated, helpdesk: RequestTrackerHelpdesk) -> None:
    def blind(environ, start_response):
        body = json.dumps({"items": [], "count": 0, "pages": None, "total": None}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    simulator.running.app.app = blind
    with pytest.raises(StopConnector, match="no queue"):
        helpdesk.changes("")


@pytest.mark.parametrize("answer", [{"items": [{"id": "x"}]}, {"items": "none"}, [], {"items": [{}]}])
def test_a_list_that_is_none_is_no_list(simulator: Simulated, helpdesk: RequestTrackerHelpdesk, answer: object) -> None:
    inner = simulator.running.app.app

    def lying(environ, start_response):
        if environ["PATH_INFO"].endswith(("/transactions", "/tickets")):
            body = json.dumps(answer).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        return inner(environ, start_response)

    simulator.running.app.app = lying
    for call in (lambda: helpdesk.changes("1:"), lambda: helpdesk.find("kypek:hold:1")):
        with pytest.raises(TryLater, match="unexpected"):
            call()
