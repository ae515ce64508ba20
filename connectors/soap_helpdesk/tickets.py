"""The role Helpdesk over SOAP, by the operations of the settings (fact sheet helpdesk, sections 3.3 and 3.4).

Every write is followed by a look: a helpdesk may drop a field, store a state that does not exist, or answer nothing
(H-21, H-24). An outcome that is not clear is looked up once; when that does not settle it, `Ambiguous` goes on.
"""

from __future__ import annotations

import threading
from typing import Any

import connectors.soap_helpdesk.mapping as mapping
from connectors.soap_helpdesk.client import SoapClient
from connectors.soap_helpdesk.creation import Creation
from connectors.soap_helpdesk.feed import Feed
from connectors.soap_helpdesk.mapping import Record, UnknownState
from connectors.soap_helpdesk.probing import Probing
from connectors.soap_helpdesk.searching import Searching
from connectors.soap_helpdesk.settings import SoapHelpdeskSettings, States
from kypek_sync.contract import (
    Ambiguous,
    Capability,
    ConnectorContext,
    Delta,
    Outcome,
    Probe,
    Receipt,
    SkipThis,
    StopConnector,
    Ticket,
    TicketDraft,
    TicketEvent,
    TryLater,
)
from kypek_sync.model import TicketState


class SoapHelpdesk:
    """Tickets of one helpdesk. Safe to use from several threads."""

    def __init__(self, settings: SoapHelpdeskSettings, context: ConnectorContext) -> None:
        self._system = context.name
        self._settings = settings
        self._client = SoapClient(context.name, settings, context.folder)
        self._searching = Searching(self._client, settings)
        self._feed = Feed(self._client, self._searching, context.clock)
        self._creation = Creation(self._client, self._searching, settings, self._close_twin, context.clock)
        self._probing = Probing(self._client, self._searching, settings)
        self._enumerated: frozenset[str] | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"SoapHelpdesk({self._system!r}, {self._settings.address!r})"

    def capabilities(self) -> frozenset[Capability]:
        """What the settings make possible; there is never a lock (H-23)."""
        able = set()
        if self._settings.ticket.notes:
            able.add(Capability.NOTE_REFERENCE)
        if self._client.has("changes"):
            able.add(Capability.CHANGES)
        return frozenset(able)

    def probe(self) -> Probe:
        """WSDL, operations, address, credentials, states."""
        return self._probing.probe()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def explore(self, words: tuple[str, ...]) -> str:
        """The operations and types of the WSDL whose name has the first word (none: all)."""
        return "\n".join(self._client.explored(*words[:1]))

    def ensure(self, draft: TicketDraft) -> Receipt:
        """Search, create, search again; of several the lowest number wins, the others are closed (H-26)."""
        try:
            record, made = self._creation.ensure(draft)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice)
        self._feed.ours(record)
        return Receipt(Outcome.DONE if made else Outcome.ALREADY, record.id, self._web(record.id))

    def find(self, ref: str) -> tuple[Ticket, ...]:
        """The tickets with exactly this reference."""
        return tuple(self._ticket(one) for one in self._searching.by_reference(ref))

    def get(self, ticket: str) -> Ticket | None:
        """One ticket."""
        found = self._searching.get(ticket)
        return None if found is None else self._ticket(found)

    def note(self, ticket: str, note_ref: str, text: str, *, public: bool = False) -> Receipt:
        """Add a note; once, where the helpdesk shows a ticket's notes (`ticket.notes`)."""
        try:
            return self._note(ticket, note_ref, text, public=public)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice)

    def set_state(self, ticket: str, state: TicketState, *, expected: str = "") -> Receipt:
        """Set the state and read it back (H-24). `expected` is compared before; there is no lock."""
        try:
            return self._set_state(ticket, state, expected)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice)

    def changes(self, cursor: str) -> Delta[TicketEvent]:
        """Tickets that changed, where the settings have an operation for it."""
        return self._feed.changes(cursor)

    # Notes

    def _note(self, ticket: str, note_ref: str, text: str, *, public: bool) -> Receipt:
        if not note_ref.strip() or not text.strip():
            raise SkipThis(self._system, "A note needs a key and a text.")
        shape = self._settings.ticket
        current = self._needed(ticket)
        if shape.notes and mapping.has_note(current, shape, note_ref):
            return Receipt(Outcome.ALREADY, current.id, self._web(current.id))
        told = text if shape.note_key or not shape.notes else f"{text}\n\n{mapping.mark(note_ref)}"
        values = {"id": ticket, "note": told, "note_ref": note_ref, "public": public, "internal": not public}
        doubt = None
        number: Any = None
        try:
            number = self._client.ask("note", self._searching.values(t=values, current=current.raw))
        except Ambiguous as error:
            doubt = error
        try:
            after = self._searching.get(ticket)
        except TryLater as error:
            raise doubt or Ambiguous(
                self._system, f"A note was written on ticket {ticket} and could not be read back. {error.message}"
            ) from None
        written = after is not None and bool(shape.notes) and mapping.has_note(after, shape, note_ref)
        if doubt is not None and not written:
            raise doubt
        if number is None and not written:
            raise Ambiguous(self._system, f"Nobody knows whether the note on ticket {ticket} was written.")
        if after is not None:
            self._feed.ours(after)
        detail = "" if written or not shape.notes else "The note is not shown on the ticket; it might be doubled."
        return Receipt(Outcome.DONE, "" if number is None else str(number), self._web(ticket), detail)

    # State

    def _set_state(self, ticket: str, state: TicketState, expected: str) -> Receipt:
        before = self._needed(ticket)
        if expected and before.version != expected:
            raise SkipThis(self._system, f"Somebody has changed ticket {ticket} in the meantime.")
        if self._meaning(before) is state:
            return Receipt(Outcome.ALREADY, ticket, self._web(ticket))
        native = self._word(state)
        doubt = None
        try:
            self._client.ask("set_state", self._searching.values(t={"id": ticket, "state": native}, current=before.raw))
        except Ambiguous as error:
            doubt = error
        try:
            after = self._needed(ticket)
        except TryLater as error:
            raise doubt or Ambiguous(
                self._system, f"Ticket {ticket} was changed and could not be read back. {error.message}"
            ) from None
        if self._meaning(after) is state:
            self._feed.ours(after)
            return Receipt(Outcome.DONE, ticket, self._web(ticket))
        if doubt is not None:
            raise doubt
        raise SkipThis(self._system, f"The helpdesk left ticket {ticket} as {after.native}.")

    def _word(self, state: TicketState) -> str:
        """The helpdesk's own state, if it has one and enumerates it (H-24)."""
        states = self._states()
        if state not in states.out:
            raise SkipThis(
                self._system,
                f"This helpdesk has no state for {state}.",
                hint="If it has one, write it under states.out.",
            )
        native = states.out[state]
        if self._client.has("list_states"):
            with self._lock:
                if self._enumerated is None:
                    self._enumerated = self._searching.states()
                known = self._enumerated
            if native not in known:
                raise StopConnector(
                    self._system,
                    f"states.out sets {native} for {state}, but the helpdesk knows only {', '.join(sorted(known))}.",
                    hint="Correct `states`; a state that does not exist would be stored as it is.",
                )
        return native

    def _close_twin(self, twin: Record, winner: str) -> None:
        """Close a second ticket of one reference, and say why."""
        if self._meaning(twin) is TicketState.CLOSED or TicketState.CLOSED not in self._states().out:
            return
        self._note(twin.id, f"{twin.ref}:twin-of-{winner}", f"= {winner}", public=False)
        self._set_state(twin.id, TicketState.CLOSED, "")

    # Shared

    def _needed(self, ticket: str) -> Record:
        found = self._searching.get(ticket)
        if found is None:
            raise SkipThis(self._system, f"The helpdesk has no ticket {ticket[:40]}.")
        return found

    def _states(self) -> States:
        if self._settings.states is None:
            raise StopConnector(self._system, "The settings do not say what its states mean.", hint="Write `states`.")
        return self._settings.states

    def _meaning(self, record: Record) -> TicketState:
        try:
            return mapping.meaning(record.native, self._states())
        except UnknownState:
            raise SkipThis(
                self._system,
                f"Ticket {record.id} has the state {record.native}, whose meaning is not known.",
                hint=f"Write in the settings of {self._system}, under states.in, what {record.native} means.",
            ) from None

    def _ticket(self, record: Record) -> Ticket:
        self._meaning(record)
        return mapping.ticket(record, self._states(), self._web(record.id))

    def _web(self, ticket: str) -> str:
        return self._settings.ticket.address.replace("${t.id}", ticket)
