"""Servers for the wire: a small application behind the wire faults, and sockets that follow a script."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from kypek_sync.contract import Wire, WireLimits
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve

Script = Callable[[socket.socket], None]


@dataclass
class Handled:
    """What an application was asked, and how many at once."""

    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    pause: float = 0.0
    answer: Callable[[Request], Response] = lambda request: Response('{"ok": true}', content_type="application/json")
    _inside: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        with self._lock:
            self._inside += 1
            self.most_at_once = max(self.most_at_once, self._inside)
            self.requests.append((request.method, request.full_path.rstrip("?"), request.get_data()))
            self.headers.append({name.lower(): value for name, value in request.headers.items()})
        time.sleep(self.pause)
        with self._lock:
            self._inside -= 1
        return self.answer(request)(environ, start_response)


@dataclass
class Site:
    """A served application and the wires to it. `port_counts` are all requests that came, spoilt ones included."""

    app: Handled
    running: Running
    faults: FaultBook
    made: list[Wire] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.running.address

    @property
    def asked(self) -> int:
        """Requests that reached the server, whatever it did with them."""
        return sum(self.running.calls.values())

    def wire(self, *, ca_file: str = "", **limits: Any) -> Wire:
        """A wire with these limits."""
        self.made.append(
            Wire("desk", WireLimits(**{"connect": 3, "read": 3, "deadline": 10, **limits}), ca_file=ca_file)
        )
        return self.made[-1]


@contextmanager
def site(tls: tuple[str, str] | None = None) -> Iterator[Site]:
    """Serve the application; writes that travel by GET are those below /do."""
    app, faults = Handled(), FaultBook()

    def is_write(environ: dict[str, Any]) -> bool:
        return environ["REQUEST_METHOD"] != "GET" or str(environ["PATH_INFO"]).startswith("/do")

    it = Site(app, serve(app, "desk", faults, is_write=is_write, tls=tls), faults)
    try:
        yield it
    finally:
        for wire in it.made:
            wire.close()
        it.running.stop()


@contextmanager
def listening(script: Script, tls: tuple[str, str] | None = None) -> Iterator[str]:
    """A server that follows a script with each client. Gives its address."""
    server = socket.create_server(("127.0.0.1", 0))
    over, threads = threading.Event(), list[threading.Thread]()

    def talk(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            ours = connection
            if tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*tls)
                ours = context.wrap_socket(connection, server_side=True)
            with ours:
                script(ours)

    def accept() -> None:
        with suppress(OSError):
            while not over.is_set():
                connection, _ = server.accept()
                connection.settimeout(20)
                threads.append(threading.Thread(target=talk, args=(connection,), daemon=True))
                threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.getsockname()[1]}"
    finally:
        over.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        acceptor.join(5)
        for thread in threads:
            thread.join(10)


def hear(connection: socket.socket) -> bytes:
    """A whole request without a body, or with one that came along."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        piece = connection.recv(65536)
        if not piece:
            return heard
        heard += piece
    return heard


def drip(connection: socket.socket, data: bytes, every: float = 0.05) -> None:
    """Byte by byte, each well within the limit of a read."""
    pause = threading.Event()
    for number in range(len(data)):
        connection.sendall(data[number : number + 1])
        pause.wait(every)


def unused_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
