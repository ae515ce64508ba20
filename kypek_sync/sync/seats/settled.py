"""What the last pass of the seats lane came to, for seminars of which nothing has changed since.

Each pass reads the ledger anew. Rows that are the same give the same objects (`ledger.row_memory`), and courses that
nobody has to read again are the same reads (`courses.remembered`): so whether anything that a decision rests on is
another than before is told by identity. No rule of the seats looks at a clock but that of offers: a seminar with an
open one is decided in full; the others take the moments of applications, of the programme and of the read. Whatever is
in doubt is decided in full: a course without a whole read, requests to be let in, courses that registration has left,
seminars that are paused, withdrawals that wait for a person.

This lives in the memory of the process. It is kept only after the transaction that decided was: what was written then
makes the rows of the next pass others, so that what serves again is just what wrote nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kypek_sync.ledger.people import Known

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Common:
    """What the decisions of all seminars of a pass rest on: `known` are the people by login, `rest` all else, to be
    compared as a whole."""

    known: Mapping[str, Known]
    rest: tuple[object, ...]


@dataclass
class Settled:
    """The memory, by KYPEK. Used by one pass of a KYPEK at a time: its lease sees to that."""

    _common: dict[str, Common] = field(default_factory=dict)
    _decided: dict[str, dict[str, tuple[tuple[object, ...], Any]]] = field(default_factory=dict)
    _made: dict[Hashable, tuple[tuple[object, ...], Any]] = field(default_factory=dict)

    def begin(self, kypek: str, common: Common) -> Deciding:
        """The decisions of a pass, and which earlier ones may serve."""
        last = self._common.get(kypek)
        if last is None or last.rest != common.rest:
            return Deciding(self, kypek, common, {}, frozenset())
        others = frozenset(
            login
            for login in last.known.keys() | common.known.keys()
            if last.known.get(login) != common.known.get(login)
        )
        return Deciding(self, kypek, common, self._decided.get(kypek, {}), others)

    def once(self, place: Hashable, inputs: tuple[object, ...], make: Callable[[], V]) -> V:
        """What `make` gives: made anew only where one of its inputs is another object than the last time. It must
        depend on nothing else but the settings."""
        last = self._made.get(place)
        if last is not None and _same(last[0], inputs):
            found: V = last[1]
            return found
        made = make()
        self._made[place] = inputs, made
        return made


@dataclass
class Deciding:
    """The decisions of one pass under way. `others` are the logins of people who are known otherwise than before."""

    memory: Settled
    kypek: str
    common: Common
    before: Mapping[str, tuple[tuple[object, ...], Any]]
    others: frozenset[str]
    now: dict[str, tuple[tuple[object, ...], Any]] = field(default_factory=dict)

    def serving(self, seminar: str, inputs: tuple[object, ...], people: Iterable[Iterable[str]]) -> Any | None:
        """What was decided of a seminar the last time, if all its `inputs` are the same objects and nobody of these
        `people` is known otherwise."""
        last = self.before.get(seminar)
        if last is None or not _same(last[0], inputs):
            return None
        if self.others and not all(self.others.isdisjoint(those) for those in people):
            return None
        self.now[seminar] = last
        return last[1]

    def settle(self, seminar: str, inputs: tuple[object, ...], made: object) -> None:
        """This was decided, and leaves no question open."""
        self.now[seminar] = inputs, made

    def keep(self) -> None:
        """What was decided was kept: it may serve the next pass."""
        self.memory._common[self.kypek] = self.common
        self.memory._decided[self.kypek] = self.now


def _same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and all(a is b for a, b in zip(before, now, strict=True))
