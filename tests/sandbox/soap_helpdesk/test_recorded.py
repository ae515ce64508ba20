"""The recorded SOAP exchanges of a real MantisBT, replayed in order against the simulator."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from werkzeug.test import Client

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.soap_helpdesk import World, create_app

RECORDED = Path(__file__).parents[4] / "shared" / "recorded" / "mantisbt"
REST = "the REST interface of MantisBT is not simulated: no connector speaks it"
NOT_CLAIMED = {
    "50-rest-no-token.json": REST,
    "51-rest-bad-token.json": REST,
    "52-rest-get.json": REST,
    "53-rest-get-unknown.json": REST,
    "54-rest-create.json": REST,
    "55-rest-patch-if-match.json": REST,
    "56-rest-patch.json": REST,
    "57-rest-patch-if-match-stale.json": REST,
    "58-rest-list.json": REST,
    "59-rest-create-no-summary.json": REST,
}
FIRST = 59
START = datetime(2026, 11, 22, 19, 44, 34, tzinfo=UTC)
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ARRAY_TYPE = "{http://schemas.xmlsoap.org/soap/encoding/}arrayType"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded exchanges are not beside the project")


def resolved(element: etree._Element, name: str) -> str:
    """A qualified name in an attribute, with its namespace instead of its prefix."""
    prefix, _, local = name.partition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"


def normal(element: etree._Element):
    """What must agree: names, types, array sizes, nil, and all text but times and the ids of notes and files."""
    attributes = {
        name: resolved(element, value) if name in (XSI_TYPE, ARRAY_TYPE) else value
        for name, value in element.attrib.items()
    }
    text = (element.text or "").strip() if len(element) else element.text or ""
    text = re.sub(r"20\d\d-\d\d-\d\dT[\d:]{8}\+0[23]:00", "TIME", text)
    if free(element):
        text = re.sub(r"^\d+$", "N", text)
    return element.tag, attributes, text, [normal(child) for child in element]


def free(element: etree._Element) -> bool:
    """Whether an element holds an id or a time that each server counts for itself: of notes, files, history."""
    parent, name = element.getparent(), etree.QName(element).localname
    if parent is None:
        return False
    if etree.QName(parent).localname in ("mc_issue_note_addResponse", "mc_issue_attachment_addResponse"):
        return True
    kind = parent.get(XSI_TYPE, "")
    if kind.endswith(":HistoryData"):
        return name == "date" or (name == "old_value" and parent.findtext("type") != "0")
    return kind.endswith(":IssueNoteData") and name == "id"


class Replay:
    """The server as it was before the recording: one older issue, the account with its API token."""

    def __init__(self, state: Path) -> None:
        self.now = START - timedelta(seconds=33)
        app = create_app(
            state, username="kypek", password="PASSWORD", faults=FaultBook().of("soap"), clock=lambda: self.now
        )
        self.world = World(state, clock=lambda: self.now)
        self.world.add_api_token("TOKEN")
        self.world.number_from(ticket=FIRST - 1)
        self.world.add_ticket("Νέο αίτημα", login="kypek", status=50, category="Σεμινάρια")
        self.client = Client(app)

    def check(self, exchange: dict) -> None:
        if "given" in exchange:
            assert exchange["given"] == "the first of the two issues has been closed (status 90)"
            self.world.set_status_by_human(FIRST, 90, "kypek")
        request, expected = exchange["request"], exchange["response"]
        answer = self.client.open(
            request["path"],
            method=request["method"],
            headers=request["headers"],
            data=request["body"].encode(),
            base_url="https://helpdesk.example/",
        )
        body = answer.get_data(as_text=True)
        assert answer.status_code == expected["status"], body
        assert answer.headers["Content-Type"] == expected["headers"]["content-type"], body
        if "Fault" in expected["body"]:
            assert body == expected["body"]
            return
        assert body.startswith("<?xml") == expected["body"].startswith("<?xml")
        assert normal(etree.fromstring(body.encode())) == normal(etree.fromstring(expected["body"].encode()))


def test_every_recorded_exchange_comes_out_alike(tmp_path, capsys):
    files = sorted(RECORDED.glob("*.json"))
    claimed = [file for file in files if file.name not in NOT_CLAIMED]
    assert set(NOT_CLAIMED) <= {file.name for file in files}
    replay = Replay(tmp_path / "soap.sqlite")
    unlike = {}
    for file in claimed:
        replay.now = START + timedelta(seconds=int(file.name[:2]) > 20)
        try:
            replay.check(json.loads(file.read_text()))
        except AssertionError as error:
            unlike[file.name] = str(error)
    assert not unlike, "\n\n".join(f"{name}: {error}" for name, error in unlike.items())
    with capsys.disabled():
        print(f"\nmantisbt: {len(claimed)} of {len(files)} recorded exchanges claimed")
