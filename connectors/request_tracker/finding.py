"""Looks up tickets by our reference and notes by their key. Both comparisons of Request Tracker ignore case (H-14)."""

from __future__ import annotations

import connectors.request_tracker.mapping as mapping
from connectors.request_tracker.client import PAGE, RequestTrackerClient
from connectors.request_tracker.mapping import Hit, Misshapen
from connectors.request_tracker.settings import RequestTrackerSettings
from connectors.request_tracker.ticket_sql import with_field
from kypek_sync.contract import SkipThis


class Finding:
    """Searches that compare what they find with what was asked for."""

    def __init__(self, client: RequestTrackerClient, settings: RequestTrackerSettings) -> None:
        self._client = client
        self._ref_field = settings.ref_field
        self._event_field = settings.event_field

    def by_reference(self, ref: str) -> tuple[Hit, ...]:
        """The tickets with exactly this reference, the lowest id first, in whatever queue. One whose queue does not
        show the field counts: it was moved there. Raises `SkipThis` for no reference: an empty query would find
        nothing, with status 200."""
        if not ref.strip():
            raise SkipThis(self._client.system, "A ticket needs a reference.")
        query = with_field(self._ref_field, ref)
        items = self._client.items("tickets", query=query, orderby="id", order="ASC", fields="Status,CustomFields")
        try:
            found = [mapping.hit(item, self._ref_field) for item in items]
        except Misshapen as error:
            raise self._client.misshapen("tickets", error) from None
        return tuple(sorted((hit for hit in found if hit.ref in (ref, None)), key=lambda hit: hit.id))

    def note(self, note_ref: str) -> str:
        """The transaction of the note with this key; empty when there is none."""
        query = f"{with_field(self._event_field, note_ref)} AND ObjectType='RT::Ticket'"
        page = self._client.page(
            "transactions", query=query, orderby="id", order="ASC", per_page=str(PAGE), fields="CustomFields"
        )
        try:
            found = [mapping.noted(item, self._event_field) for item in page["items"]]
        except Misshapen as error:
            raise self._client.misshapen("transactions", error) from None
        return next((number for number, key in found if key in (note_ref, None)), "")
