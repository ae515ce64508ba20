"""The recorded exchanges of a real Request Tracker 5.0.3, replayed in order against the simulator."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import Client

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.request_tracker import World, create_app

RECORDED = Path(__file__).parents[4] / "shared" / "recorded" / "rt"
NOT_CLAIMED: dict[str, str] = {}
START = datetime(2026, 11, 22, 20, 3, 26, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded exchanges are not beside the project")


def second_of(number: int) -> datetime:
    """When the exchange was recorded, as far as later queries depend on it."""
    return START + timedelta(seconds=(number >= 30) + (number >= 65) + (number >= 79))


def seeded(state: Path) -> Path:
    """The server as it was: 157 older tickets in the queue, and the ids that the recording begins with."""
    create_app(state, token="TOKEN", faults=FaultBook().of("rt"), clock=lambda: START)
    world = World(state, clock=lambda: START - timedelta(days=1))
    world.number_from(ticket=2, transaction=40)
    for number in range(157):
        world.add_ticket(f"Παλαιό αίτημα {number}")
    world.number_from(ticket=175, transaction=1352)
    return state


def normal(value: object, key: str = "") -> object:
    """What must agree: all but times, and the ids of transactions and attachments; the order of sets does not count."""
    if isinstance(value, dict):
        free = value.get("type") in ("transaction", "attachment")
        return {name: "N" if free and name == "id" else normal(part, name) for name, part in value.items()}
    if isinstance(value, list):
        parts = [normal(part) for part in value]
        unordered = key in ("_hyperlinks", "CustomFields", "TicketCustomFields")
        return sorted(parts, key=lambda part: json.dumps(part, sort_keys=True)) if unordered else parts
    if isinstance(value, str):
        value = re.sub(r"/(transaction|attachment)/\d+", r"/\1/N", value)
        return re.sub(r"20\d\d-\d\d-\d\dT[\d:]{8}Z", "TIME", value)
    return (type(value).__name__, value)


class Replay:
    """Sends recorded requests; an ETag that the recording learnt from an answer is replaced by the simulator's."""

    def __init__(self, state: Path) -> None:
        self.now = START
        app = create_app(state, token="TOKEN", faults=FaultBook().of("rt"), clock=lambda: self.now)
        self.client = Client(app)
        self.tags: dict[str, str] = {}

    def send(self, request: dict):
        headers = dict(request["headers"])
        for name in ("If-Match", "If-None-Match"):
            if name in headers:
                headers[name] = self.tags[headers[name]]
        arguments: dict = {"data": request.get("body")}
        if "json" in request:
            arguments = {"data": json.dumps(request["json"])}
        if "multipart" in request:
            headers.pop("Content-Type")
            arguments = {"data": MultiDict((part["field"], self.part(part)) for part in request["multipart"])}
            arguments["content_type"] = "multipart/form-data"
        return self.client.open(
            request["path"],
            method=request["method"],
            query_string=MultiDict(request["query"]),
            headers=headers,
            base_url="https://helpdesk.example/",
            **arguments,
        )

    @staticmethod
    def part(part: dict):
        if part["filename"] is None:
            return part["content"]
        return FileStorage(BytesIO(part["content"].encode()), part["filename"], content_type=part["content_type"])

    def check(self, exchange: dict) -> None:
        expected = exchange["response"]
        if expected["status"] is None:
            with pytest.raises(ConnectionResetError):
                self.send(exchange["request"])
            return
        answer = self.send(exchange["request"])
        assert answer.status_code == expected["status"], answer.get_data(as_text=True)
        assert answer.headers.get("Content-Type") == expected["headers"].get("content-type")
        assert ("ETag" in answer.headers) == ("etag" in expected["headers"])
        assert ("Last-Modified" in answer.headers) == ("last-modified" in expected["headers"])
        assert normal(answer.headers.get("Location")) == normal(expected["headers"].get("location"))
        if "ETag" in answer.headers:
            self.tags[expected["headers"]["etag"]] = answer.headers["ETag"]
        if "json" not in expected:
            assert answer.get_data(as_text=True) == expected["body"]
            return
        data = json.loads(answer.get_data())
        for cut in exchange.get("shortened", []):
            assert cut["path"] == "$.items"
            assert len(data["items"]) == cut["of"]
            data["items"] = data["items"][: cut["kept"]]
        assert normal(data) == normal(expected["json"])


def test_every_recorded_exchange_comes_out_alike(tmp_path, capsys):
    files = sorted(RECORDED.glob("*.json"))
    claimed = [file for file in files if file.name not in NOT_CLAIMED]
    assert set(NOT_CLAIMED) <= {file.name for file in files}
    replay = Replay(seeded(tmp_path / "rt.sqlite"))
    unlike = {}
    for file in claimed:
        replay.now = second_of(int(file.name[:2]))
        try:
            replay.check(json.loads(file.read_text()))
        except AssertionError as error:
            unlike[file.name] = str(error)
    assert not unlike, "\n\n".join(f"{name}: {error}" for name, error in unlike.items())
    with capsys.disabled():
        print(f"\nrt: {len(claimed)} of {len(files)} recorded exchanges claimed")
