"""Reads the courses of a pass: each course, its members, its groups, and the second proofs of absence.

A system that fails is soon left alone for the rest of the pass; the courses not read say why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from kypek_sync.contract import (
    Capability,
    ConnectorError,
    Course,
    CourseRequests,
    Courses,
    Group,
    ManyCourses,
    Member,
    MembershipsAcross,
    OfCourse,
    SkipThis,
    Snapshot,
    StopConnector,
)
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses import second_looks

AT_ONCE = 4
"""Courses read side by side; each connector bounds its own server's share."""
PATIENCE = 2
"""Failures after which a system is left alone, unless another of its courses shows that it answers."""


@dataclass(frozen=True, slots=True)
class CourseTask(OfCourse):
    """A course to read: bound (`foreign_id`) or to be adopted (`address`). `known` are members of earlier reads;
    `applied` the logins whose application stands, `asked` those of them who only asked to be let in, and `ours` those
    whom we enrolled, whose absence wants a second proof; `staff` those who should teach, looked up one by one where the
    platform lists nobody; `groups` our names of the groups that we know by their id; `part` the seminar's part whose
    course it is."""

    system: str
    seminar: str
    foreign_id: str = ""
    address: str = ""
    known: Mapping[str, Member] = field(default_factory=dict)
    applied: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True, slots=True)
class CourseRead:
    """What a read of one course gave. `problem` is set where it failed, `gone` where there is no such course. `asking`
    are those who asked to be let in and are no members (`COURSE_REQUESTS`); `hidden` those who did while it
    could be seen, where it cannot be any more."""

    task: CourseTask
    course: Course | None = None
    gone: bool = False
    members: Snapshot[Member] | None = None
    groups: Snapshot[Group] | None = None
    proven_gone: frozenset[str] = frozenset()
    problem: ConnectorError | None = None
    asking: tuple[Member, ...] = ()
    hidden: frozenset[str] = frozenset()


class _Round:
    """One go over courses: counts failures of each system; the last error answers for those that are not asked for."""

    def __init__(self, platforms: Mapping[str, Courses], still_ours: Callable[[], None]) -> None:
        self.platforms = platforms
        self.still_ours = still_ours
        self.failures: dict[str, int] = {}
        self.last: dict[str, ConnectorError] = {}
        self.unasked: list[CourseTask] = []
        self.missing: dict[tuple[str, str], frozenset[str]] = {}

    def read(self, task: CourseTask) -> CourseRead:
        """Read a course, unless its system was left alone meanwhile."""
        self.still_ours()
        if self.failures.get(task.system, 0) >= PATIENCE:
            self.unasked.append(task)
            return CourseRead(task, problem=self.last[task.system])
        try:
            read, missing = _read(task, self.platforms[task.system])
        except SkipThis as error:
            return CourseRead(task, problem=error)
        except ConnectorError as error:
            self._failed(task.system, error)
            return CourseRead(task, problem=error)
        if missing:
            self.missing[task.key] = missing
        return read

    def _failed(self, system: str, error: ConnectorError) -> None:
        self.last[system] = error  # first: another thread may ask for it as soon as the count is reached
        self.failures[system] = PATIENCE if isinstance(error, StopConnector) else self.failures.get(system, 0) + 1


def read_courses(
    tasks: Sequence[CourseTask], platforms: Mapping[str, Courses], still_ours: Callable[[], None]
) -> dict[tuple[str, str], CourseRead]:
    """Read all these courses; the result has one entry for each, by (system, course). `still_ours` is asked before
    each; what it raises ends the reading.

    Whether it is the system that fails, or only some of its courses, is told by one more that nobody asked for yet: if
    that one answers, the others are read too, so that two broken courses never keep the rest unread for ever."""
    reads: dict[tuple[str, str], CourseRead] = {}
    left = list(tasks)
    _expected(left, platforms)
    while left:
        this = _Round(platforms, still_ours)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found: dict[tuple[str, str], CourseRead] = {read.task.key: read for read in pool.map(this.read, left)}
        reads |= found | _proven(found, this.missing, platforms, still_ours)
        unasked = {task.key for task in this.unasked}
        doubted = [task for task in left if task.key in unasked]
        left = []
        for system, error in sorted(this.last.items()):
            mine = [task for task in doubted if task.system == system]
            if mine and not isinstance(error, StopConnector):
                left += _if_it_answers(mine, platforms, still_ours, reads)
    return reads


def _expected(tasks: Sequence[CourseTask], platforms: Mapping[str, Courses]) -> None:
    """Tell those platforms that read many courses in one what will be asked."""
    for system in sorted({task.system for task in tasks}):
        platform = platforms[system]
        if isinstance(platform, ManyCourses):
            platform.expect([task.foreign_id for task in tasks if task.system == system and task.foreign_id])


def _proven(
    reads: Mapping[tuple[str, str], CourseRead],
    missing: Mapping[tuple[str, str], frozenset[str]],
    platforms: Mapping[str, Courses],
    still_ours: Callable[[], None],
) -> dict[tuple[str, str], CourseRead]:
    """Those of these reads that lack somebody of whom their platform tells for several courses together, with whom it
    told to be gone."""
    found: dict[tuple[str, str], CourseRead] = {}
    for system in sorted({system for system, _ in missing}):
        platform, asked = platforms[system], dict[str, frozenset[str]]()
        if not isinstance(platform, MembershipsAcross):
            continue
        ids = {key: one.course.id for key in missing if key[0] == system and (one := reads[key]).course is not None}
        for key, course in ids.items():
            asked[course] = asked.get(course, frozenset()) | missing[key]
        told = dict(second_looks.look_across(platform, asked, still_ours))
        for key, course in ids.items():
            gone = told.get(course, frozenset())
            if isinstance(gone, ConnectorError):
                found[key] = CourseRead(reads[key].task, problem=gone)
            else:
                found[key] = replace(reads[key], proven_gone=gone & missing[key])
    return found


def _if_it_answers(
    tasks: list[CourseTask],
    platforms: Mapping[str, Courses],
    still_ours: Callable[[], None],
    reads: dict[tuple[str, str], CourseRead],
) -> list[CourseTask]:
    """Try up to two courses of a system, apart from each other; the rest of them, if one was answered."""
    rest = list(tasks)
    for place in (len(tasks) - 1, (len(tasks) - 1) // 2):
        if (task := tasks[place]) not in rest:
            continue
        rest.remove(task)
        one = _Round(platforms, still_ours)
        read = one.read(task)
        reads |= {task.key: read} | _proven({task.key: read}, one.missing, platforms, still_ours)
        if read.problem is None or isinstance(read.problem, SkipThis):
            return rest
    return []


def _read(task: CourseTask, platform: Courses) -> tuple[CourseRead, frozenset[str]]:
    """A course, and those of whom a second look that takes several courses together has to tell."""
    course = platform.course(task.foreign_id) if task.foreign_id else platform.at(task.address)
    if course is None:
        return CourseRead(task, gone=True), frozenset()
    known = dict(task.known)
    if Capability.MEMBER_LIST not in platform.capabilities():
        known |= {login: Member(login, CourseRole.OTHER) for login in task.staff | task.applied if login not in known}
    else:  # who should teach and was a student is asked for anew: a list without roles would never show the change
        students = {login for login, member in known.items() if member.role is CourseRole.STUDENT}
        known = {login: member for login, member in known.items() if login not in task.staff & students}
    members = platform.members(course.id, known)
    members, asking = _with_requests(platform, course.id, members)
    groups = by_our_names(platform.groups(course.id), task.groups)
    inside = {member.login for member in members.items}
    hidden = frozenset() if _requests_of(platform) is not None else task.asked - task.ours - inside
    missing = second_looks.wanted(task.applied, task.ours, members, hidden | {one.login for one in asking})
    later = missing if isinstance(platform, MembershipsAcross) else frozenset()
    gone = second_looks.look(platform, course.id, missing - later)
    return CourseRead(task, course, False, members, groups, gone, asking=asking, hidden=hidden), later


def _requests_of(platform: Courses) -> CourseRequests | None:
    """The platform as one that shows who asks to be let in; None where it does not, as it is set up now."""
    able = Capability.COURSE_REQUESTS in platform.capabilities()
    return platform if able and isinstance(platform, CourseRequests) else None


def _with_requests(
    platform: Courses, course: str, members: Snapshot[Member]
) -> tuple[Snapshot[Member], tuple[Member, ...]]:
    """The members as far as the requests were read too, and who asks: both are applications, so that one read is no
    older and no less whole than the other."""
    if (shows := _requests_of(platform)) is None:
        return members, ()
    requests = shows.requests(course)
    inside = {member.login for member in members.items}
    asking = tuple(one for one in requests.items if one.login not in inside)
    members = replace(members, as_of=min(members.as_of, requests.as_of))
    if members.complete and not requests.complete:
        members = replace(members, complete=False, why_partial=requests.why_partial)
    return members, asking


def by_our_names(read: Snapshot[Group], known: Mapping[str, str]) -> Snapshot[Group]:
    """The groups, those of `known` (id → our name) under our name whatever they are called now: a rename makes no
    second group, and one made by hand under the same name is not ours. Of several of one name that we do not know the
    oldest counts, as for whoever looks for it by name."""
    renamed = [replace(group, name=known.get(group.id, group.name)) for group in read.items]
    by_name: dict[str, Group] = {}
    for group in sorted(renamed, key=lambda g: (g.id not in known, len(g.id), g.id)):
        by_name.setdefault(group.name, group)
    return replace(read, items=tuple(group for group in renamed if by_name[group.name] is group))
