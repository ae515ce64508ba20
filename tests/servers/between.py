"""Somebody who stands between a client and a real server on this machine, passes every byte on, and does one thing
after so many of the server's."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.servers.listening import Listening


class Between(Listening):
    """Passes on what comes to `port`. After `after` bytes of the server it calls `then` once, with itself; that may
    `reset` the client's connection, `hush` (pass nothing on any more, all connections held open), or deal with the
    server. As a context manager it ends all its threads."""

    def __init__(self, port: int, after: int, then: Callable[[Between], object]) -> None:
        super().__init__()
        self._target = port
        self._left = after
        self._then = then
        self._hushed = threading.Event()

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

    def serve(self, client: socket.socket) -> None:
        """Pass on what both sides say."""
        server = socket.socket(socket.AF_INET)
        # So that the server is never megabytes ahead of what has been passed on: "the middle" is its middle too.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self._open.append(server)
        server.connect(("127.0.0.1", self._target))
        self._start(self._pass, server, client, True)
        self._pass(client, server, False)

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
