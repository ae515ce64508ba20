"""Both simulated SOAP helpdesks with connectors on them: rpc/encoded by the preset, document/literal by settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from connectors.soap_helpdesk import SPEC, SoapHelpdesk, SoapHelpdeskSettings
from kypek_sync.contract import ConnectorContext
from kypek_sync.model import TicketState
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from kypek_sync.sandbox.soap_helpdesk import World, create_app, is_write
from tests.contracts.helpdesk_desk import Desk, Noted

Style = Literal["rpc-encoded", "document-literal"]

PASSWORD = "invented-token-of-an-account"
OTHER_PASSWORD = "another-invented-token"
PLAIN: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("plain.yaml").read_text("utf-8"))
ALL_STATES = frozenset(TicketState)
STATES: dict[str, frozenset[TicketState]] = {
    "rpc-encoded": ALL_STATES,
    "document-literal": ALL_STATES - {TicketState.WAITING},
}
STATUS = {TicketState.NEW: 10, TicketState.OPEN: 50, TicketState.RESOLVED: 80, TicketState.CLOSED: 90}


@dataclass
class SimulatedWorld:
    """The contract's view of the simulator's state."""

    world: World

    def living(self, ref: str) -> tuple[str, ...]:
        return tuple(
            str(one.id) for one in self.world.tickets() if one.fields.get("KypekRef") == ref and one.status != 90
        )

    def body(self, ticket: str) -> str:
        return self.world.ticket(int(ticket)).description

    def notes(self, ticket: str) -> tuple[Noted, ...]:
        return tuple(Noted(note.text, not note.internal) for note in self.world.ticket(int(ticket)).notes)

    def set_state(self, ticket: str, state: TicketState) -> None:
        self.world.set_status_by_human(int(ticket), STATUS[state], "officer")

    def reply(self, ticket: str, text: str) -> None:
        self.world.reply_by_human(int(ticket), text, "officer")


@dataclass
class Served:
    """A running simulator, with a clock that goes when it is told to, and connectors to it."""

    style: Style
    running: Running
    faults: FaultBook
    world: World
    moments: list[datetime]
    folder: Path
    made: list[SoapHelpdesk] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.running.address}/api/soap/helpdesk"

    def clock(self) -> datetime:
        return self.moments[-1]

    def later(self, seconds: int = 1) -> None:
        """Time passes."""
        self.moments.append(self.moments[-1] + timedelta(seconds=seconds))

    def written(self, **settings: Any) -> dict[str, Any]:
        """Settings as an administrator would write them."""
        own: dict[str, Any] = {"wsdl": f"{self.address}?wsdl", "username": "kypek", "password": PASSWORD}
        own |= {"category": "Σεμινάρια"}
        own |= {"preset": "mantisbt", "project": "1"} if self.style == "rpc-encoded" else PLAIN
        return own | settings

    def connector(self, **settings: Any) -> SoapHelpdesk:
        """A connector with its own connections and memory."""
        given = SoapHelpdeskSettings.model_validate(self.written(**settings))
        context = ConnectorContext("soap", self.clock, self.folder, lambda number: f"hash of {number}")
        connector = SPEC.build(given, context)
        assert isinstance(connector, SoapHelpdesk)
        self.made.append(connector)
        return connector

    def desk(self) -> Desk:
        """What the contract suite asks for."""
        return Desk(
            helpdesk=self.connector(),
            locked_out=self.connector(password=OTHER_PASSWORD),
            hasty=self.connector(timeout=0.5, deadline=0.5),
            another=self.connector,
            world=SimulatedWorld(self.world),
            faults=self.faults,
            system="soap",
            queue="KYPEK-ATT",
            unknown_ticket="999999",
            secrets=(PASSWORD, OTHER_PASSWORD),
            now=self.clock,
            tick=self.later,
            states=STATES[self.style],
        )


@contextmanager
def helpdesk(folder: Path, style: Style) -> Iterator[Served]:
    """Start a simulator without tickets."""
    moments = [datetime(2027, 1, 15, 10, 30, 0, tzinfo=UTC)]
    faults, state = FaultBook(), folder / "soap.sqlite"

    def clock() -> datetime:
        return moments[-1]

    app = create_app(state, username="kypek", password=PASSWORD, faults=faults.of("soap"), clock=clock, style=style)
    running = serve(app, "soap", faults, is_write=is_write)
    served = Served(style, running, faults, World(state, clock=clock), moments, folder)
    try:
        yield served
    finally:
        for connector in served.made:
            connector.close()
        running.stop()
