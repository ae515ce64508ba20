"""People who were known from one directory are taken over by another: a centre's source was an export and is LDAP now.

They keep their ids, keys and history, and the first read of the new source recognises them by their keys, so that
nobody is new and no seat is anybody else's (design, rule 12).
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, exists, select, update

from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.reading_tables import cursors
from kypek_sync.ledger.tables import findings, people, person_changes, person_keys, person_units, reads, units


def forsaken(connection: Connection, directory: str, in_use: Collection[str]) -> list[str]:
    """The directories that no KYPEK uses any more and of which people are known, where of `directory` nobody is yet."""
    if connection.execute(select(people.c.id).where(people.c.directory == directory).limit(1)).first() is not None:
        return []
    query = select(people.c.directory).where(people.c.directory.not_in([*in_use, directory])).distinct()
    return sorted(row.directory for row in connection.execute(query))


def take_over(connection: Connection, before: str, now: str) -> None:
    """Whoever is known from the one is known from the other. Every entry is looked at anew, the units are read anew,
    and no delta goes on from where either was.

    Another KYPEK may have read the new one before, and been shown nobody: what was decided there is about nobody, and
    what was odd there stands."""
    connection.execute(delete(identity_decisions).where(identity_decisions.c.directory == now))
    connection.execute(update(people).where(people.c.directory == before).values(directory=now, digest=None))
    for table in (person_keys, person_units, person_changes, identity_decisions):
        connection.execute(update(table).where(table.c.directory == before).values(directory=now))
    connection.execute(delete(units).where(units.c.directory == before))
    connection.execute(delete(reads).where(reads.c.system == now))
    connection.execute(update(reads).where(reads.c.system == before).values(system=now))
    connection.execute(delete(cursors).where(cursors.c.system.in_([before, now])))
    theirs = findings.alias()
    same = (theirs.c.source == now, theirs.c.subject == findings.c.subject, theirs.c.code == findings.c.code)
    told = exists().where(*same)
    connection.execute(delete(findings).where(findings.c.source == before, told))
    connection.execute(update(findings).where(findings.c.source == before).values(source=now, loose=True))
