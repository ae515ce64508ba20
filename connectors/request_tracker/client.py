"""The wire to Request Tracker's REST 2.0: token, limits, and what an answer may look like.

Reads raise `TryLater` for whatever is no answer, writes `Ambiguous`; 401 and 403 of a read stop the connector. A `Said`
of a write tells status and sentences only: a PUT answers 200 even when it was refused (H-3), so whoever writes looks
afterwards. `If-Unmodified-Since` is never sent (H-7), PATCH and DELETE are never used (H-6).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import connectors.request_tracker.mapping as mapping
from connectors.request_tracker.mapping import Misshapen, Shown
from connectors.request_tracker.settings import RequestTrackerSettings
from kypek_sync.contract import Ambiguous, Answer, SkipThis, StopConnector, TryLater, Wire, WireLimits

PAGE = 100
"""The largest page; more is silently this (H-13)."""
_PAGES = 50
_NO_API = "Check that the address is that of Request Tracker 5 (REST 2.0); it may also be restarting."


class Forbidden(StopConnector):
    """Our account lacks a right to read."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a write was answered: `sentences` in Request Tracker's words, `made` the id in the Location."""

    status: int
    sentences: str
    made: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A read that was answered. `value` is JSON, None where there is no such thing (404)."""

    value: Any = field(repr=False)
    version: str = ""
    date: datetime | None = None


class RequestTrackerClient:
    """The calls of one Request Tracker. `system` is the connector's name, used in errors; `ca_file` is looked for from
    `folder`."""

    def __init__(self, system: str, settings: RequestTrackerSettings, folder: Path) -> None:
        self.system = system
        self.address = settings.address
        self._base = f"{settings.address}/REST/2.0"
        self._token = settings.token
        limits = WireLimits(
            connect=min(5.0, settings.timeout),
            read=settings.timeout,
            deadline=settings.timeout,
            parallel=settings.parallel,
        )
        self._wire = Wire(system, limits, ca_file=str(folder / settings.ca_file) if settings.ca_file else "")

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    # Reads

    def read(self, path: str, **query: str) -> Read:
        """One read. Raises `TryLater`, `StopConnector`."""
        place = f"{self._base}/{path}"
        answer = self._wire.get(place + (f"?{urlencode(query)}" if query else ""), self._headers())
        self._credentials(answer)
        value = _json(answer)
        if answer.status == 404 and isinstance(value, dict):
            return Read(None)
        if answer.status == 403:
            raise Forbidden(
                self.system,
                f"Our account may not read {place}.",
                hint="Ask for the rights of the letter (SeeQueue, ShowTicket, ShowTicketComments) on the queue.",
            )
        if answer.status != 200 or value is None:
            raise TryLater(self.system, f"{place} answered {_kind(answer)}.", hint=_NO_API)
        return Read(value, answer.headers.get("etag", ""), answer.date)

    def ticket(self, number: str) -> Shown | None:
        """One ticket, or the one that it was merged into (H-16); None when there is none."""
        if not number.isdecimal():
            return None
        try:
            found = self.read(f"ticket/{number}")
        except Forbidden as error:
            raise SkipThis(
                self.system,
                f"The ticket {number} is where our account may not read it.",
                hint="Somebody has moved it to another queue; ask the helpdesk about it.",
            ) from error
        if found.value is None:
            return None
        try:
            return mapping.shown(found.value, found.version)
        except Misshapen as error:
            raise self.misshapen(f"ticket/{number}", error) from None

    def items(self, path: str, **query: str) -> Iterator[Any]:
        """All elements of a list of tickets or queues; where pages are not counted, an empty one is the end (H-13)."""
        for number in range(1, _PAGES + 1):
            data = self.page(path, **query, page=str(number), per_page=str(PAGE))
            yield from data["items"]
            if not data["items"] or (data.get("pages") is not None and not data.get("next_page")):
                return
        raise TryLater(self.system, f"{self._base}/{path} has more than {_PAGES} pages, which was not expected.")

    def page(self, path: str, **query: str) -> dict[str, Any]:
        """One page of a list, `items` in it."""
        data = self.read(path, **query).value
        if not isinstance(data, dict) or not isinstance(data.get("items"), list):
            raise self.misshapen(path, Misshapen("it is no list"))
        return data

    def misshapen(self, path: str, error: Misshapen) -> TryLater:
        """The error for an answer that cannot be understood."""
        return TryLater(self.system, f"{self._base}/{path} answered something unexpected: {error}.", hint=_NO_API)

    # Writes

    def create(self, form: Mapping[str, Any]) -> Said:
        """A new ticket, each time; its id is in `made`."""
        return self._write("POST", "ticket", form)

    def note(self, ticket: str, form: Mapping[str, Any], *, public: bool) -> Said:
        """A note, each time; the id of its transaction is in `made`. A public one reopens a ticket (H-5)."""
        return self._write("POST", f"ticket/{ticket}/{'correspond' if public else 'comment'}", form)

    def update(self, ticket: str, form: Mapping[str, Any], version: str = "") -> Said:
        """Ask for a change; only reading tells whether it was made (H-3). 412: `version` is no longer the ticket's."""
        return self._write("PUT", f"ticket/{ticket}", form, {"If-Match": version} if version else {})

    def _write(self, method: str, path: str, form: Mapping[str, Any], more: Mapping[str, str] | None = None) -> Said:
        body = json.dumps(form, ensure_ascii=False)
        place = f"{self._base}/{path}"
        answer = self._wire.post(place, body, "application/json", {**self._headers(), **(more or {})}, method=method)
        self._credentials(answer)
        value = _json(answer)
        if value is None or answer.status >= 500:
            raise Ambiguous(
                self.system,
                f"{place} was asked to change something and answered {_kind(answer)}.",
                hint="It will be looked up before anything is sent again.",
            )
        return Said(answer.status, _sentences(value), answer.headers.get("location", "").rpartition("/")[2])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"token {self._token.get_secret_value()}", "Accept": "application/json"}

    def _credentials(self, answer: Answer) -> None:
        if answer.status == 401:
            raise StopConnector(
                self.system,
                f"{self.address} refuses the token: it is mistyped or was revoked.",
                hint="Ask the helpdesk's administrators for a new one and put it in the settings.",
            )


def segment(text: str) -> str:
    """A name as a part of a path."""
    return quote(text, safe="")


def _json(answer: Answer) -> Any:
    """The body as JSON; None if it is none, or no object or list."""
    try:
        value = answer.json()
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _sentences(value: Any) -> str:
    """What was said, on one line: a list of sentences, or the message of a refusal."""
    parts = value if isinstance(value, list) else [value.get("message", "")]
    return " ".join(" ".join(str(part).split()) for part in parts)[:300].strip()


def _kind(answer: Answer) -> str:
    """What an answer that counts for nothing looks like, without its words."""
    if not answer.body.strip():
        return f"nothing at all (HTTP {answer.status})"
    page = b"<html" in answer.body[:1000].lower()
    return f"{'a web page' if page else 'something else'} instead of data (HTTP {answer.status})"
