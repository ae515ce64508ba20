"""What befalls a process: faults of the servers it asks, somebody else's deeds meanwhile, and death at a given moment.

A moment is the instant before or after a foreign call, before or after a commit of the ledger. The n-th of them can be
the last: nothing of the dead process runs afterwards, so its lease stays until it runs out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from kypek_sync.ledger import Ledger


class Death(BaseException):
    """The process ends here."""


class Fault(StrEnum):
    """How one call of a server goes wrong."""

    NONE = "none"
    AWAY = "away"
    """Nothing was changed; try later."""
    REFUSED = "refused"
    """Credentials, permission: nothing more until a person acts."""
    SKIP = "skip"
    """This call cannot be done; others can."""
    ONE = "one"
    """The first element is refused, the others are done."""
    LOST_DONE = "lost, done"
    """Done, but the answer was lost."""
    LOST_HALF = "lost, half done"
    """The first half was done, and the answer was lost."""
    LOST = "lost"
    """Nothing was done, and nobody can tell."""
    TWICE = "twice"
    """The request was delivered twice: the answer is that of the second."""


class Look(StrEnum):
    """How one read of a server goes wrong."""

    WELL = "well"
    AWAY = "away"
    REFUSED = "refused"
    CUT = "cut"
    """It ends early and says so."""
    SHORT = "short"
    """It ends early and does not say so."""
    EMPTY = "empty"
    """Nobody at all, and it says that this is all."""
    OLD = "old"
    """The state of some time ago, and it says so."""


@dataclass
class Fate:
    """`die_at` is the number of the last moment (0: none); `meanwhile` are deeds of others by the number of the moment
    at which they happen; `faults` and `looks` are those of the next calls by system."""

    die_at: int = 0
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    looks: dict[str, deque[Look]] = field(default_factory=dict)
    moments: int = 0
    dead: bool = False

    def moment(self) -> None:
        """One of them passes. Raises `Death` if it is the last, or was."""
        if self.dead:
            raise Death
        self.moments += 1
        if self.moments == self.die_at:
            self.dead = True
            raise Death
        if deed := self.meanwhile.pop(self.moments, None):
            deed()

    def fault(self, system: str) -> Fault:
        """What happens to this write."""
        waiting = self.faults.get(system)
        return waiting.popleft() if waiting else Fault.NONE

    def look(self, system: str) -> Look:
        """What happens to this read."""
        waiting = self.looks.get(system)
        return waiting.popleft() if waiting else Look.WELL

    def lift(self) -> None:
        """All is well from now on."""
        self.faults.clear()
        self.looks.clear()
        self.meanwhile.clear()


class MortalLedger(Ledger):
    """The ledger of a process that may die before a commit, which then never happens, or right after it."""

    def __init__(self, ledger: Ledger, fate: Fate) -> None:
        super().__init__(ledger.engine, ledger.name)
        self.fate = fate

    @contextmanager
    def begin(self, *, keep: bool = True) -> Iterator[Connection]:
        """As the real one."""
        if self.fate.dead:
            raise Death
        with super().begin(keep=keep) as connection:
            yield connection
            if keep:
                self.fate.moment()
        if keep:
            self.fate.moment()
