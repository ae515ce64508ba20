"""In which courses somebody new is to be seen: a light look between two full reads (section 3.1, M-35).

With the report two calls tell it of all courses; without it, and for a course without an ID number, a list of bare
numbers does, one for each course. Who left shows in the second alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from connectors.moodle.catalogue import Catalogue
from connectors.moodle.feed import Enrolled, Feed
from connectors.moodle.memberships import Memberships
from kypek_sync.contract import Member, SkipThis

People = Mapping[str, Member]


class News:
    """Looks for what is new. `parallel` courses are asked about at a time."""

    def __init__(self, memberships: Memberships, catalogue: Catalogue, feed: Feed | None, parallel: int) -> None:
        self._memberships = memberships
        self._catalogue = catalogue
        self._feed = feed
        self._parallel = parallel

    def quiet(self, known: Mapping[str, People], *, dated: bool) -> frozenset[str]:
        """The courses with nobody but those `known` in them, as far as it can be told. `dated`: the report can be read.
        Raises what the client raises."""
        references = {course: self._catalogue.reference(course) for course in known} if dated and self._feed else {}
        told = self._feed.news() if self._feed is not None and any(references.values()) else {}
        by_report = {course for course, reference in references.items() if reference}
        quiet = {course for course in by_report if _as_known(told.get(references[course], {}), known[course])}
        left = [course for course in known if course not in by_report]
        with ThreadPoolExecutor(self._parallel) as pool:
            answers = pool.map(lambda course: self._same_people(course, known[course]), left)
            return frozenset(quiet.union(course for course, same in zip(left, answers, strict=True) if same))

    def _same_people(self, course: str, known: People) -> bool:
        try:
            return self._memberships.logins(course) == known.keys()
        except SkipThis:
            return False  # hidden or gone: the full read tells


def _as_known(told: Mapping[str, Enrolled], known: People) -> bool:
    """Whether the report shows just those whom it has shown before, enrolled when they were: somebody who left and came
    back is new."""
    dates = {login: member.since for login, member in known.items() if member.since is not None}
    return {login: one.since for login, one in told.items()} == dates
