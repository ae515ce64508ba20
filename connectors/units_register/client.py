"""The wire to mm.sch.gr: GET and JSON, without an account.

Errors come with HTTP 200 and a `status` in the body (D-22), so an answer counts only where that status is 200. No
credentials are ever sent: the block that is shown to others than guests holds people's names and tax numbers (D-24).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from connectors.units_register.mapping import NUMBERS, Misshapen, Page, page
from connectors.units_register.settings import UnitsRegisterSettings
from kypek_sync.contract import Answer, StopConnector, TryLater, UnitState, Wire, WireLimits

_FINE = 200
_DENIED = frozenset({401, 403})
_MOST_BYTES = 16 * 1024 * 1024
"""A page of 500 units has about one megabyte."""
_LATER = "It may be out of order or in maintenance; what was read before stays as it is."


class MmClient:
    """The two calls that are needed, typed. `system` is the connector's name, used in errors."""

    def __init__(self, system: str, settings: UnitsRegisterSettings) -> None:
        self.system = system
        self.address = settings.address
        limits = WireLimits(
            connect=min(5.0, settings.timeout),
            read=settings.timeout,
            deadline=settings.timeout,
            max_bytes=_MOST_BYTES,
            parallel=1,
        )
        self._wire = Wire(system, limits, ca_file=settings.ca_file)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def units(self, number: int, size: int, states: Sequence[UnitState]) -> Page:
        """One page of units, from 1, in an order that no two units share (D-23)."""
        wanted = ",".join(str(NUMBERS[state]) for state in states)
        return self._page("units", page=str(number), pagesize=str(size), orderby="mm_id", ordertype="ASC", state=wanted)

    def directorates(self) -> Page:
        """All education directorates: a dictionary comes whole."""
        return self._page("edu_admins", orderby="edu_admin_id")

    def clock(self) -> datetime | None:
        """The server's clock as it tells it with an answer; None where it does not."""
        return self._wire.get(self._url("edu_admins", {"pagesize": "1"})).date

    def _page(self, function: str, **query: str) -> Page:
        body = self._body(function, self._wire.get(self._url(function, query)))
        wrong = ""
        try:
            return page(body)
        except Misshapen as error:
            wrong = str(error)
        raise TryLater(self.system, f"{self._place(function)} answered something unexpected: {wrong}.", hint=_LATER)

    def _body(self, function: str, answer: Answer) -> dict[str, Any]:
        """What a successful answer holds. Raises `TryLater`; `StopConnector` where guests are refused."""
        place = self._place(function)
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or "status" not in body:
            kind = "a web page" if answer.body.lstrip()[:1] == b"<" else "something else"
            text = f"{place} answered {kind} instead of data (HTTP {answer.status})."
            raise TryLater(self.system, text, hint=_LATER)
        status = body["status"]
        if str(status) == str(_FINE) and answer.status == _FINE:
            return body
        said = " ".join(str(body.get("message", "")).split()).rstrip(".")[:200] or "nothing"
        if answer.status in _DENIED or str(status) in {str(code) for code in _DENIED}:
            text = f"{place} refuses guests (status {status}: {said})."
            raise StopConnector(self.system, text, hint="Ask the school network to let guests read units again.")
        text = f"{place} answered with the error {status}: {said}."
        raise TryLater(self.system, text, hint=_LATER)

    def _url(self, function: str, query: dict[str, str]) -> str:
        return f"{self._place(function)}?{urlencode(query)}"

    def _place(self, function: str) -> str:
        return f"{self.address}/api/{function}"
