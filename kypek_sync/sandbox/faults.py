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

import math
import random
import re
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

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


FORM = "SYSTEM:FAULT[=VALUE][@WHEN], e.g. eclass:html-200@3"


class UnknownFault(ValueError):
    """What was asked for is not of the form, or nobody here knows it.

    `what` is `form`, `system`, `fault` or `value`; `word` is the part that is meant, `known` what would do in its place
    and `instead` the nearest of these, or empty. The message says all of it in English.
    """

    def __init__(self, what: str, word: str, known: Collection[str] = (), system: str = "") -> None:
        self.what, self.word, self.known, self.system = what, word, sorted(known), system
        self.instead = next(iter(get_close_matches(word, self.known, 1, cutoff=0.7)), "")
        maybe = f"did you mean {self.instead!r}? " if self.instead else ""
        sentence = {
            "form": f"{word!r} is not of the form {FORM}",
            "system": f"there is no system {word!r}; {maybe}There are: {', '.join(self.known)}",
            "fault": f"{system} knows no fault {word!r}; {maybe}It knows: {', '.join(self.known)}",
            "value": f"{word!r} is no number of seconds, levels or megabytes: write e.g. slow=0.5",
        }
        super().__init__(sentence[what])


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
            raise UnknownFault("form", text)
        if match["value"] and not _is_number(match["value"]):
            raise UnknownFault("value", match["value"])
        when = match["when"] or ""
        return cls(
            system=match["system"],
            name=match["fault"],
            value=match["value"] or "",
            left=int(when) if when and not when.endswith("%") else None,
            share=int(when[:-1]) / 100 if when.endswith("%") else None,
        )


def _is_number(word: str) -> bool:
    try:
        number = float(word)
    except ValueError:
        return False
    return math.isfinite(number) and number >= 0


class FaultBook:
    """The faults in force. Safe to use from several threads; deterministic by `seed`.

    `known` are the faults that each system can play; with it any other system or fault is refused, so that a slip of
    the pen is not taken for a server that behaves well. `struck` counts, by system and fault, how often one was played.
    """

    def __init__(self, seed: int = 0, known: Mapping[str, Collection[str]] | None = None) -> None:
        self._known = known
        self.struck: Counter[tuple[str, str]] = Counter()
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._random = random.Random(seed)

    def set(self, text: str) -> Fault:
        """Put one fault in force. Raises `UnknownFault`."""
        fault = Fault.parse(text)
        playable = self._playable(fault.system)
        if playable is not None and fault.name not in playable:
            raise UnknownFault("fault", fault.name, playable, fault.system)
        with self._lock:
            self._faults.append(fault)
        return fault

    def _playable(self, system: str) -> Collection[str] | None:
        """The faults that `system` can play; `*` can play what any can. None: anything goes."""
        if self._known is None:
            return None
        if system == "*":
            return {name for names in self._known.values() for name in names}
        if system not in self._known:
            raise UnknownFault("system", system, [*self._known, "*"])
        return self._known[system]

    def lift(self, system: str = "*") -> None:
        """Lift the faults of one system, or all of them with `*`. Raises `UnknownFault` for a system that is none."""
        self._playable(system)
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
                self.struck[system, name] += 1
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
