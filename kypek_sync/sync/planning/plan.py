"""Desired minus observed is a list of changes, each with its reasons. Pure; the same input gives the same plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kypek_sync.contract import Capability, Cause, Change, Course, CourseDraft, Group, Member, Room, Target, Verb
from kypek_sync.model import CourseRole
from kypek_sync.sync.planning.desired import WAITING, WishedCourse, WishedRoom

VERB_ORDER = tuple(Verb)
LET_IN, SHUT_OUT = (("active", "yes"),), (("active", "no"),)

Why = Callable[[str], tuple[str, ...]]
"""The reasons of one wish for the `course`, or for a login."""


@dataclass(frozen=True, slots=True)
class ObservedCourse:
    """What one read showed of a seminar's course on one system.

    `bound`: the ledger knows its foreign id. `readable`: false when it could not be read, so nothing is planned for it.
    `gone`: bound, and the platform shows that it does not exist any more. `enrolled` and `placed` are the logins that
    the ledger says we enrolled, and put into each group; `left_out` those whom somebody took out of it twice;
    `suspended` those whom we shut out for a while, `due` those of them whose grace is over;
    `theirs`: people made it, or other seminars use it too, so its title, description and dates are not ours to change;
    `kept` are those of ours who stay there because of others, whatever this seminar says;
    `refused` are those of whom the ledger says that they applied here, were refused and know it (`seats.restricting`);
    `written` is the description that we wrote last, None where we wrote none. `shown_by` names the reads that this is
    taken from, `judged_by` those behind the seats, for the reasons of changes.
    """

    system: str
    seminar: str
    bound: bool = False
    readable: bool = True
    gone: bool = False
    course: Course | None = None
    members: Mapping[str, Member] = field(default_factory=dict)
    members_complete: bool = False
    groups: Mapping[str, Group] = field(default_factory=dict)
    groups_complete: bool = False
    enrolled: frozenset[str] = frozenset()
    placed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    suspended: frozenset[str] = frozenset()
    due: frozenset[str] = frozenset()
    theirs: bool = False
    kept: frozenset[str] = frozenset()
    written: str | None = None
    refused: frozenset[str] = frozenset()
    shown_by: tuple[str, ...] = ()
    judged_by: tuple[str, ...] = ()


def plan_courses(
    wished: Iterable[WishedCourse],
    observed: Mapping[tuple[str, str], ObservedCourse],
    abilities: Mapping[str, frozenset[Capability]],
    withdrawn: Mapping[str, frozenset[str]],
    decided: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Change, ...]:
    """The changes that make courses as wished. `withdrawn` are logins that gave their seat back, by our names of
    courses, and `decided` those who lost it because a person said so: taking them out of things is not counted as
    inferred."""
    changes: list[Change] = []
    for wish in wished:
        sight = observed.get(wish.key, ObservedCourse(*wish.key))
        if not sight.readable or sight.gone or wish.system not in abilities:
            continue
        if wish.cancelled and not sight.bound:
            continue
        can, why = abilities[wish.system], _reasons(wish, sight)
        left = dict.fromkeys(withdrawn.get(wish.course, ()), Cause.WITHDRAWN)
        left |= dict.fromkeys((decided or {}).get(wish.seminar, ()), Cause.DECIDED)
        changes += _course(wish, sight, can, why)
        changes += _staff(wish, sight, why)
        changes += _students(wish, sight, can, left, why)
        changes += _refused(wish, sight, can, why)
        changes += _groups(wish, sight, can, left, why)
    return ordered(changes)


def plan_rooms(
    wished: Iterable[WishedRoom],
    running: Mapping[str, Room],
    ours: Mapping[str, Target],
    over: str = "its session is over",
    shown_by: tuple[str, ...] = (),
) -> tuple[Change, ...]:
    """Rooms to open, and rooms of ours (`ours`: reference → target) to end because no session wants them any more.

    `over` is the reason of an end, in the reader's language; `shown_by` names the read.
    `running` are the rooms that the server shows; a room that it does not show is opened again, which is harmless.
    """
    wanted = {w.draft.ref: w for w in wished}
    changes = [
        Change(
            Verb.OPEN_ROOM,
            Target(w.system, w.seminar, str(w.session)),
            after=(("ref", ref), ("title", w.draft.title)),
            because=(*w.because, *shown_by),
        )
        for ref, w in wanted.items()
        if ref not in running
    ]
    changes += [
        Change(Verb.END_ROOM, target, before=(("ref", ref),), because=(over, *shown_by), cause=Cause.DECIDED)
        for ref, target in ours.items()
        if ref in running and ref not in wanted
    ]
    return ordered(changes)


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Sorted so that what others need comes first and output never jitters: by seminar, system, verb, part, target."""
    return tuple(sorted(changes, key=_place))


def _place(change: Change) -> tuple[str, str, int, str, Target]:
    target = change.target
    return target.seminar, target.system, VERB_ORDER.index(change.verb), target.part, target


def _target(wish: WishedCourse, thing: str = "", login: str = "") -> Target:
    return Target(wish.system, wish.seminar, thing, login, wish.part)


def _course(wish: WishedCourse, sight: ObservedCourse, can: frozenset[Capability], why: Why) -> list[Change]:
    target = _target(wish)
    because = why("course")
    if not sight.bound:
        if wish.adopt:
            return [Change(Verb.ADOPT_COURSE, target, after=(("address", wish.adopt),), because=because)]
        return [Change(Verb.CREATE_COURSE, target, after=_facts(wish), because=because)]
    if Capability.COURSE_UPDATE not in can or sight.course is None or wish.adopt or sight.theirs:
        return []
    seen, wanted = _shown(sight.course), _wanted(wish.draft)
    if not _ours_to_describe(sight.course, sight.written):
        wanted.pop("description", None)
    different = sorted(key for key, value in wanted.items() if _level(seen.get(key, "")) != _level(value))
    if not different:
        return []
    before, after = (tuple((key, facts.get(key, "")) for key in different) for facts in (seen, wanted))
    return [Change(Verb.UPDATE_COURSE, target, before, after, because)]


def _facts(wish: WishedCourse) -> tuple[tuple[str, str], ...]:
    draft = wish.draft
    return tuple(sorted({"category": draft.category, "ref": draft.ref, **_wanted(draft)}.items()))


def _wanted(draft: CourseDraft) -> dict[str, str]:
    """What a draft says of a course in words; what is None is no wish."""
    words = {"title": draft.title, "description": draft.description or ""}
    return words | _dates(draft.starts, draft.ends)


def _shown(course: Course) -> dict[str, str]:
    return {"title": course.title, "description": course.description} | _dates(course.starts, course.ends)


def _dates(starts: datetime | None, ends: datetime | None) -> dict[str, str]:
    return {name: moment.isoformat() for name, moment in (("ends", ends), ("starts", starts)) if moment is not None}


def _ours_to_describe(course: Course, written: str | None) -> bool:
    """Whether the description is still the one that we wrote: one that people wrote or improved is theirs."""
    return written is not None and _level(course.description) == _level(written)


def _level(text: str) -> str:
    """A text without what platforms make of spaces and empty lines."""
    return " ".join(text.split())


def _staff(wish: WishedCourse, sight: ObservedCourse, why: Why) -> list[Change]:
    changes = []
    for login in sorted(wish.staff):
        member = sight.members.get(login)
        if member is not None and member.role in (CourseRole.TRAINER, CourseRole.ASSISTANT, CourseRole.OTHER):
            continue
        if not sight.members_complete and member is None and login in sight.enrolled:
            continue  # the list does not show everybody: what we did stands until a read says otherwise
        before = (("role", member.role.value),) if member else ()
        target = _target(wish, login=login)
        changes.append(Change(Verb.ENROL, target, before, (("role", "trainer"),), why("staff")))
    return changes


def _students(
    wish: WishedCourse, sight: ObservedCourse, can: frozenset[Capability], left: Mapping[str, Cause], why: Why
) -> list[Change]:
    """Mirror courses: enrol those with a seat, take out those of ours without one. Where that is only inferred, and the
    platform can, they are suspended first, and taken out when the grace is over (rule 5); a return lets them in. A
    course that was a mirror and became the registration course keeps those of ours who have a seat."""
    changes = []
    for login in sorted(wish.students):
        unseen = not sight.members_complete and login in sight.enrolled
        if login in sight.members or login in sight.left_out or unseen:
            continue
        target = _target(wish, login=login)
        changes.append(Change(Verb.ENROL, target, (), (("role", "student"),), why(login)))
    seated = wish.students | wish.seated
    for login in sorted(seated & sight.suspended):
        if login in sight.members and not sight.members[login].active and Capability.SUSPEND in can:
            target = _target(wish, login=login)
            changes.append(Change(Verb.RESUME, target, SHUT_OUT, LET_IN, why(login)))
    over = sorted(sight.enrolled - seated - wish.staff - sight.kept)
    if not sight.members_complete:  # absence and excess are evidence only in a complete read (rule 1)
        return changes + (_let_out(wish, sight, left, why, over) if Capability.MEMBER_LIST not in can else [])
    for login in over:
        member = sight.members.get(login)
        if member is None or member.role is not CourseRole.STUDENT:
            continue
        cause = left.get(login, Cause.INFERRED)
        target = _target(wish, login=login)
        because = why(login) or why("nobody")
        if cause is Cause.INFERRED and Capability.SUSPEND in can:
            if login not in sight.suspended:
                changes.append(Change(Verb.SUSPEND, target, LET_IN, SHUT_OUT, because, cause))
                continue
            if login not in sight.due or member.active:
                continue  # the grace is not over, or somebody let them in again by hand
        changes.append(Change(Verb.UNENROL, target, (("role", "student"),), (), because, cause))
    return changes


def _let_out(
    wish: WishedCourse, sight: ObservedCourse, left: Mapping[str, Cause], why: Why, over: Iterable[str]
) -> list[Change]:
    """Where the platform never tells who is in a course: those of ours who gave the seat back, or lost it because a
    person said so. That needs no read, and the platform is asked for their role as they are taken out (E-27)."""
    found = []
    for login in over:
        member = sight.members.get(login)
        if login in left and (member is None or member.role is CourseRole.STUDENT):
            target, because = _target(wish, login=login), why(login) or why("nobody")
            found.append(Change(Verb.UNENROL, target, (("role", "student"),), (), because, left[login]))
    return found


def _refused(wish: WishedCourse, sight: ObservedCourse, can: frozenset[Capability], why: Why) -> list[Change]:
    """Of a seminar set to `restrict`: students whom nobody but themselves put into the course, since registration
    opened, and whom we refused (rule 4, its exception). Only what a complete read shows."""
    if Capability.END_MEMBERSHIP not in can or not sight.members_complete or wish.mirror or wish.cancelled:
        return []
    over = (wish.refused & sight.refused) - sight.enrolled - wish.staff - wish.students - wish.seated
    return [
        Change(
            Verb.UNENROL,
            _target(wish, login=login),
            (("role", "student"),),
            (),
            (*why(login), *why("refused")),
            Cause.REFUSED,
        )
        for login in sorted(over)
        if (member := sight.members.get(login)) is not None and _by_themselves(member, wish.opens)
    ]


def _by_themselves(member: Member, opens: datetime | None) -> bool:
    """Whether a student came into the course by themselves, and not before registration opened."""
    if member.role is not CourseRole.STUDENT or member.origin not in ("", "self"):
        return False
    return opens is not None and member.since is not None and member.since >= opens


def _groups(
    wish: WishedCourse, sight: ObservedCourse, can: frozenset[Capability], left: Mapping[str, Cause], why: Why
) -> list[Change]:
    """Nobody comes into a group of what was cancelled. Who has a seat there stays in theirs; nobody waits any more."""
    changes: list[Change] = []
    for name, logins in wish.groups:
        if name == WAITING and Capability.GROUP_REMOVE not in can:
            continue  # nobody could be taken out of it again
        group = sight.groups.get(name)
        if wish.cancelled:
            if name == WAITING:
                changes += _leaving(wish, sight, can, left, why, name)
            continue
        if group is None and (sight.groups_complete or sight.course is None):
            changes.append(
                Change(
                    Verb.CREATE_GROUP,
                    _target(wish, name),
                    (),
                    (("name", name),),
                    why("course"),
                )
            )
        inside = _inside(group, sight, name)
        for login in sorted(logins - inside):
            coming = login in wish.students and login not in sight.left_out
            if sight.members_complete and login not in sight.members and not coming:
                continue  # gone from the course: the group would refuse (M-31)
            target = _target(wish, name, login)
            changes.append(Change(Verb.JOIN_GROUP, target, (), (("group", name),), why(login)))
        changes += _leaving(wish, sight, can, left, why, name)
    return changes


def _leaving(
    wish: WishedCourse,
    sight: ObservedCourse,
    can: frozenset[Capability],
    left: Mapping[str, Cause],
    why: Why,
    name: str,
) -> list[Change]:
    """Whom we put into a group and who should not be in it leaves, where all of it was seen and the platform can."""
    group = sight.groups.get(name)
    if Capability.GROUP_REMOVE not in can or group is None or group.members is None or not sight.groups_complete:
        return []
    ours, wanted = sight.placed.get(name, frozenset()), dict(wish.groups)[name]
    return [
        Change(
            Verb.LEAVE_GROUP,
            _target(wish, name, login),
            (("group", name),),
            (),
            why(login) or why("nobody"),
            _cause(name, login, left),
        )
        for login in sorted((group.members & ours) - wanted)
    ]


def _inside(group: Group | None, sight: ObservedCourse, name: str) -> frozenset[str]:
    """Who is in a group: as the platform shows, else as the ledger remembers."""
    if group is None and sight.groups_complete:
        return frozenset()
    if group is not None and group.members is not None:
        return group.members
    return sight.placed.get(name, frozenset())


def _cause(group: str, login: str, left: Mapping[str, Cause]) -> Cause:
    """Leaving the waiting group takes nothing from anybody; leaving the group of seats does."""
    if group == WAITING:
        return Cause.NONE
    return left.get(login, Cause.INFERRED)


def _reasons(wish: WishedCourse, sight: ObservedCourse) -> Why:
    """The reasons of a wish by what they explain, gathered once: a large course asks for each of its people. They end
    with the reads that they rest on, those behind the seats where a seat is the reason."""
    reasons: dict[str, tuple[str, ...]] = {}
    for subject, text in wish.because:
        reasons[subject] = (*reasons.get(subject, ()), text)
    seats = (*sight.shown_by, *sight.judged_by)

    def why(subject: str) -> tuple[str, ...]:
        found = reasons.get(subject, ())
        return (*found, *(sight.shown_by if subject in ("course", "staff") else seats)) if found else ()

    return why
