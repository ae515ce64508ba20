"""Time limits that OpenLDAP's library does not keep: on the half of a message that never comes, and on a handshake that
is never finished (seen with 2.5.13, whatever its options). They are put on the sockets themselves.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_after(
    theirs: Callable[[], Iterable[socket.socket]], seconds: float, foreign: tuple[type[Exception], ...]
) -> Iterator[None]:
    """Break the connection off when its handshake, or a whole answer, takes longer: the library may wait for ever for
    the next byte of it, whatever the time limits. Raises `TimeoutError` in place of the `foreign` error that comes of
    it."""
    cut = threading.Event()

    def shut() -> None:
        cut.set()
        for each in theirs():
            with each, suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(seconds, 0), shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except foreign:
        if cut.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        timer.join()


def descriptors() -> frozenset[int]:
    """The open files of this process, without the one that told them."""
    found = set()
    for name in os.listdir("/dev/fd"):
        with suppress(OSError):
            os.fstat(int(name))
            found.add(int(name))
    return frozenset(found)


def sockets(port: int, among: Iterable[int]) -> Iterator[socket.socket]:
    """Those of the descriptors that are connected to that port: the library tells nobody which is its own before the
    handshake is over. One of another thread that began later may be among them; it is then tried later."""
    for descriptor in among:
        try:
            copy = os.dup(descriptor)
        except OSError:
            continue
        try:
            found = socket.socket(fileno=copy)
        except OSError:
            os.close(copy)
            continue
        with suppress(OSError):
            if found.getpeername()[1] == port:
                yield found
                continue
        found.close()


def end_waits(descriptor: int, seconds: int) -> None:
    """Let no read or write of this socket wait longer, also in the middle of a message or a handshake, where the
    library's own time limits do not hold."""
    socket_ = socket.socket(fileno=os.dup(descriptor))
    with socket_:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            socket_.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))
