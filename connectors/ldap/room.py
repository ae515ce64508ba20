"""Room for what a directory sends faster than it is taken.

A server sends each entry by itself, and the system counts far more memory for a small packet than it holds. Where the
room that the system gives by itself (seen with Linux) runs out, packets are thrown away, and the page stands still
until they are sent again, 200 ms each time: up to half of a country's read.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

ROOM = 2 << 20
"""Octets, twice of which the system gives: a page of a thousand entries."""
_ALLOWED = Path("/proc/sys/net/core/rmem_max")


def make_room(connected: socket.socket) -> None:
    """Send at once, and receive into that much room, where the system allows as much: with less than that it does
    better by itself. Never raises."""
    with suppress(OSError):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with suppress(OSError, ValueError):
        if int(_ALLOWED.read_text()) >= ROOM:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
