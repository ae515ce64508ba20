"""Desks of Request Tracker for the contract suite: the simulator, and a real one behind a forwarder that spoils."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from werkzeug.wrappers import Request, Response

from connectors.request_tracker import SPEC, RequestTrackerHelpdesk, RequestTrackerSettings
from kypek_sync.contract import ConnectorContext
from kypek_sync.model import TicketState
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.request_tracker import World, create_app
from kypek_sync.sandbox.serving import Running, serve
from tests.contracts.helpdesk_desk import Desk, Noted
from tests.servers.rt import QUEUE, RequestTracker

TOKEN = "1-23-" + "5e" * 16
OTHER_TOKEN = "1-23-" + "0a" * 16
WORDS = {
    TicketState.NEW: "new",
    TicketState.OPEN: "open",
    TicketState.WAITING: "stalled",
    TicketState.RESOLVED: "resolved",
    TicketState.CLOSED: "rejected",
}
NOTES = {"Comment": False, "Correspond": True}


@dataclass
class SimulatedWorld:
    """The contract's view of the simulator's state."""

    world: World

    def living(self, ref: str) -> tuple[str, ...]:
        return tuple(
            str(one.id)
            for one in self.world.tickets()
            if one.fields.get("KypekRef") == ref
            and one.id == one.effective
            and one.status not in ("rejected", "deleted")
        )

    def body(self, ticket: str) -> str:
        return next(one.text for one in self.world.transactions(int(ticket)) if one.type == "Create")

    def notes(self, ticket: str) -> tuple[Noted, ...]:
        return tuple(
            Noted(one.text, NOTES[one.type]) for one in self.world.transactions(int(ticket)) if one.type in NOTES
        )

    def set_state(self, ticket: str, state: TicketState) -> None:
        self.world.set_status_by_human(int(ticket), WORDS[state], "officer")

    def reply(self, ticket: str, text: str) -> None:
        self.world.reply_by_human(int(ticket), text, "officer")


@dataclass
class RealWorld:
    """The contract's view of a real Request Tracker, by the officer's own account."""

    server: RequestTracker

    def living(self, ref: str) -> tuple[str, ...]:
        words = {"Status": "__Active__", "orderby": "id", "per_page": "100", "fields": "CustomFields"}
        query = f"id > 0 AND Status = '{words.pop('Status')}'"
        found: list[str] = []
        for number in range(1, 30):
            page = self.server.ask("GET", "tickets", query=query, page=str(number), **words).json()
            for item in page["items"]:
                fields = {one["name"]: one["values"] for one in item["CustomFields"] or ()}
                if fields.get("KypekRef") == [ref]:
                    found.append(str(item["id"]))
            if not page.get("next_page"):
                break
        return tuple(found)

    def body(self, ticket: str) -> str:
        return next(text for kind, text in self._messages(ticket) if kind == "Create")

    def notes(self, ticket: str) -> tuple[Noted, ...]:
        return tuple(Noted(text, NOTES[kind]) for kind, text in self._messages(ticket) if kind in NOTES)

    def set_state(self, ticket: str, state: TicketState) -> None:
        said = self.server.ask("PUT", f"ticket/{ticket}", {"Status": WORDS[state]}).json()
        assert "changed" in said[0], said

    def reply(self, ticket: str, text: str) -> None:
        form = {"Content": text, "ContentType": "text/plain"}
        assert self.server.ask("POST", f"ticket/{ticket}/correspond", form).status_code == 201

    def _messages(self, ticket: str) -> Iterator[tuple[str, str]]:
        """Kind and text of what has one, in order."""
        ask = self.server.ask
        history = ask("GET", f"ticket/{ticket}/history", fields="Type", per_page="100").json()["items"]
        texts: dict[str, str] = {}
        words = "TransactionId,ContentType,Content,Filename"
        for part in ask("GET", f"ticket/{ticket}/attachments", fields=words, per_page="100").json()["items"]:
            if part["ContentType"] == "text/plain":
                texts[str(part["TransactionId"])] = part["Content"].replace("\r\n", "\n")
        for one in history:
            if str(one["id"]) in texts:
                yield one["Type"], texts[str(one["id"])]


def forwarder(target: str) -> Callable[[dict[str, Any], Callable[..., Any]], Any]:
    """A WSGI application that passes everything on, so that `serve` can play its faults around a real server."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        url = f"{target}{environ.get('RAW_URI', request.full_path)}"
        dropped = ("host", "connection", "content-length", "accept-encoding")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in dropped}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                request.method, url, data=request.get_data(), headers=headers, timeout=60, allow_redirects=False
            )
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() in ("content-type", "etag", "location", "last-modified", "date")
        }
        return Response(answer.content, answer.status_code, headers=kept)(environ, start_response)

    return app


@dataclass
class Served:
    """A Request Tracker at an address, with its faults, and connectors to it."""

    running: Running
    faults: FaultBook
    token: str
    clock: Callable[[], datetime]
    made: list[RequestTrackerHelpdesk] = field(default_factory=list)

    def connector(self, token: str = "", **settings: Any) -> RequestTrackerHelpdesk:
        """A connector with its own connections and memory."""
        given = RequestTrackerSettings(address=self.running.address, token=token or self.token, **settings)
        context = ConnectorContext("rt", self.clock, Path(), lambda number: f"hash of {number}")
        connector = SPEC.build(given, context)
        assert isinstance(connector, RequestTrackerHelpdesk)
        self.made.append(connector)
        return connector

    def stop(self) -> None:
        """Close everything."""
        for connector in self.made:
            connector.close()
        self.running.stop()

    def desk(self, world: Any, tick: Callable[[], None]) -> Desk:
        """What the contract suite asks for."""
        return Desk(
            helpdesk=self.connector(),
            locked_out=self.connector(OTHER_TOKEN),
            hasty=self.connector(timeout=0.3),
            another=self.connector,
            world=world,
            faults=self.faults,
            system="rt",
            queue=QUEUE,
            unknown_ticket="999999",
            secrets=(self.token, OTHER_TOKEN),
            now=self.clock,
            tick=tick,
        )


@dataclass
class Simulated(Served):
    """The simulator, with a clock that goes when it is told to."""

    world: World = field(kw_only=True)
    moments: list[datetime] = field(kw_only=True)

    def later(self, seconds: int = 1) -> None:
        """Time passes."""
        self.moments.append(self.moments[-1] + timedelta(seconds=seconds))


@contextmanager
def simulated(folder: Path) -> Iterator[Simulated]:
    """Start a simulator without tickets."""
    moments = [datetime(2027, 1, 15, 10, 30, 0, tzinfo=UTC)]

    def clock() -> datetime:
        return moments[-1]

    faults, state = FaultBook(), folder / "rt.sqlite"
    app = create_app(state, token=TOKEN, faults=faults.of("rt"), clock=clock)
    served = Simulated(serve(app, "rt", faults), faults, TOKEN, clock, world=World(state, clock=clock), moments=moments)
    try:
        yield served
    finally:
        served.stop()


@contextmanager
def real(server: RequestTracker) -> Iterator[Served]:
    """A real one behind a forwarder."""
    faults = FaultBook()
    served = Served(serve(forwarder(server.address), "rt", faults), faults, server.token(), lambda: datetime.now(UTC))
    try:
        yield served
    finally:
        served.stop()


def next_second() -> None:
    """Wait until the clock shows another second: a ticket's times have no more."""
    start = int(datetime.now(UTC).timestamp())
    while int(datetime.now(UTC).timestamp()) == start:
        pass
