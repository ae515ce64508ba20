"""Applications to courses that nobody enters by themselves: people ask, and who gets a seat is let in by us.

A platform does not close a request when somebody is enrolled by its API, and nobody has to: one that was made before
its maker gave the seat back is the old one, and no new wish.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from kypek_sync.contract import Member
from kypek_sync.model import Application
from kypek_sync.sync.courses.ownership import Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.desired import WishedCourse

NEVER = datetime.min.replace(tzinfo=UTC)


def fresh(asking: Iterable[Member], given_back: Mapping[str, datetime]) -> tuple[Member, ...]:
    """Who asks, each at the earliest moment, without the requests that were applications once and were given back.
    `given_back` are the moments of applications that do not stand any more, by login."""
    found: dict[str, Member] = {}
    for one in sorted(asking, key=lambda member: (member.since is None, member.since or NEVER), reverse=True):
        back = given_back.get(one.login)
        if back is None or (one.since is not None and one.since > back):
            found[one.login] = one  # the earliest comes last
    return tuple(found[login] for login in sorted(found))


def marked(
    standing: Iterable[Application], members: Iterable[Member], asking: Iterable[Member]
) -> tuple[Application, ...]:
    """The applications, each with whether it is a request; those that are not seen stay what they were."""
    inside, outside = {one.login for one in members}, {one.login for one in asking}
    seen = inside | outside
    return tuple(
        replace(one, request=not one.request) if one.login in seen and one.request == (one.login in inside) else one
        for one in standing
    )


def let_in(
    wished: Iterable[WishedCourse],
    courses: Mapping[Key, CourseRead],
    listed: Mapping[str, Collection[str]] | None = None,
) -> tuple[WishedCourse, ...]:
    """The wished courses, with those to be enrolled who have a seat and only asked to be let in, or are on a list that
    an officer handed in (`listed`, by seminar): in a registration course the others are in by themselves. Whoever
    teaches or runs it is in it already."""
    found = []
    for wish in wished:
        read = courses.get(wish.key)
        asking = {one.login for one in read.asking} if read is not None else set()
        outside = frozenset() if wish.mirror else frozenset(asking | set((listed or {}).get(wish.seminar, ())))
        more = (outside & wish.seated) - wish.students - wish.staff
        found.append(replace(wish, students=wish.students | more) if more else wish)
    return tuple(found)
