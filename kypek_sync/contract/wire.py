"""One polite, bounded HTTP client for every connector that speaks HTTP (design, rules 18 and 19).

What it keeps: TLS verified, no redirect ever followed, a cap on the bytes of an answer, a deadline for the whole
exchange and not only for each read (H-33), no cookies kept (E-12), at most `parallel` requests at a time, safe reads
tried again after a pause, but never one that was met with silence, and writes never; before each write whoever gave
leave to write is asked again (`permission`). Transport failures become
`TryLater` or `Ambiguous`; what the body means is the connector's to judge.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

import requests
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from kypek_sync.contract.certificates import doubt_of
from kypek_sync.contract.errors import Ambiguous, TryLater
from kypek_sync.contract.permission import ask_before_a_write
from kypek_sync.contract.wire_clock import Exchange, OverTime, StayingSession, WatchedAdapter

AGENT = "kypek-sync"
LONGEST_WAIT = timedelta(days=1)
"""No server is obeyed that asks to stay away for longer."""
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""How JSON writes half of a character; two of them make one."""

_NOTHING, _REPLACED = "\x00", "\ufffd"
"""A character that no row of PostgreSQL can hold, and what stands for it, as for broken bytes: whoever reads it sees
that something is wrong there, and a login with it is nobody's."""

# urllib3 writes whole addresses into its log, and a query may hold a checksum or a token.
logging.getLogger("urllib3").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Bounds of one exchange: seconds to connect, seconds between two bytes, seconds in all once its turn has come and
    with every try counted, bytes of the answer, and how many exchanges may be under way at once."""

    connect: float = 5.0
    read: float = 20.0
    deadline: float = 45.0
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
        """The body as UTF-8, broken bytes and NUL characters replaced."""
        return self.body.decode("utf-8", "replace").replace(_NOTHING, _REPLACED)

    @property
    def date(self) -> datetime | None:
        """The server's clock when it answered, aware; None where it does not say."""
        return _date(self.headers.get("date", ""))

    def json(self) -> Any:
        """The body as JSON, whatever its content type says (E-8). Raises `ValueError` if it is none, is nested without
        end, or has text that no UTF-8 can hold: half a character, which could not even be stored. NUL characters in
        its texts are replaced, so that one of them in somebody's name does not keep a whole course from being read."""
        body = self.body.decode("utf-8")
        try:
            value = json.loads(body)
            if _HALF.search(body):
                json.dumps(value, ensure_ascii=False).encode()
            return _storable(value) if "\\u0000" in body else value
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Wire:
    """Exchanges with one server, named `system` in errors. Safe to use from several threads."""

    def __init__(self, system: str, limits: WireLimits | None = None, *, ca_file: str = "") -> None:
        self.system = system
        self.limits = limits or WireLimits()
        self._slots = threading.BoundedSemaphore(self.limits.parallel)
        self._reads = self._open(ca_file, again=2)
        self._writes = self._open(ca_file, again=0)

    def _open(self, ca_file: str, *, again: int) -> requests.Session:
        """A session that tries a failed read `again` times, and a connection that was never made twice; a server that
        was silent for the whole limit of a read is not asked again."""
        session = StayingSession()
        session.trust_env = False
        session.verify = ca_file or True
        session.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        retry = _NotAfterSilence(
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
            session.mount(scheme, WatchedAdapter(max_retries=retry, pool_maxsize=self.limits.parallel))
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
        place = _place(urlsplit(url))
        with self._slots, Exchange(self.limits.deadline) as exchange:
            if write:
                ask_before_a_write()
            try:
                session = self._writes if write else self._reads
                asked = requests.PreparedRequest()  # nothing of the session's has to be merged in but its headers
                asked.prepare(method, url, headers={**session.headers, **(headers or {})}, data=body, hooks={})
                response = session.send(
                    asked,
                    timeout=(self.limits.connect, self.limits.read),
                    allow_redirects=False,
                    stream=True,
                    verify=session.verify,
                    cert=None,
                    proxies={},
                )
                with response:
                    answer = Answer(
                        response.status_code,
                        {name.lower(): value for name, value in response.headers.items()},
                        self._body(response, exchange),
                    )
            except (requests.RequestException, HTTPError, OSError, OverTime, _Bounds) as error:
                raise self._failure(place, error, exchange, write) from None
        self._refuse(place, answer)
        return answer

    def _body(self, response: requests.Response, exchange: Exchange) -> bytes:
        if response.is_redirect:
            return b""  # nobody wants it
        buffer = bytearray()
        while chunk := response.raw.read1(65536):
            buffer += chunk
            if len(buffer) > self.limits.max_bytes:
                raise _Bounds(f"its answer is larger than {self.limits.max_bytes} bytes")
        if exchange.over:  # our own cut looks like the end of an answer without a length
            raise OverTime
        expected = _number(response.headers.get("Content-Length", ""))
        if expected is not None and expected != len(buffer) and response.status_code != 304:
            raise _Bounds(f"its answer was cut: {len(buffer)} of {expected} bytes")
        return bytes(buffer)

    def _failure(self, place: str, error: Exception, exchange: Exchange, write: bool) -> TryLater | Ambiguous:
        reason = f"no whole answer within {self.limits.deadline:g} s" if exchange.over else _reason(error)
        if write and exchange.sent:
            return Ambiguous(
                self.system,
                f"{place} was asked to change something and gave no proper answer ({reason}).",
                hint="It will be looked up before anything is sent again.",
            )
        hint = "Check the address, the network and the certificate; nothing was changed there."
        return TryLater(self.system, f"{place} could not be read ({reason}).", hint=hint)

    def _refuse(self, place: str, answer: Answer) -> None:
        if answer.status in (429, 503):
            text = f"{place} asks to come back later (HTTP {answer.status})."
            raise TryLater(self.system, text, after=_after(answer.headers))
        if 300 <= answer.status < 400 and answer.status != 304:
            where = _aim(answer.headers.get("location", ""))
            raise TryLater(
                self.system,
                f"{place} answered with a redirect to {where}, which is never followed.",
                hint="Check that the address is the final one (https, host, last slash); maintenance does this too.",
            )


def _storable(value: Any) -> Any:
    """A value of JSON without NUL characters, in names of members too."""
    if isinstance(value, str):
        return value.replace(_NOTHING, _REPLACED)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return value


class _NotAfterSilence(Retry):
    """Tries again what failed at once, but not where the server let the limit of a read pass: it would be silent again,
    and one call would cost three times the limit."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if isinstance(error, ReadTimeoutError):
            raise error
        return super().increment(method, url, response, error, _pool, _stacktrace)


class _Bounds(Exception):
    """An answer broke a bound of the wire."""


def _place(parts: SplitResult) -> str:
    """An address without what may be a secret: its query, and a password before the host."""
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return f"{scheme}{parts.netloc.rpartition('@')[2]}{parts.path}"[:200]


def _aim(location: str) -> str:
    try:
        return _place(urlsplit(location)) or "nowhere"
    except ValueError:
        return "an address that is none"


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else None


def _after(headers: Mapping[str, str]) -> timedelta | None:
    """How long a server wants to be left alone: in seconds, or until a date (by its own clock where it tells it)."""
    word = headers.get("retry-after", "").strip()
    seconds = _number(word)
    if seconds is not None:
        return min(timedelta(seconds=min(seconds, 10**6)), LONGEST_WAIT)
    until, now = _date(word), _date(headers.get("date", "")) or datetime.now(UTC)
    return None if until is None else min(max(until - now, timedelta(0)), LONGEST_WAIT)


def _date(word: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(word)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _reason(error: Exception) -> str:
    """A short reason without the address, whose query may hold secrets."""
    if isinstance(error, _Bounds):
        return str(error)
    if isinstance(error, requests.exceptions.SSLError):
        if "certificate" not in str(error).lower():
            return "the protected connection failed"
        doubt = doubt_of(str(error))
        known = "its certificate could not be verified"
        return f"its certificate could not be verified: {doubt.value}" if doubt else known
    for kind, words in (
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        (requests.exceptions.Timeout | ReadTimeoutError, "no answer in time"),
        (IncompleteRead, "its answer was cut"),
        (requests.exceptions.ConnectionError | ProtocolError, "the connection failed"),
        (requests.RequestException, type(error).__name__),
        (OSError, str(error)),  # a file of certificates that is not there
    ):
        if isinstance(error, kind):
            return words
    return type(error).__name__
