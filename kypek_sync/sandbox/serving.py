"""Serves a simulator (a WSGI application) on a free loopback port and plays the wire faults around it."""

from __future__ import annotations

import io
import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from kypek_sync.sandbox.faults import Fault, FaultBook

Watcher = Callable[[str, bool], None]
"""Told the system, and whether it was a write, after each request that was handled and before it is answered."""
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_HTML = "<!DOCTYPE html><html><head><title>Σφάλμα</title></head><body><p>Προσωρινό πρόβλημα</p></body></html>"

logging.getLogger("werkzeug").setLevel(logging.ERROR)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one packet: two would meet Nagle and delayed acknowledgement (40 ms a call).
    wbufsize = -1

    def log(self, type: str, message: str, *args: Any) -> None:
        """Simulators keep no access log."""

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """A client that goes away is not news."""


def _whole_body(environ: dict[str, Any]) -> None:
    """Read the body once: it then ends by itself, `is_write` may look (and rewind), no fault leaves it unread.

    The development server marks only a chunked body as ending by itself; any other must be read by its length, or the
    reader waits for bytes that never come.
    """
    source = environ["wsgi.input"]
    length = -1 if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
    environ["wsgi.input"] = io.BytesIO(source.read(length))
    environ["wsgi.input_terminated"] = True


class Misbehaving:
    """A WSGI application that plays the wire faults of one system around another, and counts the requests."""

    def __init__(self, app: Wsgi, system: str, faults: FaultBook, is_write: Callable[[dict[str, Any]], bool]) -> None:
        self.app = app
        self.system = system
        self.faults = faults
        self.is_write = is_write
        self.calls: Counter[str] = Counter()
        self.watcher: Watcher | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Handle one request, or spoil it."""
        _whole_body(environ)
        write = self.is_write(environ)
        with self._lock:
            self.calls["write" if write else "read"] += 1
        if fault := self._take("hang"):
            time.sleep(float(fault.value or 60))
            return self._drop(environ)
        if self._take("refuse"):
            return self._drop(environ)
        if fault := self._take("slow"):
            time.sleep(float(fault.value or 2))
        for name, answer in (
            ("html-200", Response(_HTML, 200, content_type="text/html; charset=utf-8")),
            ("server-error", Response("", 500)),
            ("unavailable", Response("", 503, headers={"Retry-After": "1"})),
            ("redirect", Response(_HTML, 302, headers={"Location": "/login"}, content_type="text/html")),
            ("empty-200", Response("", 200)),
        ):
            if self._take(name):
                return answer(environ, start_response)
        if write and self._take("reset-after-write"):
            Response.from_app(self._handled, environ)
            return self._drop(environ)
        if self._take("cut-body"):
            whole = Response.from_app(self._handled, environ)
            data = whole.get_data()
            start_response(whole.status, whole.headers.to_wsgi_list())
            return self._cut(environ, data[: len(data) // 2])
        return self._handled(environ, start_response)

    def _handled(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self.app(environ, start_response)
        if self.watcher is not None:
            self.watcher(self.system, self.is_write(environ))
        return answer

    def _take(self, name: str) -> Fault | None:
        return self.faults.take(self.system, name)

    @staticmethod
    def _drop(environ: dict[str, Any]) -> Iterable[bytes]:
        connection: socket.socket | None = environ.get("werkzeug.socket")
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("dropped on purpose")

    @staticmethod
    def _cut(environ: dict[str, Any], half: bytes) -> Iterable[bytes]:
        yield half
        Misbehaving._drop(environ)


class Running:
    """A simulator that is being served. `address` is its base URL without a trailing slash."""

    def __init__(self, server: BaseWSGIServer, app: Misbehaving, scheme: str) -> None:
        self.app = app
        self.address = f"{scheme}://127.0.0.1:{server.server_port}"
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def calls(self) -> Counter[str]:
        """How many requests came, by `read` and `write`."""
        return self.app.calls

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()


def _no_news(request: object, client_address: object) -> None:
    """Connections are dropped here on purpose: no traceback."""
    del request, client_address


def serve(
    app: Wsgi,
    system: str,
    faults: FaultBook | None = None,
    *,
    port: int = 0,
    is_write: Callable[[dict[str, Any]], bool] = lambda environ: environ["REQUEST_METHOD"] not in ("GET", "HEAD"),
    tls: tuple[str, str] | None = None,
) -> Running:
    """Serve `app` on 127.0.0.1 (a free port unless one is given), in a thread of its own.

    `is_write` tells which requests change something (Moodle and SOAP post everything). `tls` is (certificate, key).
    """
    misbehaving = Misbehaving(app, system, faults or FaultBook(), is_write)
    server = make_server("127.0.0.1", port, misbehaving, threaded=True, request_handler=_Quiet, ssl_context=tls)
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.handle_error = _no_news  # type: ignore[method-assign]
    return Running(server, misbehaving, "https" if tls else "http")
