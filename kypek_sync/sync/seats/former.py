"""Courses in which people applied before their seminar moved to another platform.

Nobody can apply there any more as far as we are concerned, yet who applied there still gives the seat back by leaving
it. So these courses are looked at while applications made there stand and the seminar is not over. Nothing is written
there, unless the course is a mirror by now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kypek_sync.contract import CourseKey
from kypek_sync.language import Text
from kypek_sync.ledger.bindings import Binding
from kypek_sync.ledger.seats import Door
from kypek_sync.model import Application, Seminar
from kypek_sync.sync.courses.ownership import Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.desired import WishedCourse


@dataclass(frozen=True, slots=True)
class FormerCourse:
    """A course that registration has left. `wish` is how it is read; `standing` is how many applications made there
    stand; `known`: its id is known and its platform is still in the settings, so that it can be looked at; `mirror`: it
    is one by now."""

    wish: WishedCourse
    standing: int
    known: bool
    mirror: bool = False

    @property
    def key(self) -> Key:
        """(system, our name of the course)."""
        return self.wish.key


def former_courses(
    seminars: Iterable[Seminar],
    wished: Iterable[WishedCourse],
    standing: Mapping[str, Mapping[Door, Application]],
    bound: Mapping[Key, Binding],
    platforms: Collection[str],
    now: datetime,
) -> tuple[FormerCourse, ...]:
    """Those of these seminars. `wished` are the courses that should be, `standing` the applications by seminar and
    door, `platforms` the course platforms of the settings."""
    wanted = {wish.key: wish for wish in wished}
    registration: dict[str, dict[CourseKey, WishedCourse]] = {}
    for key, wish in wanted.items():
        if not wish.mirror:
            registration.setdefault(wish.seminar, {})[key] = wish
    found = []
    for seminar in seminars:
        now_open = registration.get(seminar.code)
        if not now_open or (seminar.sessions and max(session.ends for session in seminar.sessions) <= now):
            continue
        wish = next(iter(now_open.values()))
        doors = standing.get(seminar.code, {})
        counts = Counter((system, part) for system, _, part in doors)
        for key, count in sorted((CourseKey.of(one[0], seminar.code, one[1]), n) for one, n in counts.items()):
            if key in now_open or (key.system not in platforms and key not in bound):
                continue  # where people apply now, or no course at all
            how = wanted.get(key, replace(wish, system=key.system, part=key.part, adopt=""))
            found.append(FormerCourse(how, count, key.system in platforms and key in bound, mirror=key in wanted))
    return tuple(found)


def unseen(former: Iterable[FormerCourse], courses: Mapping[Key, CourseRead], text: Text) -> list[str]:
    """A sentence for each of them in which a withdrawal cannot be seen, and nobody says so otherwise."""
    said = []
    for one in former:
        read = courses.get(one.key)
        if one.known and not (read is not None and read.gone):
            continue
        facts = {"seminar": one.wish.course, "system": one.wish.system, "count": one.standing}
        if one.known:
            said.append(
                text(
                    "Withdrawals from %(seminar)s on %(system)s, from where it moved: the course there does not exist "
                    "any more. Applications made there that stand: %(count)s; ask those people whether they still "
                    "come.",
                    **facts,
                )
            )
        else:
            said.append(
                text(
                    "Withdrawals from %(seminar)s on %(system)s, from where it moved: the course there cannot be "
                    "looked at any more. Applications made there that stand: %(count)s; ask those people whether "
                    "they still come.",
                    **facts,
                )
            )
    return said
