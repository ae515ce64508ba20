"""The way back from a seats pass: courses are read again, what still stands as the run left it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from kypek_sync.contract import (
    Capability,
    Change,
    Course,
    CourseDraft,
    Courses,
    Verb,
    part_of,
    seminar_of,
)
from kypek_sync.ledger import bindings, cohorts, programmes, reads
from kypek_sync.ledger.runs import Deed
from kypek_sync.model import CourseRole
from kypek_sync.sync.applying.apply import Call, Remember
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.courses.everything import AllCalls
from kypek_sync.sync.courses.ownership import Key, reconcile
from kypek_sync.sync.courses.reading import CourseRead, CourseTask, read_courses
from kypek_sync.sync.courses.sharing import Sharing
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.desired import WishedCourse, reference
from kypek_sync.sync.undo.announced import AnnouncedBack
from kypek_sync.sync.undo.dates import EVENTS, DatesBack


class CoursesBack:
    """Reads the courses that some deeds are about, and judges what still holds."""

    def __init__(self, inst: Installation, kypek: str, deeds: Sequence[Deed]) -> None:
        self.inst = inst
        self.kypek = kypek
        self.deeds = deeds
        self.problems: list[str] = []
        self.platforms: Mapping[str, Courses] = {}
        self.abilities: Mapping[str, frozenset[Capability]] = {}
        self.courses: dict[Key, CourseRead] = {}
        self._dates = DatesBack(inst, kypek, deeds)
        self._announced = AnnouncedBack(inst, kypek, deeds)
        self._sharing = Sharing(kypek)
        self._enrolled: Mapping[Key, frozenset[str]] = {}
        self._placed: Mapping[tuple[str, str], frozenset[str]] = {}

    def look(self, still_ours: Callable[[], None]) -> None:
        """Ask the platforms what they can do and read the courses concerned. Writes nothing."""
        systems = frozenset(deed.change.target.system for deed in self.deeds)
        present = systems & set(self.inst.connectors.names())
        self.platforms, self.abilities, problems = self.inst.platforms(present)
        self.problems = [str(problem) for problem in problems]
        self.courses = read_courses(self._tasks(), self.platforms, still_ours)
        for part in (self._dates, self._announced):
            self.problems += part.look(self.courses, self.platforms, self.abilities, still_ours)

    def _tasks(self) -> list[CourseTask]:
        concerned: dict[Key, set[str]] = {}
        for deed in self.deeds:
            target = deed.change.target
            concerned.setdefault(target.key, set()).add(target.login)
        with self.inst.ledger.begin(keep=False) as connection:
            bound = bindings.known(connection, self.kypek, "course")
            groups = bindings.known(connection, self.kypek, "group")
            tasks = []
            for (system, name), logins in sorted(concerned.items()):
                if system not in self.platforms or (system, name) not in bound:
                    continue
                course = bound[(system, name)].foreign_id
                names = {
                    found.foreign_id: ref.rpartition("/")[2]
                    for (where, ref), found in groups.items()
                    if (where, ref.rpartition("/")[0]) == (system, name)
                }
                known = reads.known_members(connection, system, [course]).get(course, {})
                people = frozenset(logins - {""})
                seminar, part = seminar_of(name), part_of(name)
                tasks.append(CourseTask(system, seminar, course, known=known, staff=people, groups=names, part=part))
        return tasks

    def prepare(self, connection: Connection) -> None:
        """Close what was not clear, so that the claims say what is ours now."""
        reconcile(connection, self.kypek, self.courses, self.inst.clock())
        self._sharing = Sharing.of(connection, self.kypek, self.courses, self.courses, self.inst.clock())
        self._dates.prepare(connection)
        self._announced.prepare(connection)
        self._enrolled = bindings.claimed(connection, self.kypek, "enrolment")
        self._placed = bindings.claimed(connection, self.kypek, "membership")

    def fallen(self, connection: Connection, change: Change, deed: Deed, along: frozenset[Change]) -> str:
        """Why a change that takes a deed back does not hold any more; an empty word if it does. `along` are the others
        of the same way back."""
        del deed
        text, target = self.inst.text, change.target
        if change.verb in (Verb.JOIN_COHORT, Verb.LEAVE_COHORT):
            ours = cohorts.known(connection, self.kypek).get((target.system, target.object), cohorts.Known()).ours
            there = change.verb is Verb.JOIN_COHORT or target.login in ours
            return "" if there else text("is there by somebody else's doing by now")
        course = self.courses.get(target.key)
        if course is None or (course.course is None and not course.gone):
            why = str(course.problem) if course is not None and course.problem else target.system
            return text("the course could not be read (%(why)s)", why=why)
        if course.gone or course.course is None:
            return text("the course does not exist any more")
        if change.verb is Verb.REVISE:
            return self._announced.fallen(change)
        if change.verb in EVENTS:
            return self._dates.fallen(change, along)
        if change.verb is Verb.UPDATE_COURSE:
            shown = _shown(course.course)
            changed = [key for key, value in change.before if value and shown.get(key, value) != value]
            return text("somebody changed the course since") if changed else ""
        if change.verb in (Verb.ENROL, Verb.UNENROL, Verb.SUSPEND, Verb.RESUME):
            return self._membership(connection, change, course)
        return self._place(change, course, along)

    def _membership(self, connection: Connection, change: Change, course: CourseRead) -> str:
        text, target, members = self.inst.text, change.target, course.members
        if members is None:
            return text("the members of the course could not be read")
        member = next((m for m in members.items if m.login == target.login), None)
        if change.verb is Verb.ENROL:
            return text("is in the course again already") if member else ""
        if member is None:
            if members.complete:
                return text("is not in the course any more")
            return text("whether the person is still in the course cannot be seen")
        if member.role is not CourseRole.STUDENT:
            return text("has another role in the course by now, and nobody is demoted")
        if change.verb is Verb.RESUME and member.active:
            return text("is let in again already")
        if change.verb is Verb.SUSPEND and not member.active:
            return text("is shut out again already")
        if target.login not in self._enrolled.get(target.key, frozenset()):
            return text("is there by somebody else's doing by now")
        if change.verb is not Verb.RESUME and target.login in self._sharing.kept_by_others(connection, target.key):
            return text("has a seat in another seminar of the same course")
        return ""

    def _place(self, change: Change, course: CourseRead, along: frozenset[Change]) -> str:
        text, target = self.inst.text, change.target
        group = next((g for g in course.groups.items if g.name == target.object), None) if course.groups else None
        if group is None:
            return text("the group is not there any more")
        ours = self._placed.get((target.system, f"{target.course}/{target.object}"), frozenset())
        inside = group.members if group.members is not None else ours
        if change.verb is Verb.LEAVE_GROUP:
            if target.login not in inside:
                return text("is not in the group any more")
            return "" if target.login in ours else text("is in the group by somebody else's doing by now")
        if target.login in inside:
            return text("is in the group again already")
        members = {m.login for m in course.members.items} if course.members else set()
        coming = {(*c.target.key, c.target.login) for c in along if c.verb is Verb.ENROL}
        if target.login in members or (*target.key, target.login) in coming:
            return ""
        return text("is not in the course any more")

    def calls(self) -> tuple[dict[Verb, Call], Remember]:
        """The calls of the seats lane and what their receipts teach: claims are kept as in every other pass."""
        calls = CourseCalls(
            self.inst.ledger, self.inst.clock, self.kypek, self.platforms, self.abilities, self._wished()
        )
        for (system, name), course in self.courses.items():
            for group in course.groups.items if course.groups else ():
                calls.learn_group(system, name, group.name, group.id)
        calls.sharing = self._sharing
        everything = AllCalls(calls)
        return everything.calls(), everything.remember

    def _wished(self) -> dict[Key, WishedCourse]:
        """The courses as the programmes want them; what a change does not speak of is not written anyway."""
        with self.inst.ledger.begin(keep=False) as connection:
            offerings = programmes.in_force(connection, self.kypek)
        centre = self.inst.centre(self.kypek)
        wished = desired.courses([o.seminar for o in offerings.values()], {}, centre)
        found: dict[Key, WishedCourse] = {w.key: w for w in wished}
        for key, course in self.courses.items():
            title = course.course.title if course.course else key[1]
            draft = CourseDraft(reference(self.kypek, key[1]), title, "")
            wish = WishedCourse(key[0], seminar_of(key[1]), draft, part=part_of(key[1]))
            found.setdefault(wish.key, wish)
        return found


def _shown(course: Course) -> dict[str, str]:
    words = {"title": course.title, "description": course.description}
    dates = (("starts", course.starts), ("ends", course.ends))
    return words | {name: moment.isoformat() for name, moment in dates if moment is not None}
