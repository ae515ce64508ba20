"""The courses in which people apply for one seminar: one, or one for each of its parts. Pure.

What one of them shows means little without the others: who left the morning's course may apply in the afternoon's. So
nobody is taken to have withdrawn before every one of them was read whole (rule 3), and the watermark is the oldest of
their reads (rule 13).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kypek_sync.contract import CourseKey
from kypek_sync.model import Application, Seat, Seminar
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.sync.courses.reading import CourseRead


@dataclass(frozen=True, slots=True)
class Registration:
    """The reads of a seminar's registration courses. `unread` are those that should have been read and were not;
    `listing`: the platform can tell who is in a course."""

    reads: tuple[CourseRead, ...] = ()
    unread: frozenset[CourseKey] = frozenset()
    listing: bool = True

    @classmethod
    def of(
        cls,
        seminar: Seminar,
        platform: str,
        courses: Mapping[tuple[str, str], CourseRead],
        bound: Collection[tuple[str, str]],
        *,
        listing: bool = True,
    ) -> Registration:
        """Those of a seminar on its platform. A course that was not made yet has shown everything, for nobody can be in
        it; so has one of several that the platform shows to be gone: what was applied for there stands."""
        keys = [CourseKey.of(platform, seminar.code, part.id) for part in seminar.courses]
        reads = tuple(courses[key] for key in keys if key in courses)
        unread = {read.task.key for read in reads if read.members is None and not (read.gone and len(keys) > 1)}
        unread |= {key for key in keys if key in bound and key not in courses}
        return cls(reads, frozenset(unread), listing)

    @property
    def shown(self) -> bool:
        """Whether every course was seen, though perhaps only in part."""
        return not self.unread and any(read.members is not None for read in self.reads)

    @property
    def whole(self) -> bool:
        """Whether every course was seen whole."""
        return self.shown and all(read.members.complete for read in self.reads if read.members is not None)

    @property
    def as_of(self) -> datetime | None:
        """The oldest of the reads; None where one of them was not whole."""
        moments = [read.members.as_of for read in self.reads if read.members is not None]
        return min(moments) if self.whole else None


def by_part(seminar: Seminar, seats: Mapping[str, Seat]) -> dict[str, dict[str, Seat]]:
    """The seats of a seminar by the id of the part that they are for; all of a seminar without parts together."""
    if not seminar.parts:
        return {"": dict(seats)}
    found: dict[str, dict[str, Seat]] = {part.id: {} for part in seminar.courses}
    for login, seat in seats.items():
        found.setdefault(seat.part, {})[login] = seat
    return found


def enrolled_anew(
    registration: Registration, applications: Iterable[Application], rulings: Iterable[Ruling]
) -> dict[Application, Application]:
    """Who gave their seat back, or let it go to a colleague, left the course and enrolled anew between two reads: the
    application that is over, and the new one."""
    taken = [one for one in rulings if one.word.takes and one.word is not Word.REFUSE]
    if not taken:
        return {}
    since = {
        (read.members.system, read.task.part, member.login): member.since
        for read in registration.reads
        if read.members is not None
        for member in read.members.items
    }
    found = {}
    for application in applications:
        at = since.get((application.system, application.part, application.login))
        rulings_about = [one.at for one in taken if one.about(application)]
        if at is not None and rulings_about and at > max(*rulings_about, application.at):
            found[application] = replace(application, at=at, exact=True)
    return found
