"""zeep works against the document/literal helpdesk as well: another WSDL, other words, other rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
import zeep

TICKET = {"Title": "Θέμα", "Body": "Κείμενο", "Category": "9508", "Requester": {"Mail": "a@sch.example"}}


@pytest.fixture
def service(plain):
    return plain.zeep().service


def test_the_way_of_a_ticket(plain, service):
    states = {state.Code: state.Label for state in service.ListStates()}
    assert states["DONE"] == "διεκπεραιωμένο"
    number = service.CreateTicket(Reference="kypek:seat:1", **TICKET)
    plain.later(60)
    service.AddNote(Number=number, Key="evt-1", Text="Εγκρίθηκε", Internal=True)
    assert service.SetState(Number=number, State="DONE") == "DONE"
    ticket = service.GetTicket(Number=number)
    assert (ticket.State, ticket.Reference, ticket.Requester.Mail) == ("DONE", "kypek:seat:1", "a@sch.example")
    assert ticket.Changed - ticket.Opened == timedelta(seconds=60)
    assert [(note.Key, note.Text, note.Internal) for note in ticket.Note] == [("evt-1", "Εγκρίθηκε", True)]
    assert plain.world.ticket(number).status == 80


def test_the_same_note_key_gives_the_same_note(plain, service):
    number = service.CreateTicket(**TICKET)
    first = service.AddNote(Number=number, Key="evt-1", Text="α", Internal=False)
    assert service.AddNote(Number=number, Key="evt-1", Text="α", Internal=False) == first
    assert len(plain.world.ticket(number).notes) == 1


def test_tickets_are_found_by_reference_state_and_moment(plain, service):
    first = service.CreateTicket(Reference="r", **TICKET)
    plain.later(60)
    second = service.CreateTicket(Reference="r", **TICKET)
    plain.world.set_status_by_human(second, 50, "officer")

    def found(**given):
        return [ticket.Number for ticket in service.FindTickets(**given).Ticket]

    assert found(Reference="r") == [first, second]
    assert found(State="WORKING") == [second]
    assert found(ChangedSince=plain.now) == [second]
    assert found(ChangedSince=plain.now - timedelta(seconds=60)) == [first, second]
    assert found(Skip=1, Take=1) == [second]
    assert found(Skip=2) == []
    assert service.FindTickets(Reference="none").Total == 0


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("GetTicket", {"Number": 9}, "NOT_FOUND"),
        ("SetState", {"Number": 1, "State": "OPEN"}, "UNKNOWN_STATE"),
        ("AddNote", {"Number": 1, "Text": "", "Internal": False}, "INVALID"),
        ("CreateTicket", {**TICKET, "Title": " "}, "INVALID"),
    ],
)
def test_a_fault_carries_a_code(plain, service, operation, given, code):
    service.CreateTicket(**TICKET)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        getattr(service, operation)(**given)
    assert caught.value.detail[0][0].text == code


def test_wrong_credentials_are_401(plain):
    answer = plain.post('<GetTicket xmlns="urn:plain-helpdesk:types"><Number>1</Number></GetTicket>')
    assert answer.status_code == 500
    with requests.Session() as stranger:
        assert stranger.post(plain.address, data=b"", timeout=5).status_code == 401
        assert stranger.post(plain.address, data=b"", auth=("kypek", "wrong"), timeout=5).status_code == 401
    plain.faults.set("soap:access-denied@1")
    body = '<ListStates xmlns="urn:plain-helpdesk:types"/>'
    assert [plain.post(body).status_code for _ in range(2)] == [401, 200]
