"""Reads tickets: one, those of a reference, those that changed. Lists end where nothing new comes (H-27)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import connectors.soap_helpdesk.mapping as mapping
import connectors.soap_helpdesk.paths as paths
from connectors.soap_helpdesk.client import Absent, SoapClient, secrets_of
from connectors.soap_helpdesk.mapping import Misshapen, Record
from connectors.soap_helpdesk.settings import SoapHelpdeskSettings, Verb
from connectors.soap_helpdesk.templates import BadValue, Values
from kypek_sync.contract import SkipThis, TryLater

_PAGES = 100


class Searching:
    """Reads of one helpdesk."""

    def __init__(self, client: SoapClient, settings: SoapHelpdeskSettings) -> None:
        self._client = client
        self._settings = settings
        self._zone = ZoneInfo(settings.time_zone)

    def values(self, **names: Any) -> Values:
        """What the placeholders of a call stand for."""
        return Values({**secrets_of(self._settings), **names}, self._zone)

    def get(self, ticket: str) -> Record | None:
        """One ticket; None when the helpdesk says in words that there is none, or when nothing could have that id."""
        try:
            answer = self._client.ask("get", self.values(t={"id": ticket}))
        except (Absent, BadValue):
            return None
        found = self._record("get", answer)
        if found.id != ticket:
            raise TryLater(self._client.system, f"Asked for ticket {ticket}, the helpdesk spoke of {found.id}.")
        return found

    def by_reference(self, ref: str) -> tuple[Record, ...]:
        """The tickets with exactly this reference, the lowest number first."""
        if not ref.strip():
            raise SkipThis(self._client.system, "A ticket needs a reference.")
        found = self.listed("find", t={"ref": ref})
        return mapping.by_number(one for one in found if one.ref == ref)

    def listed(self, verb: Verb, **names: Any) -> list[Record]:
        """All that an operation lists, page by page."""
        operation = self._client.operation(verb)
        paging = operation.paging
        if paging is None:
            return list(self._page(verb, names).values())
        found: dict[str, Record] = {}
        for number in range(_PAGES):
            page = {"page": paging.start + number * paging.step, "size": paging.size}
            new = {key: one for key, one in self._page(verb, names | page).items() if key not in found}
            if not new:
                return list(found.values())
            found |= new
        raise TryLater(
            self._client.system, f"operations.{verb} lists more than {_PAGES} pages, which was not expected."
        )

    def states(self) -> frozenset[str]:
        """The states that the helpdesk enumerates (H-24)."""
        operation = self._client.operation("list_states")
        answer = self._client.ask("list_states", self.values())
        found = {paths.read(operation.item, one) for one in paths.listed(answer)}
        if not found or None in found:
            raise TryLater(self._client.system, "operations.list_states answered states that cannot be read.")
        return frozenset(map(str, found))

    def version(self) -> str:
        """What the helpdesk calls its version; else the service's name."""
        if self._client.has("version"):
            return str(self._client.ask("version", self.values()) or "")
        return self._client.service_name()

    def _page(self, verb: Verb, names: dict[str, Any]) -> dict[str, Record]:
        answer = paths.listed(self._client.ask(verb, self.values(**names)))
        operation = self._client.operation(verb)
        if not operation.then_get:
            records = [self._record(verb, one) for one in answer]
            return {one.id: one for one in records}
        numbers = [paths.read(operation.item, one) for one in answer]
        if None in numbers:
            raise TryLater(self._client.system, f"operations.{verb} listed a ticket without a number.")
        read = [self.get(str(number)) for number in numbers]
        return {one.id: one for one in read if one is not None}

    def _record(self, verb: Verb, raw: Any) -> Record:
        try:
            return mapping.record(raw, self._settings.ticket, self._zone)
        except Misshapen as error:
            raise TryLater(
                self._client.system,
                f"operations.{verb} answered {error}.",
                hint="Check the paths under `ticket`; if they are right, the helpdesk sent what it does not describe.",
            ) from None
