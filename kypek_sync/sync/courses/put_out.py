"""Whom we took out of courses because they were refused: they have not left by themselves (design, rules 3 and 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import Cause, Change, Verb, seminar_of
from kypek_sync.ledger import bindings, runs
from kypek_sync.ledger.bindings import Claim
from kypek_sync.sync.courses.reading import CourseRead

PUT_OUT, BEGUN = "put-out", "restricting"
"""Kinds of claims that own nothing: whom we took out of a course, and in which courses a person let us begin."""

Key = tuple[str, str]
"""A course of ours: (system, our name of the course)."""


def put_out(connection: Connection, kypek: str) -> dict[Key, frozenset[str]]:
    """Whom we took out of each course, or may have: they have not left it by themselves."""
    found = {key: set(logins) for key, logins in bindings.claimed(connection, kypek, PUT_OUT).items()}
    for deed in runs.open_intents(connection, kypek, (Verb.UNENROL,)):
        if deed.change.cause is Cause.REFUSED:
            found.setdefault(deed.change.target.key, set()).add(deed.change.target.login)
    return {key: frozenset(logins) for key, logins in found.items()}


def back_again(connection: Connection, kypek: str, courses: Mapping[Key, CourseRead]) -> None:
    """Whoever is seen in the course after that is in it anew: should they leave, they withdraw."""
    for key, since in bindings.since(connection, kypek, PUT_OUT).items():
        read = courses.get(key)
        if read is None or read.members is None:
            continue
        inside, as_of = {member.login for member in read.members.items}, read.members.as_of
        for login in sorted(login for login, at in since.items() if login in inside and as_of > at):
            bindings.release(connection, kypek, Claim(key[0], PUT_OUT, key[1], login, ""))


def remember(connection: Connection, kypek: str, change: Change, now: datetime) -> None:
    """A membership ended by us: it is no withdrawal."""
    key = change.target.key
    claims = [Claim(key[0], PUT_OUT, key[1], change.target.login, "refused"), Claim(key[0], BEGUN, key[1], "", "let")]
    bindings.claim(connection, kypek, claims, now)


def begun(connection: Connection, kypek: str) -> frozenset[Key]:
    """The courses in which a person let us begin."""
    return frozenset(bindings.claimed(connection, kypek, BEGUN))


def of_seminars(those: Mapping[Key, Collection[str]]) -> dict[str, frozenset[str]]:
    """People by course as people by seminar."""
    found: dict[str, frozenset[str]] = {}
    for key, logins in those.items():
        code = seminar_of(key[1])
        found[code] = found.get(code, frozenset()) | frozenset(logins)
    return found
