"""What the helpdesks do when they are told to misbehave, and what they do with hostile requests."""

from __future__ import annotations

import time

import pytest
import requests
from lxml import etree

GET = '<GetTicket xmlns="urn:plain-helpdesk:types"><Number>1</Number></GetTicket>'
TICKET = {"Title": "Θέμα", "Body": "Κείμενο", "Category": "9508", "Requester": {"Mail": "a@sch.example"}}


@pytest.fixture
def service(plain):
    found = plain.zeep().service
    found.CreateTicket(**TICKET)
    return found


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("bare-dtd", "DTDForbidden"),  # with forbid_dtd; zeep's default would accept it (H-31)
        ("entity-bomb", "TransportError"),
        ("deep=5000", "TransportError"),
        ("big-text=11", "TransportError"),
        ("wrong-charset", "TransportError"),
        ("html-200", "DTDForbidden"),
        ("extra-element", "XMLParseError"),  # H-36
        ("missing-element", "XMLParseError"),
        ("fault-200", "Fault"),
    ],
)
def test_zeep_refuses(plain, service, fault, error):
    plain.faults.set(f"soap:{fault}@1")
    with pytest.raises(Exception) as caught:  # noqa: PT011  (each fault has a class of its own, compared by name)
        service.GetTicket(Number=1)
    assert type(caught.value).__name__ == error
    assert service.GetTicket(Number=1).Number == 1


@pytest.mark.parametrize("fault", ["bad-date", "empty-date"])
def test_a_bad_date_is_silently_none(plain, service, fault):  # H-34
    plain.faults.set(f"soap:{fault}@1")
    assert service.GetTicket(Number=1).Opened is None


def test_a_bad_number_is_silently_none(plain, service):  # H-34
    plain.faults.set("soap:bad-int@1")
    assert service.GetTicket(Number=1).Number is None


def test_a_naive_date_stays_naive(plain, service):  # H-35
    plain.faults.set("soap:naive-date@1")
    assert service.GetTicket(Number=1).Changed.tzinfo is None


def test_a_drip_takes_a_pause_for_every_byte(plain, service):  # H-33
    whole = plain.post(GET).content
    plain.faults.set("soap:drip=0.0005@1")
    start = time.monotonic()
    answer = plain.post(GET, stream=True)
    first = answer.raw.read1(65536)
    rest = answer.raw.read()
    assert first + rest == whole
    assert len(first) < len(whole)
    assert time.monotonic() - start > 0.0005 * (len(whole) - 1)


def test_the_spoilt_documents_are_what_they_say(plain, service):
    def sent(fault: str) -> bytes:
        plain.faults.set(f"soap:{fault}@1")
        return plain.post(GET).content

    assert b"<!DOCTYPE Envelope>" in sent("bare-dtd")
    bomb = sent("entity-bomb")
    assert b'<!ENTITY a9 "&a8;' in bomb
    assert b"&a9;" in bomb
    assert sent("deep").count(b"<x>") == 100_000
    assert len(sent("big-text")) > 60 * 1024 * 1024
    wrong = sent("wrong-charset")
    assert b'encoding="ISO-8859-7"' in wrong
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(wrong)


def test_a_fault_with_nothing_to_spoil_is_kept(plain, service):
    plain.faults.set("soap:bad-date@1")
    assert len(service.ListStates()) == 4
    assert service.GetTicket(Number=1).Opened is None


@pytest.mark.parametrize(
    ("fault", "status", "said"), [("access-denied", 500, "Access denied"), ("fault-200", 200, "Database query failed")]
)
def test_own_faults_of_the_rpc_style(mantis, fault, status, said):
    body = (
        '<m:mc_issue_exists xmlns:m="http://futureware.biz/mantisconnect"><username>kypek</username>'
        "<password>s3cret</password><issue_id>1</issue_id></m:mc_issue_exists>"
    )
    mantis.faults.set(f"soap:{fault}@1")
    answer = mantis.post(body)
    assert answer.status_code == status
    assert said in answer.text
    assert "false" in mantis.post(body).text


@pytest.mark.parametrize("style", ["mantis", "plain"])
def test_a_description_may_point_elsewhere(request, style):  # H-38
    desk = request.getfixturevalue(style)
    desk.faults.set("soap:foreign-address@1")
    foreign = requests.get(f"{desk.address}?wsdl", timeout=5).text
    assert 'location="http://helpdesk.invalid/"' in foreign
    desk.faults.set("soap:foreign-import@1")
    with pytest.raises(AssertionError, match=r"helpdesk\.invalid"):
        desk.zeep()
    assert f'location="{desk.address}"' in requests.get(f"{desk.address}?wsdl", timeout=5).text


@pytest.mark.parametrize("style", ["mantis", "plain"])
@pytest.mark.parametrize(
    "document",
    [
        "",
        "nonsense",
        "<a/>",
        '<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><e>&x;</e>',
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
    ],
)
def test_a_request_that_is_no_envelope_is_a_fault(request, style, document):
    desk = request.getfixturevalue(style)
    answer = desk.session.post(desk.address, data=document.encode(), timeout=5)
    assert answer.status_code == 500
    assert "Bad Request" in answer.text
    assert "root:" not in answer.text


def test_an_entity_in_a_call_is_not_expanded(mantis):
    envelope = (
        '<!DOCTYPE x [<!ENTITY x "kypek">]><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        '<m:mc_login xmlns:m="http://futureware.biz/mantisconnect"><username>&x;</username></m:mc_login>'
        "</e:Body></e:Envelope>"
    )
    assert "Bad Request" in requests.post(mantis.address, data=envelope.encode(), timeout=5).text
