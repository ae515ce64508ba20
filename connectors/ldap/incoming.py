"""The messages that come on a connection of ldap3, taken from its socket one at a time, so that nothing is held but the
octets that were received at once, and so that every wait ends. ldap3's own receiving believes a length of 4 GiB, holds
a page whole before it gives any of it, and waits as long as one octet comes now and then.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from connectors.ldap.line import Kind, Trouble, of_certificate
from connectors.ldap.messages import cut, is_one

RECEIVED = 65_536
"""Octets that are received at a time, at most."""


class _Socket(Protocol):
    def recv(self, most: int, /) -> bytes: ...

    def settimeout(self, seconds: float, /) -> None: ...


class Incoming:
    """What comes on one connection. `socket` tells its socket, which is another one when encrypted; no wait for an
    octet is longer than `timeout` seconds."""

    def __init__(self, socket: Callable[[], _Socket], timeout: float) -> None:
        self._socket = socket
        self._timeout = timeout
        self._whole: deque[bytes] = deque()
        self._rest: bytes | bytearray = b""
        self._wanted = 0

    @property
    def pending(self) -> bool:
        """Whether octets were received that nobody took."""
        return bool(self._whole or self._rest)

    def until(self, end: float) -> Iterator[bytes]:
        """Each message, in order, until `end` of the monotonic clock. What is not taken is there for the next one who
        asks. Raises `Trouble` alone."""
        whole = self._whole
        while True:
            while whole:
                yield whole.popleft()
            more = self._more(end)
            if not self._rest and is_one(more):  # encrypted, each message comes by itself as a rule
                yield more
            else:
                whole.extend(self._cut(more))

    def _more(self, end: float) -> bytes:
        left = end - time.monotonic()
        if left <= 0:
            raise Trouble(Kind.TIMEOUT)
        try:
            more = self._received(left)
        except TimeoutError:
            raise Trouble(Kind.TIMEOUT) from None
        except OSError as error:
            certificate = "certificate" in str(error).lower()
            raise Trouble(of_certificate(str(error)) if certificate else Kind.BROKEN) from None
        if not more:
            raise Trouble(Kind.BROKEN)
        return more

    def _cut(self, more: bytes) -> list[bytes]:
        rest = self._rest
        if len(rest) + len(more) < self._wanted:
            self._rest = rest if isinstance(rest, bytearray) else bytearray(rest)
            self._rest += more
            return []
        try:
            found, self._rest, self._wanted = cut(bytes(rest) + more)
        except ValueError:
            raise Trouble(Kind.NONSENSE) from None
        return found

    def _received(self, left: float) -> bytes:
        socket = self._socket()
        if left >= self._timeout:
            return socket.recv(RECEIVED)
        socket.settimeout(left)
        try:
            return socket.recv(RECEIVED)
        finally:
            socket.settimeout(self._timeout)
