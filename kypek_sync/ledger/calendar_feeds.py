"""Personal calendar feeds: whose calendar a secret address shows.

The address holds a random word that nobody keeps: the ledger knows only its keyed hash, so that who reads the database
can open nobody's calendar. A person has one address; a new one ends the one before.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from kypek_sync.ledger.calendar_tables import calendar_feeds

_BYTES = 32
"""Of chance in an address."""
_LONGEST = 100
"""Characters of a word that is looked up at all."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A personal calendar: of a login, and of the person of ours who had it then (empty where the directory did not
    know them). `made`: since when its address holds, aware, UTC."""

    login: str
    person: str
    made: datetime


def make(connection: Connection, key: bytes, login: str, person: str, now: datetime) -> str:
    """A new secret word for somebody's calendar: the only time that it is told. The word before opens nothing from now
    on."""
    end(connection, login, person)
    token = secrets.token_urlsafe(_BYTES)
    values = {"mark": _mark(key, token), "login": login, "person": person, "made_at": now}
    connection.execute(insert(calendar_feeds).values(**values))
    return token


def end(connection: Connection, login: str, person: str = "") -> bool:
    """The address of somebody opens nothing any more, under whatever login it was made; whether there was one."""
    mine = calendar_feeds.c.login == login
    if person:
        mine |= calendar_feeds.c.person == person
    return connection.execute(delete(calendar_feeds).where(mine)).rowcount > 0


def opened_by(connection: Connection, key: bytes, token: str) -> Feed | None:
    """Whose calendar a secret word opens, or None.

    What is searched for is a keyed hash: how long the search takes says nothing about any word that would be found."""
    if not token.isascii() or len(token) > _LONGEST:
        return None
    wanted = _mark(key, token)
    row = connection.execute(select(calendar_feeds).where(calendar_feeds.c.mark == wanted)).first()
    if row is None or not hmac.compare_digest(row.mark.encode(), wanted.encode()):
        return None
    return Feed(row.login, row.person, row.made_at)


def of(connection: Connection, login: str, person: str = "") -> Feed | None:
    """Somebody's calendar, if they have one: of the person, or under this login where nobody was known to have it."""
    same = calendar_feeds.c.login == login
    if person:
        same = (same & calendar_feeds.c.person.in_(("", person))) | (calendar_feeds.c.person == person)
    row = connection.execute(select(calendar_feeds).where(same).order_by(calendar_feeds.c.made_at.desc())).first()
    return None if row is None else Feed(row.login, row.person, row.made_at)


def _mark(key: bytes, token: str) -> str:
    return hmac.new(key, token.encode(), sha256).hexdigest()
