"""Somebody who stands between a client and a real server on this machine, passes every byte on, and does one thing
after so many of the server's."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress


class Between:
    """Passes on what comes to `port`. After `after` bytes of the server it calls `then` once, with itself; that may
    `reset` the client's connection, `hush` (pass nothing on any more, all connections held open), or deal with the
    server. As a context manager it ends all its threads."""

    def __init__(self, port: int, after: int, then: Callable[[Between], object]) -> None:
        self._target = port
        self._left = after
        self._then = then
        self._hushed = threading.Event()
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Between:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(10)

    @property
    def address(self) -> str:
        """Where it listens, without encryption."""
        return f"ldap://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Break the client's connections off without a farewell (RST)."""
        for each in self._open:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.shutdown(socket.SHUT_RD)  # whoever waits for it lets it go
            each.close()

    def hush(self) -> None:
        """From now on nothing is passed on."""
        self._hushed.set()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_INET)
            # So that the server is never megabytes ahead of what has been passed on: "the middle" is its middle too.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
            server.connect(("127.0.0.1", self._target))
            self._open += [client, server]
            self._start(self._pass, client, server, False)
            self._start(self._pass, server, client, True)

    def _pass(self, one: socket.socket, other: socket.socket, of_server: bool) -> None:
        with suppress(OSError):
            while data := one.recv(4096):
                if self._hushed.is_set():
                    continue
                if of_server and 0 < self._left <= len(data):
                    part, self._left = data[: self._left], 0
                    other.sendall(part)
                    self._then(self)
                    data = b"" if self._hushed.is_set() else data[len(part) :]
                elif of_server:
                    self._left = max(0, self._left - len(data))
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
