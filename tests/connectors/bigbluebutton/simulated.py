"""A BigBlueButton simulator with connectors on it, for the tests of the connector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.bigbluebutton import SPEC, BigBlueButtonRooms, BigBlueButtonSettings
from kypek_sync.contract import ConnectorContext
from kypek_sync.model import Clock
from kypek_sync.sandbox.bigbluebutton import World, create_app, is_write
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from tests.contracts.rooms import House

SECRET = "invented-secret-of-a-server"
OTHER_SECRET = "another-invented-secret"


@dataclass
class StandingClock:
    """Stands still until it is told otherwise."""

    moment: datetime = datetime(2026, 11, 23, 14, 0, 0, 123_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class BigBlueButtonWorld:
    """The contract's view of the simulator's state."""

    world: World
    clock: StandingClock

    def enter(self, link: str) -> bool:
        parts = urlsplit(link)
        connection = HTTPConnection(parts.netloc, timeout=10)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            return answer.status == 302 and "sessionToken=" in str(answer.headers["Location"])
        finally:
            connection.close()

    def leave(self, ref: str, who: str) -> None:
        assert self.world.leave(ref, who)

    def lives(self, ref: str) -> int:
        return sum(meeting.meeting_id == ref for meeting in self.world.meetings())

    def die(self, ref: str) -> None:
        assert self.world.living(ref)
        self.clock.forward(minutes=7)
        assert self.world.living(ref) is None

    def finish(self) -> None:
        self.clock.forward(seconds=3)

    def record(self, ref: str, *, published: bool, minutes: int) -> str:
        number = len(self.world.recordings())
        return self.world.add_recording(
            ref,
            "Πειράματα φυσικής",
            started=self.clock(),
            ended=self.clock() + timedelta(minutes=minutes),
            record_id=f"recording-{number:04}",
            state="published" if published else "unpublished",
        )


@dataclass
class Server:
    """A running simulator and what is needed to reach it."""

    running: Running
    world: World
    faults: FaultBook
    clock: StandingClock
    made: list[BigBlueButtonRooms] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.running.address}/bigbluebutton/api"

    def connector(self, secret: str = SECRET, clock: Clock | None = None, **settings: Any) -> BigBlueButtonRooms:
        """A connector with its own connections."""
        return self.at(self.address, secret, clock, **settings)

    def at(self, address: str, secret: str = SECRET, clock: Clock | None = None, **settings: Any) -> BigBlueButtonRooms:
        """A connector of another address."""
        given = BigBlueButtonSettings(address=address, secret=secret, **settings)
        context = ConnectorContext("bbb", clock or self.clock, Path(), lambda number: f"hash of {number}")
        connector = SPEC.build(given, context)
        assert isinstance(connector, BigBlueButtonRooms)
        self.made.append(connector)
        return connector


@contextmanager
def bigbluebutton(folder: Path, **behaviour: Any) -> Iterator[Server]:
    """Start a simulator without rooms."""
    clock, faults = StandingClock(), FaultBook()
    app = create_app(folder, secret=SECRET, faults=faults.of("bbb"), clock=clock, **behaviour)
    running = serve(app, "bbb", faults, is_write=is_write)
    server = Server(running, World(folder, clock), faults, clock)
    try:
        yield server
    finally:
        for connector in server.made:
            connector.close()
        running.stop()


def house_of(server: Server) -> House:
    """What the contract suite asks for."""
    return House(
        rooms=server.connector(),
        locked_out=server.connector(OTHER_SECRET),
        hasty=server.connector(timeout=0.3),
        blind=server.connector(lists_meetings=False),
        world=BigBlueButtonWorld(server.world, server.clock),
        faults=server.faults,
        system="bbb",
        secrets=(SECRET, OTHER_SECRET, "checksum="),
    )
