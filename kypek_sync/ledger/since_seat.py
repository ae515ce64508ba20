"""The names and numbers that people had since they applied or got a seat (design, rule 12).

An account that another person takes over step by step shows at each read but one thing that any person may live to see:
other names now, another number later. Only beside what they showed when the seat became theirs is it plain that nothing
of it is left. Asked of those only who have had several numbers, in one query for a group; in a pass in which nothing
changed of nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from kypek_sync.ledger.changes_of_people import NUMBER
from kypek_sync.ledger.concerned import Group
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.matching import LOGIN, STRONG, Past, nothing_left
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import applications, person_changes, seats
from kypek_sync.model import Person

_NAMES = ("surname", "given_name")


def take_in(connection: Connection, directory: str, group: Group) -> None:
    """Give those of a group of whom an entry, linked to them by a key, may show nothing any more of what they were
    since they applied or got a seat, these states of theirs: `Ours.past`."""
    linked = _linked(group)
    changes = _changes(connection, linked)
    states = {one: _states(group, one, changes.get(one, ())) for one in linked}
    doubtful = {
        one: those
        for one, those in states.items()
        if any(nothing_left(entry, past) for _, past in those for entry in linked[one])
    }
    if not doubtful:
        return
    since = _seated_since(connection, doubtful)
    decided = _decided(connection, directory, group, since)
    for one, moment in since.items():
        begin = max(moment, decided.get(one, moment))
        first = max((at for at, _ in doubtful[one] if at <= begin), default=begin)
        past = tuple(state for at, state in doubtful[one] if at >= first)
        group.ours[one] = replace(group.ours[one], past=past)


def _linked(group: Group) -> dict[str, list[Person]]:
    """The entries with a key of each of ours who, with what these show, have had several numbers."""
    showing: dict[tuple[str, str], list[Person]] = defaultdict(list)
    numbers: dict[int, set[str]] = {}
    for entry in group.entries if group.keys else ():
        person = entry.person
        numbers[id(person)] = {key.value for key in person.keys if key.kind == STRONG[1]}
        for one in {(LOGIN, person.login), *((key.kind, key.value) for key in person.keys)}:  # a key hashes slowly
            showing[one].append(person)
    found: dict[str, list[Person]] = {}
    for identity, keys in group.keys.items():
        had = {key.value for key, row in keys.items() if key.kind == STRONG[1] and not row.disputed}
        if had:
            entries = [person for key in keys for person in showing.get((key.kind, key.value), ())]
            if len(had.union(*(numbers[id(person)] for person in entries))) > 1:
                found[identity] = entries
    return found


def _changes(connection: Connection, ids: Collection[str]) -> dict[str, list[Any]]:
    """The changes of the names and the number of each of these, the latest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    query = select(person_changes).where(person_changes.c.field.in_([*_NAMES, NUMBER]))
    query = query.order_by(person_changes.c.at.desc(), person_changes.c.id.desc())
    for some in parts(sorted(ids)):
        for row in connection.execute(query.where(person_changes.c.person.in_(some))):
            found[row.person].append(row)
    return found


def _states(group: Group, identity: str, changes: Sequence[Any]) -> list[tuple[datetime, Past]]:
    """What somebody showed since they had a number, each with the moment from which on, the latest first."""
    numbers = [(key, row) for key, row in group.keys[identity].items() if key.kind == STRONG[1] and not row.disputed]
    moments = {row.first_seen for _, row in numbers} | {row.at for row in changes}
    person = group.ours[identity].person
    said = {"surname": person.surname, "given_name": person.given_name, NUMBER: person.number_kind}
    left, found = list(changes), []
    for at in sorted(moments, reverse=True):
        while left and left[0].at > at:
            said[left[0].field] = left[0].before
            left.pop(0)
        had = frozenset(key for key, row in numbers if row.first_seen <= at)
        found.append((at, Past((said["surname"], said["given_name"]), had, said[NUMBER])))
    return found


def _seated_since(connection: Connection, ids: Collection[str]) -> dict[str, datetime]:
    """When each of these applied first, or got a seat; whoever never did is left out."""
    found: dict[str, datetime] = {}
    for some in parts(sorted(ids)):
        for table, moments in ((applications, ("at",)), (seats, ("applied_at", "decided_at"))):
            first = [func.min(table.c[name]) for name in moments]
            query = select(table.c.person, *first).where(table.c.person.in_(some)).group_by(table.c.person)
            for person, *those in connection.execute(query):
                known = [moment for moment in (*those, found.get(person)) if moment is not None]
                found[person] = min(known)
    return found


def _decided(connection: Connection, directory: str, group: Group, ids: Iterable[str]) -> Mapping[str, datetime]:
    """When a person said of any of these whose their login is: what was before that has been looked at."""
    logins = {key.value: one for one in ids for key in group.keys[one] if key.kind == LOGIN}
    query = select(identity_decisions.c.person, identity_decisions.c.at)
    query = query.where(identity_decisions.c.directory == directory)
    found: dict[str, datetime] = {}
    for some in parts(sorted(logins)):
        for row in connection.execute(query.where(identity_decisions.c.login.in_(some))):
            found[row.person] = max(row.at, found.get(row.person, row.at))
    return found
