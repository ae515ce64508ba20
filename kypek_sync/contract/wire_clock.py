"""The clock of one exchange over HTTP: at its deadline the connection is cut, whatever phase it is in (H-33).

A time limit on each read does not bound an answer whose headers, or whose handshake, come byte by byte. So a thread
shuts the connection down; the reader then sees its end. Also knows whether anything was sent, which decides whether a
failed write may have been done; and takes headers that end in the middle for what they are.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPResponse, IncompleteRead
from types import TracebackType
from typing import Any

from requests import Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class OverTime(Exception):
    """The deadline has passed. Not among the errors that are tried again."""


_present = threading.local()
"""The exchange that this thread makes."""


class Exchange:
    """One exchange, retries included. A context manager around it, in the thread that makes it.

    `sent`: something of the request has left. `over`: the deadline has passed.
    """

    def __init__(self, deadline: float) -> None:
        self.sent = False
        self.over = False
        self._ended = False
        self._breaker: socket.socket | None = None
        self._lock = threading.Lock()
        self._deadline = deadline

    def __enter__(self) -> Exchange:
        _present.exchange = self
        _WATCH.begin(self, self._deadline)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _present.exchange = None
        _WATCH.end(self)
        with self._lock:
            self._ended = True  # its connection may serve the next exchange from now on
            self._keep(None)

    def uses(self, breaker: socket.socket | None) -> None:
        """From now on this is the connection to cut. Raises `OverTime` when it is too late for another one."""
        with self._lock:
            self._keep(breaker)
            if self.over:
                raise OverTime

    def _keep(self, breaker: socket.socket | None) -> None:
        """A handle of our own: the connection lets go of its socket before the body is read where the server wants to
        close after the answer."""
        if self._breaker is not None:
            self._breaker.close()
        self._breaker = breaker.dup() if breaker is not None else None

    def cut(self) -> None:
        """The deadline has passed."""
        with self._lock:
            if self._ended:
                return
            self.over = True
            if self._breaker is not None:
                with suppress(OSError):
                    self._breaker.shutdown(socket.SHUT_RDWR)


class _Watch:
    """One thread cuts all exchanges whose time is over: a timer for each would cost a quarter of a quick one. It ends
    when there was nothing to watch for as long as the last exchange had time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[Exchange, float] = {}
        self._awake_at = 0.0
        self._thread: threading.Thread | None = None

    def begin(self, exchange: Exchange, seconds: float) -> None:
        """Cut it so many seconds from now, unless it ends before."""
        due = time.monotonic() + seconds
        with self._changed:
            self._due[exchange] = due
            if self._thread is None or not self._thread.is_alive():  # none yet, or we are a process that was forked
                self._awake_at = due
                self._thread = threading.Thread(target=self._watch, name="wire-clock", daemon=True)
                self._thread.start()
            elif due < self._awake_at:
                self._changed.notify()

    def end(self, exchange: Exchange) -> None:
        """It needs no watching any more."""
        with self._changed:
            self._due.pop(exchange, None)

    def _watch(self) -> None:
        while True:
            with self._changed:
                now = time.monotonic()
                if self._awake_at > now:
                    self._changed.wait(self._awake_at - now)
                    now = time.monotonic()
                over = [exchange for exchange, due in self._due.items() if due <= now]
                for exchange in over:
                    del self._due[exchange]
                if not over and not self._due and self._awake_at <= now:
                    self._thread = None
                    return
                self._awake_at = min(self._due.values(), default=now)
            for exchange in over:
                exchange.cut()


_WATCH = _Watch()


class _Watched:
    """What both kinds of connection do for the exchange of their thread. The breaker is a second handle of the socket:
    TLS takes the first one away while it shakes hands."""

    _breaker: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        self._let_go()
        self._breaker = made.dup()
        _tell(self._breaker)
        return made

    def putrequest(self, *words: Any, **more: Any) -> None:
        _tell(self._breaker)
        super().putrequest(*words, **more)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:  # type: ignore[attr-defined]
            self.connect()  # type: ignore[attr-defined]
        if exchange := getattr(_present, "exchange", None):
            exchange.sent = True
        super().send(data)  # type: ignore[misc]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        self._let_go()

    def _let_go(self) -> None:
        if self._breaker is not None:
            self._breaker.close()
            self._breaker = None


def _tell(breaker: socket.socket | None) -> None:
    if exchange := getattr(_present, "exchange", None):
        exchange.uses(breaker)


class _WholeHead(HTTPResponse):
    """Python's own reader takes a connection that ends among the headers for the end of the headers: an answer that was
    cut there would look like a success with an empty body."""

    def begin(self) -> None:
        reading = self.fp
        reading.readline = _whole_lines(reading.readline)  # type: ignore[method-assign]
        try:
            super().begin()
        finally:
            vars(reading).pop("readline", None)


def _whole_lines(readline: Callable[..., bytes]) -> Callable[..., bytes]:
    started = False

    def whole_line(limit: int = -1) -> bytes:
        nonlocal started
        line = readline(limit)
        if not line.endswith(b"\n") and (started or line) and len(line) != limit:
            raise IncompleteRead(line)
        started = True
        return line

    return whole_line


class _Plain(_Watched, HTTPConnection):
    response_class = _WholeHead


class _Secure(_Watched, HTTPSConnection):
    response_class = _WholeHead


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class WatchedAdapter(HTTPAdapter):
    """Connections that obey the exchange of their thread."""

    def init_poolmanager(self, *words: Any, **more: Any) -> None:
        """As usual, with our connections."""
        super().init_poolmanager(*words, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


class StayingSession(Session):
    """Leaves the body of a redirect alone: `requests` would read it whole, however large, to follow it later."""

    def get_redirect_target(self, resp: Response) -> str | None:
        """Nowhere."""
        del resp
        return None
