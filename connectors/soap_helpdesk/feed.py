"""Tickets that changed, where the settings have an operation that lists them (H-28).

The cursor is a moment and what was seen since then: an operation may know days only, and times have whole seconds. Who
changed a ticket is not told; what we ourselves wrote is recognised by the state it left the ticket in.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta

from connectors.soap_helpdesk.client import SoapClient
from connectors.soap_helpdesk.mapping import Record
from connectors.soap_helpdesk.searching import Searching
from kypek_sync.contract import Delta, StopConnector, TicketEvent
from kypek_sync.model import Clock

_OVERLAP = timedelta(days=1)
_REMEMBERED = 5_000


class Feed:
    """Changes since a cursor."""

    def __init__(self, client: SoapClient, searching: Searching, clock: Clock) -> None:
        self._client = client
        self._searching = searching
        self._clock = clock
        self._own: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def ours(self, record: Record) -> None:
        """Remember how a ticket stands after we wrote to it."""
        with self._lock:
            self._own[record.id] = record.version
            self._own.move_to_end(record.id)
            while len(self._own) > _REMEMBERED:
                self._own.popitem(last=False)

    def changes(self, cursor: str) -> Delta[TicketEvent]:
        """Tickets that others changed since `cursor`. Raises `StopConnector` where nothing lists changes."""
        if not self._client.has("changes"):
            raise StopConnector(
                self._client.system,
                "This helpdesk lists no changes (operations.changes).",
                hint="Tickets that are open are read one by one instead.",
            )
        now = self._clock()
        start, seen = _read(cursor)
        since = now if start is None else start
        found = self._searching.listed("changes", since=since - _OVERLAP, now=now + _OVERLAP)
        known = {one.id: one.version for one in found} if start is None else seen
        with self._lock:
            events = tuple(
                TicketEvent(one.id, one.updated, "", "other", one.native)
                for one in sorted(found, key=lambda one: (one.updated, one.id))
                if known.get(one.id) != one.version and self._own.get(one.id) != one.version
            )
        fresh = {one.id: one.version for one in found}
        return Delta("", events, (), _written(now, fresh), reset=bool(cursor) and start is None)


def _written(moment: datetime, seen: dict[str, str]) -> str:
    return json.dumps({"since": moment.astimezone(UTC).isoformat(), "seen": seen}, sort_keys=True)


def _read(cursor: str) -> tuple[datetime | None, dict[str, str]]:
    try:
        data = json.loads(cursor or "null")
        since = datetime.fromisoformat(data["since"])
        seen = {str(key): str(value) for key, value in data["seen"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, {}
    return (since, seen) if since.tzinfo else (None, {})
