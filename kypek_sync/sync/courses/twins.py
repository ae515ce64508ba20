"""Courses that carry our reference beside the one that was taken: a copy made by hand takes it along, and no platform
without unique references keeps two from having it (E-23).

The oldest is taken. Whoever enrols in another one applies in vain, so its administrators are told until it is gone or
carries another reference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import ConnectorError, CourseKey, Courses
from kypek_sync.language import Text
from kypek_sync.ledger import bindings
from kypek_sync.ledger.bindings import Binding
from kypek_sync.seminar.cases import Case
from kypek_sync.seminar.cases import reference as case_reference
from kypek_sync.sync.planning.desired import reference

KIND = "twin"
"""The kind of binding by which such a course is remembered."""
_CASE = "course-twins"
Key = tuple[str, str]


def learn(
    connection: Connection, kypek: str, course: CourseKey, twins: Iterable[tuple[str, str]], now: datetime
) -> None:
    """Remember the others, by id and address."""
    for identity, address in twins:
        bindings.learn(
            connection, kypek, Binding(course.system, KIND, f"{course.course}#{identity}", identity, address), now
        )


def look(
    known: Mapping[Key, Binding],
    due: Collection[Key],
    alive: Collection[Key],
    kypek: str,
    platforms: Mapping[str, Courses],
    still_ours: Callable[[], None],
) -> frozenset[Key]:
    """Those of them that are gone or carry our reference no more, and those of courses that are not `alive`: nobody
    applies for a seminar that is over. One that cannot be looked at stays. They are looked for only where they are
    `due`, by our names of the courses: each time the platform is asked for all courses that it has."""
    over = {key for key in known if _course(key) not in alive}
    there: dict[CourseKey, frozenset[str]] = {}
    for course in sorted({_course(key) for key in known} & set(due)):
        if course.system not in platforms:
            continue
        still_ours()
        try:
            found = platforms[course.system].find(reference(kypek, course.course))
        except ConnectorError:
            continue
        if found is not None:
            there[course] = frozenset({found.id, *(identity for identity, _ in found.twins)})
    over |= {key for key, one in known.items() if one.foreign_id not in there.get(_course(key), {one.foreign_id})}
    return frozenset(over)


def _course(key: Key) -> CourseKey:
    """The course of ours that it has the reference of."""
    return CourseKey(key[0], key[1].rpartition("#")[0])


def forget(connection: Connection, kypek: str, over: Collection[Key]) -> None:
    """They mislead nobody any more."""
    for system, ref in sorted(over):
        bindings.forget(connection, kypek, system, KIND, ref)


def sentences(connection: Connection, kypek: str, text: Text) -> list[str]:
    """A sentence for each seminar's course that has such others."""
    return [said for those in _by_system(connection, kypek, text).values() for said in those]


def twin_cases(connection: Connection, kypek: str, text: Text) -> list[Case]:
    """One case for each platform, for those who look after it."""
    subject = "Several courses on %(system)s carry the reference of one seminar"
    return [
        Case(
            case_reference(kypek, "course-twins", system),
            "course-twins",
            text(subject, system=system),
            "\n".join(those),
        )
        for system, those in _by_system(connection, kypek, text).items()
    ]


def _by_system(connection: Connection, kypek: str, text: Text) -> dict[str, list[str]]:
    others: dict[CourseKey, list[str]] = {}
    for key, one in sorted(bindings.known(connection, kypek, KIND).items()):
        others.setdefault(_course(key), []).append(one.address or one.foreign_id)
    bound = bindings.known(connection, kypek, "course") if others else {}
    found: dict[str, list[str]] = {}
    for key, addresses in sorted(others.items()):
        if key in bound:
            said = text(
                "%(system)s: several courses carry our reference of %(seminar)s. The oldest is taken, %(address)s; "
                "nothing is read or written in the others, and whoever enrols there applies in vain: %(others)s. "
                "Delete them, or take the reference out of them.",
                system=key.system,
                seminar=key.course,
                address=bound[key].address or bound[key].foreign_id,
                others=", ".join(addresses),
            )
            found.setdefault(key.system, []).append(said)
    return found
