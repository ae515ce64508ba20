"""Who is not shown any more: leaving slowly, gone after several reads that prove it (design, rule 2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.people import Departure
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import people, person_keys

_COLUMNS = tuple(
    people.c[name] for name in ("id", "login", "absences", "absent_at", "absent_since", "absent_content", "digest")
)


def unseen_rows(connection: Connection, directory: str, unseen: Collection[bytes]) -> Iterator[list[Any]]:
    """Those of ours whose entry, of one of these digests, was not seen in a read, some hundreds at a time."""
    for some in parts(sorted(unseen)):
        query = select(*_COLUMNS).where(people.c.directory == directory, people.c.digest.in_(some))
        yield list(connection.execute(query.where(people.c.gone_at.is_(None))))


def missing(connection: Connection, directory: str, unseen: Collection[bytes]) -> list[Any]:
    """Everybody whom a complete read did not show and who has not gone: those who were there until now, and those who
    were missing already."""
    query = select(*_COLUMNS).where(
        people.c.directory == directory, people.c.digest.is_(None), people.c.gone_at.is_(None)
    )
    found = list(connection.execute(query))
    return found + [row for rows in unseen_rows(connection, directory, unseen) for row in rows]


def count(
    connection: Connection,
    those: Collection[Any],
    departure: Departure,
    as_of: datetime,
    content: str,
    now: datetime,
) -> list[Who]:
    """Only a read of a later state than the last one that counted, by the gap at least, counts again; of an export only
    one with another content too: the same file touched, copied or drawn from a source that stands still proves nothing
    that it had not said before (rule 2). Whoever has a key in dispute with somebody who is there is leaving and not
    gone until that is decided: perhaps it is them. Returns who counts as gone from now on."""
    gone: list[Who] = []
    changed = []
    perhaps_there = perhaps(connection, {row.id for row in those})
    for row in those:
        if row.absent_at is not None and (as_of <= row.absent_at or as_of - row.absent_at < departure.gap):
            continue
        if row.absent_at is not None and content and content == row.absent_content:
            continue
        since = row.absent_since or as_of
        is_gone = row.absences + 1 >= departure.absences and as_of - since >= departure.grace
        is_gone = is_gone and row.id not in perhaps_there
        changed.append(
            {
                "its_id": row.id,
                "absences": row.absences + 1,
                "absent_at": as_of,
                "absent_since": since,
                "absent_content": content,
                "gone_at": now if is_gone else None,
                "digest": None,
            }
        )
        if is_gone:
            gone.append(Who(row.login, row.id))
    if changed:
        connection.execute(_ABSENT, changed)
    return gone


def perhaps(connection: Connection, absent: Collection[str]) -> dict[str, frozenset[str]]:
    """Of these absent people those a key of whom is shown, in dispute, by the entry of somebody who is there: perhaps
    it is them, by our ids."""
    theirs, disputed = person_keys.alias(), person_keys.alias()
    query = (
        select(theirs.c.person, disputed.c.person.label("other"))
        .join(
            disputed,
            (disputed.c.directory == theirs.c.directory)
            & (disputed.c.kind == theirs.c.kind)
            & (disputed.c.value == theirs.c.value)
            & (disputed.c.person != theirs.c.person),
        )
        .join(people, people.c.id == disputed.c.person)
        .where(disputed.c.disputed.is_(True), disputed.c.until.is_(None), people.c.digest.is_not(None))
    )
    found: dict[str, set[str]] = {}
    for some in parts(sorted(absent)):
        for row in connection.execute(query.where(theirs.c.person.in_(some))):
            if row.other not in absent:
                found.setdefault(row.person, set()).add(row.other)
    return {one: frozenset(others) for one, others in found.items()}


def begin(connection: Connection, ids: Collection[str], as_of: datetime) -> None:
    """A delta says that these are not there any more: they are leaving from now on. No read has proven it yet, so no
    absence is counted."""
    values = {"absences": 0, "absent_at": None, "absent_since": as_of, "absent_content": "", "digest": None}
    for some in parts(sorted(ids)):
        still = people.c.id.in_(some) & people.c.absent_since.is_(None)
        connection.execute(update(people).where(still).values(**values))


_ABSENT = (
    update(people)
    .where(people.c.id == bindparam("its_id"))
    .values({name: bindparam(name) for name in ("absences", "absent_at", "absent_since", "absent_content", "gone_at")})
    .values(digest=bindparam("digest"))
)
