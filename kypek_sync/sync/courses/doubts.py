"""Holds what a course showed against what it showed last: a list that shrank at once is not believed the first time.

A person's own absence has its second proof (rule 3), and withdrawals beyond the limits wait as a hold (`guard`). What
is left is a list that looks whole and lacks many whom nobody asked about one by one: in a mirror all of them. Such a
read stays partial for whatever takes something away, until a second one agrees (rule 1). The second one is not of the
same moment: two KYPEKs that share a course read it seconds apart, and see the same blindness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Group, Member, Snapshot
from kypek_sync.language import clause
from kypek_sync.ledger import reads
from kypek_sync.ledger.reads import LastRead
from kypek_sync.sync.courses.reading import CourseRead

FEW = 4
"""A list of fewer members than this is believed whatever it lacks, unless it is empty."""
CLOSE = 0.9
"""Two doubted lists agree if the smaller one has this share of the larger one."""
APART = timedelta(minutes=5)
"""How far apart two reads must be for the second one to prove anything, whoever made them; less only where passes
themselves follow each other faster (`apart`)."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The courses as far as they are believed; `doubts` has the reads to note, each with what is doubted of it; `said`
    are sentences for the report."""

    courses: Mapping[Key, CourseRead]
    doubts: tuple[tuple[Snapshot[Member] | Snapshot[Group], str], ...]
    said: tuple[str, ...]


def apart(interval: timedelta) -> timedelta:
    """How far apart two reads must be where a pass is made at every `interval`."""
    return min(APART, interval / 2)


def weighed(
    connection: Connection, courses: Mapping[Key, CourseRead], shrink: float, gap: timedelta = APART
) -> Weighed:
    """Weigh every read of a pass. `shrink` is the share of a course that may be missing from one read at once; a second
    read that agrees is believed if it is `gap` later than the first."""
    found: dict[Key, CourseRead] = {}
    doubts: list[tuple[Snapshot[Member] | Snapshot[Group], str]] = []
    said: list[str] = []
    known = known_by_course(connection, courses)
    for key, course in courses.items():
        if course.course is None or course.members is None or course.groups is None:
            found[key] = course
            continue
        system, identity = course.task.system, course.course.id
        before = known.get((system, identity), {})
        members, members_doubt = _members(connection, course.members, set(before) - course.proven_gone, shrink, gap)
        of_groups = replace(course.groups, scope=f"{identity}/groups")
        groups, groups_doubt = _groups(connection, of_groups, len(course.task.groups), gap)
        found[key] = replace(course, members=members, groups=replace(groups, scope=course.groups.scope))
        both: tuple[tuple[Snapshot[Member] | Snapshot[Group], str], ...]
        both = ((members, members_doubt), (groups, groups_doubt))
        doubts += [(one, doubt) for one, doubt in both if not (doubt and _same_sight(connection, one, gap))]
        for one, doubted in both:
            if doubted and not one.complete:
                said.append(
                    f"{system}: {course.task.course}: {clause(one.why_partial)}. Nothing is taken from anybody on the "
                    "strength of it; a second read that agrees is believed."
                )
    return Weighed(found, tuple(doubts), tuple(said))


def known_by_course(
    connection: Connection, courses: Mapping[Key, CourseRead]
) -> dict[tuple[str, str], Mapping[str, Member]]:
    """The members of these courses as they were seen last, by system and the course's id there."""
    those: dict[str, list[str]] = {}
    for course in courses.values():
        if course.course is not None:
            those.setdefault(course.task.system, []).append(course.course.id)
    return {
        (system, identity): members
        for system, identities in those.items()
        for identity, members in reads.known_members(connection, system, identities).items()
    }


def _members(
    connection: Connection, members: Snapshot[Member], known: set[str], shrink: float, gap: timedelta
) -> tuple[Snapshot[Member], str]:
    """The members, partial if most of those `known`, and not proven gone since, are listed no more."""
    missing = known - {member.login for member in members.items}
    shrunk = len(known) >= FEW and len(missing) > shrink * len(known)
    if not members.complete or not missing or not (shrunk or not members.items) or _agrees(connection, members, gap):
        return members, ""
    why = f"{len(members.items)} members are listed, {len(known)} were there at the last read"
    return replace(members, complete=False, why_partial=why), reads.SIZE


def _groups(connection: Connection, groups: Snapshot[Group], known: int, gap: timedelta) -> tuple[Snapshot[Group], str]:
    """The groups, partial if none is listed where we know some: else each would be made a second time (E-28)."""
    if not groups.complete or groups.items or not known or _agrees(connection, groups, gap):
        return groups, ""
    return replace(groups, complete=False, why_partial=f"no group is listed, {known} were there"), reads.SIZE


def _agrees(connection: Connection, now: Snapshot[Member] | Snapshot[Group], gap: timedelta) -> bool:
    """Whether an earlier read was doubted too, showed about as many, and is far enough away to be another one."""
    first = _alike(connection, now)
    return first is not None and first.as_of + gap <= now.as_of


def _same_sight(connection: Connection, now: Snapshot[Member] | Snapshot[Group], gap: timedelta) -> bool:
    """Whether an earlier read was doubted too, showed about as many, and is too near to be another one: it stays the
    first of the two, so that reads in quick succession do not put the second one off for ever."""
    first = _alike(connection, now)
    return first is not None and first.as_of <= now.as_of < first.as_of + gap


def _alike(connection: Connection, now: Snapshot[Member] | Snapshot[Group]) -> LastRead | None:
    """The read that was noted last, if it was doubted and showed about as many as this one."""
    last = reads.last(connection, now.system, now.scope)
    if last is None or last.doubt != reads.SIZE:
        return None
    small, large = sorted((last.items, len(now.items)))
    return last if small >= CLOSE * large else None
