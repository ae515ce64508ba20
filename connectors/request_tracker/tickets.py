"""The role Helpdesk on Request Tracker 5 (fact sheet helpdesk, sections 3.1 and 7).

What a call returns was looked at afterwards: a PUT that is refused answers 200 (H-3), a field that does not exist is
dropped without a word (H-2), and what was applied may never be answered (H-9). An outcome that is not clear is looked
up once; when that does not settle it, `Ambiguous` goes on to the engine, and nothing is sent again before a look.
Custom fields are set at creation or by a PUT, never together with a note's text (H-9).
"""

from __future__ import annotations

import connectors.request_tracker.mapping as mapping
from connectors.request_tracker.client import RequestTrackerClient, Said
from connectors.request_tracker.creation import Creation
from connectors.request_tracker.feed import Feed
from connectors.request_tracker.finding import Finding
from connectors.request_tracker.mapping import Shown, StateMap, UnknownState
from connectors.request_tracker.probing import Probing
from connectors.request_tracker.queues import Queues
from connectors.request_tracker.settings import RequestTrackerSettings
from kypek_sync.contract import (
    Ambiguous,
    Capability,
    ConnectorContext,
    Delta,
    Outcome,
    Probe,
    Receipt,
    SkipThis,
    Ticket,
    TicketDraft,
    TicketEvent,
    TryLater,
)
from kypek_sync.model import TicketState

_ABLE = frozenset({Capability.NOTE_REFERENCE, Capability.STATE_LOCK, Capability.CHANGES})


class RequestTrackerHelpdesk:
    """Tickets in the queues of one Request Tracker. Safe to use from several threads."""

    def __init__(self, settings: RequestTrackerSettings, context: ConnectorContext) -> None:
        self._system = context.name
        self._settings = settings
        self._states = StateMap(settings.states)
        self._client = RequestTrackerClient(context.name, settings, context.folder)
        self._queues = Queues(self._client)
        self._finding = Finding(self._client, settings)
        self._creation = Creation(self._client, self._queues, self._finding, settings, context.clock)
        self._feed = Feed(self._client, self._queues, settings.account)
        self._probing = Probing(self._client, self._queues, settings, context.clock)

    def __repr__(self) -> str:
        return f"RequestTrackerHelpdesk({self._system!r}, {self._settings.address!r})"

    def capabilities(self) -> frozenset[Capability]:
        """Everything that the role knows."""
        return _ABLE

    def probe(self) -> Probe:
        """Address, token, version, queues and their fields, time zone, clock."""
        return self._probing.probe()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ensure(self, draft: TicketDraft) -> Receipt:
        """Search, create, search again: the lowest id wins, the others are merged into it (H-17)."""
        try:
            number, made, detail = self._creation.ensure(draft)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice)
        outcome = Outcome.DONE if made else Outcome.ALREADY
        return Receipt(outcome, str(number), self._web(number), detail)

    def find(self, ref: str) -> tuple[Ticket, ...]:
        """The tickets that carry a reference exactly, wherever they were moved to; merged ones are hidden (H-16)."""
        found = [self._client.ticket(str(hit.id)) for hit in self._finding.by_reference(ref)]
        return tuple(self._ticket(one, ref) for one in found if one is not None)

    def get(self, ticket: str) -> Ticket | None:
        """One ticket. That of one which was merged away is the ticket it was merged into (H-16)."""
        found = self._client.ticket(ticket)
        return None if found is None else self._ticket(found)

    def note(self, ticket: str, note_ref: str, text: str, *, public: bool = False) -> Receipt:
        """Add a note once. A public one is sent to the requester, and reopens a ticket that is done (H-5)."""
        try:
            return self._note(ticket, note_ref, text, public=public)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice)

    def set_state(self, ticket: str, state: TicketState, *, expected: str = "") -> Receipt:
        """Set the status and read it back (H-3); with `expected`, by If-Match."""
        try:
            return self._set_state(ticket, state, expected)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice)

    def changes(self, cursor: str) -> Delta[TicketEvent]:
        """What others did in the queues that we may see, by transaction id (H-11)."""
        return self._feed.changes(cursor)

    # Notes

    def _note(self, ticket: str, note_ref: str, text: str, *, public: bool) -> Receipt:
        if not note_ref.strip() or not text.strip():
            raise SkipThis(self._system, "A note needs a key and a text.")
        if there := self._finding.note(note_ref):
            return Receipt(Outcome.ALREADY, there)
        shown = self._needed(ticket)
        queue = self._queues.queue(shown.queue)
        self._queues.needs(queue, self._settings.event_field, queue.note_fields, "event_field")
        form = {
            "Content": text,
            "ContentType": "text/plain",  # H-4
            "TxnCustomFields": {self._settings.event_field: note_ref},
        }
        try:
            said = self._client.note(str(shown.id), form, public=public)
        except Ambiguous as doubt:
            return self._settled(doubt, note_ref)
        if said.status != 201:
            raise SkipThis(self._system, f"Request Tracker took no note on ticket {shown.id}: {_words(said)}.")
        if found := self._looked_up(note_ref):
            return Receipt(Outcome.DONE, found)
        # The note stands, but nobody will find it again: it must not be written twice for that.
        detail = f"The note was written without its key: {self._settings.event_field} was not taken ({_words(said)})."
        return Receipt(Outcome.DONE, said.made, detail=detail)

    def _settled(self, doubt: Ambiguous, note_ref: str) -> Receipt:
        """After "sent, no answer" (H-9): done if the note is there; if not, it may still come."""
        try:
            found = self._finding.note(note_ref)
        except TryLater:
            raise doubt from None
        if not found:
            raise doubt
        return Receipt(Outcome.DONE, found)

    def _looked_up(self, note_ref: str) -> str:
        try:
            return self._finding.note(note_ref)
        except TryLater as error:
            raise Ambiguous(self._system, f"A note was written and could not be read back. {error.message}") from None

    # State

    def _set_state(self, ticket: str, state: TicketState, expected: str) -> Receipt:
        before = self._needed(ticket)
        number = str(before.id)
        if expected and before.version != expected:
            raise SkipThis(self._system, f"Somebody has changed ticket {number} in the meantime.")
        if self._states_as(before) is state:
            return Receipt(Outcome.ALREADY, number, self._web(before.id))
        said = None
        try:
            said = self._client.update(number, {"Status": self._states.word(state)}, expected)
        except Ambiguous as doubt:
            try:
                after = self._needed(number)
            except TryLater:
                raise doubt from None
            if self._states_as(after) is not state:
                raise doubt from None
            return Receipt(Outcome.DONE, number, self._web(before.id))
        if said.status == 412:
            raise SkipThis(self._system, f"Somebody has changed ticket {number} in the meantime.")
        try:
            after = self._needed(number)
        except TryLater as error:
            raise Ambiguous(
                self._system, f"Ticket {number} was changed and could not be read back. {error.message}"
            ) from None
        if self._states_as(after) is not state:
            raise SkipThis(self._system, f"Request Tracker left ticket {number} as {after.status}: {_words(said)}.")
        return Receipt(Outcome.DONE, number, self._web(before.id))

    # Shared

    def _needed(self, ticket: str) -> Shown:
        found = self._client.ticket(ticket)
        if found is None:
            raise SkipThis(self._system, f"Request Tracker has no ticket {ticket[:40]}.")
        return found

    def _states_as(self, shown: Shown) -> TicketState:
        try:
            return self._states.meaning(shown.status)
        except UnknownState:
            raise SkipThis(
                self._system,
                f"Ticket {shown.id} has the status {shown.status}, whose meaning is not known.",
                hint=f"Write in the settings of {self._system}, under `states`, what {shown.status} means:"
                " new, open, waiting, resolved or closed.",
            ) from None

    def _ticket(self, shown: Shown, ref: str = "") -> Ticket:
        self._states_as(shown)
        known = shown if self._settings.ref_field in shown.fields or not ref else _with(shown, self._settings, ref)
        return mapping.ticket(known, self._states, self._settings.ref_field, self._web(shown.id))

    def _web(self, number: int) -> str:
        return f"{self._settings.address}/Ticket/Display.html?id={number}"


def _with(shown: Shown, settings: RequestTrackerSettings, ref: str) -> Shown:
    """A ticket that was found by its reference in a queue which does not show the field."""
    fields = {**shown.fields, settings.ref_field: ref}
    return Shown(shown.id, shown.subject, shown.status, shown.queue, shown.updated, fields, shown.version)


def _words(said: Said) -> str:
    return said.sentences.rstrip(".") or f"without a reason (HTTP {said.status})"
