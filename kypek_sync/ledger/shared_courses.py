"""Courses on a platform that several of ours are bound to, whoever's they are: other seminars, other KYPEKs.

What we own there is one book of claims, written by each seminar for itself and read by all of them: who was added by
one of them stays as long as any of them has a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from kypek_sync.contract import seminar_of
from kypek_sync.ledger.tables import bindings, claims

OVER = "over"
"""The claim on a membership that we made and that its seminar has no reason for any more: it is still ours."""

Place = tuple[str, str]
"""A course on a platform: the connector's name, and the platform's id."""


@dataclass(frozen=True, slots=True, order=True)
class User:
    """One of ours that is bound to a course: the KYPEK, the connector's name, our name of the course there
    (`contract.course_name`), and since when (aware UTC)."""

    kypek: str
    system: str
    course: str
    since: datetime

    @property
    def key(self) -> tuple[str, str]:
        """(system, course)."""
        return self.system, self.course

    @property
    def seminar(self) -> str:
        """The seminar's code."""
        return seminar_of(self.course)


@dataclass(frozen=True, slots=True)
class Owned:
    """What one of ours claims of a person in a course: each reason with the moment since when."""

    user: User
    reasons: Mapping[str, datetime]

    @property
    def live(self) -> bool:
        """Whether a reason holds, as far as its seminar has said."""
        return bool(self.reasons.keys() - {OVER})


def users(connection: Connection, places: Collection[Place]) -> dict[Place, tuple[User, ...]]:
    """Who is bound to these courses, of all KYPEKs, in a stable order."""
    query = select(bindings).where(
        bindings.c.kind == "course", bindings.c.system.in_(sorted({system for system, _ in places}))
    )
    found: dict[Place, list[User]] = {}
    for row in connection.execute(query):
        if (place := (row.system, row.foreign_id)) in places:
            found.setdefault(place, []).append(User(row.kypek, row.system, row.ref, row.learned))
    return {place: tuple(sorted(those)) for place, those in found.items()}


def owned(connection: Connection, those: Iterable[User], kind: str = "enrolment") -> dict[str, list[Owned]]:
    """What these claim, by login, in their order."""
    found: dict[str, list[Owned]] = {}
    for user in those:
        query = select(claims).where(
            claims.c.kypek == user.kypek,
            claims.c.system == user.system,
            claims.c.kind == kind,
            claims.c.object == user.course,
        )
        by_login: dict[str, dict[str, datetime]] = {}
        for row in connection.execute(query):
            by_login.setdefault(row.login, {})[row.claim] = row.at
        for login, reasons in sorted(by_login.items()):
            found.setdefault(login, []).append(Owned(user, reasons))
    return found


def release(connection: Connection, those: Iterable[User], kinds: Sequence[str], login: str) -> None:
    """Give up what each of these claims of a person, of these kinds."""
    for user in those:
        connection.execute(
            delete(claims).where(
                claims.c.kypek == user.kypek,
                claims.c.system == user.system,
                claims.c.object == user.course,
                claims.c.kind.in_(kinds),
                claims.c.login == login,
            )
        )
