"""A simulator at a fixed moment, and a small client that speaks to it without the connector."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.request_tracker import World, create_app

TOKEN = "1-23-abc"
QUEUE = "Queue='KYPEK-ATT'"


class Desk:
    """One simulator: the application, its world, its faults, and a clock that the test sets."""

    def __init__(self, state: Path, **zones: str) -> None:
        self.now = datetime(2027, 1, 15, 10, 30, 0, tzinfo=UTC)
        self.state = state
        self.faults = FaultBook()
        self.app = create_app(state, token=TOKEN, faults=self.faults.of("rt"), clock=lambda: self.now, **zones)
        self.world = World(state, clock=lambda: self.now)
        self.client = Client(self.app)

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def call(self, method: str, path: str, data=None, **arguments):
        headers = {"Authorization": f"token {TOKEN}", **arguments.pop("headers", {})}
        return self.client.open(f"/REST/2.0{path}", method=method, json=data, headers=headers, **arguments)

    def create(self, **data) -> int:
        answer = self.call("POST", "/ticket", {"Queue": "KYPEK-ATT", "Subject": "Αίτημα", **data})
        assert answer.status_code == 201, answer.text
        return int(answer.json["id"])

    def get(self, ticket: int) -> dict:
        answer = self.call("GET", f"/ticket/{ticket}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def put(self, ticket: int, **data) -> list[str]:
        answer = self.call("PUT", f"/ticket/{ticket}", data)
        assert answer.status_code == 200, answer.text
        return answer.json

    def search(self, query: str, path: str = "/tickets", **options) -> list[int]:
        answer = self.call("GET", path, query_string={"query": query, **options})
        assert answer.status_code == 200, answer.text
        return [int(item["id"]) for item in answer.json["items"]]


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path / "rt.sqlite")


@pytest.fixture
def make_desk(tmp_path):
    return lambda **zones: Desk(tmp_path / "rt.sqlite", **zones)
