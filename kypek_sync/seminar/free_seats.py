"""How many seats a seminar has left, and each of its parts: both count (design, rule 13). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kypek_sync.model import HELD, Seat, Seminar

LINE = "line"
"""The fact of a waiting seat that says where its holder stands in the order of the whole seminar, where each part has a
waiting list of its own: by that they move up when a seat becomes free for which several parts wait."""

Facts = tuple[tuple[str, str], ...]


class FreeSeats:
    """What is left while seats are given in order; `decided` are those that stand already."""

    def __init__(self, seminar: Seminar, decided: Iterable[Seat]) -> None:
        self.seminar = seminar
        self.limits = {part.id: part.capacity for part in seminar.parts if part.capacity is not None}
        off = seminar.cancelled_parts  # whoever has a place there takes none of the others
        self.taken = Counter(seat.part for seat in decided if seat.state in HELD and seat.part not in off)
        self._all = self.taken.total()
        self._waiting: Counter[str] = Counter()

    def for_part(self, part: str) -> bool:
        """Whether somebody can have a seat in a part (empty: the only course of the seminar)."""
        return not self._full(part) and (self.seminar.capacity is None or self._all < self.seminar.capacity)

    @property
    def left(self) -> int | None:
        """How many seats nobody has, of all the seminar's; None without a limit."""
        limit = seats_in_all(self.seminar)
        return None if limit is None else limit - self._all

    def take(self, part: str) -> Facts:
        """One more has a seat: which it is, of how many."""
        self.taken[part] += 1
        self._all += 1
        if part in self.limits:
            return (*_numbered("number", self.taken[part]), *self._of_part(part))
        return (*_numbered("number", self._all), ("capacity", str(self.seminar.capacity or "")))

    def wait(self, part: str) -> tuple[int, Facts]:
        """One more waits: the place, and the facts. Parts with seats of their own have a list of their own each."""
        own = self.line(part)
        self._waiting[own] += 1
        place = _numbered("place", self._waiting[own])
        line = _numbered(LINE, self._waiting.total()) if self.limits else ()
        if self._full(part):
            return self._waiting[own], (*place, *self._of_part(part), *line)
        return self._waiting[own], (*place, ("capacity", str(self.seminar.capacity or "")), *line)

    def line(self, part: str) -> str:
        """The waiting list of a part: its own where parts have seats of their own, else the seminar's (empty)."""
        return part if self.limits else ""

    def _full(self, part: str) -> bool:
        return part in self.limits and self.taken[part] >= self.limits[part]

    def _of_part(self, part: str) -> Facts:
        return ("capacity", str(self.limits[part])), ("part", self.seminar.part_name(part))


def seats_in_all(seminar: Seminar) -> int | None:
    """How many seats a seminar has: its own limit, else what its parts have together; None without one."""
    if seminar.capacity is not None or not seminar.parts:
        return seminar.capacity
    held = [part.capacity for part in seminar.parts if part.id not in seminar.cancelled_parts]
    limited = [one for one in held if one is not None]
    return sum(limited) if len(limited) == len(held) else None


def line_of(seat: Seat) -> int:
    """Where somebody who was told to wait stands in the order of the whole seminar."""
    return int(dict(seat.facts).get(LINE, seat.place))


def _numbered(word: str, number: int) -> Facts:
    return ((word, str(number)),)
