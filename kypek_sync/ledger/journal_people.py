"""Opaque ids of people in the journal, and the erasable table that says who is behind each.

An id is a salted hash of the login and of our own id for the person. The salt stands in the same row: as long as the
row is there, `verify` sees that it was not altered; once it is erased, the id is nothing but a random word. A person
who was renamed has an id for each login, and a login that went to another person has one for each of them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from kypek_sync.ledger.care_tables import journal_people

_MANY = 500
"""From so many logins on, all people of the chain are looked up at once: databases limit the length of a list."""


@dataclass(frozen=True, slots=True)
class Who:
    """A person as the ledger knows them: login, and our id if they are in the directory. Who decides on the command
    line is known by whatever name they gave."""

    login: str
    known: str = ""


def ids_of(connection: Connection, kypek: str, those: Collection[Who], at: str) -> dict[Who, str]:
    """The opaque id of each, made where there is none yet. Someone who is named by login alone is whoever had it last.

    The caller is alone on the chain.
    """
    wanted = set(those)
    if not wanted:
        return {}
    exact: dict[Who, str] = {}
    latest: dict[str, str] = {}
    for row in _rows(connection, kypek, {who.login for who in wanted}):
        exact[Who(row.login, row.known)] = row.person
        latest[row.login] = row.person
    found: dict[Who, str] = {}
    fresh: list[dict[str, str]] = []
    for who in sorted(wanted, key=lambda who: (who.login, not who.known, who.known)):
        known = exact.get(who) if who.known else latest.get(who.login)
        if known is None:
            salt = secrets.token_hex(32)
            row = {"kypek": kypek, "login": who.login, "known": who.known, "at": at, "salt": salt}
            known = opaque(row)
            fresh.append({**row, "person": known})
            latest[who.login] = known
        found[who] = known
    if fresh:
        connection.execute(insert(journal_people), fresh)
    return found


def opaque(row: Mapping[str, Any]) -> str:
    """The id that belongs to a row's other fields."""
    parts = [row["kypek"], row["login"], row["known"], row["at"], row["salt"]]
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()[:32]


def logins(connection: Connection, kypek: str) -> dict[str, str]:
    """Who is behind the ids of a chain, as far as they were not forgotten: id → login."""
    query = select(journal_people.c.person, journal_people.c.login).where(journal_people.c.kypek == kypek)
    return {row.person: row.login for row in connection.execute(query)}


def behind(connection: Connection, kypek: str, those: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """The ids of a person who has or had these logins and these ids of ours. An id that is for another person of ours
    who had the login before or after them is not theirs."""
    names, mine = frozenset(those), frozenset(known)
    query = select(journal_people).where(journal_people.c.kypek == kypek)
    return frozenset(
        row.person
        for row in connection.execute(query)
        if row.known in mine or (row.login in names and (not row.known or not mine))
    )


def forget(connection: Connection, kypek: str, those: Collection[str]) -> None:
    """Erase who is behind these ids."""
    where = (journal_people.c.kypek == kypek) & journal_people.c.person.in_(list(those))
    connection.execute(delete(journal_people).where(where))


def _rows(connection: Connection, kypek: str, wanted: Collection[str]) -> Iterable[Any]:
    query = select(journal_people).where(journal_people.c.kypek == kypek)
    if len(wanted) <= _MANY:
        query = query.where(journal_people.c.login.in_(list(wanted)))
    return connection.execute(query.order_by(journal_people.c.at, journal_people.c.known))
