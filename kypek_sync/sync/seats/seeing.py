"""What the reads of a pass showed of the courses that should be, with what the ledger knows of each: whom we put there,
whom we shut out, who was taken out by hand, and who stays because of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kypek_sync.language import Text
from kypek_sync.ledger import bindings, descriptions, reads
from kypek_sync.ledger.programmes import Offering
from kypek_sync.sync.courses import group_names
from kypek_sync.sync.courses.ownership import Key, respected, shut_out
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.courses.sharing import Sharing
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.desired import WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse
from kypek_sync.sync.planning.rests import rests_on, rests_on_all
from kypek_sync.sync.seats.reading import SeatsRead


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be: the courses with their people, the seminars by code, and which of the courses others use too."""

    courses: Mapping[Key, WishedCourse]
    offerings: Mapping[str, Offering]
    sharing: Sharing


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of each of them; whom we put into groups, by (system, `COURSE/name`); how many were taken out by
    hand and are left out since."""

    courses: Mapping[Key, ObservedCourse]
    placed: Mapping[Key, frozenset[str]]
    left_out: int


def observe(connection: Connection, inst: Installation, kypek: str, read: SeatsRead, wanted: Wanted) -> Seen:
    """Bring what the ledger remembers of suspensions and of people taken out by hand up to date, and tell what each of
    the courses shows."""
    adopted = group_names.adopted(connection, kypek)
    suspended = shut_out(connection, kypek, wanted.courses, read.fresh)
    over = inst.clock() - inst.loaded.settings.directory_rules.grace
    left_out = respected(connection, kypek, wanted.courses, read.fresh, inst.clock(), wanted.sharing.enrolled)
    bound = bindings.known(connection, kypek, "course")
    enrolled = bindings.claimed(connection, kypek, "enrolment")
    placed = bindings.claimed(connection, kypek, "membership")
    written = descriptions.written(connection, kypek)
    directory = inst.kypek(kypek).directory
    people_read = rests_on_all([one for one in reads.all_last(connection) if one.system == directory], inst.text)
    observed = {}
    for key, wish in wanted.courses.items():
        course = read.courses.get(key)
        observed[key] = replace(
            _observed(key, wish, course, key in bound, enrolled, placed),
            left_out=left_out.get(key, frozenset()),
            suspended=frozenset(suspended.get(key, ())),
            due=frozenset(login for login, since in suspended.get(key, {}).items() if since <= over),
            written=written.get(key),
            theirs=key in adopted,
            shown_by=_shown_by(key, course, inst.text),
            judged_by=(*_judged_by(wish, wanted.offerings[wish.seminar], read, inst, kypek), *people_read),
        )
        if key in wanted.sharing.users:
            observed[key] = wanted.sharing.seen(connection, observed[key], wish, over)
    return Seen(observed, placed, sum(len(logins) for logins in left_out.values()))


def _shown_by(key: Key, course: CourseRead | None, text: Text) -> tuple[str, ...]:
    """The reads that show a course as it is."""
    if course is None:
        return (text("no course of it is known on %(system)s", system=key[0]),)
    return rests_on((course.members, course.groups), text)


def _judged_by(
    wish: WishedCourse, offering: Offering, read: SeatsRead, inst: Installation, kypek: str
) -> tuple[str, ...]:
    """The read of applications behind the seats that a mirror shows; a registration course shows them itself."""
    if not wish.mirror:
        return ()
    registration = read.courses.get((offering.seminar.platform or inst.kypek(kypek).courses, wish.course))
    return rests_on((registration.members,), inst.text) if registration is not None else ()


def _observed(
    key: Key,
    wish: WishedCourse,
    course: CourseRead | None,
    bound: bool,
    enrolled: Mapping[tuple[str, str], frozenset[str]],
    placed: Mapping[tuple[str, str], frozenset[str]],
) -> ObservedCourse:
    system, ours = key
    mine = enrolled.get(key, frozenset())
    groups = {name: placed.get((system, f"{ours}/{name}"), frozenset()) for name, _ in wish.groups}
    if course is None:
        return ObservedCourse(system, ours, bound, readable=not bound, enrolled=mine, placed=groups)
    return ObservedCourse(
        system=system,
        seminar=ours,
        bound=bound,
        readable=course.problem is None,
        gone=course.gone,
        course=course.course,
        members={m.login: m for m in course.members.items} if course.members else {},
        members_complete=course.members is not None and course.members.complete,
        groups={g.name: g for g in course.groups.items} if course.groups else {},
        groups_complete=course.groups is not None and course.groups.complete,
        enrolled=mine,
        placed=groups,
    )
