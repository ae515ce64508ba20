"""People who were known from one directory are taken over by another: a centre's source was an export and is LDAP now.

They keep their ids, keys and history, and the first read of the new source recognises them by their keys, so that
nobody is new and no seat is anybody else's (design, rule 12).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update

from kypek_sync.ledger import readers
from kypek_sync.ledger.calendar_tables import calendar_feeds
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.matching import LOGIN, STRONG
from kypek_sync.ledger.reading_tables import cursors
from kypek_sync.ledger.ruling_tables import rulings
from kypek_sync.ledger.session_tables import reminder_stops
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import (
    applications,
    findings,
    people,
    person_changes,
    person_keys,
    person_units,
    reads,
    seats,
    units,
)


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
    readers.renamed(connection, before, now)
    theirs = findings.alias()
    itself = (findings.c.source == before, findings.c.subject == before)
    of_now = (theirs.c.source == now, theirs.c.subject == now, theirs.c.code == findings.c.code)
    connection.execute(delete(findings).where(*itself, exists().where(*of_now)))
    connection.execute(update(findings).where(*itself).values(subject=now))
    same = (theirs.c.source == now, theirs.c.subject == findings.c.subject, theirs.c.code == findings.c.code)
    told = exists().where(*same)
    connection.execute(delete(findings).where(findings.c.source == before, told))
    connection.execute(update(findings).where(findings.c.source == before).values(source=now, loose=True))


def joined(connection: Connection, kypek: str, directory: str, as_of: datetime | None = None) -> tuple[int, int]:
    """What people of a KYPEK applied for and were given while it read another directory is theirs in this one too,
    which others read already: how many people were recognised, each under the login that they have here; and how many
    were not because their entry there changed, or was missing, after `as_of`, the moment that this one, an export,
    shows: by it they would be who they were before.

    Only keys that are one person's say who it is, at both directories; whoever shows none stays in doubt, and a person
    decides (rule 12). Does nothing where nobody came from elsewhere."""
    theirs: set[tuple[str, str]] = set()
    late: set[str] = set()
    for table in (applications, seats):
        query = select(table.c.person, table.c.login, people.c.last_seen, people.c.absent_since)
        query = query.join(people, people.c.id == table.c.person)
        query = query.where(table.c.kypek == kypek, people.c.directory != directory)
        for row in connection.execute(query.distinct()):
            if as_of is not None and as_of < max(row.last_seen, row.absent_since or row.last_seen):
                late.add(row.person)
            else:
                theirs.add((row.person, row.login))
    found = _the_same(connection, directory, {person for person, _ in theirs}) if theirs else {}
    logins = _logins(connection, found.values())
    moved = [(person, login) for person, login in sorted(theirs) if (found.get(person, ""), login) in logins]
    for person, login in moved:
        for table in (applications, seats):
            mine = (table.c.kypek == kypek, table.c.person == person, table.c.login == login)
            connection.execute(update(table).where(*mine).values(person=found[person]))
        by_name = (rulings.c.kypek == kypek, rulings.c.person == person)  # under whatever login: it is about them
        connection.execute(update(rulings).where(*by_name).values(person=found[person]))
        stopped = (reminder_stops.c.kypek == kypek, reminder_stops.c.person == person)
        connection.execute(update(reminder_stops).where(*stopped).values(person=found[person]))
        feeds = update(calendar_feeds).where(calendar_feeds.c.person == person)
        connection.execute(feeds.values(person=found[person]))
    return len({person for person, _ in moved}), len(late)


def strangers(connection: Connection, kypek: str, directory: str) -> int:
    """How many people who applied at a KYPEK or were seated are known from another directory than the one it reads, and
    are nobody there who could be told."""
    found: set[str] = set()
    for table in (applications, seats):
        query = select(table.c.person).join(people, people.c.id == table.c.person)
        query = query.where(table.c.kypek == kypek, people.c.directory != directory, people.c.gone_at.is_(None))
        found |= {row.person for row in connection.execute(query.distinct())}
    return len(found)


def _the_same(connection: Connection, directory: str, ids: Collection[str]) -> Mapping[str, str]:
    """Who of the directory each of these people of others is, by keys that one person alone has at either. Whose keys
    lead to several, or to somebody to whom those of another lead too, is nobody that could be told."""
    holders: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    odd: set[str] = set()
    for key in _strong_keys(connection, ids):
        for row in connection.execute(_HOLDERS.where(person_keys.c.kind == key[0], person_keys.c.value == key[1])):
            holders[key][row.directory].add(row.person)
            odd |= {row.person} if row.disputed or row.gone_at is not None else set()
    pairs: set[tuple[str, str]] = set()
    for those in holders.values():
        here = those.pop(directory, set())
        pairs |= {(one, other) for there in those.values() for one in there for other in here}
        odd |= {one for there in those.values() if len(there) > 1 for one in there}
    times = Counter(one for pair in pairs for one in pair)
    return {one: other for one, other in pairs if times[one] == times[other] == 1 and odd.isdisjoint((one, other))}


_HOLDERS = (
    select(person_keys.c.directory, person_keys.c.person, person_keys.c.disputed, people.c.gone_at)
    .join(people, people.c.id == person_keys.c.person)
    .where(person_keys.c.until.is_(None))
)


def _strong_keys(connection: Connection, ids: Collection[str]) -> list[tuple[str, str]]:
    """The keys that these people show and that say who somebody is, sorted."""
    found: set[tuple[str, str]] = set()
    for some in parts(sorted(ids)):
        query = select(person_keys.c.kind, person_keys.c.value).where(person_keys.c.person.in_(some))
        query = query.where(person_keys.c.kind.in_(STRONG), person_keys.c.until.is_(None))
        found |= {(row.kind, row.value) for row in connection.execute(query)}
    return sorted(found)


def _logins(connection: Connection, ids: Collection[str]) -> set[tuple[str, str]]:
    """(id, login) of the people with these ids, for every login that they have or had."""
    found: set[tuple[str, str]] = set()
    for some in parts(sorted(set(ids))):
        query = select(person_keys.c.person, person_keys.c.value)
        query = query.where(person_keys.c.kind == LOGIN, person_keys.c.person.in_(some))
        found |= {(row.person, row.value) for row in connection.execute(query)}
    return found
