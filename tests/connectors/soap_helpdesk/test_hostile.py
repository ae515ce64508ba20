"""What a hostile or broken SOAP server answers, and what becomes of it (H-31 to H-38)."""

from __future__ import annotations

import resource
import time

import pytest

from connectors.soap_helpdesk import SoapHelpdesk
from kypek_sync.contract import Ambiguous, Outcome, SkipThis, StopConnector, TicketDraft, TryLater
from kypek_sync.model import TicketState
from tests.connectors.soap_helpdesk.desks import Served

pytestmark = pytest.mark.slow

DRAFT = TicketDraft("kypek:hold:1", "KYPEK-ATT", "Θέμα", "Κείμενο", "a@sch.example")
UNREADABLE = ("bare-dtd", "entity-bomb", "deep", "wrong-charset", "bad-date", "empty-date", "bad-int")


@pytest.fixture(params=["mantis", "plain"])
def server(request: pytest.FixtureRequest) -> Served:
    return request.getfixturevalue(request.param)


@pytest.fixture
def helpdesk(server: Served) -> SoapHelpdesk:
    return server.connector()


@pytest.fixture
def ticket(helpdesk: SoapHelpdesk) -> str:
    return helpdesk.ensure(DRAFT).foreign_id


@pytest.mark.parametrize("fault", [*UNREADABLE, "extra-element", "big-text=5", "fault-200", "html-200"])
def test_what_cannot_be_read_is_no_answer(
    server: Served, helpdesk: SoapHelpdesk, ticket: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    # The date that is spoilt is the first, which in one style is that of the opening.
    shape = server.written().get("ticket", {})
    strict = server.connector(ticket={**shape, "updated": "Opened"}) if shape else server.connector()
    strict.probe()
    server.faults.set(f"soap:{fault}")
    with pytest.raises(TryLater) as caught:
        strict.get(ticket)
    assert caplog.text == ""  # what a server sends may be about people
    assert len(str(caught.value)) < 600
    server.faults.lift()
    assert helpdesk.get(ticket).state is TicketState.NEW


@pytest.mark.parametrize("fault", ["bare-dtd", "entity-bomb", "wrong-charset", "bad-int", "fault-200"])
def test_what_cannot_be_read_after_a_write_is_looked_up(server: Served, helpdesk: SoapHelpdesk, fault: str) -> None:
    """H-9 and H-34: the answer to a creation lies or is missing; the search tells."""
    inner = server.running.app.app
    writes = (b"mc_issue_add", b"CreateTicket")

    def lying(environ, start_response):
        body = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        if any(word in body for word in writes):
            server.faults.set(f"soap:{fault}@1")
        return inner(environ, start_response)

    server.running.app.app = lying
    done = fault not in ("fault-200",)
    if done:
        assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE
    else:
        with pytest.raises(Ambiguous):
            helpdesk.ensure(DRAFT)
    server.running.app.app = inner
    server.faults.lift()
    assert helpdesk.ensure(DRAFT).stands
    assert len(server.world.tickets()) == 1


def test_times_without_a_zone_are_read_in_the_helpdesks_own(
    server: Served, helpdesk: SoapHelpdesk, ticket: str
) -> None:
    """H-35"""
    server.faults.set("soap:naive-date@1")
    assert helpdesk.get(ticket).updated == server.clock()


def test_a_drip_is_cut_at_the_deadline(server: Served, ticket: str) -> None:
    """H-33: each byte is in time, the answer is not."""
    hasty = server.connector(timeout=5, deadline=1)
    hasty.probe()
    server.faults.set("soap:drip=0.05@1")
    start = time.monotonic()
    with pytest.raises(TryLater, match="no whole answer within 1 s"):
        hasty.get(ticket)
    assert time.monotonic() - start < 4


def test_a_flood_is_cut_at_the_cap_and_costs_little_memory(server: Served, ticket: str) -> None:
    """H-32: 33 MB of small elements cost zeep a gigabyte; the cap is far below."""
    careful = server.connector(max_bytes=200_000)
    careful.probe()
    server.faults.set("soap:big-text=60@1")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TryLater, match="larger than 200000 bytes"):
        careful.get(ticket)
    server_side = 4 * 60 * 1024  # the simulator builds its answer in this very process
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < server_side + 100 * 1024


def test_many_small_elements_below_the_cap_are_refused_or_read(server: Served, ticket: str) -> None:
    """H-32, H-36"""
    helpdesk = server.connector()
    inner = server.running.app.app

    def crowded(environ, start_response):
        if environ["REQUEST_METHOD"] != "POST":
            return inner(environ, start_response)
        body = b"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><x>"
        body += b"<a/>" * 1_500_000 + b"</x></e:Body></e:Envelope>"
        start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body]

    helpdesk.probe()
    server.running.app.app = crowded
    with pytest.raises(TryLater, match="larger than"):
        helpdesk.get(ticket)


def test_calls_go_where_the_settings_say_whatever_the_wsdl_says(server: Served) -> None:
    """H-38"""
    server.faults.set("soap:foreign-address@1")
    helpdesk = server.connector()
    assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE


def test_a_wsdl_that_imports_from_elsewhere_is_refused(server: Served) -> None:
    """H-38"""
    server.faults.set("soap:foreign-import@1")
    helpdesk = server.connector()
    with pytest.raises(StopConnector, match=r"helpdesk\.invalid.*import_hosts"):
        helpdesk.find("kypek:hold:1")
    assert helpdesk.find("kypek:hold:1") == ()  # the next pass tries again


def test_a_redirect_of_a_write_is_never_followed(server: Served, helpdesk: SoapHelpdesk, ticket: str) -> None:
    """H-37"""
    server.faults.set("soap:redirect")
    for call in (lambda: helpdesk.ensure(DRAFT), lambda: helpdesk.set_state(ticket, TicketState.OPEN)):
        with pytest.raises(TryLater, match="redirect"):
            call()


def test_an_answer_about_another_ticket_is_no_answer(server: Served, helpdesk: SoapHelpdesk, ticket: str) -> None:
    other = helpdesk.ensure(TicketDraft("kypek:hold:2", "q", "Άλλο", "Κείμενο", "a@sch.example")).foreign_id
    inner = server.running.app.app

    def confused(environ, start_response):
        body = environ["wsgi.input"].read()
        wrong = body.replace(f">{ticket}<".encode(), f">{other}<".encode())
        environ["wsgi.input"].seek(0)
        environ["wsgi.input"].truncate()
        environ["wsgi.input"].write(wrong)
        environ["wsgi.input"].seek(0)
        environ["CONTENT_LENGTH"] = str(len(wrong))
        return inner(environ, start_response)

    server.running.app.app = confused
    with pytest.raises(TryLater, match="spoke of"):
        helpdesk.get(ticket)


def test_control_characters_do_not_break_an_envelope(server: Served, helpdesk: SoapHelpdesk) -> None:
    receipt = helpdesk.ensure(TicketDraft("kypek:hold:3", "q", "Θέμα\x00\x0b", "Κείμενο\x1b[0m\ud800", "a@sch.example"))
    assert receipt.outcome is Outcome.DONE
    assert server.world.ticket(int(receipt.foreign_id)).description == "Κείμενο[0m"


def test_a_state_without_a_meaning_is_an_error_that_names_the_setting(
    server: Served, helpdesk: SoapHelpdesk, ticket: str
) -> None:
    server.world.set_status_by_human(int(ticket), 77, "officer")
    with pytest.raises(SkipThis, match=r"77.*states\.in"):
        helpdesk.get(ticket)
    assert "states.in" in helpdesk.set_state(ticket, TicketState.RESOLVED).detail
