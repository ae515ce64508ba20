"""Who is leaving the directory: not shown any more and not yet gone (design, rule 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.people import Departure
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.model import Person


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody on the way out. `logins` are all they have had, the present one first; not shown since `since`, missing
    from `absences` of the `of` complete reads that it takes. `earliest` is the first moment of which a complete read
    without them makes them gone. Moments are aware UTC."""

    person: Person
    logins: tuple[str, ...]
    since: datetime
    absences: int
    of: int
    earliest: datetime


def leaving(connection: Connection, directory: str, departure: Departure) -> list[Leaving]:
    """Everybody who is leaving, by login."""
    absent = (people.c.directory == directory) & people.c.absent_since.is_not(None) & people.c.gone_at.is_(None)
    keys = select(person_keys.c.person, person_keys.c.value).join(people, people.c.id == person_keys.c.person)
    had: dict[str, list[str]] = {}
    for row in connection.execute(keys.where(absent, person_keys.c.kind == "login").order_by(person_keys.c.value)):
        had.setdefault(row.person, []).append(row.value)
    return [
        Leaving(
            person=load(Person, row.body),
            logins=tuple(dict.fromkeys((row.login, *had.get(row.id, ())))),
            since=row.absent_since,
            absences=row.absences,
            of=departure.absences,
            earliest=earliest(row.absent_since, row.absent_at or row.absent_since, row.absences, departure),
        )
        for row in connection.execute(select(people).where(absent).order_by(people.c.login))
    ]


def earliest(since: datetime, last: datetime, absences: int, departure: Departure) -> datetime:
    """The first moment of which a read can count somebody as gone: the grace is over, and as many reads as are missing
    yet, at least one, have had the gap between them. `last` is the read that counted last."""
    missing = max(1, departure.absences - absences)
    return max(since + departure.grace, last + missing * departure.gap)
