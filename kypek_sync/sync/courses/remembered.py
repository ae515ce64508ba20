"""Courses as they were last read in full, for the passes between two full reads.

In between a platform is asked only in which courses somebody new is to be seen (`CourseNews`); the others stand as they
were read. That lives in the memory of the process: whoever starts anew reads everything. Nothing is written on the
strength of it: a course about which anything is wanted is read first, and one that we wrote to is forgotten.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from kypek_sync.contract import Capability, ConnectorError, CourseNews, Courses
from kypek_sync.sync.courses.reading import CourseRead, CourseTask

Key = tuple[str, str]


class Remembered:
    """The last full reads, by KYPEK, system and course. Safe to use from several threads."""

    def __init__(self) -> None:
        self._reads: dict[tuple[str, Key], CourseRead] = {}
        self._lock = threading.Lock()

    def keep(
        self, kypek: str, courses: Mapping[Key, CourseRead], abilities: Mapping[str, frozenset[Capability]]
    ) -> None:
        """Remember the reads that leave no question open; the others are forgotten, and so are courses of this KYPEK
        that were not read."""
        kept = {(kypek, key): one for key, one in courses.items() if _settled(one, abilities.get(key[0], frozenset()))}
        with self._lock:
            self._reads = {key: one for key, one in self._reads.items() if key[0] != kypek} | kept

    def forget(self, system: str, course: str) -> None:
        """Forget a course, whoever reads it: it is about to be changed."""
        with self._lock:
            self._reads = {
                key: one
                for key, one in self._reads.items()
                if key[1][0] != system or one.course is None or one.course.id != course
            }

    def standing(
        self,
        kypek: str,
        tasks: Sequence[CourseTask],
        platforms: Mapping[str, Courses],
        now: datetime,
        good_for: timedelta,
    ) -> dict[Key, CourseRead]:
        """The courses of these tasks that need not be read again: read less than `good_for` ago, the same people looked
        for, and nobody new there as far as their platform can tell. One that cannot be asked tells of nothing new."""
        with self._lock:
            mine = {key: one for (of, key), one in self._reads.items() if of == kypek}
        fresh: dict[Key, CourseRead] = {
            task.key: one
            for task in tasks
            if (one := mine.get(task.key)) is not None and _serves(one, task, now, good_for)
        }
        quiet = _quiet(fresh, platforms)
        return {key: one for key, one in fresh.items() if key in quiet}


def _quiet(fresh: Mapping[Key, CourseRead], platforms: Mapping[str, Courses]) -> frozenset[Key]:
    found: set[Key] = set()
    for system in sorted({system for system, _ in fresh}):
        mine = {key: one for key, one in fresh.items() if key[0] == system}
        platform = platforms.get(system)
        if not isinstance(platform, CourseNews):
            found |= mine.keys() if platform is not None else set()
            continue
        known = {
            one.course.id: {member.login: member for member in one.members.items}
            for one in mine.values()
            if one.course is not None and one.members is not None
        }
        try:
            quiet = platform.quiet(known)
        except ConnectorError:
            continue  # the reading of each course tells what is wrong
        found |= {key for key, one in mine.items() if one.course is not None and one.course.id in quiet}
    return frozenset(found)


def _settled(read: CourseRead, abilities: frozenset[Capability]) -> bool:
    """Whether a read leaves nothing to be looked at again soon: all was seen that this platform can show, and nobody
    was missing."""
    if read.problem is not None or read.course is None or read.members is None or read.groups is None:
        return False
    if not read.members.complete:
        return Capability.MEMBER_LIST not in abilities
    return read.groups.complete and not _missing(read, read.task)


def _serves(read: CourseRead, task: CourseTask, now: datetime, good_for: timedelta) -> bool:
    if read.members is None or not timedelta(0) <= now - read.members.as_of < good_for:
        return False
    same = (read.task.foreign_id, read.task.groups) == (task.foreign_id, task.groups)
    return same and bool(task.foreign_id) and not (read.members.complete and _missing(read, task))


def _missing(read: CourseRead, task: CourseTask) -> Iterable[str]:
    """Who applied or is ours and is not in the list: their absence wants a look of its own."""
    listed = {member.login for member in (*read.members.items, *read.asking)} if read.members is not None else set()
    return (task.applied | task.ours) - listed
