"""One polite, bounded HTTP client for every connector that speaks HTTP (design, rules 18 and 19).

What it keeps: TLS verified, no redirect ever followed, a cap on the bytes of an answer, a deadline for the whole
exchange and not only for each read (H-33), no cookies kept (E-12), at most `parallel` requests at a time, safe reads
tried again after a pause, writes never. Transport failures become `TryLater` or `Ambiguous`; what the body means is
the connector's to judge.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.retry import Retry

from kypek_sync.contract.errors import Ambiguous, TryLater

AGENT = "kypek-sync"

# urllib3 writes whole addresses into its log, and a query may hold a checksum or a token.
logging.getLogger("urllib3").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Bounds of one exchange: seconds to connect, seconds between two bytes, seconds in all, bytes of the answer, and
    how many exchanges may be under way at once."""

    connect: float = 5.0
    read: float = 30.0
    deadline: float = 60.0
    max_bytes: int = 32 * 1024 * 1024
    parallel: int = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as UTF-8, broken bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON, whatever its content type says (E-8). Raises `ValueError` if it is none."""
        return json.loads(self.body.decode("utf-8"))


class Wire:
    """Exchanges with one server, named `system` in errors. Safe to use from several threads."""

    def __init__(self, system: str, limits: WireLimits | None = None, *, ca_file: str = "") -> None:
        self.system = system
        self.limits = limits or WireLimits()
        self._slots = threading.BoundedSemaphore(self.limits.parallel)
        self._reads = self._open(ca_file, again=2)
        self._writes = self._open(ca_file, again=0)

    def _open(self, ca_file: str, *, again: int) -> requests.Session:
        """A session that tries a failed read `again` times, and a connection that was never made twice."""
        session = requests.Session()
        session.trust_env = False
        session.verify = ca_file or True
        session.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        retry = Retry(
            connect=2,
            read=again,
            status=again,
            other=0,
            redirect=False,
            total=2,
            allowed_methods=frozenset({"GET" if again else "HEAD"}),  # an empty set would mean every method
            status_forcelist=(502, 504) if again else (),
            backoff_factor=0.2,
            backoff_jitter=0.2,
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry, pool_maxsize=self.limits.parallel))
        return session

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """A read. Raises `TryLater` for anything that is not a whole answer, and for 429 and 503."""
        return self._exchange("GET", url, write=False, headers=headers)

    def post(
        self,
        url: str,
        data: bytes | str,
        content_type: str,
        headers: Mapping[str, str] | None = None,
        *,
        write: bool = True,
        method: str = "POST",
    ) -> Answer:
        """Send a body. With `write` a failure after sending is `Ambiguous`; without (a read that travels by POST) it is
        `TryLater`, as is every failure before anything was sent."""
        body = data.encode() if isinstance(data, str) else data
        return self._exchange(
            method, url, write=write, headers={**(headers or {}), "Content-Type": content_type}, body=body
        )

    def get_write(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """A write that travels by GET (BigBlueButton): never repeated by itself; `Ambiguous` as for `post`."""
        return self._exchange("GET", url, write=True, headers=headers)

    def close(self) -> None:
        """Let go of the connections."""
        self._reads.close()
        self._writes.close()

    def _exchange(
        self, method: str, url: str, *, write: bool, headers: Mapping[str, str] | None, body: bytes | None = None
    ) -> Answer:
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}{parts.path}"  # without the query, which may hold secrets
        end = time.monotonic() + self.limits.deadline
        with self._slots:
            try:
                response = (self._writes if write else self._reads).request(
                    method,
                    url,
                    data=body,
                    headers=dict(headers or {}),
                    timeout=(self.limits.connect, self.limits.read),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    answer = Answer(
                        response.status_code,
                        {name.lower(): value for name, value in response.headers.items()},
                        self._body(response, end),
                    )
            except (requests.RequestException, HTTPError, OSError, _Bounds) as error:
                raise self._failure(place, error, write) from None
        self._refuse(place, answer)
        return answer

    def _body(self, response: requests.Response, end: float) -> bytes:
        if response.is_redirect:  # requests has taken its body already; nobody wants it
            return b""
        buffer = bytearray()
        while chunk := response.raw.read1(65536):
            buffer += chunk
            if len(buffer) > self.limits.max_bytes:
                raise _Bounds(f"its answer is larger than {self.limits.max_bytes} bytes")
            if time.monotonic() > end:
                raise _Bounds(f"its answer took longer than {self.limits.deadline:g} s")
        expected = response.headers.get("Content-Length")
        if expected is not None and expected.isdigit() and int(expected) != len(buffer) and response.status_code != 304:
            raise _Bounds(f"its answer was cut: {len(buffer)} of {expected} bytes")
        return bytes(buffer)

    def _failure(self, place: str, error: Exception, write: bool) -> TryLater | Ambiguous:
        reason = _reason(error)
        never_sent = isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError) or (
            isinstance(error, requests.exceptions.ConnectionError)
            and any(isinstance(getattr(arg, "reason", None), NewConnectionError) for arg in error.args)
        )
        if write and not never_sent:
            return Ambiguous(
                self.system,
                f"{place} was asked to change something and gave no proper answer ({reason}).",
                hint="It will be looked up before anything is sent again.",
            )
        hint = "Check the address, the network and the certificate; nothing was changed there."
        return TryLater(self.system, f"{place} could not be read ({reason}).", hint=hint)

    def _refuse(self, place: str, answer: Answer) -> None:
        if answer.status in (429, 503):
            raw = answer.headers.get("retry-after", "")
            after = timedelta(seconds=int(raw)) if raw.isdigit() else None
            raise TryLater(self.system, f"{place} asks to come back later (HTTP {answer.status}).", after=after)
        if 300 <= answer.status < 400 and answer.status != 304:
            where = urlsplit(answer.headers.get("location", ""))
            raise TryLater(
                self.system,
                f"{place} answered with a redirect to {where.netloc}{where.path}, which is never followed.",
                hint="Check that the address is the final one (https, host, last slash); maintenance does this too.",
            )


class _Bounds(Exception):
    """An answer broke a bound of the wire."""


def _reason(error: Exception) -> str:
    """A short reason without the address, whose query may hold secrets."""
    if isinstance(error, _Bounds):
        return str(error)
    for kind, words in (
        (requests.exceptions.SSLError, "its certificate could not be verified"),
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        (requests.exceptions.Timeout, "no answer in time"),
        (requests.exceptions.ConnectionError, "the connection failed"),
    ):
        if isinstance(error, kind):
            return words
    return type(error).__name__
