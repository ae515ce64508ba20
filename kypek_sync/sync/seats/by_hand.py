"""Keeps account of what people have to do by hand in the courses of a pass (`seminar.by_hand` has the rules).

It comes after the changes of a pass, so that what was just made or refused counts. What a platform shows of
announcements and dates is asked for only while it is still to be done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import ByHand, Change, ConnectorError, Outcome, Receipt, Verb, Work
from kypek_sync.ledger import bindings, setbacks, todos
from kypek_sync.ledger.todos import Closed, Entry
from kypek_sync.model import CourseRole
from kypek_sync.seminar.by_hand import (
    FOR_ADMINISTRATORS,
    FOR_OFFICERS,
    FOR_TEACHERS,
    WORK,
    Kind,
    Sight,
    Todo,
    wanted,
)
from kypek_sync.sync.courses.ownership import Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.desired import WishedCourse
from kypek_sync.sync.seats.lane import SeatsDecided
from kypek_sync.sync.seats.reading import SeatsRead

Shown = Mapping[Key, Mapping[Work, str | None]]

_TEACHING = frozenset({CourseRole.TRAINER, CourseRole.ASSISTANT})


def settle(
    inst: Installation,
    kypek: str,
    read: SeatsRead,
    decided: SeatsDecided,
    done: Sequence[tuple[Change, Receipt]],
) -> int:
    """Bring the account up to date; how many things are open. A course that could not be read stays as it was."""
    with inst.ledger.begin(keep=False) as connection:
        pending = todos.listed(connection, kypek, kinds=FOR_TEACHERS)
    shown = _shown(pending, read)
    with inst.ledger.begin() as connection:
        now = inst.clock()
        _unknown(connection, inst, kypek, done, now)
        _courses(connection, inst, kypek, read, decided, shown)
        _signed_in(connection, kypek, read, decided, now)
        _not_wished(connection, kypek, decided, now)
        todos.only_in(connection, kypek, Kind.UNNAMED, decided.unnamed, now)
        return len(todos.listed(connection, kypek))


def _shown(pending: Sequence[Entry], read: SeatsRead) -> dict[Key, dict[Work, str | None]]:
    """What the platforms show of work that is still to be done; of those that cannot be asked now, nothing."""
    asked: dict[str, dict[tuple[str, Work], list[Key]]] = {}
    for one in pending:
        key, work = one.key, WORK[one.kind]
        course = read.courses.get(key)
        if work is not Work.DETAILS and course is not None and course.course is not None:
            asked.setdefault(one.system, {}).setdefault((course.course.id, work), []).append(key)
    found: dict[Key, dict[Work, str | None]] = {}
    for system, places in sorted(asked.items()):
        platform = read.platforms.get(system)
        if not isinstance(platform, ByHand):
            continue
        try:
            shown = platform.work_shown(places.keys())
        except ConnectorError:
            continue  # nothing is known, and what is open stays so
        for (course_id, work), text in shown.items():
            for key in places[(course_id, work)]:
                found.setdefault(key, {})[work] = text
    return found


def _courses(
    connection: Connection, inst: Installation, kypek: str, read: SeatsRead, decided: SeatsDecided, shown: Shown
) -> None:
    placed = bindings.claimed(connection, kypek, "membership")
    made = bindings.reasons(connection, kypek, "course")
    refused = {
        (*one.target.key, one.target.login)
        for one in setbacks.listed(connection, kypek, lane="seats")
        if one.outcome is Outcome.REFUSED and one.verb is Verb.ENROL
    }
    account = todos.account(connection, kypek)
    page = inst.loaded.settings.public_address.rstrip("/")
    for key, wish in sorted(decided.wished.items()):
        course = read.courses.get(key)
        if course is None or course.course is None or course.problem is not None or key[0] not in read.abilities:
            continue
        platform = read.platforms.get(key[0])
        links: dict[Work, str] = {}
        if isinstance(platform, ByHand):
            links = {work: platform.work_page(course.course.id, work) for work in Work}
        taught = _taught(wish, course, refused)
        sight = Sight(
            seminar=decided.offerings[wish.seminar].seminar.of_part(wish.part),
            course=course.course,
            title=wish.draft.title,
            page=f"{page}/s/{wish.seminar}",
            can=read.abilities[key[0]],
            adopted=bool(wish.adopt)
            or "created" not in made.get(key, {}).get("", frozenset())
            or key in decided.sharing.users,
            links=links,
            shown=shown.get(key, {}),
            taught=taught,
            stale=_stale(wish, course, placed.get((key[0], f"{key[1]}/{wish.seats_group}"), frozenset())),
        )
        judged = {*FOR_TEACHERS, *FOR_ADMINISTRATORS} - ({Kind.TEACHER} if taught is None else set())
        asked = wanted(sight, inst.clock(), inst.text)
        todos.record(connection, kypek, *key, asked, inst.clock(), judged, account)


def _taught(wish: WishedCourse, course: CourseRead, refused: set[tuple[str, str, str]]) -> bool | None:
    """Whether anybody teaches there. Nobody is known to only where nobody is named or all who are were refused."""
    members = course.members.items if course.members is not None else ()
    if any(member.role in _TEACHING for member in members):
        return True
    complete = course.members is not None and course.members.complete
    tried = all((*wish.key, login) in refused for login in wish.staff)
    return False if tried and (complete or wish.staff) else None


def _stale(wish: WishedCourse, course: CourseRead, ours: frozenset[str]) -> frozenset[str]:
    """Whom we put into the group of seats, who has no seat any more and is still there. Who left the course has left
    the group for all that anybody can see (E-26)."""
    found = ours - wish.seated - wish.staff
    shown = (
        next((g.members for g in course.groups.items if g.name == wish.seats_group), None) if course.groups else None
    )
    if shown is not None:
        found &= shown
    if course.members is not None and course.members.complete:
        found &= {member.login for member in course.members.items}
    return found


def _unknown(
    connection: Connection, inst: Installation, kypek: str, done: Sequence[tuple[Change, Receipt]], now: datetime
) -> None:
    """Whoever could not be enrolled because a platform does not know them has to sign in there once."""
    open_ones = _waiting(connection, kypek)
    for change, receipt in done:
        if change.verb is not Verb.ENROL:
            continue
        target = change.target
        if receipt.unknown and not receipt.stands:
            asked = Todo(Kind.SIGN_IN, target.login, _home(inst, target.system))
            todos.open_one(connection, kypek, *target.key, asked, now)
        elif receipt.stands and (one := open_ones.get((*target.key, target.login))) is not None:
            todos.close(connection, one.id, Closed.SEEN, "", now)


def _home(inst: Installation, system: str) -> str:
    """Where people open a platform, as its settings say."""
    entry = inst.loaded.settings.connectors.get(system)
    address = entry.own.get("address", "") if entry is not None else ""
    return address if isinstance(address, str) else ""


def _signed_in(connection: Connection, kypek: str, read: SeatsRead, decided: SeatsDecided, now: datetime) -> None:
    """Who is in the course by now has signed in; who is not wanted there any more need not."""
    for (system, name, login), one in _waiting(connection, kypek).items():
        wish, course = decided.wished.get((system, name)), read.courses.get((system, name))
        if wish is not None and login not in wish.students | wish.staff:
            todos.close(connection, one.id, Closed.OVER, "", now)
        elif course is not None and course.members is not None and login in {m.login for m in course.members.items}:
            todos.close(connection, one.id, Closed.SEEN, "", now)


def _waiting(connection: Connection, kypek: str) -> dict[tuple[str, str, str], Entry]:
    listed = todos.listed(connection, kypek, kinds=(Kind.SIGN_IN,))
    return {(*one.key, one.login): one for one in listed}


def _not_wished(connection: Connection, kypek: str, decided: SeatsDecided, now: datetime) -> None:
    """Nothing is to be done in a course that no seminar wants any more."""
    for one in todos.listed(connection, kypek):
        if one.key not in decided.wished and one.kind not in FOR_OFFICERS:
            todos.close(connection, one.id, Closed.OVER, "", now)
