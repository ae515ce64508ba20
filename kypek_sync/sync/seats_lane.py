"""The seats lane: programmes, applications, seats, and the courses and groups that show them.

The only lane that writes enrolments. `read` talks to foreign systems and writes nothing; `decide` is one transaction
without a foreign call.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Capability, Change, ConnectorError, Courses, Member, Target
from kypek_sync.ledger import bindings, people, programmes, reads, seats
from kypek_sync.ledger.bindings import Binding
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Application, Seat, SeatState, Seminar
from kypek_sync.seminar.applications import absent, applicants, one_each, sight
from kypek_sync.seminar.seats import Ground as SeatGround
from kypek_sync.seminar.seats import decide as decide_seats
from kypek_sync.settings import Limits
from kypek_sync.sync import desired
from kypek_sync.sync.course_calls import CourseCalls
from kypek_sync.sync.desired import WishedCourse
from kypek_sync.sync.guard import Held, withdrawals
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.ownership import Key, let_go, reconcile, respected
from kypek_sync.sync.plan import ObservedCourse, plan_courses
from kypek_sync.sync.programmes import StructureReading, bring_into_force, mistakes, read_all
from kypek_sync.sync.reading import CourseRead, CourseTask, read_courses


@dataclass(frozen=True, slots=True)
class SeatsRead:
    """All that one pass read, before anything is decided."""

    programmes: list[StructureReading]
    courses: dict[Key, CourseRead]
    platforms: dict[str, Courses]
    abilities: dict[str, frozenset[Capability]]
    problems: list[ConnectorError]


@dataclass
class SeatsDecided:
    """What a pass decided: the plan, and what the report and the notices need. `unseen` are seats, as (seminar, login),
    whose registration course could not be looked at: nobody is told of them before it shows them."""

    changes: tuple[Change, ...]
    wished: dict[Key, WishedCourse]
    seats: dict[str, dict[str, Seat]]
    offerings: dict[str, Offering]
    held: list[Held] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    groups: dict[tuple[str, str, str], str] = field(default_factory=dict)
    looked: frozenset[Key] = frozenset()
    unseen: frozenset[Key] = frozenset()


def read(inst: Installation, kypek: str, still_ours: Callable[[], None]) -> SeatsRead:
    """Read programmes and courses. Writes nothing. `still_ours` is asked before each course: a long read ends soon
    after a stop."""
    entry = inst.kypek(kypek)
    with inst.ledger.begin(keep=False) as connection:
        stored = programmes.in_force(connection, kypek)
        bound = bindings.known(connection, kypek, "course")
        groups = bindings.known(connection, kypek, "group")
        standing = seats.standing(connection, kypek)
        known_people = people.by_login(connection, entry.directory) if entry.directory else {}
        readings = read_all(
            inst.loaded, inst.connectors, kypek, stored, frozenset(known_people) if known_people else None
        )
        offerings = bring_into_force(connection, entry, kypek, readings, inst.clock())
        seminars = [o.seminar for o in offerings.values() if o.approved]
        wished = desired.courses(seminars, {}, inst.centre(kypek))
        known = {
            system: reads.known_members(
                connection, system, [b.foreign_id for (s, _), b in bound.items() if s == system]
            )
            for system in {w.system for w in wished}
        }
    platforms, abilities, problems = inst.platforms(frozenset(w.system for w in wished))
    tasks = [t for w in wished if w.system in platforms if (t := _task(w, bound, standing, known, groups))]
    return SeatsRead(readings, read_courses(tasks, platforms, still_ours), platforms, abilities, problems)


def _task(
    wish: WishedCourse,
    bound: Mapping[Key, Binding],
    standing: Mapping[str, Mapping[tuple[str, str], Application]],
    known: Mapping[str, Mapping[str, Mapping[str, Member]]],
    groups: Mapping[Key, Binding],
) -> CourseTask | None:
    """How to read a wished course; None for one that is yet to be created."""
    binding = bound.get((wish.system, wish.seminar))
    applied = frozenset(login for (system, login) in standing.get(wish.seminar, {}) if system == wish.system)
    if binding is not None:
        members = known.get(wish.system, {}).get(binding.foreign_id, {})
        names = {
            found.foreign_id: name
            for name, _ in wish.groups
            if (found := groups.get((wish.system, f"{wish.seminar}/{name}"))) is not None
        }
        return CourseTask(
            wish.system,
            wish.seminar,
            binding.foreign_id,
            known=members,
            applied=applied,
            staff=wish.staff,
            groups=names,
        )
    if wish.adopt:
        return CourseTask(wish.system, wish.seminar, address=wish.adopt, applied=applied, staff=wish.staff)
    return None


def decide(
    connection: Connection,
    inst: Installation,
    kypek: str,
    read: SeatsRead,
    run: int | None,
    limits: Limits,
    released: Collection[Change],
) -> SeatsDecided:
    """Record what was read, decide seats, and plan. One transaction; no foreign call. `released` are changes that a
    person approved, among them withdrawals that were too many to believe at once."""
    now, entry, centre = inst.clock(), inst.kypek(kypek), inst.centre(kypek)
    offerings = bring_into_force(connection, entry, kypek, read.programmes, now)
    approved = [o.seminar for o in offerings.values() if o.approved]
    known = people.by_login(connection, entry.directory) if entry.directory else {}
    ground = SeatGround(
        people={login: k.person for login, k in known.items()},
        units=people.load_units(connection, entry.directory) if entry.directory else {},
        watermark=None,
        tie_key=inst.tie_key,
    )
    before = seats.decided(connection, kypek)
    standing = seats.standing(connection, kypek)
    enrolled = bindings.claimed(connection, kypek, "enrolment")
    result = SeatsDecided((), {}, {}, offerings)
    _tell_problems(read, result)
    for seminar in approved:
        platform = seminar.platform or centre.platform
        course = read.courses.get((platform, seminar.code))
        stands = standing.get(seminar.code, {})
        mine = {login: a for (system, login), a in stands.items() if system == platform}
        elsewhere = [a for (system, _), a in stands.items() if system != platform]
        earlier = before.get(seminar.code, {})
        if course is None or course.members is None:
            result.seats[seminar.code] = earlier
            continue
        staff = frozenset(t.login for t in seminar.trainers) | centre.officers.get(seminar.structure, frozenset())
        ours = enrolled.get((platform, seminar.code), frozenset())
        present = applicants(course.members.items, ours, staff)
        leaving = absent(mine, present, course.members.complete) & course.proven_gone
        held = withdrawals(
            Target(platform, seminar.code),
            leaving,
            standing=len(mine),
            seats=sum(s.state is SeatState.GRANTED for s in earlier.values()),
            today=seats.withdrawn_since(connection, kypek, seminar.code, now - timedelta(days=1)),
            limits=limits,
        )
        stopped = held is not None and not all(change.bare in released for change in held.changes)
        proven = frozenset[str]() if stopped else course.proven_gone
        seen = sight(seminar.code, course.members, present, mine, proven)
        named = [_named(application, known) for application in seen.standing]
        gone = [mine[login] for login in seen.withdrawn]
        shown = {m.login: m.name for m in present.values()}
        seats.record_applications(connection, kypek, named, gone, shown, now)
        if held is not None and stopped:
            result.held.append(held)  # promotions and notices of this seminar wait too
            result.seats[seminar.code] = earlier
            continue
        each = one_each([*named, *(_named(application, known) for application in elsewhere)], earlier)
        _decide_one(connection, kypek, seminar, each, earlier, _with_watermark(ground, course, inst), run, now, result)
    _mirror_reads(connection, read)
    reconcile(connection, kypek, read.courses, now)
    _plan(connection, inst, kypek, read, approved, result)
    return result


def _named(application: Application, known: Mapping[str, Known]) -> Application:
    """The application with the person's id; one who has gone from the directory keeps theirs."""
    found = known.get(application.login)
    return replace(application, person=found.id) if found else application


def _with_watermark(ground: SeatGround, course: CourseRead, inst: Installation) -> SeatGround:
    """Applications up to the read less a margin are decided; an incomplete read decides nothing new (rule 13)."""
    members = course.members
    if members is None or not members.complete:
        return ground
    margin: timedelta = inst.loaded.settings.watermark_margin
    return replace(ground, watermark=members.as_of - margin)


def _decide_one(
    connection: Connection,
    kypek: str,
    seminar: Seminar,
    applications: Iterable[Application],
    before: Mapping[str, Seat],
    ground: SeatGround,
    run: int | None,
    now: datetime,
    result: SeatsDecided,
) -> None:
    made = decide_seats(seminar, applications, before, ground)
    decisions = seats.record_seats(connection, kypek, made, before, run, now)
    result.seats[seminar.code] = {seat.login: seat for seat in made}
    for decision in decisions:
        word = f"seats {decision.after}"
        result.counts[word] = result.counts.get(word, 0) + 1


def _tell_problems(read: SeatsRead, result: SeatsDecided) -> None:
    """What could not be read, once for each cause."""
    told = {str(problem) for problem in read.problems}
    for course in read.courses.values():
        if course.problem is not None:
            told.add(str(course.problem))
        elif course.gone:
            task = course.task
            told.add(
                f"{task.system}: the course {task.foreign_id} of seminar {task.seminar} does not exist any more. Write "
                "the address of another into the programme, or restore it; nothing is created in its place."
            )
    for programme in read.programmes:
        if programme.unreadable:
            told.add(programme.unreadable)
        if programme.reading:
            result.notes += mistakes(programme.reading, errors_only=True)
    result.problems += sorted(told)
    result.counts["seminars"] = len(result.offerings)
    result.counts["drafts"] = sum(not o.approved for o in result.offerings.values())
    result.counts["courses read"] = sum(c.members is not None for c in read.courses.values())
    result.counts["courses partly read"] = sum(
        c.members is not None and not c.members.complete for c in read.courses.values()
    )


def _mirror_reads(connection: Connection, read: SeatsRead) -> None:
    for course in read.courses.values():
        if course.members is None or course.course is None:
            continue
        identity = course.course.id
        before = reads.known_members(connection, course.task.system, [identity]).get(identity, {})
        reads.remember_members(connection, identity, course.members, before)
        reads.note(connection, course.members)


def _plan(
    connection: Connection,
    inst: Installation,
    kypek: str,
    read: SeatsRead,
    approved: list[Seminar],
    result: SeatsDecided,
) -> None:
    wished = desired.courses(approved, {c: s.values() for c, s in result.seats.items()}, inst.centre(kypek))
    result.wished = {(w.system, w.seminar): w for w in wished}
    let_go(connection, kypek, result.wished, read.courses)
    left_out = respected(connection, kypek, result.wished, read.courses, inst.clock())
    result.counts["left out by hand"] = sum(len(logins) for logins in left_out.values())
    bound = bindings.known(connection, kypek, "course")
    enrolled = bindings.claimed(connection, kypek, "enrolment")
    placed = bindings.claimed(connection, kypek, "membership")
    observed = {}
    for key, wish in result.wished.items():
        course = read.courses.get(key)
        seen = _observed(key, wish, course, key in bound, enrolled, placed)
        observed[key] = replace(seen, left_out=left_out.get(key, frozenset()))
        if course is not None and course.groups is not None:
            result.groups |= {(*key, group.name): group.id for group in course.groups.items}
    withdrawn = {
        code: frozenset(s.login for s in those.values() if s.state is SeatState.WITHDRAWN)
        for code, those in result.seats.items()
    }
    result.looked = frozenset(key for key, o in observed.items() if o.readable and key[0] in read.abilities)
    result.unseen = frozenset(
        (seminar, login)
        for key, wish in result.wished.items()
        if not wish.mirror and key not in result.looked
        for seminar, login in ((wish.seminar, login) for login in result.seats.get(wish.seminar, ()))
    )
    result.changes = plan_courses(wished, observed, read.abilities, withdrawn)


def _observed(
    key: Key,
    wish: WishedCourse,
    course: CourseRead | None,
    bound: bool,
    enrolled: Mapping[tuple[str, str], frozenset[str]],
    placed: Mapping[tuple[str, str], frozenset[str]],
) -> ObservedCourse:
    system, seminar = key
    mine = enrolled.get(key, frozenset())
    groups = {name: placed.get((system, f"{seminar}/{name}"), frozenset()) for name, _ in wish.groups}
    if course is None:
        return ObservedCourse(system, seminar, bound, readable=not bound, enrolled=mine, placed=groups)
    return ObservedCourse(
        system=system,
        seminar=seminar,
        bound=bound,
        readable=course.problem is None,
        gone=course.gone,
        course=course.course,
        members={m.login: m for m in course.members.items} if course.members else {},
        members_complete=course.members is not None and course.members.complete,
        groups={g.name: g for g in course.groups.items} if course.groups else {},
        groups_complete=course.groups is not None and course.groups.complete,
        enrolled=mine,
        placed=groups,
    )


def calls_for(inst: Installation, kypek: str, read: SeatsRead, decided: SeatsDecided) -> CourseCalls:
    """The calls that carry the plan out, knowing the groups that the read found by name."""
    calls = CourseCalls(inst.ledger, inst.clock, kypek, read.platforms, read.abilities, decided.wished)
    for (system, seminar, name), identity in decided.groups.items():
        calls.learn_group(system, seminar, name, identity)
    return calls
