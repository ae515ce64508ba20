"""Waiting for a condition, with an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE = 30.0


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Return as soon as it is true; fail after `patience` seconds."""
    end, tick = time.monotonic() + patience, threading.Event()
    while not true():
        assert time.monotonic() < end, f"waited {patience:g} s in vain until {what}"
        tick.wait(0.02)
