"""What others did, by transaction id: exact, in order, and free of time zones (fact sheet helpdesk, 3.1 and H-11).

The cursor is the last id and the ids seen in the last 50 before it: where transactions are committed in another order
than numbered, those 50 are read again. A short page is not the end: it goes on from the last id until a page is empty.
Only queues that we may see are asked for, and no records of mail, so an empty page is not one of which all was hidden.
"""

from __future__ import annotations

import re

import connectors.request_tracker.mapping as mapping
from connectors.request_tracker.client import PAGE, RequestTrackerClient
from connectors.request_tracker.mapping import Misshapen
from connectors.request_tracker.queues import Queues
from connectors.request_tracker.ticket_sql import changes_of
from kypek_sync.contract import Delta, StopConnector, TicketEvent

OVERLAP = 50
_PAGES = 20
"""Pages in one call; the cursor goes on from there at the next."""
_FIELDS = "Type,ObjectId,Creator,Field,OldValue,NewValue,Created"
_CURSOR = re.compile(r"(\d+):((?:\d+(?:,\d+)*)?)")


class Feed:
    """Changes of tickets in the queues that our account sees. `account` is who we are there."""

    def __init__(self, client: RequestTrackerClient, queues: Queues, account: str) -> None:
        self._client = client
        self._queues = queues
        self._account = account.casefold()

    def changes(self, cursor: str) -> Delta[TicketEvent]:
        """Events after `cursor`, by id; ours are left out. Raises `TryLater`, `StopConnector`."""
        queues = self._queues.ids()
        if not queues:
            raise StopConnector(
                self._client.system,
                "Request Tracker shows our account no queue.",
                hint="Ask for the rights of the letter on the centre's queue.",
            )
        match = _CURSOR.fullmatch(cursor)
        last = int(match[1]) if match else self._newest(queues)
        found = self._after(queues, max(0, last - OVERLAP))
        seen = {int(part) for part in match[2].split(",") if part} if match else set(found)
        events = (event for number, event in sorted(found.items()) if number not in seen)
        others = tuple(event for event in events if event.by.casefold() != self._account)
        last = max((last, *found))
        window = sorted({number for number in (*seen, *found) if number > last - OVERLAP})
        return Delta("", others, (), f"{last}:{','.join(map(str, window))}", reset=bool(cursor) and match is None)

    def _newest(self, queues: tuple[str, ...]) -> int:
        page = self._client.page(
            "transactions", query=changes_of(queues, 0), orderby="id", order="DESC", per_page="1", fields=_FIELDS
        )
        return max(self._events(page["items"]), default=0)

    def _after(self, queues: tuple[str, ...], start: int) -> dict[int, TicketEvent]:
        found: dict[int, TicketEvent] = {}
        for _ in range(_PAGES):
            query = changes_of(queues, max((start, *found)))
            page = self._client.page(
                "transactions", query=query, orderby="id", order="ASC", per_page=str(PAGE), fields=_FIELDS
            )
            if not page["items"]:
                break
            found |= self._events(page["items"])
        return found

    def _events(self, items: list[object]) -> dict[int, TicketEvent]:
        try:
            return dict(mapping.event(item) for item in items)
        except Misshapen as error:
            raise self._client.misshapen("transactions", error) from None
