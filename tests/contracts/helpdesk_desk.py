"""What a helpdesk brings to the contract suite: its connector, and a hand inside the server."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kypek_sync.contract import Capability, Helpdesk, TicketDraft
from kypek_sync.model import TicketState
from kypek_sync.sandbox.faults import FaultBook

NO_ANSWERS = ("html-200", "server-error", "unavailable", "redirect", "refuse", "cut-body", "empty-200")
"""Wire faults after which nothing may be believed."""

SUBJECT = "Δεν μπαίνω στο σεμινάριο «Ψηφιακή τάξη» 😀"
BODY = 'Καλημέρα,\nδεν βλέπω το μάθημα. <b>Άννα & Σία</b> "quoted"'


@dataclass(frozen=True)
class Noted:
    """A note as the people of the helpdesk see it."""

    text: str
    public: bool


class World(Protocol):
    """The server from inside, past its interface: what people do by hand, and what is really there."""

    def living(self, ref: str) -> tuple[str, ...]:
        """Ids of the tickets with exactly this reference that somebody would work on: not merged away, not closed."""

    def body(self, ticket: str) -> str:
        """The text that a ticket was opened with."""

    def notes(self, ticket: str) -> tuple[Noted, ...]:
        """The notes of a ticket, in order, without the text that it was opened with."""

    def set_state(self, ticket: str, state: TicketState) -> None:
        """Somebody at the helpdesk changes the state."""

    def reply(self, ticket: str, text: str) -> None:
        """Somebody at the helpdesk answers the requester."""


@dataclass(frozen=True)
class Desk:
    """One helpdesk under test; others may use it at the same time, so each test has references of its own.

    `system` is its name in the fault book; `queue` where tickets go; `unknown_ticket` an id as they are there that no
    ticket has; `secrets` what must never be seen. `locked_out` is the same connector with a wrong credential, `hasty`
    one that gives up soon: after at most `hasty_seconds` for one call. `another` makes one more connector, as a second
    process would have. `now` is the server's clock; `tick` lets a moment pass that it can tell apart.
    """

    helpdesk: Helpdesk
    locked_out: Helpdesk
    hasty: Helpdesk
    another: Callable[[], Helpdesk]
    world: World
    faults: FaultBook
    system: str
    queue: str
    unknown_ticket: str
    secrets: tuple[str, ...]
    now: Callable[[], datetime]
    tick: Callable[[], None]
    states: frozenset[TicketState] = frozenset(TicketState)
    hasty_seconds: float = 10.0
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def can(self, capability: Capability) -> bool:
        """Whether it is declared."""
        return capability in self.helpdesk.capabilities()

    def ref(self, kind: str = "hold") -> str:
        """A reference of this test."""
        return f"kypek:{kind}:{self.mark}"

    def draft(
        self, kind: str = "hold", subject: str = SUBJECT, requester: str = "elioannou@sch.example"
    ) -> TicketDraft:
        """A ticket as a case wants it."""
        return TicketDraft(self.ref(kind), self.queue, subject, BODY, requester, "ΣΕΜ-27-03")

    def opened(self, kind: str = "hold") -> str:
        """The id of a new ticket of ours."""
        receipt = self.helpdesk.ensure(self.draft(kind))
        assert receipt.stands, receipt.detail
        return receipt.foreign_id

    @contextmanager
    def trouble(self, fault: str) -> Iterator[None]:
        """The server misbehaves for a while: `fault` as in the fault grammar, without the system."""
        self.faults.set(f"{self.system}:{fault}")
        try:
            yield
        finally:
            self.faults.lift(self.system)
