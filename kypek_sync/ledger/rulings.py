"""What officers decided about applications by name: kept with who and why, the latest counts, none is ever deleted but
with the person whom it is about."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kypek_sync.ledger import journal
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.row_memory import Rows, grouped
from kypek_sync.ledger.ruling_tables import rulings
from kypek_sync.seminar.rulings import Ruling, Word

LIFTED = "lifted"
"""What the journal says of a ruling that was taken back, in place of its word."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A ruling with who made it; `lifted` is set once another one took its place, or a person (`lifted_by`) took it
    back."""

    ruling: Ruling
    who: str
    lifted: datetime | None = None
    lifted_by: str = ""


def standing(connection: Connection, kypek: str) -> dict[str, tuple[Ruling, ...]]:
    """Those that count, by seminar. Those of a seminar are the same object for as long as nothing of them changes."""
    names = ("seminar", "login", "person", "word", "why", "at")
    query = select(*(rulings.c[name] for name in names)).where(rulings.c.kypek == kypek, rulings.c.lifted.is_(None))
    return grouped(connection, ("rulings", kypek), query.order_by(rulings.c.id), _rulings)


def history(
    connection: Connection, kypek: str, seminar: str, logins: Collection[str] | None = None
) -> tuple[Recorded, ...]:
    """All that were ever made of a seminar, oldest first; only those about some `logins`."""
    query = select(rulings).where(rulings.c.kypek == kypek, rulings.c.seminar == seminar).order_by(rulings.c.id)
    if logins is not None:
        query = query.where(rulings.c.login.in_(sorted(logins)))
    return tuple(_recorded(row) for row in connection.execute(query))


def record(connection: Connection, kypek: str, made: Collection[Ruling], who: str) -> None:
    """Write these down; each takes the place of what was decided about the same person of the same seminar before."""
    for one in made:
        _end(connection, kypek, one.seminar, one.login, one.person, one.at, who)
        values = {"seminar": one.seminar, "login": one.login, "person": one.person, "word": one.word.value}
        connection.execute(insert(rulings).values(kypek=kypek, **values, why=one.why, who=who, at=one.at))
    entries = [_entry(one, one.word.value, one.why, who) for one in made]
    if made:
        journal.append(connection, kypek, entries, max(one.at for one in made))


def lift(
    connection: Connection, kypek: str, seminar: str, login: str, person: str, who: str, why: str, now: datetime
) -> bool:
    """Let the rules decide about somebody again; whether a ruling stood."""
    ended = _end(connection, kypek, seminar, login, person, now, who)
    if ended:
        about = Ruling(seminar, login, person, Word.GRANT, why, now)
        journal.append(connection, kypek, [_entry(about, LIFTED, why, who)], now)
    return ended


def bind(connection: Connection, kypek: str, whose: Callable[[str], str]) -> None:
    """Bind what was decided about an account that the directory did not know yet to whoever turns out to have it:
    `whose` gives our id of a login's holder, empty while that is not sure. From then on it follows that person, and not
    the login."""
    query = select(rulings.c.id, rulings.c.login).where(
        rulings.c.kypek == kypek, rulings.c.person == "", rulings.c.lifted.is_(None)
    )
    for row in connection.execute(query).all():
        if person := whose(row.login):
            connection.execute(update(rulings).where(rulings.c.id == row.id).values(person=person))


def _end(connection: Connection, kypek: str, seminar: str, login: str, person: str, now: datetime, who: str) -> bool:
    """End what stands about somebody: under this login, or of this person under another one."""
    same = rulings.c.login == login
    if person:
        same = (same & rulings.c.person.in_(("", person))) | (rulings.c.person == person)
    where = (rulings.c.kypek == kypek) & (rulings.c.seminar == seminar) & rulings.c.lifted.is_(None) & same
    return connection.execute(update(rulings).where(where).values(lifted=now, lifted_by=who)).rowcount > 0


def _entry(one: Ruling, word: str, why: str, who: str) -> Entry:
    content = {"seminar": one.seminar, "word": word, "why": why}
    return Entry(Kind.RULING, content, about=Who(one.login, one.person), people={"who": [Who(who)]})


def _rulings(rows: Rows) -> tuple[Ruling, ...]:
    return tuple(Ruling(row[0], row[1], row[2], Word(row[3]), row[4], row[5]) for row in rows)


def _recorded(row: Any) -> Recorded:
    ruling = Ruling(row.seminar, row.login, row.person, Word(row.word), row.why, row.at)
    return Recorded(ruling, row.who, row.lifted, row.lifted_by)
