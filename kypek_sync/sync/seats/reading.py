"""What the seats lane reads: programmes and courses. Talks to foreign systems and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kypek_sync.contract import Capability, ConnectorError, Courses, Member, SkipThis
from kypek_sync.ledger import (
    bindings,
    cohorts,
    course_dates,
    course_notices,
    programmes,
    reads,
    seats,
    session_rulings,
)
from kypek_sync.ledger.bindings import Binding
from kypek_sync.model import Application, Seminar
from kypek_sync.seminar.by_hand import over
from kypek_sync.sync.courses import group_names, twins
from kypek_sync.sync.courses.announcements import BoardsRead, read_boards
from kypek_sync.sync.courses.cohorts import CohortsRead, read_cohorts
from kypek_sync.sync.courses.events import CalendarsRead, read_calendars
from kypek_sync.sync.courses.ownership import Key
from kypek_sync.sync.courses.reading import CourseRead, CourseTask, read_courses
from kypek_sync.sync.courses.unclear import Looked, look, unclear
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.announcements import due, wished_announcements
from kypek_sync.sync.planning.cohorts import cohorts_of
from kypek_sync.sync.planning.cohorts import due as due_cohorts
from kypek_sync.sync.planning.desired import WishedCourse
from kypek_sync.sync.planning.events import behind, wished_dates
from kypek_sync.sync.programmes import (
    StructureReading,
    asking,
    bring_into_force,
    known_logins,
    read_all,
    schools_of,
)
from kypek_sync.sync.seats.former import FormerCourse, former_courses


@dataclass(frozen=True, slots=True)
class SeatsRead:
    """All that one pass read, before anything is decided. `unclear` are courses of cancelled seminars whose making got
    no answer; `former` those that registration has left and in which applications stand; `tasks` how each course is
    read, `standing` those that were not read again, because nobody new is to be seen there; `calendars` what
    their calendars show, `boards` the announcements and `cohorts` the people of those
    where it was time to look; `no_twins` are courses with the reference of another one that are gone."""

    programmes: list[StructureReading]
    courses: dict[Key, CourseRead]
    platforms: dict[str, Courses]
    abilities: dict[str, frozenset[Capability]]
    problems: list[ConnectorError]
    unclear: tuple[Looked, ...] = ()
    former: tuple[FormerCourse, ...] = ()
    tasks: tuple[CourseTask, ...] = ()
    standing: frozenset[Key] = frozenset()
    no_twins: frozenset[Key] = frozenset()
    calendars: CalendarsRead = field(default_factory=CalendarsRead)
    boards: BoardsRead = field(default_factory=BoardsRead)
    cohorts: CohortsRead = field(default_factory=CohortsRead)

    @property
    def fresh(self) -> dict[Key, CourseRead]:
        """The courses that were read in this pass. What is claimed in the others may be younger than what they show:
        somebody may have made a pass by hand, or another process one in our place, since."""
        return {key: course for key, course in self.courses.items() if key not in self.standing}


def read(inst: Installation, kypek: str, still_ours: Callable[[], None], *, whole: bool = True) -> SeatsRead:
    """Read programmes and courses. `still_ours` is asked before each course: a long read ends soon after a stop. Unless
    the `whole` is asked for, courses that were read in full lately and show nobody new stand as they were read.

    No transaction is open while files are parsed or foreign systems asked: nobody waits for us meanwhile."""
    entry = inst.kypek(kypek)
    with inst.ledger.begin(keep=False) as connection:
        stored, ruled = programmes.in_force(connection, kypek), session_rulings.standing(connection, kypek)
        logins = known_logins(connection, entry.directory, stored, asking(inst.ledger, entry.directory))
    schools = schools_of(inst.ledger, entry.directory)
    readings = read_all(inst.loaded, inst.connectors, kypek, stored, logins, schools, inst.readings, ruled)
    with inst.ledger.begin(keep=False) as connection:
        bound = bindings.known(connection, kypek, "course")
        groups = bindings.known(connection, kypek, "group")
        unsure = unclear(connection, kypek)
        others = bindings.known(connection, kypek, twins.KIND)
        standing = seats.standing(connection, kypek)
        enrolled = bindings.claimed(connection, kypek, "enrolment")
        offerings = bring_into_force(connection, entry, kypek, readings, inst.clock())
        seminars = [o.seminar for o in offerings.values() if o.approved]
        wished = group_names.named(connection, inst, kypek, desired.courses(seminars, {}, inst.centre(kypek)))
        former = former_courses(seminars, wished, standing, bound, inst.connectors.of_courses(), inst.clock())
        asked = _asked(wished, former)
        dated = wished_dates(seminars, wished, inst.centre(kypek), inst.clock())
        dates = course_dates.known(connection, kypek)
        sets = cohorts.known(connection, kypek)
        named = due_cohorts(cohorts_of(entry), sets, cohorts.seen(connection, kypek), inst.clock())
        ended = {seminar.code for seminar in seminars if over(seminar, inst.clock())}
        alive = {wish.key for wish in wished if wish.seminar not in ended}
        announced = _announced(connection, inst, kypek, seminars, wished)
        events = {place: one.foreign_id for place, one in dates.items()}
        late = behind(dated, events, course_dates.written(connection, kypek), course_dates.left_out(connection, kypek))
    platforms, abilities, problems = inst.platforms(frozenset(w.system for w in asked))
    tasks = [t for w in asked if w.system in platforms if (t := _task(w, bound, standing, groups, enrolled))]
    every = inst.loaded.settings.intervals
    good_for = every.courses - every.seats / 2  # the pass that comes nearest to the full hour reads in full
    standing_reads = {} if whole else inst.remembered.standing(kypek, tasks, platforms, inst.clock(), good_for)
    courses = standing_reads | _courses(inst, [t for t in tasks if t.key not in standing_reads], platforms, still_ours)
    fresh = [one.key for one in dated if one.key in late or one.key not in standing_reads]
    calendars = read_calendars(fresh, courses, dates, platforms, abilities, still_ours)
    looked = look(wished, unsure, bound, platforms, still_ours)
    return SeatsRead(
        *(readings, courses, platforms, abilities, problems, looked, former),
        calendars=calendars,
        cohorts=read_cohorts(named, sets, platforms, abilities, still_ours),
        boards=read_boards(sorted(announced), courses, platforms, abilities, still_ours),
        tasks=tuple(tasks),
        standing=frozenset(standing_reads),
        no_twins=twins.look(others, alive - standing_reads.keys(), alive, kypek, platforms, still_ours),
    )


def _announced(
    connection: Connection, inst: Installation, kypek: str, seminars: list[Seminar], wished: Sequence[WishedCourse]
) -> frozenset[Key]:
    """The courses in which it is time to look at the announcement."""
    wishes = wished_announcements(seminars, wished, inst.centre(kypek), inst.clock())
    ours = {key: one.foreign_id for key, one in course_notices.known(connection, kypek).items()}
    left_out, seen = course_notices.left_out(connection, kypek), course_notices.seen(connection, kypek)
    return due(wishes, ours, course_notices.written(connection, kypek), left_out, seen, inst.clock())


def read_again(
    inst: Installation, read: SeatsRead, those: Collection[Key], still_ours: Callable[[], None]
) -> SeatsRead:
    """The same, with these courses read now: something is wanted of them."""
    courses = _courses(inst, [task for task in read.tasks if task.key in those], read.platforms, still_ours)
    return replace(read, courses=read.courses | courses, standing=read.standing - set(those))


def _courses(
    inst: Installation, tasks: Sequence[CourseTask], platforms: Mapping[str, Courses], still_ours: Callable[[], None]
) -> dict[Key, CourseRead]:
    """Read these courses in full, and tell the breakers how their systems did."""
    courses = read_courses(_with_known(inst, tasks), platforms, still_ours)
    for system in platforms:
        those = [course.problem for (on, _), course in courses.items() if on == system]
        failures = [problem for problem in those if problem is not None and not isinstance(problem, SkipThis)]
        inst.heard(system, failures, answers=sum(problem is None for problem in those))
    return courses


def _with_known(inst: Installation, tasks: Sequence[CourseTask]) -> list[CourseTask]:
    """The tasks with the members of each course as they were seen last."""
    known: dict[str, Mapping[str, Mapping[str, Member]]] = {}
    with inst.ledger.begin(keep=False) as connection:
        for system in {task.system for task in tasks}:
            those = [task.foreign_id for task in tasks if task.system == system and task.foreign_id]
            known[system] = reads.known_members(connection, system, those)
    return [replace(task, known=known[task.system].get(task.foreign_id, {})) for task in tasks]


def _asked(wished: Sequence[WishedCourse], former: Sequence[FormerCourse]) -> list[WishedCourse]:
    """The courses to read: those that should be, and those left behind that are no mirrors by now."""
    return [*wished, *(one.wish for one in former if one.known and not one.mirror)]


def _task(
    wish: WishedCourse,
    bound: Mapping[Key, Binding],
    standing: Mapping[str, Mapping[seats.Door, Application]],
    groups: Mapping[Key, Binding],
    enrolled: Mapping[Key, frozenset[str]],
) -> CourseTask | None:
    """How to read a wished course; None for one that is yet to be created."""
    binding = bound.get(wish.key)
    doors = standing.get(wish.seminar, {})
    mine = {login: a for (system, login, part), a in doors.items() if (system, part) == (wish.system, wish.part)}
    applied, asked = frozenset(mine), frozenset(login for login, a in mine.items() if a.request)
    if binding is not None:
        names = {
            found.foreign_id: name
            for name, _ in wish.groups
            if (found := groups.get((wish.system, f"{wish.course}/{name}"))) is not None
        }
        return CourseTask(
            wish.system,
            wish.seminar,
            binding.foreign_id,
            applied=applied,
            asked=asked,
            ours=enrolled.get(wish.key, frozenset()),
            staff=wish.staff,
            groups=names,
            part=wish.part,
        )
    if wish.adopt:
        return CourseTask(
            *(wish.system, wish.seminar),
            address=wish.adopt,
            applied=applied,
            asked=asked,
            staff=wish.staff,
            part=wish.part,
        )
    return None
