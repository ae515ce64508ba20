"""A server of LDAP on this machine that answers a search with whatever bytes it is told to, and their builders."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from tests.servers.listening import Listening

PAGED = b"1.2.840.113556.1.4.319"
PEOPLE = "ou=people,dc=sch,dc=gr"
BIND, UNBIND, SEARCH, EXTENDED = 0x60, 0x42, 0x63, 0x77

Send = Callable[[bytes], None]
Answers = Callable[[Send, int, int], None]
"""Answers a request: how to send, the request's number, and how many searches have come."""


def part(tag: int, *contents: bytes) -> bytes:
    """A part with its length."""
    content = b"".join(contents)
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, size) if size < 128 else (tag, 0x80 | len(octets))) + (b"" if size < 128 else octets) + content


def message(number: int, *contents: bytes) -> bytes:
    """A message that answers request `number`."""
    return part(0x30, part(2, number.to_bytes(number.bit_length() // 8 + 1, "big")), *contents)


def entry(number: int, name: str = "anna", *attributes: tuple[str, tuple[bytes, ...]], controls: bytes = b"") -> bytes:
    """An entry; its uid where nothing else is given."""
    those = attributes or (("uid", (name.encode(),)),)
    sets = (part(0x30, part(4, key.encode()), part(0x31, *(part(4, one) for one in all_))) for key, all_ in those)
    return message(number, part(0x64, part(4, f"uid={name},{PEOPLE}".encode()), part(0x30, *sets)), controls)


def controls(*those: bytes) -> bytes:
    """The controls of a message."""
    return part(0xA0, *those)


def cookie(value: bytes = b"") -> bytes:
    """The control at the end of a page; of the last one when empty."""
    return part(0x30, part(4, PAGED), part(4, part(0x30, part(2, b"\0"), part(4, value))))


def done(number: int, code: int = 0, *more: bytes, tag: int = 0x65) -> bytes:
    """A result, with the cookie of the last page where nothing else is told."""
    return message(number, part(tag, part(10, bytes([code])), part(4), part(4)), *(more or (controls(cookie()),)))


def result(number: int, tag: int, code: int = 0, *more: bytes) -> bytes:
    """A result without controls; `more` are its further parts."""
    return message(number, part(tag, part(10, bytes([code])), part(4), part(4), *more))


class Scripted(Listening):
    """The server. Signs everybody in (or `signs_in` answers), and lets `answers` do the rest. As a context manager it
    ends all its threads."""

    def __init__(self, answers: Answers, signs_in: Answers | None = None, extends: Answers | None = None) -> None:
        super().__init__()
        self._answers = {
            SEARCH: answers,
            BIND: signs_in or (lambda send, number, nth: send(result(number, 0x61))),
            EXTENDED: extends or (lambda send, number, nth: send(result(number, 0x78, 2))),
        }
        self._searches = 0

    def serve(self, client: socket.socket) -> None:
        """Until the client goes, or speaks of something else (the beginning of TLS)."""
        with suppress(OSError, LookupError), client, client.makefile("rb") as requests:
            while head := requests.read(2):
                octets = head[1] - 0x80 if head[1] >= 0x80 else 0
                size = int.from_bytes(requests.read(octets), "big") if octets else head[1]
                body = requests.read(size)
                start = 2 + body[1]
                number, kind = int.from_bytes(body[2:start], "big"), body[start]
                if kind == UNBIND:
                    return
                self._searches += kind == SEARCH
                self._answers[kind](client.sendall, number, self._searches)
