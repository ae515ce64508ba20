"""Seminars whose refused applicants do not stay in the course (`Enforcement.RESTRICT`; design, rule 4, its exception).

Whose membership may end: the ledger recorded an application in that very course, refused it, and the letter about that
has been in the outbox for a day. Never where several seminars share the course, never under a login of which it is
unsure whose it is, and not a third time: who enrols again within seven days of the second end stays, and is reported.
Who was taken out has not withdrawn: the application stands, and is refused, until somebody decides otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Capability, Cause, Change, Member, Outcome, Receipt, Verb
from kypek_sync.language import Text
from kypek_sync.ledger import outbox, runs, seats
from kypek_sync.ledger.outbox import Notice
from kypek_sync.model import Seat, Seminar
from kypek_sync.sync.courses.ownership import AGAIN, Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.desired import WishedCourse

NOTICE = timedelta(hours=24)
"""How long somebody has known that they are refused before their membership ends."""
MOST = 2
"""So often the membership of one person ends in seven days."""
ENDED = "course-ended"
"""The kind of the letter that tells it, and how its cause begins."""


@dataclass(frozen=True, slots=True)
class Restricting:
    """Whose membership may end now, by course, and sentences about those who stay after all."""

    due: Mapping[Key, frozenset[str]]
    notes: tuple[str, ...] = ()


def due(
    connection: Connection,
    kypek: str,
    wished: Iterable[WishedCourse],
    courses: Mapping[Key, CourseRead],
    shared: Collection[Key],
    unsure: Collection[str],
    now: datetime,
    text: Text,
) -> Restricting:
    """Whose membership may end by what the ledger knows; the plan asks what the course shows of them."""
    those = [wish for wish in wished if wish.refused and wish.key not in shared]
    if not those:
        return Restricting({})
    told = seats.refused_since(connection, kypek)
    standing = seats.standing(connection, kypek)
    found: dict[Key, frozenset[str]] = {}
    notes = []
    for wish in those:
        read = courses.get(wish.key)
        members = {m.login: m for m in read.members.items} if read is not None and read.members is not None else {}
        applied = {login for system, login, part in standing.get(wish.seminar, {}) if (system, part) == _door(wish)}
        known = {
            login
            for login in wish.refused & applied & members.keys() - frozenset(unsure)
            if (at := told.get((wish.seminar, login))) is not None and now - at >= NOTICE
        }
        stay = {login for login in known if _respected(connection, kypek, wish.key, members[login])}
        found[wish.key] = frozenset(known - stay)
        notes += [_stays(wish, login, text) for login in sorted(stay)]
    return Restricting(found, tuple(notes))


def _door(wish: WishedCourse) -> tuple[str, str]:
    return wish.system, wish.part


def _respected(connection: Connection, kypek: str, key: Key, member: Member) -> bool:
    """Whether somebody came back so soon after the last time that they are left in peace, as with mirrors."""
    ended = runs.ended(connection, kypek, *key, member.login)
    return len(ended) >= MOST and member.since is not None and member.since - ended[-1] < AGAIN


def _stays(wish: WishedCourse, login: str, text: Text) -> str:
    return text(
        "%(login)s was refused in %(seminar)s, was taken out of its course on %(system)s twice and enrolled again: "
        "they stay there without a seat. Speak with them, or take them out by hand.",
        login=login,
        seminar=wish.seminar,
        system=wish.system,
    )


def put_letters(
    connection: Connection,
    kypek: str,
    done: Iterable[tuple[Change, Receipt]],
    seminars: Mapping[str, Seminar],
    decided: Mapping[str, Mapping[str, Seat]],
    *,
    centre: str,
    page: str,
    host: str,
    now: datetime,
) -> int:
    """A letter to each whose membership ended in this pass; how many were put in."""
    count = 0
    for change, receipt in done:
        target = change.target
        if change.verb is not Verb.UNENROL or change.cause is not Cause.REFUSED or receipt.outcome is not Outcome.DONE:
            continue
        seminar, seat = seminars.get(target.seminar), decided.get(target.seminar, {}).get(target.login)
        if seminar is None or seat is None:
            continue
        number = len(runs.ended(connection, kypek, *target.key, target.login))
        facts = (("centre", centre), ("page", f"{page}/s/{seminar.code}"), ("title", seminar.title))
        cause = f"{ENDED}-{target.system}:{seminar.code}"
        letter = Notice(kypek, seat.person, target.login, cause, number, ENDED, facts)
        count += outbox.put(connection, letter, host, now)
    return count


def unable(wished: Iterable[WishedCourse], abilities: Mapping[str, frozenset[Capability]], text: Text) -> list[str]:
    """Sentences about seminars that are set to `restrict` where nobody can be taken out of the course."""
    return [
        text(
            "%(seminar)s is set to take refused people out of its course, and %(system)s cannot do that as it is: they "
            "stay. For eClass the newer API is needed, or an account of its database.",
            seminar=wish.seminar,
            system=wish.system,
        )
        for wish in wished
        if wish.refused and wish.system in abilities and Capability.END_MEMBERSHIP not in abilities[wish.system]
    ]
