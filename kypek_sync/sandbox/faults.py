"""The fault grammar: how a simulator is told to misbehave, at start and while it runs.

    SYSTEM:FAULT[=VALUE][@WHEN]

`SYSTEM` is a simulator's name or `*`; `FAULT` is one of `WIRE_FAULTS` or a fault that the simulator itself knows;
`VALUE` is a parameter (seconds for `slow`); `WHEN` is `3` (the next three requests), `20%` (a share, drawn with the
book's seed) or absent (until lifted). Examples: `eclass:html-200@3`, `*:slow=0.5`, `moodle:cut-body@20%`.

`WIRE_FAULTS` are played by `serving.py` around any simulator:

- `html-200`: an HTML page with status 200, the request is not handled
- `server-error`: status 500 with an empty body, not handled
- `unavailable`: status 503 with `Retry-After: 1`, not handled
- `redirect`: status 302 to an HTML login page, not handled
- `slow`: the answer comes after VALUE seconds (default 2)
- `hang`: no answer at all until the client gives up (bounded by VALUE seconds, default 60)
- `refuse`: the connection is closed before the request is handled
- `reset-after-write`: the request is handled, then the connection is closed without an answer (writes only)
- `cut-body`: handled; half of the body is sent, then the connection is closed
- `empty-200`: status 200 with an empty body, not handled
"""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass

WIRE_FAULTS = frozenset(
    {
        "html-200",
        "server-error",
        "unavailable",
        "redirect",
        "slow",
        "hang",
        "refuse",
        "reset-after-write",
        "cut-body",
        "empty-200",
    }
)
_GRAMMAR = re.compile(
    r"(?P<system>\*|[a-z][a-z0-9_-]*):(?P<fault>[a-z][a-z0-9-]*)(=(?P<value>[^@]+))?(@(?P<when>\d+%?))?"
)


class UnknownFault(ValueError):
    """The text is not of the form SYSTEM:FAULT[=VALUE][@WHEN]."""


@dataclass(slots=True)
class Fault:
    """One misbehaviour that was asked for. `left` counts requests (None: until lifted), `share` is 0..1 or None."""

    system: str
    name: str
    value: str = ""
    left: int | None = None
    share: float | None = None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read the grammar of this module. Raises `UnknownFault` with the form expected."""
        match = _GRAMMAR.fullmatch(text.strip())
        if match is None:
            raise UnknownFault(f"{text!r} is not of the form SYSTEM:FAULT[=VALUE][@WHEN], e.g. eclass:html-200@3")
        when = match["when"] or ""
        return cls(
            system=match["system"],
            name=match["fault"],
            value=match["value"] or "",
            left=int(when) if when and not when.endswith("%") else None,
            share=int(when[:-1]) / 100 if when.endswith("%") else None,
        )


class FaultBook:
    """The faults in force. Safe to use from several threads; deterministic by `seed`."""

    def __init__(self, seed: int = 0) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._random = random.Random(seed)

    def set(self, text: str) -> Fault:
        """Put one fault in force. Raises `UnknownFault`."""
        fault = Fault.parse(text)
        with self._lock:
            self._faults.append(fault)
        return fault

    def lift(self, system: str = "*") -> None:
        """Lift the faults of one system, or all of them with `*`."""
        with self._lock:
            self._faults = [] if system == "*" else [f for f in self._faults if f.system != system]

    def take(self, system: str, name: str) -> Fault | None:
        """The fault `name` if it strikes this request of `system`; one use is counted."""
        with self._lock:
            for fault in self._faults:
                if fault.name != name or fault.system not in ("*", system):
                    continue
                if fault.share is not None and self._random.random() >= fault.share:
                    continue
                if fault.left is not None:
                    if fault.left <= 0:
                        continue
                    fault.left -= 1
                return fault
        return None

    def of(self, system: str) -> SystemFaults:
        """The view that one simulator gets."""
        return SystemFaults(self, system)


@dataclass(frozen=True, slots=True)
class SystemFaults:
    """What a simulator asks: does this fault strike the request at hand?"""

    book: FaultBook
    system: str

    def take(self, name: str) -> bool:
        """True if the fault strikes now; one use is counted."""
        return self.book.take(self.system, name) is not None
