"""Which problems of the directory's passes go into the log: each once when it begins, and once that all are over.

What stands between passes (a directory that shrank and waits for a person, a clock that was ahead) is a problem of each
of them, and of those of every KYPEK that shares the directory; `status` goes on showing it (design, rule 18).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

_FIGURE = re.compile(r"\d+")


class Telling:
    """What was told of each directory since its passes began to have problems. Safe to use from several threads.

    A problem is the same one when only its figures differ: moments, and how many are missing by now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, set[str]] = {}
        self._open: dict[str, set[str]] = {}

    def begins(self, system: str, kypek: str, problems: Sequence[str]) -> list[str]:
        """Those problems of a pass of a KYPEK that were not told yet."""
        with self._lock:
            told, fresh = self._told.setdefault(system, set()), []
            for problem in problems:
                if (kind := _FIGURE.sub("0", problem)) not in told:
                    told.add(kind)
                    fresh.append(problem)
            if problems:
                self._open.setdefault(system, set()).add(kypek)
            return fresh

    def ends(self, system: str, kypek: str) -> bool:
        """A pass of a KYPEK read the directory and had no problem: whether all that was told is over by that."""
        with self._lock:
            waiting = self._open.get(system, set())
            waiting.discard(kypek)
            if waiting or not self._told.get(system):
                return False
            self._told[system].clear()
            return True
