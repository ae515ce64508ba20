"""Second looks at who is missing from a course's whole list: by a second way of asking they are no members (rule 3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from kypek_sync.contract import (
    ConnectorError,
    Courses,
    ManyMemberships,
    Member,
    MembershipsAcross,
    SkipThis,
    Snapshot,
    TryLater,
)

PATIENCE = 2
"""People in a row of whom a server told nothing, after which it is not asked about more of them."""
TOGETHER = 50
"""Courses asked about in one look at several, so that the lane is asked for often enough."""


def wanted(
    applied: Collection[str], ours: Collection[str], members: Snapshot[Member], asking: Collection[str]
) -> frozenset[str]:
    """Who applied or is ours and is not in the list. Whose request (`asking`) waits for an answer, or cannot be seen,
    still applies; a list that may not be whole shows nobody's absence."""
    if not members.complete:
        return frozenset()
    return frozenset(((set(applied) - set(asking)) | set(ours)) - {member.login for member in members.items})


def look(platform: Courses, course: str, missing: Collection[str]) -> frozenset[str]:
    """Those of the `missing` who are no members of one course."""
    if len(missing) > 1 and isinstance(platform, ManyMemberships):
        try:
            return _gone(missing, platform.memberships(course, sorted(missing)))
        except (SkipThis, TryLater):
            return frozenset()  # what is not proven stands
    gone: set[str] = set()
    failures = 0
    for login in sorted(missing):
        if failures >= PATIENCE:
            break  # a server that went away is not asked about each: what is not proven stands
        try:
            if platform.membership(course, login) is None:
                gone.add(login)
            failures = 0
        except SkipThis:
            continue
        except TryLater:
            failures += 1
    return frozenset(gone)


def look_across(
    platform: MembershipsAcross, missing: Mapping[str, frozenset[str]], still_ours: Callable[[], None]
) -> Iterator[tuple[str, frozenset[str] | ConnectorError]]:
    """Those of the `missing` who are no members, by course, for several courses at a time; of some nothing may be told.
    In place of those of a server that needs a person, its error. `still_ours` is asked before each time; what it raises
    ends the looking."""
    courses = sorted(missing)
    for start in range(0, len(courses), TOGETHER):
        some = courses[start : start + TOGETHER]
        still_ours()
        try:
            told = platform.memberships_across({course: sorted(missing[course]) for course in some})
        except (SkipThis, TryLater):
            return  # what is not proven stands
        except ConnectorError as error:
            yield from ((course, error) for course in courses[start:])
            return
        yield from ((course, _gone(missing[course], told.get(course, {}))) for course in some)


def _gone(missing: Collection[str], told: Mapping[str, Member | None]) -> frozenset[str]:
    """Whom an answer names as no member: who is left out of it may still be one."""
    return frozenset(login for login in missing if login in told and told[login] is None)
