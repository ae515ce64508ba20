"""Stopwatch and memory of the present process."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Wall seconds of one call, and what it returned. Garbage made before it is collected before it."""
    gc.collect()
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    return timed(work)[0]


def peak() -> float:
    """The most memory that this process has held at any time, in MB (ru_maxrss, which Linux gives in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
