"""One ticket for each reference, as far as a helpdesk without a unique key allows (H-26): search, create, search again.

Where there is no field for it, the reference stands in the subject. Of several tickets with one reference the lowest
number wins; whoever sees the others closes them, so racers and crashes end with one that anybody would work on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import connectors.soap_helpdesk.mapping as mapping
from connectors.soap_helpdesk.client import SoapClient
from connectors.soap_helpdesk.mapping import Record
from connectors.soap_helpdesk.searching import Searching
from connectors.soap_helpdesk.settings import SoapHelpdeskSettings
from kypek_sync.contract import Ambiguous, ConnectorError, SkipThis, StopConnector, TicketDraft, TryLater
from kypek_sync.model import Clock

_REFUSE_FOR = timedelta(hours=6)
"""How long no ticket is opened after one lost its reference: each try would leave one more behind."""


class Creation:
    """Makes sure that a ticket exists. `close_twin` closes a second one, and is told the number of the first."""

    def __init__(
        self,
        client: SoapClient,
        searching: Searching,
        settings: SoapHelpdeskSettings,
        close_twin: Callable[[Record, str], None],
        clock: Clock,
    ) -> None:
        self._client = client
        self._searching = searching
        self._settings = settings
        self._close_twin = close_twin
        self._clock = clock
        self._loses: tuple[datetime, StopConnector] | None = None
        self._lock = threading.Lock()

    def ensure(self, draft: TicketDraft) -> tuple[Record, bool]:
        """The ticket, and whether it was made now. Raises `SkipThis`, `StopConnector`, and `Ambiguous` when neither an
        answer nor the look-up tell what became of a creation."""
        if there := self._searching.by_reference(draft.ref):
            return self._only(there), False
        with self._lock:
            if self._loses is not None and self._clock() < self._loses[0]:
                raise self._loses[1]
        made, doubt = self._create(draft)
        try:
            found = self._searching.by_reference(draft.ref)
            if made and all(one.id != made for one in found):
                raise self._lost(made)
        except TryLater as error:
            raise doubt or Ambiguous(
                self._client.system, f"A ticket was opened and could not be read back. {error.message}"
            ) from None
        if not found:
            raise doubt or Ambiguous(
                self._client.system, "A ticket was opened, its number was not told, and it is not found."
            )
        return self._only(found), True

    def _create(self, draft: TicketDraft) -> tuple[str, Ambiguous | None]:
        """The new ticket's number; empty, and the doubt, when there was no proper answer."""
        limit = self._settings.subject_limit
        subject = (
            mapping.fitted(draft.subject, limit)
            if self._settings.ticket.ref
            else mapping.marked(draft.subject, draft.ref, limit)
        )
        values: dict[str, Any] = {
            "ref": draft.ref,
            "subject": subject,
            "body": draft.body,
            "requester": draft.requester,
            "seminar": draft.seminar,
            "queue": draft.queue,
        }
        if not subject or not draft.body.strip():
            raise SkipThis(self._client.system, "A ticket needs a subject and a text.")
        try:
            number = self._client.ask("create", self._searching.values(t=values))
        except Ambiguous as doubt:
            return "", doubt
        return ("" if number is None else str(number)), None

    def _only(self, found: tuple[Record, ...]) -> Record:
        """The first, after the others were closed. What fails is tried again at the next `ensure`."""
        winner, *twins = found
        for twin in twins:
            with suppress(Ambiguous, TryLater, SkipThis):
                self._close_twin(twin, winner.id)
        return winner

    def _lost(self, made: str) -> StopConnector:
        """A ticket was opened and is not found by its reference: another try would open one more."""
        place = self._settings.ticket.ref or "the subject"
        error = StopConnector(
            self._client.system,
            f"The helpdesk opened the ticket {made}, but it is not found by our reference ({place}).",
            hint="Check that operations.create.arguments send ${t.ref} into a field that exists there, that ticket.ref"
            " reads it, and that operations.find searches it; close that ticket by hand. Until then none is opened.",
        )
        with suppress(ConnectorError):
            shown = self._searching.get(made)
            if shown is not None:
                self._close_twin(shown, "?")
        with self._lock:
            self._loses = (self._clock() + _REFUSE_FOR, error)
        return error
