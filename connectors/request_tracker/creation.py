"""Exactly one ticket for each reference: search, create, search again (fact sheet helpdesk, 3.1 and H-17).

The reference travels in the creation itself, in a field that is not unique. Of several tickets with one reference the
lowest id wins and the others are merged into it, by whoever sees them: racers agree, and a crash in between is healed
by the next `ensure`.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from connectors.request_tracker.client import RequestTrackerClient
from connectors.request_tracker.finding import Finding
from connectors.request_tracker.mapping import Hit
from connectors.request_tracker.queues import Queues
from connectors.request_tracker.settings import RequestTrackerSettings
from kypek_sync.contract import Ambiguous, ConnectorError, SkipThis, StopConnector, TicketDraft, TryLater
from kypek_sync.model import Clock

_REFUSE_FOR = timedelta(hours=6)
"""How long no ticket is opened in a queue that lost a reference: each try would leave one more behind."""


class Creation:
    """Makes sure that a ticket exists."""

    def __init__(
        self,
        client: RequestTrackerClient,
        queues: Queues,
        finding: Finding,
        settings: RequestTrackerSettings,
        clock: Clock,
    ) -> None:
        self._client = client
        self._queues = queues
        self._finding = finding
        self._settings = settings
        self._clock = clock
        self._loses: dict[str, tuple[datetime, StopConnector]] = {}
        self._lock = threading.Lock()

    def ensure(self, draft: TicketDraft) -> tuple[int, bool, str]:
        """The ticket's id, whether it was made now, and what a person should know. Raises `SkipThis` when it cannot be
        made, `Ambiguous` when a creation was sent and neither answer nor look-up tell what became of it."""
        if there := self._finding.by_reference(draft.ref):
            return self._merged(there), False, ""
        self._ready(draft)
        made, doubt = self._create(draft)
        try:
            found = self._finding.by_reference(draft.ref)
            if made and all(hit.id != made for hit in found):
                # Somebody may have merged it by now; else it has lost its reference.
                if (merged := self._client.ticket(str(made))) is not None and merged.id != made:
                    return merged.id, True, ""
                self._restore(made, draft)
                found = self._finding.by_reference(draft.ref)
        except TryLater as error:
            raise doubt or Ambiguous(
                self._client.system, f"A ticket was opened and could not be read back. {error.message}"
            ) from None
        if not found:
            raise doubt or Ambiguous(self._client.system, f"The ticket {made} was opened and is not found again.")
        return self._merged(found), True, self._lost(draft, made)

    def _ready(self, draft: TicketDraft) -> None:
        """Whether the queue can keep what is written."""
        with self._lock:
            until, why = self._loses.get(draft.queue, (None, None))
        if until is not None and why is not None and self._clock() < until:
            raise why
        queue = self._queues.queue(draft.queue)
        self._queues.needs(queue, self._settings.ref_field, queue.ticket_fields, "ref_field")
        if draft.seminar and self._settings.seminar_field:
            self._queues.needs(queue, self._settings.seminar_field, queue.ticket_fields, "seminar_field")

    def _create(self, draft: TicketDraft) -> tuple[int, Ambiguous | None]:
        """The id of the new ticket; 0 and the doubt when there was no proper answer."""
        fields = {self._settings.ref_field: draft.ref}
        if draft.seminar and self._settings.seminar_field:
            fields[self._settings.seminar_field] = draft.seminar
        form: dict[str, Any] = {
            "Queue": draft.queue,
            "Subject": " ".join(draft.subject.split()),
            "Content": draft.body,
            "ContentType": "text/plain",
            "CustomFields": fields,
        }
        if draft.requester:
            form["Requestor"] = draft.requester
        try:
            said = self._client.create(form)
        except Ambiguous as error:
            return 0, error
        if said.status != 201 or not said.made.isdecimal():
            raise SkipThis(
                self._client.system,
                f"Request Tracker opened no ticket in the queue {draft.queue}:"
                f" {said.sentences.rstrip('.') or f'HTTP {said.status}'}.",
                hint="Check `queue` in the settings of the centre and the rights of our account on that queue.",
            )
        return int(said.made), None

    def _restore(self, made: int, draft: TicketDraft) -> None:
        """Give a ticket the reference that its creation lost (H-2). Raises `StopConnector` where that fails too."""
        with suppress(Ambiguous):  # the look below tells
            self._client.update(str(made), {"CustomFields": {self._settings.ref_field: draft.ref}})
        shown = self._client.ticket(str(made))
        if shown is not None and shown.fields.get(self._settings.ref_field) == draft.ref:
            return
        error = StopConnector(
            self._client.system,
            f"Request Tracker opened the ticket {made} in the queue {draft.queue} but dropped its custom field"
            f" {self._settings.ref_field} (setting `ref_field`) without a word; the ticket was rejected.",
            hint="Ask the helpdesk to give our account SetInitialCustomField and ModifyCustomField on that field; until"
            " then no ticket is opened in this queue.",
        )
        with self._lock:
            self._loses[draft.queue] = (self._clock() + _REFUSE_FOR, error)
        with suppress(ConnectorError):  # the error below names the ticket in any case
            self._client.update(str(made), {"Status": "rejected"})
        raise error

    def _merged(self, found: tuple[Hit, ...]) -> int:
        """The lowest id, after the others were merged into it. A merge that fails is tried at the next `ensure`."""
        winner, *losers = found
        for loser in losers:
            with suppress(Ambiguous, TryLater):
                self._client.update(str(loser.id), {"MergeInto": winner.id})
        return winner.id

    def _lost(self, draft: TicketDraft, made: int) -> str:
        """What else the new ticket lost: a requester that is no address, without a word (H-2)."""
        if draft.requester and made and "@" not in draft.requester:
            return f"The ticket has no requester: {draft.requester} is no e-mail address."
        return ""
