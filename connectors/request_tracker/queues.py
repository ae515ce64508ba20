"""The queues that our account sees, with the custom fields that tickets and notes need there.

An unknown field is dropped at creation without a word (H-2), so a queue is looked at before anything is written in it;
what was found good is remembered, what was found lacking is looked at again each time.
"""

from __future__ import annotations

import threading

import connectors.request_tracker.mapping as mapping
from connectors.request_tracker.client import Forbidden, RequestTrackerClient, segment
from connectors.request_tracker.mapping import Misshapen, QueueShown
from kypek_sync.contract import SkipThis, StopConnector


class Queues:
    """Queues by name or id. Safe to use from several threads."""

    def __init__(self, client: RequestTrackerClient) -> None:
        self._client = client
        self._known: dict[str, QueueShown] = {}
        self._lock = threading.Lock()

    def queue(self, name: str) -> QueueShown:
        """One queue, from memory if it was seen before. Raises `SkipThis` where there is none that we may see."""
        with self._lock:
            if name in self._known:
                return self._known[name]
        found = self.fresh(name)
        with self._lock:
            self._known[name] = found
        return found

    def fresh(self, name: str) -> QueueShown:
        """One queue as it is shown now. An unknown one is 403, as is one without rights (H-6)."""
        missing = SkipThis(
            self._client.system,
            f"Request Tracker shows our account no queue {name}.",
            hint="Check `queue` in the settings of the centre, and ask for the rights of the letter on that queue.",
        )
        if not name.strip():
            raise missing
        try:
            data = self._client.read(f"queue/{segment(name)}").value
        except Forbidden:
            raise missing from None
        if data is None:
            raise missing
        try:
            return mapping.queue(data)
        except Misshapen as error:
            raise self._client.misshapen(f"queue/{name}", error) from None

    def ids(self) -> tuple[str, ...]:
        """The ids of all queues that we may see, sorted."""
        try:
            return tuple(sorted({mapping.listed_id(one) for one in self._client.items("queues/all")}, key=int))
        except Misshapen as error:
            raise self._client.misshapen("queues/all", error) from None

    def needs(self, queue: QueueShown, field: str, fields: frozenset[str], setting: str) -> None:
        """Make sure that a custom field is there before it is used. Raises `StopConnector` that names it."""
        if any(field.casefold() == one.casefold() for one in fields):
            return
        with self._lock:
            self._known.clear()
        kind = "transactions" if setting == "event_field" else "tickets"
        raise StopConnector(
            self._client.system,
            f"The {kind} of the queue {queue.name} have no custom field {field} (setting `{setting}`).",
            hint="Ask the helpdesk to add it to the queue and to give our account SeeCustomField, ModifyCustomField and"
            " SetInitialCustomField; without it nothing is written there.",
        )
