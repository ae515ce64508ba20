"""Who is in the groups of the courses that a pass is about to read: some dozens of courses by one call.

The groups themselves are listed course by course, which also shows those that came or went; only who is inside comes
along ahead, for groups that an earlier list of their course has shown, and each answer serves once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from kypek_sync.contract import SkipThis, TryLater
from kypek_sync.model import Clock

AT_ONCE = 40
"""Courses whose groups are asked about together, so that no answer waits long until it serves."""

Inside = dict[int, frozenset[int]]
"""User ids by group."""


class GroupsAhead:
    """`ask` tells who is in some groups; it refuses all where one is not there any more."""

    def __init__(self, ask: Callable[[list[int]], Inside], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[str, tuple[int, ...]] = {}
        self._expected: list[str] = []
        self._ahead: dict[int, tuple[datetime, frozenset[int]]] = {}
        self._lock = threading.Lock()

    def expect(self, courses: Iterable[str]) -> None:
        """A pass is about to read these courses, about in this order."""
        with self._lock:
            self._expected = list(dict.fromkeys(courses))
            self._ahead = {}

    def inside(self, course: str, groups: Sequence[int]) -> tuple[datetime, Mapping[int, frozenset[int]]]:
        """Who is in the groups of a course, as just listed, and since when that is known. Raises what `ask` raises."""
        with self._lock:
            if course in self._expected:
                self._look_ahead(course)
            self._known[course] = tuple(groups)
            found = {group: self._ahead.pop(group) for group in groups if group in self._ahead}
        if groups and len(found) == len(groups):
            return min(at for at, _ in found.values()), {group: users for group, (_, users) in found.items()}
        return self._clock(), self._ask(list(groups))

    def _look_ahead(self, course: str) -> None:
        """Ask about this course and those after it. What cannot be told together is asked for course by course."""
        start = self._expected.index(course)
        those = self._expected[start : start + AT_ONCE]
        del self._expected[start : start + AT_ONCE]
        groups = [group for one in those for group in self._known.get(one, ())]
        if len(those) < 2 or not groups:
            return
        now = self._clock()
        try:
            self._ahead |= {group: (now, users) for group, users in self._ask(groups).items()}
        except (SkipThis, TryLater):
            return
