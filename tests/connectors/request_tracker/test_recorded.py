"""The recorded exchanges of a real Request Tracker 5.0.3: what is made of each answer, and what is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request

from connectors.request_tracker import RequestTrackerSettings, mapping
from connectors.request_tracker.client import RequestTrackerClient, Said
from connectors.request_tracker.finding import Finding
from connectors.request_tracker.queues import Queues
from connectors.request_tracker.ticket_sql import changes_of, with_field
from kypek_sync.contract import Ambiguous, SkipThis, StopConnector, TryLater
from kypek_sync.sandbox.serving import serve

RECORDED = Path(__file__).parents[4] / "shared" / "recorded" / "rt"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded exchanges are not beside the project")

NOT_CLAIMED = {
    "14-search-no-query": "an empty query is never sent",
    "41-get-if-none-match": "no cache is kept",
    "76-patch": "never sent (H-6)",
    "78-delete": "never sent (H-6)",
    **dict.fromkeys(("48-attachment-ascii-name", "49-attachment-greek-name"), "nothing is attached"),
    **dict.fromkeys(("50-attachment-greek-name-multipart", "51-attachments"), "nothing is attached"),
    **dict.fromkeys(("52-history", "82-history-after-ambiguous"), "the history of one ticket is not read"),
    **dict.fromkeys(
        (f"{number}-{name}" for number, name in ((59, "since-seconds"), (60, "since-later"))),
        "no date is put into a query (H-10)",
    ),
    **dict.fromkeys(
        ("61-since-iso-without-zone", "62-since-iso-zone-trap", "63-since-epoch-trap", "64-since-epoch-trap-less"),
        "no date is put into a query (H-10)",
    ),
    **dict.fromkeys(("65-put-refers-to", "66-get-refers-to", "67-search-refers-to"), "links are not used"),
}


def recorded(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


class Player:
    """Answers everything with one recording, and keeps the last request."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self.last: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        text = request.get_data(as_text=True)
        self.last = {
            "method": request.method,
            "path": request.path,
            "query": dict(request.args),
            "json": json.loads(text) if text else None,
            "headers": {name: value for name, value in request.headers.items() if name in ("If-Match", "Content-Type")},
        }
        if self.answer["status"] is None:
            environ["werkzeug.socket"].close()
            raise ConnectionResetError("as it was recorded")
        body = json.dumps(self.answer["json"]).encode() if "json" in self.answer else self.answer["body"].encode()
        headers = [("Content-Length", str(len(body)))]
        headers += [(name, value) for name, value in self.answer["headers"].items()]
        start_response(f"{self.answer['status']} Recorded", [] if self.answer["status"] == 304 else headers)
        return [body]


class Stage:
    """A client in front of a player."""

    def __init__(self, player: Player, address: str, folder: Path) -> None:
        self.player = player
        self.settings = RequestTrackerSettings(address=address, token="TOKEN", timeout=5)
        self.client = RequestTrackerClient("rt", self.settings, folder)
        self.finding = Finding(self.client, self.settings)

    def play(self, name: str) -> dict[str, Any]:
        """Put a recording on; its request."""
        whole = recorded(name)
        self.player.answer = whole["response"]
        return whole["request"]

    def ticket(self, name: str) -> mapping.Shown | None:
        return self.client.ticket(self.play(name)["path"].rpartition("/")[2])

    def write(self, name: str) -> Said:
        """Send what was recorded through the client's own methods, and compare what arrived."""
        asked = self.play(name)
        parts = asked["path"].removeprefix("/REST/2.0/").split("/")
        if parts == ["ticket"]:
            said = self.client.create(asked.get("json") or {})
        elif asked["method"] == "PUT":
            said = self.client.update(parts[1], asked["json"], asked["headers"].get("If-Match", ""))
        else:
            said = self.client.note(parts[1], asked.get("json") or {}, public=parts[2] == "correspond")
        if "json" in asked and asked["headers"].get("Content-Type") == "application/json":
            got = self.player.last
            assert (got["method"], got["path"], got["json"]) == (asked["method"], asked["path"], asked["json"])
            assert got["headers"] == {key: asked["headers"][key] for key in got["headers"]}
        return said


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    player = Player()
    running = serve(player, "rt")
    one = Stage(player, running.address, tmp_path)
    yield one
    one.client.close()
    running.stop()


TICKETS = {
    "06-get": ("new", {"KypekRef": "kypek:seat:2027-200326", "KypekSeminar": "ΣΕΜ-2027-01"}),
    "16-get-unknown-custom-field": ("new", {"KypekRef": "", "KypekSeminar": ""}),
    "18-get-bad-requestor": ("new", {"KypekRef": "", "KypekSeminar": ""}),
    "20-get-two-requestors": ("new", None),
    "37-get-before-lock": (None, None),
    "40-get-after-lock": ("stalled", None),
    "70-get-reopened": ("open", None),
    "74-get-merged": (None, None),
    "81-get-after-ambiguous": (None, None),
}
WRITES = {
    "05-create": (201, "175"),
    "15-create-unknown-custom-field": (201, "176"),
    "17-create-bad-requestor": (201, None),
    "19-create-two-requestors": (201, None),
    "21-create-no-queue": (400, ""),
    "22-create-unknown-queue": (403, ""),
    "23-create-forbidden-queue": (403, ""),
    "24-create-bad-status": (400, ""),
    "25-create-content-without-type": (201, None),
    "26-create-bad-json": (400, ""),
    "27-create-no-content-type": (415, ""),
    "30-put-status": (200, ""),
    "31-put-bad-status": (200, ""),
    "32-put-no-permission": (200, ""),
    "33-put-unknown-field": (200, ""),
    "34-put-same-value": (200, ""),
    "35-put-custom-field": (200, ""),
    "36-put-unknown-ticket": (404, ""),
    "38-put-if-match": (200, ""),
    "39-put-if-match-stale": (412, ""),
    "43-comment": (201, None),
    "44-comment-no-content-type": (400, ""),
    "46-correspond-with-event": (201, "1381"),
    "68-put-resolved": (200, ""),
    "69-correspond-reopens": (201, None),
    "71-create-duplicate-reference": (201, "180"),
    "73-merge": (200, ""),
    "77-create-for-delete": (201, None),
    "79-create-for-ambiguous": (201, None),
}
SEARCHES = {
    "07-search-by-reference": 1,
    "08-search-with-fields": 1,
    "09-search-upper-case": 1,
    "10-search-nothing": 0,
    "11-search-quote-escaped": None,
    "57-paging-clamped": None,
    "58-paging-past-end": 0,
    "72-search-duplicates": 2,
    "75-search-after-merge": 1,
}
CHANGES = ("53-transactions-cursor", "54-transactions-cursor-page-2", "55-transactions-cursor-no-mail")
OTHERS = {
    *("01-version", "02-no-token", "03-bad-token", "04-queue", "12-search-quote-doubled", "13-search-bad-query"),
    *("28-get-unknown", "29-queue-forbidden", "42-put-if-unmodified-since", "45-comment-if-match-stale"),
    *("47-find-note-by-event", "56-transactions-cursor-end", "80-comment-with-greek-field"),
}


def test_every_recording_is_claimed_or_not_for_a_reason() -> None:
    claimed = {*TICKETS, *WRITES, *SEARCHES, *CHANGES, *OTHERS}
    assert {file.stem for file in RECORDED.glob("*.json")} == claimed | set(NOT_CLAIMED)
    assert not claimed & set(NOT_CLAIMED)


@pytest.mark.parametrize("name", TICKETS)
def test_a_ticket_is_understood(stage: Stage, name: str) -> None:
    shown = stage.ticket(name)
    status, fields = TICKETS[name]
    assert shown is not None
    assert shown.version.strip('"').isdecimal()
    assert status in (None, shown.status)
    assert fields in (None, shown.fields)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_sent_as_recorded_and_told_as_it_was(stage: Stage, name: str) -> None:
    status, made = WRITES[name]
    said = stage.write(name)
    assert said.status == status
    assert said.made == made if made is not None else said.made.isdecimal()
    if status >= 400 or name in ("31-put-bad-status", "32-put-no-permission"):
        assert said.sentences


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_is_understood(stage: Stage, name: str) -> None:
    stage.play(name)
    items = stage.client.page("tickets", query="x")["items"]
    assert all(mapping.listed_id(item).isdecimal() for item in items)
    assert SEARCHES[name] in (None, len(items))
    if name == "08-search-with-fields":
        assert mapping.hit(items[0], "KypekRef") == mapping.Hit(175, "new", "kypek:seat:2027-200326")


def test_queries_are_written_as_recorded() -> None:
    by_reference = recorded("07-search-by-reference")["request"]["query"][0][1]
    assert by_reference.endswith(with_field("KypekRef", "kypek:seat:2027-200326"))
    assert "\\'" in recorded("11-search-quote-escaped")["request"]["query"][0][1]
    assert with_field("KypekRef", "it's") == "CF.{KypekRef}='it\\'s'"
    found = recorded("47-find-note-by-event")["request"]["query"][0][1]
    assert found == with_field("KypekEvt", "evt-200326")
    wanted = recorded("55-transactions-cursor-no-mail")["request"]["query"][0][1]
    assert changes_of(["KYPEK-ATT"], 1351).replace("(", "").replace(")", "") == wanted


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_understood(stage: Stage, name: str) -> None:
    stage.play(name)
    events = dict(mapping.event(item) for item in stage.client.page("transactions", query="x")["items"])
    assert events
    assert all(event.ticket.isdecimal() and event.at.tzinfo for event in events.values())


def test_the_rest(stage: Stage, tmp_path: Path) -> None:
    stage.play("01-version")
    assert stage.client.read("rt").value["Version"].startswith("5.0.3")
    for name in ("02-no-token", "03-bad-token"):
        stage.play(name)
        with pytest.raises(StopConnector, match="token"):
            stage.client.read("rt")
    stage.play("04-queue")
    queue = mapping.queue(stage.client.read("queue/KYPEK-ATT").value)
    assert (queue.ticket_fields, queue.note_fields) == ({"KypekRef", "KypekSeminar"}, {"KypekEvt"})
    assert queue.may_create
    for name in ("12-search-quote-doubled", "13-search-bad-query"):
        stage.play(name)
        with pytest.raises(TryLater):
            stage.client.page("tickets", query="x")
    assert stage.ticket("28-get-unknown") is None
    stage.play("29-queue-forbidden")
    with pytest.raises(SkipThis, match="no queue"):
        Queues(stage.client).fresh("General")
    stage.play("42-put-if-unmodified-since")
    with pytest.raises(Ambiguous):
        stage.client.update("175", {"Status": "open"})
    stage.play("45-comment-if-match-stale")
    assert stage.client.note("175", {}, public=False).status == 412
    stage.play("47-find-note-by-event")
    assert stage.finding.note("evt-200326") == "1381"
    stage.play("56-transactions-cursor-end")
    assert stage.client.page("transactions", query="x")["items"] == []
    stage.play("80-comment-with-greek-field")
    with pytest.raises(Ambiguous):
        stage.client.note("182", {"Content": "α"}, public=False)
