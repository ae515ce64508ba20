"""What stays of ours in courses that their seminars' rows do not name any more: told, since nobody keeps it up.

Dates and announcements, and people whom a seminar enrolled in a course to teach them there, with their group. Nobody is
taken out because a cell was cleared (design, rule 4): a person decides, and is told how many there are, until they say
that they saw to it (`seminar.by_hand.Kind.UNNAMED`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import CourseKey, seminar_of
from kypek_sync.language import Text
from kypek_sync.ledger import bindings, course_dates, course_notices, reads, shared_courses
from kypek_sync.ledger.shared_courses import OVER
from kypek_sync.model import Seminar
from kypek_sync.seminar.by_hand import over
from kypek_sync.sync.courses.ownership import Key

_SEATED = frozenset({"seat", OVER})
"""The claims on those whom a seminar enrolled because of their seat; its staff have another one."""


def left_behind(
    connection: Connection, kypek: str, seminars: Iterable[Seminar], wished: Collection[Key], text: Text, now: datetime
) -> dict[CourseKey, str]:
    """A sentence or more for each course with something of ours that the programme does not name any more. `wished` are
    the courses that it names, by (system, course); of a seminar that is over nothing is said."""
    alive = {seminar.code for seminar in seminars if not over(seminar, now)}
    noted = {(system, ref.rpartition("/")[0]) for system, ref in course_dates.known(connection, kypek)}
    noted |= course_notices.known(connection, kypek).keys()
    people = _enrolled(connection, kypek, {key for key in _claimed(connection, kypek) if key not in wished})
    notes = {}
    for key in sorted((noted | people.keys()) - set(wished)):
        system, course = key
        if seminar_of(course) not in alive:
            continue
        said = [
            text(
                "%(system)s: the programme does not name the course of %(seminar)s there any more.",
                system=system,
                seminar=course,
            )
        ]
        if key in noted:
            said.append(
                text("Its dates or its announcement still stand there and are not kept up any more: delete them there.")
            )
        if count := people.get(key, 0):
            said.append(_people(connection, kypek, key, count, text))
        notes[CourseKey(*key)] = " ".join(said)
    return notes


def _claimed(connection: Connection, kypek: str) -> set[Key]:
    """The courses in which somebody is by our doing, because of a seat."""
    every = bindings.reasons(connection, kypek, "enrolment")
    return {key for key, those in every.items() if any(why & _SEATED for why in those.values())}


def _enrolled(connection: Connection, kypek: str, left: Collection[Key]) -> dict[Key, int]:
    """How many people a seminar enrolled in each of these courses of its own, without those who have a reason to be
    there by another seminar that is taught in the same course, and without those whom its reads since have shown to be
    gone: as long as others are taught there it is read."""
    bound = bindings.known(connection, kypek, "course")
    places = {key: (bound[key].system, bound[key].foreign_id) for key in left if key in bound}
    users = shared_courses.users(connection, set(places.values()))
    found = {}
    for key, place in places.items():
        count = 0
        last, there = reads.last(connection, *place), reads.known_members(connection, place[0], [place[1]])
        for login, owned in shared_courses.owned(connection, users.get(place, ())).items():
            mine = [one for one in owned if (one.user.kypek, one.user.key) == (kypek, key)]
            others = [one for one in owned if one not in mine and one.live]
            seated = any(one.reasons.keys() & _SEATED for one in mine)
            since = max((at for one in mine for at in one.reasons.values()), default=None)
            seen_since = last is not None and last.complete and since is not None and since < last.as_of
            gone = seen_since and login not in there.get(place[1], {})
            count += seated and not others and not gone
        if count:
            found[key] = count
    return found


def _people(connection: Connection, kypek: str, key: Key, count: int, text: Text) -> str:
    system, course = key
    groups = [
        ref.rpartition("/")[2]
        for on, ref in sorted(bindings.known(connection, kypek, "group"))
        if on == system and ref.rpartition("/")[0] == course
    ]
    return text(
        "%(count)s people whom it enrolled there stay in the course, and so does its group (%(group)s): nobody is "
        "taken out. Write the course into the programme again, or take those people out and delete the group there by "
        "hand; this is said until a read for another seminar there shows it, or the seminar is over.",
        count=count,
        group=", ".join(groups) or "–",
    )
