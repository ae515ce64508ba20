"""Erases what old entries of the journal say, and about whom. The chain stays, and an entry says what is missing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from kypek_sync.ledger import journal, journal_people
from kypek_sync.ledger.care_tables import journal as chain
from kypek_sync.ledger.care_tables import journal_contents
from kypek_sync.ledger.care_tables import journal_people as people
from kypek_sync.ledger.journal import Entry, Kind, stamp
from kypek_sync.ledger.store import alone

_ID = re.compile(r"[0-9a-f]{32}")


def erase(connection: Connection, period: timedelta, now: datetime) -> int:
    """Erase the contents of entries older than the period, whole months at a time; how many. Who is behind an id that
    nothing younger names is erased too."""
    bound = (now - period).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return sum(_erase(connection, kypek, stamp(bound), now) for kypek in journal.chains(connection))


def _erase(connection: Connection, kypek: str, bound: str, now: datetime) -> int:
    of_chain = chain.c.kypek == kypek
    younger = connection.execute(select(func.min(chain.c.number)).where(of_chain, chain.c.at >= bound)).scalar()
    through = younger - 1 if younger is not None else journal.head(connection, kypek).number
    old = (journal_contents.c.kypek == kypek) & (journal_contents.c.number <= through)
    if connection.execute(select(journal_contents.c.number).where(old).limit(1)).first() is None:
        return 0
    alone(connection, f"journal {kypek}")
    count = connection.execute(delete(journal_contents).where(old)).rowcount
    _forget_people(connection, kypek, through, bound)
    journal.append(connection, kypek, [Entry(Kind.ERASED, {"through": through})], now)
    return count


def _forget_people(connection: Connection, kypek: str, through: int, bound: str) -> None:
    still = select(chain.c.person).where(chain.c.kypek == kypek, chain.c.number > through)
    query = select(people.c.person).where(people.c.kypek == kypek, people.c.at < bound, people.c.person.not_in(still))
    unused = {row.person for row in connection.execute(query)}
    if not unused:
        return
    bodies = select(journal_contents.c.body).where(journal_contents.c.kypek == kypek)
    for row in connection.execute(bodies.execution_options(yield_per=2_000)):
        unused -= set(_ID.findall(row.body))
    some = sorted(unused)
    for start in range(0, len(some), 500):
        journal_people.forget(connection, kypek, some[start : start + 500])
