"""The MantisBT preset against recorded exchanges of a real one: what it sends, and what it makes of answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from connectors.soap_helpdesk import SoapHelpdesk
from connectors.soap_helpdesk.client import Absent
from kypek_sync.contract import Ambiguous, SkipThis, StopConnector, TicketDraft
from kypek_sync.model import TicketState
from tests.connectors.soap_helpdesk.desks import Served

RECORDED = Path(__file__).parents[4] / "shared" / "recorded" / "mantisbt"
REF = "kypek:seat:2027-194434"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded exchanges are not beside the project")

CLAIMED = {
    *(
        "01-version",
        "05-call-bad-password",
        "06-enum-status",
        "10-issue-add",
        "11-issue-get",
        "13-issue-get-plain-list",
    ),
    *("16-issue-get-unknown", "17-note-add", "18-note-add-public", "19-note-add-unknown-issue", "20-note-add-empty"),
    *("21-issue-update-status-only", "22-issue-update", "23-issue-get-after-update"),
    *("25-issue-get-unknown-status-id", "27-issue-get-unknown-status-name", "30-issue-get-unknown-reporter"),
    *("32-issue-add-no-summary", "33-issue-add-no-category", "34-issue-add-unknown-project"),
    *("35-issue-add-unknown-custom-field", "36-filter-by-reference", "37-filter-nothing", "47-unknown-operation"),
    *("48-malformed-xml",),
}


def recorded(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


def element(envelope: str | bytes) -> etree._Element:
    """The operation in an envelope."""
    data = envelope.encode() if isinstance(envelope, str) else envelope
    return etree.fromstring(data)[-1][0]


def leaves(operation: etree._Element) -> dict[str, str]:
    """Every value that is sent, by its path."""
    tree = operation.getroottree()
    return {
        etree.ElementTree(operation).getelementpath(one): one.text or ""
        for one in operation.iter()
        if not len(one) and one is not operation and tree is not None
    }


class Player:
    """Answers calls from recordings, in order; the last one stays. Keeps what was sent."""

    def __init__(self, mantis: Served) -> None:
        self.sent: list[bytes] = []
        self.names: list[str] = []
        self._inner = mantis.running.app.app
        mantis.running.app.app = self

    def play(self, *names: str) -> Player:
        assert set(names) <= CLAIMED
        self.names = list(names)
        return self

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] == "GET":
            return self._inner(environ, start_response)
        self.sent.append(environ["wsgi.input"].read())
        answer = recorded(self.names.pop(0) if len(self.names) > 1 else self.names[0])["response"]
        body = answer["body"].encode()
        headers = [("Content-Type", answer["headers"]["content-type"]), ("Content-Length", str(len(body)))]
        start_response(f"{answer['status']} Recorded", headers)
        return [body]


@pytest.fixture
def helpdesk(mantis: Served) -> SoapHelpdesk:
    return mantis.connector(password="PASSWORD")


@pytest.fixture
def player(mantis: Served) -> Iterator[Player]:
    return Player(mantis)


def draft(**other: str) -> TicketDraft:
    asked = element(recorded("10-issue-add")["request"]["body"])
    subject, body = asked.findtext("issue/summary") or "", asked.findtext("issue/description") or ""
    return TicketDraft(REF, "KYPEK-ATT", other.get("subject", subject), other.get("body", body))


def test_a_ticket_is_opened_as_the_recorded_client_did(helpdesk: SoapHelpdesk, player: Player) -> None:
    """H-21: the array has its item, with name and value."""
    player.play("37-filter-nothing", "10-issue-add", "36-filter-by-reference", "36-filter-by-reference")
    receipt = helpdesk.ensure(draft())
    assert (receipt.stands, receipt.foreign_id) == (True, "59")
    sent = leaves(element(player.sent[1]))
    wanted = leaves(element(recorded("10-issue-add")["request"]["body"]))
    del wanted["issue/reporter/name"]  # ours is the account's own
    assert sent == wanted


def test_a_reference_is_searched_as_the_recorded_client_did(helpdesk: SoapHelpdesk, player: Player) -> None:
    player.play("36-filter-by-reference")
    found = helpdesk.find(REF)
    assert [(one.id, one.ref, one.state) for one in found] == [
        ("59", REF, TicketState.OPEN),
        ("62", REF, TicketState.NEW),
    ]
    assert found[1].updated == datetime(2026, 11, 22, 19, 44, 35, tzinfo=UTC)
    assert leaves(element(player.sent[0])) == leaves(element(recorded("36-filter-by-reference")["request"]["body"]))


def test_nothing_found_is_nothing(helpdesk: SoapHelpdesk, player: Player) -> None:
    """H-22"""
    player.play("37-filter-nothing")
    assert helpdesk.find(REF) == ()


def test_a_ticket_is_read(helpdesk: SoapHelpdesk, player: Player) -> None:
    player.play("11-issue-get")
    ticket = helpdesk.get("59")
    assert (ticket.ref, ticket.state, ticket.native_state) == (REF, TicketState.NEW, "10")
    assert leaves(element(player.sent[0])) == leaves(element(recorded("11-issue-get")["request"]["body"]))


def test_an_unknown_ticket_is_none_though_it_comes_as_a_page(helpdesk: SoapHelpdesk, player: Player) -> None:
    """H-29: a fault in an HTTP 200 of type text/html."""
    player.play("16-issue-get-unknown")
    assert helpdesk.get("99999") is None


@pytest.mark.parametrize(
    ("name", "public"), [("17-note-add", False), ("18-note-add-public", True)], ids=["internal", "public"]
)
def test_a_note_is_written_as_the_recorded_client_did(
    helpdesk: SoapHelpdesk, player: Player, name: str, public: bool
) -> None:
    player.play("23-issue-get-after-update", name, "23-issue-get-after-update")
    wanted = leaves(element(recorded(name)["request"]["body"]))
    helpdesk.note("59", "kypek:hold:1:x", wanted["note/text"], public=public)
    sent = leaves(element(player.sent[1]))
    assert sent.pop("note/text").startswith(wanted.pop("note/text"))
    assert sent == wanted


def test_a_state_is_set_by_a_whole_replacement(helpdesk: SoapHelpdesk, player: Player) -> None:
    """H-23"""
    player.play("11-issue-get", "06-enum-status", "22-issue-update", "23-issue-get-after-update")
    assert helpdesk.set_state("59", TicketState.RESOLVED).stands
    sent = leaves(element(player.sent[2]))
    wanted = leaves(element(recorded("22-issue-update")["request"]["body"]))
    del wanted["issue/resolution/id"]  # the recorded client chose one; we keep the ticket's
    assert {key: sent[key] for key in wanted} == wanted


@pytest.mark.parametrize("name", ["25-issue-get-unknown-status-id", "27-issue-get-unknown-status-name"])
def test_a_state_that_does_not_exist_is_an_error(helpdesk: SoapHelpdesk, player: Player, name: str) -> None:
    """H-24: 77 and 0 are stored by the server; we never guess."""
    player.play(name)
    number = element(recorded(name)["response"]["body"]).findtext("return/id")
    with pytest.raises(SkipThis, match=r"states\.in"):
        helpdesk.get(number or "")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("05-call-bad-password", StopConnector),
        ("19-note-add-unknown-issue", Absent),
        ("20-note-add-empty", SkipThis),
        ("21-issue-update-status-only", StopConnector),
        ("32-issue-add-no-summary", SkipThis),
        ("33-issue-add-no-category", StopConnector),
        ("34-issue-add-unknown-project", StopConnector),
        ("35-issue-add-unknown-custom-field", StopConnector),
        ("47-unknown-operation", Ambiguous),
        ("48-malformed-xml", Ambiguous),
    ],
)
def test_a_fault_is_classed_by_its_words(
    helpdesk: SoapHelpdesk, player: Player, name: str, error: type[Exception]
) -> None:
    """H-29"""
    player.play(name)
    with pytest.raises(error):
        helpdesk._client.ask("note", helpdesk._searching.values(t={"id": "1", "note": "α", "public": False}))


def test_a_ticket_whose_reference_was_lost_is_seen(helpdesk: SoapHelpdesk, player: Player) -> None:
    """H-21"""
    player.play("13-issue-get-plain-list")
    number = element(recorded("13-issue-get-plain-list")["response"]["body"]).findtext("return/id") or ""
    assert helpdesk.get(number).ref == ""


def test_a_ticket_of_nobody_is_read(helpdesk: SoapHelpdesk, player: Player) -> None:
    """H-25"""
    player.play("30-issue-get-unknown-reporter")
    number = element(recorded("30-issue-get-unknown-reporter")["response"]["body"]).findtext("return/id") or ""
    assert helpdesk.get(number).state is TicketState.NEW


def test_the_states_of_the_preset_are_those_that_it_enumerates(helpdesk: SoapHelpdesk, player: Player) -> None:
    player.play("01-version", "37-filter-nothing", "06-enum-status")
    probe = helpdesk.probe()
    assert probe.usable
    assert probe.version.startswith("2.29")
    assert "All its states are known." in [line.text for line in probe.lines]
