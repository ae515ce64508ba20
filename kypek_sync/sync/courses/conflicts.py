"""A course in which people apply belongs to one seminar alone: what the programmes could not show is refused here.

Two addresses may lead to one course, and two KYPEKs do not see each other's programmes: that it is the same course is
learnt on the platform. Who comes later is refused and told; who has the course keeps it, with two exceptions: where a
teaching course that others share became the place of applications, its people would all count as applicants, so no
application is taken from it; and the course of a seminar that is over passes on to another, without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from kypek_sync.contract import SkipThis, seminar_of
from kypek_sync.language import Text
from kypek_sync.ledger import bindings, programmes, shared_courses
from kypek_sync.ledger.shared_courses import Place
from kypek_sync.seminar.by_hand import over
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.desired import WishedCourse

Key = tuple[str, str]
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Use:
    """A seminar that uses a course: `since` is None while it has not adopted it; `registration`: people apply there;
    `over`: its last session has ended, so that the course may pass on to another."""

    kypek: str
    key: Key
    since: datetime | None
    registration: bool
    over: bool = False

    def stands_against(self, other: Use) -> bool:
        """Whether the two cannot have one course, and the other one has not ended before this one."""
        return self != other and (self.registration or other.registration) and (self.over or not other.over)


def refused(users: Iterable[Use]) -> dict[Use, Use]:
    """Those of the users of one course that may not use it, each with the one that it stands against. Pure."""
    everybody = sorted(users, key=lambda one: (one.kypek, one.key))
    settled = sorted((one for one in everybody if one.since is not None), key=lambda one: one.since or _NEVER)
    fresh = [one for one in everybody if one.since is None]
    found: dict[Use, Use] = {}
    for place, one in enumerate(settled):
        earlier = settled[:place]
        mine = [other for other in settled if one.registration and (not other.registration or other in earlier)]
        mine += [other for other in settled if one.over and not other.over]
        if rival := _rival(one, mine):
            found[one] = rival
    found |= {one: rival for one in fresh if (rival := _rival(one, settled))}
    left = [one for one in fresh if one not in found]
    return found | {one: rival for one in left if (rival := _rival(one, left))}


def _rival(one: Use, others: Iterable[Use]) -> Use | None:
    return next((other for other in others if one.stands_against(other)), None)


def without_refused(
    connection: Connection,
    inst: Installation,
    kypek: str,
    wished: Iterable[WishedCourse],
    courses: Mapping[Key, CourseRead],
) -> dict[Key, CourseRead]:
    """The reads of a pass, those of refused courses replaced by the reason: nothing is taken from them, neither
    applications nor members, and nothing is written there. A seminar that is refused the course where people should
    apply waits as a whole: who has a seat in it is not known, so nothing is done in its teaching courses either."""
    wished = tuple(wished)
    bound = bindings.known(connection, kypek, "course")
    places: dict[Place, list[WishedCourse]] = {}
    for wish in wished:
        read = courses.get(wish.key)
        if wish.key in bound:
            places.setdefault((wish.system, bound[wish.key].foreign_id), [])
        elif read is not None and read.course is not None:
            places.setdefault((wish.system, read.course.id), []).append(wish)
    found = dict(courses)
    for key, (mine, rival) in _judged(connection, inst, kypek, places).items():
        read = courses.get(key)
        if mine.over:
            found.pop(key, None)
        elif read is not None and read.problem is None:
            beside = [one for one in wished if one.seminar == seminar_of(key[1]) and one.key != key]
            said = sentence(kypek, key, rival, inst.text)
            if mine.registration and beside:
                said += " " + inst.text("Until then nothing is done in the seminar's other courses either.")
            why = SkipThis(key[0], said)
            found[key] = CourseRead(read.task, problem=why)
            found |= _waiting(beside, why, found) if mine.registration else {}
    return found


def _waiting(wished: Iterable[WishedCourse], why: SkipThis, courses: Mapping[Key, CourseRead]) -> dict[Key, CourseRead]:
    """The other courses of a refused seminar, also those yet to be made; what is wrong with one already stays told."""
    found: dict[Key, CourseRead] = {}
    for wish in wished:
        read = courses.get(wish.key)
        if read is None or read.problem is None:
            task = read.task if read is not None else CourseTask(wish.system, wish.seminar, part=wish.part)
            found[wish.key] = CourseRead(task, problem=why)
    return found


def refusal(connection: Connection, inst: Installation, kypek: str, wish: WishedCourse, course: str) -> str:
    """Why the course of this id may not be adopted, as the ledger says now; an empty word if it may. Asked right before
    it is bound: another KYPEK may have taken it meanwhile."""
    judged = _judged(connection, inst, kypek, {(wish.system, course): [wish]})
    return sentence(kypek, wish.key, judged[wish.key][1], inst.text) if wish.key in judged else ""


def _judged(
    connection: Connection, inst: Installation, kypek: str, places: Mapping[Place, Sequence[WishedCourse]]
) -> dict[Key, tuple[Use, Use]]:
    """Our keys that are refused, each with its use and that of its rival. `places` are the courses on their platforms
    with those of our wishes that would come new to each."""
    users = shared_courses.users(connection, places.keys())
    plans: dict[str, _Plan] = {}
    found: dict[Key, tuple[Use, Use]] = {}
    for place, fresh in places.items():
        bound = users.get(place, ())
        if len(bound) + len(fresh) < 2:
            continue
        for one in {kypek, *(user.kypek for user in bound)} - plans.keys():
            plans[one] = _plan(connection, inst, one)
        uses = [plans[user.kypek].use(user.key, user.since) for user in bound]
        uses += [plans[kypek].use(wish.key, None) for wish in fresh]
        found |= {one.key: (one, rival) for one, rival in refused(uses).items() if one.kypek == kypek}
    return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the programmes of a KYPEK say of its courses: where people apply, and whose seminars are over."""

    kypek: str
    registration: frozenset[Key]
    over: frozenset[str]

    def use(self, key: Key, since: datetime | None) -> Use:
        return Use(self.kypek, key, since, key in self.registration, seminar_of(key[1]) in self.over)


def _plan(connection: Connection, inst: Installation, kypek: str) -> _Plan:
    if kypek not in inst.loaded.settings.kypeks:
        return _Plan(kypek, frozenset(), frozenset())
    seminars = [offering.seminar for offering in programmes.in_force(connection, kypek).values()]
    wished = desired.courses(seminars, {}, inst.centre(kypek))
    return _Plan(
        kypek,
        frozenset(wish.key for wish in wished if not wish.mirror),
        frozenset(seminar.code for seminar in seminars if seminar.sessions and over(seminar, inst.clock())),
    )


def sentence(kypek: str, key: Key, rival: Use, text: Text) -> str:
    """What is refused, whose the course is, and what to do."""
    other = rival.key[1] if rival.kypek == kypek else f"{rival.key[1]} ({rival.kypek})"
    facts = {"seminar": key[1], "other": other}
    if rival.registration:
        return text(
            "The course named for %(seminar)s is the one where people apply for %(other)s: it takes the applications "
            "of one seminar alone. Nothing is read or written there for %(seminar)s; give it another course.",
            **facts,
        )
    return text(
        "The course where people should apply for %(seminar)s is one in which %(other)s is taught: its people would "
        "count as applicants. Nothing is read or written there for %(seminar)s; let people apply in another course.",
        **facts,
    )
