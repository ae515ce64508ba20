"""Leave to write, asked for again right before each request that changes something (design, rule 11).

Whoever asks a connector to change something makes sure first that the work is still theirs. A connector that divides
what it was asked for sends many requests, for minutes where a server is slow: the `Wire` asks before each. What
refuses it raises `TryLater`, like a server that has gone away: nothing more is sent, and what was sent is looked at and
told. Reads are never asked about. It holds for the thread in which it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Ask = Callable[[], None]
"""Returns if a request may be sent; raises `TryLater` if not."""

_asked: ContextVar[Ask | None] = ContextVar("asked_before_writes", default=None)


@contextmanager
def asked_before_writes(ask: Ask) -> Iterator[None]:
    """While this lasts, `ask` is called right before each request of this thread that changes something."""
    token = _asked.set(ask)
    try:
        yield
    finally:
        _asked.reset(token)


def ask_before_a_write() -> None:
    """For whoever sends requests: called right before one that changes something. Raises `TryLater`."""
    if (ask := _asked.get()) is not None:
        ask()
