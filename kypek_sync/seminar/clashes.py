"""Sessions of two seminars, in both of which somebody has a seat, at the same hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from kypek_sync.model import Seminar, Session, Status, local


@dataclass(frozen=True, slots=True)
class Clash:
    """Another seminar, and the session of it that is at the same time (aware, UTC)."""

    seminar: str
    title: str
    starts: datetime
    ends: datetime

    @property
    def line(self) -> str:
        """The other session in words, on a Greek clock."""
        return f"«{self.title}» ({self.seminar}), {local(self.starts):%d/%m/%Y %H:%M}-{local(self.ends):%H:%M}"


def clashes(seminar: Seminar, part: str, others: Iterable[tuple[Seminar, str]]) -> tuple[Clash, ...]:
    """The sessions of the `others`, each with the part in which the person has a seat, that meet while one of this part
    of a seminar does, in the order of time. One that begins as the other ends is no clash."""
    mine = [*_held(seminar, part)]
    found = {
        Clash(other.code, other.title, theirs.starts, theirs.ends)
        for other, theirs_part in others
        if other.code != seminar.code
        for theirs in _held(other, theirs_part)
        if any(one.starts < theirs.ends and theirs.starts < one.ends for one in mine)
    }
    return tuple(sorted(found, key=lambda one: (one.starts, one.seminar)))


def _held(seminar: Seminar, part: str) -> Iterator[Session]:
    """The sessions of a part that take place."""
    off = seminar.status is Status.CANCELLED or part in seminar.cancelled_parts
    for session in () if off else seminar.sessions:
        if session.status is Status.PLANNED and session.part in (None, part):
            yield session
