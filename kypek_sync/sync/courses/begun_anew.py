"""Memberships that we once made, left and begun anew by somebody else between two reads: they are ours no more.

Claims go by login, so that a read which shows the same login again looks as if nothing had happened. When the
membership began, and by whose hand, tells the difference where the platform tells it (design, rule 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import Connection

from kypek_sync.contract import Member
from kypek_sync.ledger import bindings, shared_courses
from kypek_sync.ledger.bindings import Claim
from kypek_sync.sync.courses.ownership import CALLS, SKEW, Key
from kypek_sync.sync.courses.reading import CourseRead

log = structlog.get_logger(__name__)


def give_up(connection: Connection, kypek: str, courses: Mapping[Key, CourseRead]) -> None:
    """Give up the claims on memberships that these reads show to have begun otherwise than by us, of every seminar and
    KYPEK that has one: the first to see it sees it for all. Before anything is decided about who applied."""
    news = {key: those for key, read in courses.items() if (those := _news(read))}
    if not news:
        return
    places = {key: (key[0], one.course.id) for key, one in courses.items() if key in news and one.course is not None}
    mine = bindings.since(connection, kypek, "enrolment")
    users = shared_courses.users(connection, places.values())
    for key, members in sorted(news.items()):
        read = courses[key]
        for login, at in sorted(mine.get(key, {}).items()):
            if login in members and _anew(read, members[login], at):
                bindings.release(connection, kypek, Claim(key[0], "enrolment", key[1], login, ""))
                log.info("membership not ours any more", system=key[0], course=key[1], login=login)
        others = [one for one in users.get(places.get(key, key), ()) if (one.kypek, one.key) != (kypek, key)]
        for login, owned in sorted(shared_courses.owned(connection, others).items()):
            for one in owned:
                if login in members and _anew(read, members[login], min(one.reasons.values())):
                    shared_courses.release(connection, [one.user], ("enrolment",), login)


def began_anew(member: Member, before: Member | None, at: datetime, as_of: datetime) -> bool:
    """Whether a membership on which we made a claim (`at`) began otherwise: by the person's own hand, or at another
    moment than our call. `before` is how it was seen last; a read looks at it as it stood `as_of`. The platform's clock
    may differ from ours (`SKEW`); what began later than that after the claim counts as theirs, since a seat that we
    cannot take back costs less than a membership that was not ours to end. A moment that has not come yet proves
    nothing, and what was seen already, as it is, was judged then."""
    if member.origin == "self":
        return True
    since, earlier = member.since, before.since if before is not None else None
    if since is None or since - as_of > SKEW:
        return False
    if earlier is None:
        return since - at > SKEW
    if since - earlier <= SKEW:
        return False
    asked = at - SKEW - CALLS
    return not earlier < asked <= since <= at + SKEW


def _news(read: CourseRead) -> dict[str, Member]:
    """The members of whom a read tells another beginning than the one before."""
    known = read.task.known
    items = read.members.items if read.members is not None else ()
    return {
        one.login: one for one in items if (one.since or one.origin) and _began(one) != _began(known.get(one.login))
    }


def _began(member: Member | None) -> tuple[datetime | None, str]:
    return (member.since, member.origin) if member is not None else (None, "")


def _anew(read: CourseRead, member: Member, at: datetime) -> bool:
    as_of = read.members.as_of if read.members is not None else at
    return began_anew(member, read.task.known.get(member.login), at, as_of)
