"""The seats lane decides: applications, seats, and the courses and groups that show them.

The only lane that writes enrolments. What it decides on was read before (`reading`); `decide` is one transaction
without a foreign call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import Connection

from kypek_sync.contract import Change, CourseKey, course_name
from kypek_sync.language import Text
from kypek_sync.ledger import bindings, persons, programmes, reads, rulings
from kypek_sync.ledger.naming import is_forgotten
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Person, Seat, SeatState, Seminar
from kypek_sync.seminar.parts_kept import missing_parts
from kypek_sync.seminar.rulings import TAKING
from kypek_sync.settings import Limits
from kypek_sync.sync.courses import begun_anew, group_names, put_out, twins
from kypek_sync.sync.courses import unclear as unclear_courses
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.courses.conflicts import refusal, without_refused
from kypek_sync.sync.courses.doubts import apart, known_by_course, weighed
from kypek_sync.sync.courses.everything import AllCalls
from kypek_sync.sync.courses.ownership import Key, let_go, reconcile, renew
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.courses.sharing import Sharing
from kypek_sync.sync.directory.unread import unread
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.desired import WishedCourse
from kypek_sync.sync.planning.guard import Held
from kypek_sync.sync.planning.plan import ObservedCourse, ordered, plan_courses
from kypek_sync.sync.programmes import bring_into_force, mistakes
from kypek_sync.sync.seats import extras, restricting, seeing, trainers_left
from kypek_sync.sync.seats.deciding import Deciding, SeatsOfOne
from kypek_sync.sync.seats.departing import LET_PASS
from kypek_sync.sync.seats.former import unseen
from kypek_sync.sync.seats.page_door import alone_at_doors, silent
from kypek_sync.sync.seats.reading import SeatsRead
from kypek_sync.sync.seats.registration import Registration
from kypek_sync.sync.seats.requests import let_in
from kypek_sync.sync.seats.settled import Deciding as Settling
from kypek_sync.sync.seats.teaching import teaching
from kypek_sync.sync.seats.unchanged import common, decided_together, seats_of
from kypek_sync.sync.seats.unproven import unproven
from kypek_sync.sync.seats.unsure import unsure
from kypek_sync.sync.sessions.ended import ended_by_file


@dataclass
class SeatsDecided:
    """What a pass decided: the plan, and what the report and the notices need. `unseen` are seats, as (seminar, login),
    whose registration course could not be looked at: nobody is told of them before it shows them. `courses` are the
    reads as far as they are believed, `sharing` tells which of them other seminars use too, `settling` what may serve
    the next pass once it is kept; `listed` are those who apply by a list of an officer or on the seminar's page, by
    seminar; `unnamed` as in
    `extras`."""

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
    partial: frozenset[Key] = frozenset()
    unseen: frozenset[Key] = frozenset()
    courses: Mapping[Key, CourseRead] = field(default_factory=dict)
    sharing: Sharing = field(default_factory=lambda: Sharing(""))
    settling: Settling | None = None
    listed: Mapping[str, Collection[str]] = field(default_factory=dict)
    unnamed: Mapping[CourseKey, str] = field(default_factory=dict)


def decide(
    connection: Connection,
    inst: Installation,
    kypek: str,
    read: SeatsRead,
    run: int | None,
    limits: Limits,
    released: Collection[Change],
    refused: Collection[Change] = (),
) -> SeatsDecided:
    """Record what was read, decide seats, and plan. One transaction; no foreign call. `released` are changes that a
    person approved, `refused` those that a person rejected."""
    alone_at_doors(connection, kypek)  # whoever applies on a page meanwhile does so after this pass
    silent_ones = silent(connection, inst, read.abilities)
    now = inst.clock()
    taught = trainers_left.Taught.before(connection, kypek, programmes.in_force(connection, kypek))
    offerings = bring_into_force(connection, inst.kypek(kypek), kypek, read.programmes, now)
    approved = [o.seminar for o in offerings.values() if o.approved]
    shown = {m.login for one in read.courses.values() if one.members for m in (*one.members.items, *one.asking)}
    begun_anew.give_up(connection, kypek, read.fresh)  # first of all: whoever is ours does not count as applying
    deciding = Deciding.gather(connection, inst, kypek, run, limits, released, refused, shown)
    deciding = deciding.among(inst, tuple(o.seminar for o in offerings.values()), approved)
    rulings.bind(connection, kypek, deciding.whose)
    result = SeatsDecided((), {}, {}, offerings, notes=ended_by_file(connection, inst, kypek, now))
    if note := _not_known_yet(connection, inst, kypek):  # unreachable is not empty (rule 1)
        deciding = replace(deciding, paused={*deciding.paused, *(seminar.code for seminar in approved)})
        result.notes.append(note)
    asked = desired.courses(approved, {}, inst.centre(kypek))
    read = replace(read, courses=without_refused(connection, inst, kypek, asked, read.courses))
    _tell_problems(read, result, inst.text)
    shown_by = read.courses
    result.notes += unsure(deciding.identities, inst.text)
    gap = apart(inst.loaded.settings.intervals.seats)
    held_against = weighed(connection, read.fresh, limits.shrink, gap)
    read = replace(read, courses=read.courses | dict(held_against.courses))
    result.courses = read.courses
    result.problems += held_against.said
    left = deciding.departures(approved)
    result.held += left.held
    result.listed = _let_in(deciding)
    before = _left_behind(read)
    known = bindings.known(connection, kypek, "course")
    settling = result.settling = inst.settled.begin(kypek, common(deciding, inst))
    registrations = {one.code: _registration(one, deciding, read, known, silent_ones) for one in approved}
    every = {
        one.code: seats_of(deciding, settling, one, registrations[one.code], left, before.get(one.code, ()))
        for one in approved
    }
    every |= decided_together(deciding, settling, every)
    for seminar in approved:
        _take_over(every[seminar.code], seminar, deciding, registrations[seminar.code], inst, result)
    result.notes += unproven(shown_by.values(), result.seats, inst.text)
    _mirror_reads(connection, read)
    reads.note_all(connection, held_against.doubts)
    reconcile(connection, kypek, read.fresh, inst.clock())
    put_out.back_again(connection, kypek, read.fresh)
    unclear_courses.record(connection, kypek, read.unclear, inst.clock())
    twins.forget(connection, kypek, read.no_twins)
    result.notes += twins.sentences(connection, kypek, inst.text)
    trainers_left.put_to_who_left(connection, inst, kypek, taught, offerings, result.seats)
    _plan(connection, inst, kypek, read, approved, result, deciding.identities.unsure)
    return result


def _left_behind(read: SeatsRead) -> dict[str, list[CourseRead]]:
    """The reads of courses in which people applied before their seminar moved, by seminar."""
    found: dict[str, list[CourseRead]] = {}
    for one in read.former:
        if one.key in read.courses:
            found.setdefault(one.wish.seminar, []).append(read.courses[one.key])
    return found


def _let_in(deciding: Deciding) -> dict[str, frozenset[str]]:
    """Whom we let in ourselves if they have a seat: those of lists and pages, and those whom we had taken out."""
    listed, out = deciding.listed, put_out.of_seminars(deciding.put_out)
    return {code: listed.get(code, frozenset()) | out.get(code, frozenset()) for code in {*listed, *out}}


def _take_over(
    made: SeatsOfOne,
    seminar: Seminar,
    deciding: Deciding,
    registration: Registration,
    inst: Installation,
    result: SeatsDecided,
) -> None:
    """Put what was decided of one seminar to the rest."""
    result.seats[seminar.code] = made.seats
    for state, count in Counter(made.steps).items():
        word = f"seats {state}"
        result.counts[word] = result.counts.get(word, 0) + count
    result.held += [*made.held, *made.refused]
    vouched = deciding.vouched(seminar)
    result.notes += teaching(seminar, registration, made.seats, vouched, inst.text, inst.clock())


def _registration(
    seminar: Seminar,
    deciding: Deciding,
    read: SeatsRead,
    known: Collection[Key],
    silent_ones: Collection[str],
) -> Registration:
    """What was read of the courses in which people apply for a seminar."""
    platform = seminar.platform or deciding.centre.platform
    return Registration.of(seminar, platform, read.courses, known, listing=platform not in silent_ones)


def _not_known_yet(connection: Connection, inst: Installation, kypek: str) -> str:
    """That the settings' directory has shown nobody yet, and people are known from others; else empty."""
    new = unread(connection, inst, inst.kypek(kypek).directory)
    if new is None or not new.before:
        return ""
    return inst.text(
        "People are known from %(before)s, not yet from %(directory)s: seats stay as they are until then.",
        before=", ".join(new.before),
        directory=new.directory,
    )


def _tell_problems(read: SeatsRead, result: SeatsDecided, text: Text) -> None:
    """What could not be read, once for each cause."""
    told = {
        str(problem)
        for problem in (*read.problems, *read.calendars.problems, *read.boards.problems, *read.cohorts.problems)
    }
    left_behind = {one.key for one in read.former if not one.mirror}
    result.notes += unseen(read.former, read.courses, text)
    result.notes += missing_parts((o.seminar for o in result.offerings.values()), text)
    for key, course in read.courses.items():
        if course.problem is not None:
            told.add(str(course.problem))
        elif course.gone and key not in left_behind:
            task = course.task
            told.add(
                f"{task.system}: the course {task.foreign_id} of seminar {task.course} does not exist any more. "
                "Restore it there: nothing is created in its place, and another address in the programme moves nobody."
            )
    for programme in read.programmes:
        if programme.unreadable:
            told.add(programme.unreadable)
        if programme.reading:
            result.notes += mistakes(programme.reading, text, errors_only=True)
    result.problems += sorted(told)
    result.counts["seminars"] = len(result.offerings)
    result.counts["drafts"] = sum(not o.approved for o in result.offerings.values())
    result.counts["courses read"] = sum(c.members is not None for c in read.courses.values()) - len(read.standing)
    result.counts["courses partly read"] = sum(
        c.members is not None and not c.members.complete for c in read.courses.values()
    )


def _mirror_reads(connection: Connection, read: SeatsRead) -> None:
    fresh = read.fresh
    known = known_by_course(connection, fresh)
    for course in fresh.values():
        if course.members is None or course.course is None:
            continue
        place = course.task.system, course.course.id
        before, now = known.get(place, {}), {member.login: member for member in course.members.items}
        reads.remember_members(connection, place[1], course.members, before)
        known[place] = now if course.members.complete else {**before, **now}  # two seminars may share a course


def _plan(
    connection: Connection,
    inst: Installation,
    kypek: str,
    read: SeatsRead,
    approved: list[Seminar],
    result: SeatsDecided,
    unsure: Collection[str],
) -> None:
    """Hold what should be against what was read, and plan."""
    named = group_names.named(connection, inst, kypek, _wished(inst, kypek, approved, result.seats), read.courses)
    wished = let_in(named, read.courses, result.listed)
    result.wished = {w.key: w for w in wished}
    let_go(connection, kypek, result.wished, read.fresh)
    renew(connection, kypek, result.wished, inst.clock())
    sharing = result.sharing = Sharing.of(connection, kypek, result.wished, read.courses, inst.clock())
    sharing.renew(connection, result.wished, read.courses, inst.clock())
    seen = seeing.observe(connection, inst, kypek, read, seeing.Wanted(result.wished, result.offerings, sharing))
    result.counts["left out by hand"] = seen.left_out
    for key in result.wished:
        course = read.courses.get(key)
        if course is not None and course.groups is not None:
            result.groups |= {(*key, group.name): group.id for group in course.groups.items}
    over = restricting.due(connection, kypek, wished, read.courses, sharing.users, unsure, inst.clock(), inst.text)
    result.notes += [*over.notes, *restricting.unable(wished, read.abilities, inst.text)]
    courses = {key: replace(one, refused=over.due.get(key, frozenset())) for key, one in seen.courses.items()}
    seen = replace(seen, courses=courses)
    _say_what_was_seen(read, seen.courses, result)
    planned = plan_courses(wished, seen.courses, read.abilities, *_causes(approved, result.seats))
    ground = extras.Ground(approved, wished, seen.courses, result.seats, seen.placed)
    more = extras.decide(connection, inst, kypek, read, ground)
    result.counts |= more.counts
    result.problems += more.problems
    result.notes += more.notes
    result.unnamed = more.unnamed
    result.looked = (result.looked - more.unread) | more.looked
    result.changes = ordered((*planned, *more.changes))


def _say_what_was_seen(read: SeatsRead, observed: Mapping[Key, ObservedCourse], result: SeatsDecided) -> None:
    """Which courses were looked at, and which of them only in part; whose seats no look could confirm."""
    left = {
        one.key: c.members for one in read.former if (c := read.courses.get(one.key)) is not None and not one.mirror
    }
    result.partial = frozenset(key for key, o in observed.items() if o.bound and not o.members_complete)
    result.partial |= frozenset(key for key, members in left.items() if members is None or not members.complete)
    result.looked = frozenset(key for key, o in observed.items() if o.readable and key[0] in read.abilities)
    result.looked |= frozenset(key for key, members in left.items() if members is not None)
    result.unseen = frozenset(
        (wish.seminar, login)
        for key, wish in result.wished.items()
        if not wish.mirror and key not in result.looked
        for login, seat in result.seats.get(wish.seminar, {}).items()
        if wish.part == seat.part or not result.offerings[wish.seminar].seminar.parts
    )


def _causes(
    approved: Sequence[Seminar], seats: Mapping[str, Mapping[str, Seat]]
) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Who gave the seat back, by our names of courses, and who lost it because a person said so, by seminar."""
    withdrawn = {
        code: frozenset(s.login for s in those.values() if s.state is SeatState.WITHDRAWN)
        for code, those in seats.items()
    }
    decided = {
        code: frozenset(
            s.login for s in those.values() if s.rule in TAKING or (s.rule == "left-directory" and LET_PASS in s.facts)
        )
        for code, those in seats.items()
    }
    return withdrawn | _moved(approved, seats, withdrawn), decided


def _moved(
    seminars: Sequence[Seminar], seats: Mapping[str, Mapping[str, Seat]], withdrawn: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Who left one part of a seminar and applies in another one gave the place in the first one back: by our names of
    the courses, with those who gave up the seminar (`withdrawn`)."""
    return {
        course_name(seminar.code, part.id): withdrawn.get(seminar.code, frozenset())
        | {login for login, seat in seats.get(seminar.code, {}).items() if seat.part != part.id}
        for seminar in seminars
        for part in seminar.parts
    }


def _wished(
    inst: Installation, kypek: str, approved: Sequence[Seminar], seats: Mapping[str, Mapping[str, Seat]]
) -> list[WishedCourse]:
    """The courses that should be, with their people; of a seminar whose seats are as they were the same as before."""
    centre = inst.centre(kypek)

    def courses(seminar: Seminar, those: Mapping[str, Seat]) -> tuple[WishedCourse, ...]:
        known = [seat for seat in those.values() if not is_forgotten(seat.login)]
        return desired.courses([seminar], {seminar.code: known}, centre)

    found: list[WishedCourse] = []
    for one in sorted(approved, key=lambda seminar: seminar.code):
        those = seats[one.code]
        found += inst.settled.once((kypek, "wished", one.code), (one, those), partial(courses, one, those))
    return found


def to_be_read_first(read: SeatsRead, decided: SeatsDecided) -> frozenset[Key]:
    """The courses of which something is wanted and which were not read in this pass."""
    return read.standing & {change.target.key for change in decided.changes}


def calls_for(
    inst: Installation, kypek: str, read: SeatsRead, decided: SeatsDecided, still_ours: Callable[[], None]
) -> AllCalls:
    """The calls that carry the plan out, knowing the groups that the read found by name. `still_ours` is asked between
    calls that belong together."""
    calls = CourseCalls(
        *(inst.ledger, inst.clock, kypek, read.platforms, read.abilities, decided.wished, still_ours), inst.remembered
    )
    calls.people = lambda logins: _people(inst, kypek, logins)
    calls.sharing = decided.sharing
    calls.refusal = lambda wish, course: _refusal(inst, kypek, wish, course)
    for (system, course, name), identity in decided.groups.items():
        calls.learn_group(system, course, name, identity)
    return AllCalls(calls)


def _refusal(inst: Installation, kypek: str, wish: WishedCourse, course: str) -> str:
    with inst.ledger.begin(keep=False) as connection:
        return refusal(connection, inst, kypek, wish, course)


def _people(inst: Installation, kypek: str, logins: Sequence[str]) -> dict[str, Person]:
    """Who these are, as the directory said last."""
    directory = inst.kypek(kypek).directory
    if not directory:
        return {}
    with inst.ledger.begin(keep=False) as connection:
        return {login: known.person for login, known in persons.persons(connection, directory, logins).items()}
