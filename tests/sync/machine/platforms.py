"""Course platforms in memory: their people, teachers and what the engine reaches of them.

Who made each membership is known here and not to the engine. `may_be_ours` holds what the engine made and was never
shown to be gone since: somebody who takes a person out and puts them back before anybody looks cannot be told from us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from kypek_sync.contract import (
    Ambiguous,
    Capability,
    Course,
    CourseDraft,
    Enrolment,
    Group,
    Member,
    Outcome,
    Probe,
    Receipt,
    SkipThis,
    Snapshot,
    StopConnector,
    TryLater,
)
from kypek_sync.model import Clock, CourseRole
from tests.sync.machine.fate import Fate, Fault, Look

T = TypeVar("T")

SELF, HAND, ENGINE = "self", "hand", "engine"
Place = tuple[str, str, str]
"""Course, group (empty: the course itself), login."""

REGISTRATION = frozenset({Capability.MEMBER_DATES, Capability.MEMBER_LIST, Capability.GROUP_MEMBERS})
"""What an eClass can do: nobody is taken out of a group, no course is changed or surely found again."""
MIRROR = REGISTRATION | {
    Capability.COURSE_LOOKUP,
    Capability.COURSE_UPDATE,
    Capability.GROUP_REMOVE,
    Capability.SUSPEND,
}


@dataclass
class Inside:
    """A membership: who made it decides who may end it."""

    by: str
    role: CourseRole = CourseRole.STUDENT
    since: datetime | None = None
    active: bool = True


@dataclass
class Circle:
    """A group of a course: by whom each login got in."""

    id: str
    name: str
    by: str
    members: dict[str, str] = field(default_factory=dict)


@dataclass
class Room:
    """A course."""

    id: str
    title: str
    ref: str
    description: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    members: dict[str, Inside] = field(default_factory=dict)
    circles: dict[str, Circle] = field(default_factory=dict)


@dataclass(frozen=True)
class Deed:
    """Something that the engine did there. `given_by` is who had made what it took away; `ours` whether the engine
    could know no better than that it was its own."""

    at: datetime
    verb: str
    course: str
    group: str
    login: str
    given_by: str = ""
    ours: bool = True
    ordered: bool = False
    """Whether a person ordered it by name (an undo)."""


@dataclass
class Platform:
    """The server. It outlives every process of ours."""

    name: str
    can: frozenset[Capability]
    clock: Clock
    users: set[str] = field(default_factory=set)
    rooms: dict[str, Room] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    may_be_ours: set[Place] = field(default_factory=set)
    left: set[tuple[str, str]] = field(default_factory=set)
    """Who was ever a member of which course and is not, or was not for a while."""
    numbers: int = 0
    ordered: bool = False

    def room(self, ref: str) -> Room | None:
        """The course with our reference."""
        return next((room for room in self.rooms.values() if room.ref == ref), None)

    def new_id(self) -> str:
        self.numbers += 1
        return str(self.numbers)

    def open(self, title: str, ref: str) -> Room:
        room = Room(self.new_id(), title, ref)
        self.rooms[room.id] = room
        return room

    # What people do

    def joins(self, room: Room, login: str, by: str, role: CourseRole = CourseRole.STUDENT) -> bool:
        """Somebody gets in; False if they were."""
        if login in room.members:
            return False
        room.members[login] = Inside(by, role, self.clock())
        return True

    def leaves(self, room: Room, login: str) -> None:
        """Somebody is out of the course, and of its groups."""
        del room.members[login]
        self.left.add((room.id, login))
        for circle in room.circles.values():
            circle.members.pop(login, None)

    # What the engine does

    def did(self, verb: str, room: Room, group: str = "", login: str = "", given_by: str = "") -> None:
        place = (room.id, group, login)
        ours = place in self.may_be_ours
        self.deeds.append(Deed(self.clock(), verb, room.id, group, login, given_by, ours, self.ordered))
        if verb in ("enrol", "join"):
            self.may_be_ours.add(place)

    def in_doubt(self, room: Room, group: str, logins: Sequence[str]) -> None:
        """The engine asked for these and got no answer: it may take what it finds for its own."""
        self.may_be_ours |= {(room.id, group, login) for login in logins}


@dataclass
class CoursesConnector:
    """What a process of ours reaches of a platform. `absent` are places that this process was shown to be empty, by a
    complete read: once its pass is recorded, they are not ours any more."""

    there: Platform
    fate: Fate
    absent: set[Place] = field(default_factory=set)

    def capabilities(self) -> frozenset[Capability]:
        return self.there.can

    def probe(self) -> Probe:
        return Probe(())

    def close(self) -> None:
        """Nothing to let go of."""

    # Reading

    def find(self, ref: str) -> Course | None:
        self._looked()
        room = self.there.room(ref)
        return self._course(room) if room else None

    def at(self, address: str) -> Course:
        self._looked()
        found = self.there.rooms.get(address.rpartition("/")[2])
        if found is None:
            raise SkipThis(self.there.name, "There is no such course.")
        return self._course(found)

    def course(self, course: str) -> Course | None:
        self._looked()
        found = self.there.rooms.get(course)
        return self._course(found) if found else None

    def members(self, course: str, known: Mapping[str, Member]) -> Snapshot[Member]:
        look, room = self._looked(), self.there.rooms[course]
        items = [
            Member(login, inside.role, inside.since, _origin(inside), inside.active, name=login)
            for login, inside in sorted(room.members.items())
        ]
        if look in (Look.WELL, Look.OLD):
            self.absent |= {p for p in self.there.may_be_ours if p[0] == course and p[2] not in room.members}
        return self._snapshot(f"members {course}", items, look)

    def membership(self, course: str, login: str) -> Member | None:
        self._looked()
        inside = self.there.rooms[course].members.get(login)
        return Member(login, inside.role, inside.since, active=inside.active) if inside else None

    def groups(self, course: str) -> Snapshot[Group]:
        look, room = self._looked(), self.there.rooms[course]
        items = [Group(c.id, c.name, frozenset(c.members)) for c in room.circles.values()]
        if look in (Look.WELL, Look.OLD):
            self.absent |= {
                p
                for p in self.there.may_be_ours
                if p[0] == course
                and p[1]
                and not any(c.name == p[1] and p[2] in c.members for c in room.circles.values())
            }
        return self._snapshot(f"groups {course}", items, look)

    def _snapshot(self, scope: str, items: list[T], look: Look) -> Snapshot[T]:
        now = self.there.clock()
        kept = {Look.CUT: items[: len(items) // 2], Look.SHORT: items[: -(-len(items) * 2 // 3)], Look.EMPTY: []}
        shown = tuple(kept.get(look, items))
        self.fate.moment()
        if look is Look.CUT:
            return Snapshot(self.there.name, scope, now, shown, complete=False, why_partial="it ended early")
        return Snapshot(self.there.name, scope, now, shown, complete=True)

    def _looked(self) -> Look:
        self.fate.moment()
        look = self.fate.look(self.there.name)
        if look is Look.AWAY:
            raise TryLater(self.there.name, "It does not answer.")
        if look is Look.REFUSED:
            raise StopConnector(self.there.name, "The token is not accepted.")
        return look

    def _course(self, room: Room) -> Course:
        address = f"https://{self.there.name}.example/{room.id}"
        return Course(room.id, room.title, address, room.ref, room.description, room.starts, room.ends)

    # Writing

    def create(self, draft: CourseDraft) -> Receipt:
        def work() -> Receipt:
            room = self.there.room(draft.ref) if Capability.COURSE_LOOKUP in self.there.can else None
            if room is not None:
                return Receipt(Outcome.ALREADY, room.id, self._course(room).address)
            room = self.there.open(draft.title, draft.ref)
            self._fill(room, draft)
            self.there.did("create course", room)
            return Receipt(Outcome.DONE, room.id, self._course(room).address)

        return self._write([work], twice=Capability.COURSE_LOOKUP in self.there.can)[0]

    @staticmethod
    def _fill(room: Room, draft: CourseDraft) -> None:
        room.title = draft.title
        room.description = room.description if draft.description is None else draft.description
        room.starts, room.ends = draft.starts or room.starts, draft.ends or room.ends

    def update(self, course: str, draft: CourseDraft) -> Receipt:
        def work() -> Receipt:
            self._fill(self.there.rooms[course], draft)
            self.there.did("update course", self.there.rooms[course])
            return Receipt(Outcome.DONE)

        return self._write([work])[0]

    def enrol(self, course: str, enrolments: Sequence[Enrolment]) -> tuple[Receipt, ...]:
        room = self.there.rooms[course]

        def work(one: Enrolment) -> Receipt:
            if one.login not in self.there.users:
                return Receipt(Outcome.REFUSED, detail="There is no such user.")
            inside = room.members.get(one.login)
            if inside is not None and one.role in (inside.role, CourseRole.STUDENT):
                return Receipt(Outcome.ALREADY)
            if inside is not None:
                inside.role = one.role
                self.there.did("raise", room, login=one.login)
                return Receipt(Outcome.DONE)
            self.there.joins(room, one.login, ENGINE, one.role)
            self.absent.discard((room.id, "", one.login))
            self.there.did("enrol", room, login=one.login)
            return Receipt(Outcome.DONE)

        return self._each(room, "", [e.login for e in enrolments], [lambda e=e: work(e) for e in enrolments])

    def unenrol(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        room = self.there.rooms[course]

        def work(login: str) -> Receipt:
            inside = room.members.get(login)
            if inside is None:
                return Receipt(Outcome.ALREADY)
            if inside.role is not CourseRole.STUDENT:
                return Receipt(Outcome.REFUSED, detail="They teach here.")
            self.there.did("unenrol", room, login=login, given_by=inside.by)
            self.there.leaves(room, login)
            return Receipt(Outcome.DONE)

        return self._write([lambda login=login: work(login) for login in logins])

    def suspend(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        return self._let(course, logins, active=False)

    def resume(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        return self._let(course, logins, active=True)

    def _let(self, course: str, logins: Sequence[str], *, active: bool) -> tuple[Receipt, ...]:
        room = self.there.rooms[course]

        def work(login: str) -> Receipt:
            inside = room.members.get(login)
            if inside is None or inside.role is not CourseRole.STUDENT or inside.by == SELF:
                return Receipt(Outcome.REFUSED, detail="Not a student that we could shut out.")
            if inside.active is active:
                return Receipt(Outcome.ALREADY)
            inside.active = active
            self.there.did("resume" if active else "suspend", room, login=login, given_by=inside.by)
            return Receipt(Outcome.DONE)

        return self._write([lambda login=login: work(login) for login in logins])

    def create_group(self, course: str, name: str) -> Receipt:
        room = self.there.rooms[course]

        def work() -> Receipt:
            if found := next((c for c in room.circles.values() if c.name == name), None):
                return Receipt(Outcome.ALREADY, found.id)
            circle = Circle(self.there.new_id(), name, ENGINE)
            room.circles[circle.id] = circle
            self.there.did("create group", room, name)
            return Receipt(Outcome.DONE, circle.id)

        return self._write([work])[0]

    def join_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        room = self.there.rooms[course]
        circle = room.circles.get(group)
        if circle is None:
            raise SkipThis(self.there.name, "There is no such group.")

        def work(login: str) -> Receipt:
            if login not in room.members:
                return Receipt(Outcome.REFUSED, detail="They are not in the course.")
            if login in circle.members:
                return Receipt(Outcome.ALREADY)
            circle.members[login] = ENGINE
            self.absent.discard((room.id, circle.name, login))
            self.there.did("join", room, circle.name, login)
            return Receipt(Outcome.DONE)

        return self._each(room, circle.name, logins, [lambda login=login: work(login) for login in logins])

    def leave_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        room = self.there.rooms[course]
        circle = room.circles.get(group)
        if circle is None:
            raise SkipThis(self.there.name, "There is no such group.")
        if Capability.GROUP_REMOVE not in self.there.can:
            raise AssertionError("asked for what it cannot do")

        def work(login: str) -> Receipt:
            by = circle.members.pop(login, None)
            if by is None:
                return Receipt(Outcome.ALREADY)
            self.there.did("leave", room, circle.name, login, by)
            return Receipt(Outcome.DONE)

        return self._write([lambda login=login: work(login) for login in logins])

    def _each(
        self, room: Room, group: str, logins: Sequence[str], works: Sequence[Callable[[], Receipt]]
    ) -> tuple[Receipt, ...]:
        try:
            return self._write(works)
        except BaseException as error:
            if not isinstance(error, TryLater | SkipThis | StopConnector):
                self.there.in_doubt(room, group, logins)
                self.absent -= {(room.id, group, login) for login in logins}
            raise

    def _write(self, works: Sequence[Callable[[], Receipt]], *, twice: bool = True) -> tuple[Receipt, ...]:
        name = self.there.name
        self.fate.moment()
        fault = self.fate.fault(name)
        for kind, error in ((Fault.AWAY, TryLater), (Fault.SKIP, SkipThis), (Fault.REFUSED, StopConnector)):
            if fault is kind:
                raise error(name, "Not now.")
        if fault is Fault.LOST:
            raise Ambiguous(name, "No answer.")
        done = list(_made(works, fault))
        if fault is Fault.TWICE and twice:
            done = [work() for work in works]
        self.fate.moment()
        if fault in (Fault.LOST_DONE, Fault.LOST_HALF):
            raise Ambiguous(name, "No answer.")
        return tuple(done)


def _origin(inside: Inside) -> str:
    return "self" if inside.by == SELF else "manual"


def _made(works: Sequence[Callable[[], Receipt]], fault: Fault) -> Iterator[Receipt]:
    for number, work in enumerate(works):
        if fault is Fault.ONE and number == 0:
            yield Receipt(Outcome.REFUSED, detail="Not this one.")
        elif fault is Fault.LOST_HALF and number >= (len(works) + 1) // 2:
            return
        else:
            yield work()
