"""What the ledger says is ours, held against what a read shows (design, rules 4 and 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from kypek_sync.contract import Cause, Change, Member, Verb
from kypek_sync.ledger import bindings, runs
from kypek_sync.ledger.bindings import Claim
from kypek_sync.ledger.runs import Deed
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses import put_out
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.desired import WishedCourse

log = structlog.get_logger(__name__)

Key = tuple[str, str]
"""A course of ours: (system, our name of the course), as `CourseKey`."""

AGAIN = timedelta(days=7)
"""An enrolment of ours that somebody ends again this soon after we restored it is left alone."""

_LOOKED_UP = (
    *(Verb.ADOPT_COURSE, Verb.UPDATE_COURSE, Verb.CREATE_GROUP),
    *(Verb.ENROL, Verb.UNENROL, Verb.SUSPEND, Verb.RESUME, Verb.JOIN_GROUP, Verb.LEAVE_GROUP),
)
"""Verbs whose outcome a read of the course shows; a course's creation is looked up when it is tried again."""

SKEW, CALLS = timedelta(minutes=2), timedelta(minutes=10)
"""By how much a server's clock may differ from ours, and how long the calls of one batch may take: a membership that
began between an intent less the one and the intent plus the other began when we asked for it."""


def enrolment(change: Change) -> Claim:
    """The claim on a membership that a change makes."""
    why = "staff" if change.wanted("role") == CourseRole.TRAINER.value else "seat"
    return Claim(change.target.system, "enrolment", change.target.course, change.target.login, why)


def placement(change: Change) -> Claim:
    """The claim on a place in a group that a change makes."""
    target = change.target
    return Claim(target.system, "membership", f"{target.course}/{target.object}", target.login, "seat")


def suspension(change: Change) -> Claim:
    """What remembers that we shut somebody out for a while, and since when."""
    return Claim(change.target.system, "suspended", change.target.course, change.target.login, "inferred")


def reconcile(connection: Connection, kypek: str, courses: Mapping[Key, CourseRead], now: datetime) -> None:
    """Close the intents that never got a clear answer: what is proven to be our doing is ours; what does not show any
    more is not; what was not done is planned again if it is still wanted, and its intent closed when nothing of it can
    be under way any more."""
    settled = []
    for deed in runs.open_intents(connection, kypek, _LOOKED_UP):
        target = deed.change.target
        course = courses.get(target.key)
        if course is None or course.members is None or course.groups is None:
            continue
        if not course.members.complete or not course.groups.complete:
            continue
        member = next((m for m in course.members.items if m.login == target.login), None)
        placed = any(target.login in (g.members or ()) for g in course.groups.items if g.name == target.object)
        looked = min(course.members.as_of, course.groups.as_of)  # a pass decides long after its first reads
        if not _shows(deed.change.verb, member, placed) and looked - deed.opened < CALLS:
            continue  # a request that outlived its process may still be under way, and be carried out after this read
        _learn(connection, kypek, deed, member, placed, now)
        settled.append(deed.intent)
    runs.settle(connection, settled, now)


def _shows(verb: Verb, member: Member | None, placed: bool) -> bool:
    """Whether a course shows what a change asked for."""
    match verb:
        case Verb.ENROL:
            return member is not None
        case Verb.UNENROL:
            return member is None
        case Verb.SUSPEND:
            return member is not None and not member.active
        case Verb.RESUME:
            return member is None or member.active
        case Verb.JOIN_GROUP:
            return placed
        case _:
            return not placed


def _learn(connection: Connection, kypek: str, deed: Deed, member: Member | None, placed: bool, now: datetime) -> None:
    """What follows for our claims from what a course shows of a change whose outcome nobody told us.

    A place in a group that shows is taken for our doing. No platform tells when a place was made or by whom, so that a
    colleague who put the same person into the same group between our call and this read cannot be told from us; were
    it left as theirs, all those of a call that broke off would keep the group, and the room, after their seat."""
    change = deed.change
    if not _shows(change.verb, member, placed):
        return
    if change.verb is Verb.ENROL and member is not None and not change.before:
        if began_when_we_asked(member, deed.opened):
            bindings.claim(connection, kypek, [enrolment(change)], now)
        else:
            target = change.target
            log.info("membership not proven ours", system=target.system, course=target.course, login=target.login)
    elif change.verb is Verb.UNENROL:
        bindings.release(connection, kypek, enrolment(change))
        if change.cause is Cause.REFUSED:
            put_out.remember(connection, kypek, change, now)
    elif change.verb is Verb.SUSPEND:
        bindings.claim(connection, kypek, [suspension(change)], now)
    elif change.verb is Verb.RESUME:
        bindings.release(connection, kypek, suspension(change))
    elif change.verb is Verb.JOIN_GROUP:
        bindings.claim(connection, kypek, [placement(change)], now)
    elif change.verb is Verb.LEAVE_GROUP:
        bindings.release(connection, kypek, placement(change))


def began_when_we_asked(member: Member, asked: datetime) -> bool:
    """Whether a membership that we asked for, without hearing what became of it, is proven to be our doing: it began at
    that moment, and not by the person's own hand. Where the platform does not tell when, a teacher may have added them
    meanwhile: it is not ours, so it is never taken from them (rule 4)."""
    return member.since is not None and member.origin != "self" and -SKEW <= member.since - asked <= CALLS


def renew(connection: Connection, kypek: str, wished: Mapping[Key, WishedCourse], now: datetime) -> None:
    """Bring the claims on memberships of ours up to date: one for each reason that holds, a seat or serving as staff.
    A reason that is over is given up while another one holds; the last one stays in the book until the membership
    itself has gone, since only what is claimed may be taken away (rule 4)."""
    for key, owned in bindings.reasons(connection, kypek, "enrolment").items():
        if (wish := wished.get(key)) is None:
            continue
        for login, reasons in owned.items():
            holding = {word for word, those in (("seat", wish.students), ("staff", wish.staff)) if login in those}
            place = (key[0], "enrolment", key[1], login)
            bindings.claim(connection, kypek, [Claim(*place, word) for word in sorted(holding - reasons)], now)
            for word in sorted(reasons - holding) if holding else ():
                bindings.drop(connection, kypek, Claim(*place, word))


def let_go(
    connection: Connection, kypek: str, wished: Mapping[Key, WishedCourse], courses: Mapping[Key, CourseRead]
) -> None:
    """Give up claims on what a complete read shows, and a second way of asking proves, to be gone: should it come back
    otherwise than by us, somebody else put it there. Students who should be in the course are looked at by `respected`,
    which still has to know them."""
    enrolled = bindings.claimed(connection, kypek, "enrolment")
    placed = bindings.claimed(connection, kypek, "membership")
    for key, wish in wished.items():
        course = courses.get(key)
        if course is None or course.members is None or not course.members.complete:
            continue
        system, ours = key
        inside = {m.login for m in course.members.items}
        gone = (enrolled.get(key, frozenset()) - inside - wish.students) & course.proven_gone
        _release(connection, kypek, (system, "enrolment", ours), gone)
        if course.groups is None or not course.groups.complete:
            continue
        present = {group.id for group in course.groups.items}
        for identity, name in course.task.groups.items():
            if identity not in present:  # deleted: that it is not listed is no news at the next read
                bindings.forget(connection, kypek, system, "group", f"{ours}/{name}")
        shown = {group.name: group.members for group in course.groups.items}
        for name, _ in wish.groups:
            there = shown.get(name, frozenset())
            if there is not None:
                object_ = f"{ours}/{name}"
                gone = placed.get((system, object_), frozenset()) - there
                _release(connection, kypek, (system, "membership", object_), gone)


def shut_out(
    connection: Connection, kypek: str, wished: Mapping[Key, WishedCourse], courses: Mapping[Key, CourseRead]
) -> dict[Key, Mapping[str, datetime]]:
    """Whom we suspended in each course, and since when. It is over for those who are not there any more, and for those
    with a seat whom somebody let in again."""
    found: dict[Key, Mapping[str, datetime]] = {}
    for key, since in bindings.since(connection, kypek, "suspended").items():
        course, wish = courses.get(key), wished.get(key)
        if wish is not None and course is not None and course.members is not None and course.members.complete:
            active = {member.login: member.active for member in course.members.items}
            over = {login for login in since if active.get(login, False) and login in wish.students}
            over |= (since.keys() - active.keys()) & course.proven_gone
            _release(connection, kypek, (key[0], "suspended", key[1]), over)
            since = {login: at for login, at in since.items() if login not in over}
        found[key] = since
    return found


def respected(
    connection: Connection,
    kypek: str,
    wished: Mapping[Key, WishedCourse],
    courses: Mapping[Key, CourseRead],
    now: datetime,
    moments: Callable[[Connection, Key, str], list[datetime]] | None = None,
) -> dict[Key, frozenset[str]]:
    """Whom somebody took out of a course of ours again, soon after we had put them back: they are left out, until they
    lose their seat or are put in by hand. Whoever is missing is not ours any more, until we put them back. `moments`
    tells when somebody was enrolled in a course, oldest first, where others enrol there too (else `runs.enrolled`)."""
    when = moments or (lambda connection, key, login: runs.enrolled(connection, kypek, *key, login))
    known = bindings.claimed(connection, kypek, "left-out")
    enrolled = bindings.claimed(connection, kypek, "enrolment")
    found: dict[Key, frozenset[str]] = {}
    for key, wish in wished.items():
        out, course = known.get(key, frozenset()), courses.get(key)
        if course is not None and course.members is not None and course.members.complete:
            missing = wish.students - {m.login for m in course.members.items}
            _release(connection, kypek, (key[0], "left-out", key[1]), out - missing)
            ended = missing & enrolled.get(key, frozenset()) & course.proven_gone
            anew = {login for login in ended - out if _restored_lately(when(connection, key, login), now)}
            _release(connection, kypek, (key[0], "enrolment", key[1]), ended)
            bindings.claim(
                connection, kypek, [Claim(key[0], "left-out", key[1], login, "by hand") for login in sorted(anew)], now
            )
            out = frozenset((out & missing) | anew)
        if out:
            found[key] = out
    return found


def _restored_lately(moments: list[datetime], now: datetime) -> bool:
    return len(moments) > 1 and now - moments[-1] < AGAIN


def _release(connection: Connection, kypek: str, place: tuple[str, str, str], logins: Iterable[str]) -> None:
    for login in sorted(logins):
        bindings.release(connection, kypek, Claim(*place, login, ""))
