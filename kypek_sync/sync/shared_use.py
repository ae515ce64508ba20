"""Which courses of a KYPEK several seminars use, as its people are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from kypek_sync.contract import CourseKey
from kypek_sync.ledger import bindings, programmes, shared_courses
from kypek_sync.ledger.shared_courses import User
from kypek_sync.seminar.by_hand import over
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired


@dataclass(frozen=True, slots=True)
class Fellow:
    """A seminar in a shared course: its KYPEK's name (empty: the one that asks), its code, and its title with that of
    the part that is taught there."""

    kypek: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class SharedCourse:
    """A course on a platform in which several seminars, or parts of one, are taught: its address, and who they are."""

    system: str
    address: str
    fellows: tuple[Fellow, ...]

    def concerns(self, code: str) -> bool:
        """Whether a seminar of the KYPEK that asks is taught there."""
        return any(one.code == code and not one.kypek for one in self.fellows)


def shared_by(connection: Connection, inst: Installation, kypek: str) -> tuple[SharedCourse, ...]:
    """The shared courses of a KYPEK, in a stable order, with the seminars that are not over and whose programmes name
    them."""
    bound = bindings.known(connection, kypek, "course")
    places = {(one.system, one.foreign_id): one.address for one in bound.values()}
    every = shared_courses.users(connection, places.keys())
    titles: dict[str, Mapping[CourseKey, str]] = {}
    found = []
    for place, users in sorted(every.items()):
        if len(users) < 2:
            continue
        for other in {user.kypek for user in users} - titles.keys():
            titles[other] = _titles(connection, inst, other)
        named = [user for user in users if user.key in titles[user.kypek]]
        fellows = tuple(_fellow(inst, kypek, user, titles[user.kypek][CourseKey(*user.key)]) for user in named)
        if len(fellows) > 1 and any(not one.kypek for one in fellows):
            found.append(SharedCourse(place[0], places[place], fellows))
    return tuple(found)


def _fellow(inst: Installation, kypek: str, user: User, title: str) -> Fellow:
    return Fellow("" if user.kypek == kypek else inst.kypek(user.kypek).name, user.seminar, title)


def _titles(connection: Connection, inst: Installation, kypek: str) -> dict[CourseKey, str]:
    """What is taught in each course that the programmes of a KYPEK name."""
    if kypek not in inst.loaded.settings.kypeks:
        return {}
    seminars = {one.seminar.code: one.seminar for one in programmes.in_force(connection, kypek).values()}
    alive = [one for one in seminars.values() if not over(one, inst.clock())]
    wished = desired.courses(alive, {}, inst.centre(kypek))
    return {wish.key: seminars[wish.seminar].of_part(wish.part).title for wish in wished}
