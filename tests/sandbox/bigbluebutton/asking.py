"""A small client of the tests' own: signs a query in any way asked for and reads the XML that comes back."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

SECRET = "invented-secret"
GREEK = "Ψηφιακά εργαλεία στην τάξη — 1η συνάντηση"


@dataclass
class Clock:
    """A clock that stands still until it is told otherwise."""

    moment: datetime = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    root: ET.Element = field(init=False)

    def __post_init__(self) -> None:
        self.root = ET.fromstring(self.text) if self.text.startswith("<response") else ET.Element("none")

    def __getitem__(self, tag: str) -> str | None:
        """The text of an element, "" if it is empty, None if it is absent."""
        return self.root.findtext(tag)

    @property
    def code(self) -> tuple[str | None, str | None]:
        return self["returncode"], self["messageKey"]


@dataclass
class Asker:
    """Asks the API at `address`, signing with `secret`."""

    address: str
    secret: str = SECRET

    def __call__(self, call: str, **query: Any) -> Answer:
        return self.raw(call, urlencode(query))

    def raw(
        self,
        call: str,
        query: str,
        *,
        algorithm: str = "sha256",
        checksum: str | None = None,
        method: str = "GET",
        body: str | None = None,
        content_type: str = "application/xml",
    ) -> Answer:
        signed = checksum or hashlib.new(algorithm, (call + query + self.secret).encode()).hexdigest()
        path = f"/bigbluebutton/api/{call}?{query}{'&' if query else ''}checksum={signed}"
        headers = {"Content-Type": content_type} if body is not None else {}
        return self.fetch(path, method, body, headers)

    def fetch(
        self, path: str, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Ask for a path or an address, as it is, without following redirects."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=10)
        try:
            connection.request(method, path.removeprefix(self.address), body and body.encode(), headers or {})
            response: HTTPResponse = connection.getresponse()
            return Answer(
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                response.read().decode(),
            )
        finally:
            connection.close()


def percent(query: dict[str, str]) -> str:
    """The query with `%20` for a space, as JavaScript clients write it."""
    return urlencode(query, quote_via=lambda text, *rest: quote_plus(text).replace("+", "%20"))


Ask = Callable[..., Answer]
