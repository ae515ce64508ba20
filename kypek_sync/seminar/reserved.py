"""Seats of a seminar that are kept for some of those whom it is for, until a moment (`Seminar.reserved`). Pure.

Who is of such a group takes one of its seats first, and a seat like any other once those are gone; everybody else finds
that many fewer. From that moment on, once a complete read shows who applied by then, what is left of the kept seats
goes to those of the group who applied in time and were told nothing yet, then to whoever is next. A seat that was told
is never taken back for a group, and a grant by name may take any that is free. In a seminar in parts the seats are kept
in the seminar as a whole, whichever part people come to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from kypek_sync.model import HELD, Seat, Seminar
from kypek_sync.seminar.eligibility import Facts
from kypek_sync.seminar.priority import BETWEEN

RESERVED = "reserved"
"""The rule by which somebody waits although seats are free (`Seat.rule`)."""
KEPT, KEPT_UNTIL = "kept", "kept-until"
"""Facts: the groups for which they are kept, and until when at most (ISO 8601); of a seat, the group as whose it was
given."""


class KeptSeats:
    """What is still kept while seats are given in order. `held` are the groups (their numbers) of each who has a seat,
    in a fixed order; `watermark` as in `seats.Ground`."""

    def __init__(self, seminar: Seminar, held: Iterable[Collection[int]], watermark: datetime | None) -> None:
        self._all = seminar.reserved
        self._left = [one.seats for one in self._all]
        self._over = [watermark is not None and watermark >= one.until for one in self._all]
        for groups in held:
            self.take(groups)

    @property
    def total(self) -> int:
        """How many seats are kept."""
        return sum(self._left)

    def own(self, groups: Collection[int]) -> bool:
        """Whether one of them is kept for somebody of these groups."""
        return any(self._left[n] for n in groups)

    def take(self, groups: Collection[int]) -> Facts:
        """Somebody of these groups has a seat: as whose, if it is one of the kept."""
        for n in sorted(groups):
            if self._left[n]:
                self._left[n] -= 1
                return ((KEPT, self._all[n].group.name),)
        return ()

    def wanted(self, comers: Iterable[tuple[datetime, Collection[int]]]) -> None:
        """Keep no more of those whose moment has passed than there are `comers` in time: (moment of the application,
        groups) of people who were told nothing yet."""
        counts = [0] * len(self._left)
        for at, groups in comers:
            mine = (n for n in sorted(groups) if self._over[n] and at <= self._all[n].until)
            if (n := next((n for n in mine if counts[n] < self._left[n]), None)) is not None:
                counts[n] += 1
        self._left = [
            counts[n] if over else left for n, (over, left) in enumerate(zip(self._over, self._left, strict=True))
        ]

    def let_go(self) -> bool:
        """Keep nothing any more of those whose moment has passed; whether that was anything."""
        anything = any(left for over, left in zip(self._over, self._left, strict=True) if over)
        self._left = [0 if over else left for over, left in zip(self._over, self._left, strict=True)]
        return anything

    def facts(self) -> Facts:
        """For whom seats are kept, and until when."""
        those = [one for one, left in zip(self._all, self._left, strict=True) if left]
        until = max(one.until for one in those)
        return (KEPT, BETWEEN.join(one.group.name for one in those)), (KEPT_UNTIL, until.isoformat())


def holders(seminar: Seminar, seats: Iterable[Seat]) -> list[Seat]:
    """Those who take one of the seats, in a fixed order; whoever has a place in a cancelled part takes none."""
    off = seminar.cancelled_parts
    return sorted((s for s in seats if s.state in HELD and s.part not in off), key=lambda seat: seat.login)
