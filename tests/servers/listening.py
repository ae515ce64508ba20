"""A socket on this machine that serves each client in a thread of its own, and ends them all when it is left."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Listening:
    """As a context manager: `serve` gets each client that comes, in a thread. `ended` is set when it is over."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    @property
    def address(self) -> str:
        """Where it listens, without encryption."""
        return f"ldap://127.0.0.1:{self.port}"

    def serve(self, client: socket.socket) -> None:
        """Deal with one client, until it goes."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self.ended.is_set():
                client, _ = self._listening.accept()
                self._open.append(client)
                self._start(self.serve, client)
