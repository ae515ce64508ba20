"""The way back from a pass of rooms or tickets: a room that nobody was in is ended, a ticket is closed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from kypek_sync.contract import Capability, Change, ConnectorError, Helpdesk, Receipt, Room, Rooms, Ticket, Verb
from kypek_sync.ledger import cases, rooms, runs
from kypek_sync.ledger.cases import Filed
from kypek_sync.ledger.runs import Deed
from kypek_sync.model import TicketState
from kypek_sync.sync.applying.apply import Answered, Call, Remember
from kypek_sync.sync.installation import Installation

_DONE_WITH = (TicketState.RESOLVED, TicketState.CLOSED)


def _nothing(connection: Connection, answered: Answered) -> None:
    del connection, answered


class RoomsBack:
    """Polls the room server and judges which rooms may be ended."""

    def __init__(self, inst: Installation, kypek: str, deeds: Sequence[Deed]) -> None:
        self.inst = inst
        self.kypek = kypek
        self.deeds = deeds
        self.problems: list[str] = []
        self.abilities: Mapping[str, frozenset[Capability]] = {}
        self._running: dict[str, Room] = {}
        self._complete = False
        self._server = inst.connectors.rooms(kypek)

    def look(self, still_ours: Callable[[], None]) -> None:
        """One poll."""
        still_ours()
        if self._server is None:
            return
        try:
            poll = self._server.rooms()
        except ConnectorError as error:
            self.problems.append(str(error))
            return
        self._running, self._complete = {room.ref: room for room in poll.items}, poll.complete

    def prepare(self, connection: Connection) -> None:
        """The poll shows what became of rooms whose opening or end was not clear."""
        if self._complete:
            unclear = runs.open_intents(connection, self.kypek, (Verb.OPEN_ROOM, Verb.END_ROOM))
            runs.settle(connection, [deed.intent for deed in unclear], self.inst.clock())

    def fallen(self, connection: Connection, change: Change, deed: Deed, along: frozenset[Change]) -> str:
        """Why the room may not be ended any more; an empty word if it may."""
        del along
        text, ref = self.inst.text, dict(change.before).get("ref", "")
        room = self._running.get(ref)
        if room is None:
            return text("the room is not open any more") if self._complete else text("the rooms could not be read")
        if deed.receipt is not None and deed.receipt.foreign_id not in ("", room.incarnation):
            return text("the room was opened anew since")
        if room.occupants or rooms.intervals(connection, self.kypek, ref):
            return text("people are or were in the room")
        return ""

    def calls(self) -> tuple[dict[Verb, Call], Remember]:
        """How a room is ended."""

        server = self._server
        if not isinstance(server, Rooms):
            return {}, _nothing
        there: Rooms = server

        def end(changes: Sequence[Change]) -> Sequence[Receipt]:
            return [there.end(dict(change.before)["ref"]) for change in changes]

        return {Verb.END_ROOM: end}, _nothing


class TicketsBack:
    """Looks the tickets up and judges which may be closed or opened again."""

    def __init__(self, inst: Installation, kypek: str, deeds: Sequence[Deed], who: str, run: int) -> None:
        self.inst = inst
        self.kypek = kypek
        self.deeds = deeds
        self.who = who
        self.run = run
        self.problems: list[str] = []
        self.abilities: Mapping[str, frozenset[Capability]] = {}
        self._helpdesk = inst.connectors.helpdesk(kypek)
        self._found: dict[str, tuple[Ticket, ...]] = {}
        self._filed: dict[str, Filed] = {}

    def look(self, still_ours: Callable[[], None]) -> None:
        """Look for each ticket by its reference; a helpdesk that fails is not asked again."""
        if self._helpdesk is None:
            return
        for ref in sorted({deed.change.target.object for deed in self.deeds}):
            still_ours()
            try:
                self._found[ref] = self._helpdesk.find(ref)
            except ConnectorError as error:
                self.problems.append(str(error))
                return

    def prepare(self, connection: Connection) -> None:
        """What the ledger knows of the cases."""
        self._filed = {one.case.ref: one for one in cases.listed(connection, self.kypek)}

    def fallen(self, connection: Connection, change: Change, deed: Deed, along: frozenset[Change]) -> str:
        """Why the ticket is not as the run left it; an empty word if it is."""
        del connection, deed, along
        text, ref = self.inst.text, change.target.object
        if ref not in self._found:
            return text("the helpdesk could not be asked")
        if not self._found[ref] or ref not in self._filed:
            return text("there is no such ticket any more")
        closed = self._found[ref][0].state in _DONE_WITH
        if change.verb is Verb.CLOSE_TICKET:
            return text("the ticket is closed already") if closed else ""
        return "" if closed else text("the ticket is open again already")

    def calls(self) -> tuple[dict[Verb, Call], Remember]:
        """How tickets are closed and opened again, each with a note that says who took what back."""
        text, helpdesk = self.inst.text, self._helpdesk

        def put(change: Change, state: TicketState, said: str, desk: Helpdesk) -> Receipt:
            one = self._filed[change.target.object]
            ticket = self._found[change.target.object][0].id
            desk.note(ticket, f"{one.case.ref}:undo:{self.run}:{state.value}", said)
            receipt = desk.set_state(ticket, state)
            if receipt.stands:
                with self.inst.ledger.begin() as connection:
                    ref, written = one.case.ref, one.written
                    cases.mirror(connection, self.kypek, ref, ticket=ticket, state=state, written=written)
            return receipt

        def close(changes: Sequence[Change]) -> Sequence[Receipt]:
            said = text("Opened by run %(run)s; %(who)s took that back.", run=self.run, who=self.who)
            return [put(change, TicketState.RESOLVED, said, desk) for change in changes]

        def reopen(changes: Sequence[Change]) -> Sequence[Receipt]:
            said = text("Closed by run %(run)s; %(who)s took that back.", run=self.run, who=self.who)
            return [put(change, TicketState.OPEN, said, desk) for change in changes]

        if not isinstance(helpdesk, Helpdesk):
            return {}, _nothing
        desk: Helpdesk = helpdesk
        return {Verb.CLOSE_TICKET: close, Verb.OPEN_TICKET: reopen}, _nothing
