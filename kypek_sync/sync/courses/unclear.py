"""Courses that may have been made although nobody answered, of seminars that were cancelled meanwhile.

A creation without an answer is looked up when it is tried again (`calls`). For a cancelled seminar nothing is
tried again, so it is looked for here: a course that is there is ours and gets its word of cancellation; otherwise
people would go on applying in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import ConnectorError, Course, CourseKey, Courses, Verb
from kypek_sync.ledger import bindings, runs
from kypek_sync.ledger.bindings import Binding, Claim
from kypek_sync.sync.courses import twins
from kypek_sync.sync.planning.desired import WishedCourse

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look for such a course gave; `course` is None where there is none."""

    key: Key
    course: Course | None


def unclear(connection: Connection, kypek: str) -> frozenset[Key]:
    """The courses, as (system, course), whose creation never got a clear answer."""
    deeds = runs.open_intents(connection, kypek, (Verb.CREATE_COURSE,))
    return frozenset(deed.change.target.key for deed in deeds)


def look(
    wished: Iterable[WishedCourse],
    unclear: frozenset[Key],
    bound: Mapping[Key, Binding],
    platforms: Mapping[str, Courses],
    still_ours: Callable[[], None],
) -> tuple[Looked, ...]:
    """Look for those that nobody will try to make again. A platform that does not answer is asked at the next pass."""
    found = []
    for wish in wished:
        key = wish.key
        if not wish.cancelled or key not in unclear or key in bound or wish.system not in platforms:
            continue
        still_ours()
        try:
            found.append(Looked(key, platforms[wish.system].find(wish.draft.ref)))
        except ConnectorError:
            continue
    return tuple(found)


def record(connection: Connection, kypek: str, looked: Iterable[Looked], now: datetime) -> None:
    """What is there is ours; what is not needs no more looking. A list that leaves out inactive courses (E-19) proves
    less, but a course of a cancelled seminar that nobody can see or enter misleads nobody."""
    for one in looked:
        system, course = one.key
        if one.course is not None:
            bindings.learn(connection, kypek, Binding(system, "course", course, one.course.id, one.course.address), now)
            bindings.claim(connection, kypek, [Claim(system, "course", course, "", "created")], now)
            twins.learn(connection, kypek, CourseKey(system, course), one.course.twins, now)
        deeds = runs.open_intents(connection, kypek, (Verb.CREATE_COURSE,))
        mine = [d.intent for d in deeds if d.change.target.key == one.key]
        runs.settle(connection, mine, now)
