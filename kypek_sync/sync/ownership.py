"""What the ledger says is ours, held against what a read shows (design, rules 4 and 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Change, Verb
from kypek_sync.ledger import bindings, runs
from kypek_sync.ledger.bindings import Claim
from kypek_sync.model import CourseRole
from kypek_sync.sync.desired import WishedCourse
from kypek_sync.sync.reading import CourseRead

Key = tuple[str, str]
"""A course of ours: (system, seminar code)."""

AGAIN = timedelta(days=7)
"""An enrolment of ours that somebody ends again this soon after we restored it is left alone."""

_LOOKED_UP = (
    *(Verb.ADOPT_COURSE, Verb.UPDATE_COURSE, Verb.CREATE_GROUP),
    *(Verb.ENROL, Verb.UNENROL, Verb.JOIN_GROUP, Verb.LEAVE_GROUP),
)
"""Verbs whose outcome a read of the course shows; a course's creation is looked up when it is tried again."""


def enrolment(change: Change) -> Claim:
    """The claim on a membership that a change makes."""
    why = "staff" if change.wanted("role") == CourseRole.TRAINER.value else "seat"
    return Claim(change.target.system, "enrolment", change.target.seminar, change.target.login, why)


def placement(change: Change) -> Claim:
    """The claim on a place in a group that a change makes."""
    target = change.target
    return Claim(target.system, "membership", f"{target.seminar}/{target.object}", target.login, "seat")


def reconcile(connection: Connection, kypek: str, courses: Mapping[Key, CourseRead], now: datetime) -> None:
    """Close the intents that never got a clear answer: what shows now was our doing, so we own it; what does not show
    any more is not ours; what was not done is planned again if it is still wanted."""
    settled = []
    for deed in runs.open_intents(connection, kypek, _LOOKED_UP):
        target = deed.change.target
        course = courses.get((target.system, target.seminar))
        if course is None or course.members is None or course.groups is None:
            continue
        if not course.members.complete or not course.groups.complete:
            continue
        inside = target.login in {m.login for m in course.members.items}
        placed = any(target.login in (g.members or ()) for g in course.groups.items if g.name == target.object)
        if deed.change.verb is Verb.ENROL and inside and not deed.change.before:
            bindings.claim(connection, kypek, [enrolment(deed.change)], now)
        elif deed.change.verb is Verb.UNENROL and not inside:
            bindings.release(connection, kypek, enrolment(deed.change))
        elif deed.change.verb is Verb.JOIN_GROUP and placed:
            bindings.claim(connection, kypek, [placement(deed.change)], now)
        elif deed.change.verb is Verb.LEAVE_GROUP and not placed:
            bindings.release(connection, kypek, placement(deed.change))
        settled.append(deed.intent)
    runs.settle(connection, settled, now)


def let_go(
    connection: Connection, kypek: str, wished: Mapping[Key, WishedCourse], courses: Mapping[Key, CourseRead]
) -> None:
    """Give up claims on what a complete read shows to be gone and nobody wants any more: should it come back, somebody
    else put it there."""
    enrolled = bindings.claimed(connection, kypek, "enrolment")
    placed = bindings.claimed(connection, kypek, "membership")
    for key, wish in wished.items():
        course = courses.get(key)
        if course is None or course.members is None or not course.members.complete:
            continue
        system, seminar = key
        inside = {m.login for m in course.members.items}
        gone = enrolled.get(key, frozenset()) - inside - wish.students - wish.staff
        _release(connection, kypek, (system, "enrolment", seminar), gone)
        if course.groups is None or not course.groups.complete:
            continue
        shown = {group.name: group.members for group in course.groups.items}
        for name, logins in wish.groups:
            there = shown.get(name, frozenset())
            if there is not None:
                object_ = f"{seminar}/{name}"
                gone = placed.get((system, object_), frozenset()) - there - logins
                _release(connection, kypek, (system, "membership", object_), gone)


def respected(
    connection: Connection,
    kypek: str,
    wished: Mapping[Key, WishedCourse],
    courses: Mapping[Key, CourseRead],
    now: datetime,
) -> dict[Key, frozenset[str]]:
    """Whom somebody took out of a course of ours again, soon after we had put them back: they are left out, until they
    lose their seat or are put in by hand."""
    known = bindings.claimed(connection, kypek, "left-out")
    enrolled = bindings.claimed(connection, kypek, "enrolment")
    found: dict[Key, frozenset[str]] = {}
    for key, wish in wished.items():
        out, course = known.get(key, frozenset()), courses.get(key)
        if course is not None and course.members is not None and course.members.complete:
            missing = wish.students - {m.login for m in course.members.items}
            _release(connection, kypek, (key[0], "left-out", key[1]), out - missing)
            anew = {
                login
                for login in (missing & enrolled.get(key, frozenset())) - out
                if _restored_lately(runs.enrolled(connection, kypek, *key, login), now)
            }
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
