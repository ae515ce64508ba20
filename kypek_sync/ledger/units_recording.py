"""Brings what a read of the directory shows of units into the ledger: only what changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kypek_sync.contract import across_people, across_units
from kypek_sync.ledger import entry_findings
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.entry_findings import CODE_SHARED, DANGLING, Told
from kypek_sync.ledger.search_words import unit_search_words
from kypek_sync.ledger.shown import AT_ONCE, parts
from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import people, person_units, units
from kypek_sync.model import Finding, Person, Unit
from kypek_sync.seminar.serving import CODES

ShownUnit = tuple[Unit, bytes, tuple[Finding, ...]]
"""A unit that is new or has changed, the digest of its entry, and what is odd about it by itself."""

_CHANGED = (
    update(units)
    .where(units.c.directory == bindparam("its_directory"), units.c.id == bindparam("its_id"))
    .values({name: bindparam(name) for name in ("body", "search", "digest")})
)


def record_units(
    connection: Connection,
    directory: str,
    shown: Sequence[ShownUnit],
    unseen: Collection[bytes],
    now: datetime,
    *,
    complete: bool,
) -> bool:
    """Mirror the units; only a complete read makes one disappear. `unseen` as in `PeopleRead`. Returns whether there
    are other units than before."""
    alone(connection, f"directory {directory}")
    present = {unit.id: (unit, digest, findings) for unit, digest, findings in shown}
    odd = {identity: findings for identity, (_, _, findings) in present.items()}
    del shown  # a country's units take 20 MB: each is let go as it is written
    gone = _vanished(connection, directory, unseen) - present.keys() if complete else set[str]()
    for some in parts(sorted(gone)):
        connection.execute(delete(units).where(units.c.directory == directory, units.c.id.in_(some)))
    new = False
    for some in parts(sorted(present)):
        new |= _write(connection, directory, [present.pop(identity) for identity in some])
    if odd or gone:
        _tell(connection, directory, odd, gone, now)
    return bool(new or gone)


def units_known(connection: Connection, directory: str, wanted: Iterable[str]) -> frozenset[str]:
    """Those of these ids that a unit has."""
    found: set[str] = set()
    for some in parts(sorted(set(wanted))):
        query = select(units.c.id).where(units.c.directory == directory, units.c.id.in_(some))
        found.update(connection.execute(query).scalars())
    return frozenset(found)


class Called(NamedTuple):
    """What a unit is known by, wherever it stands: a country's are held twice over while a read is recorded."""

    code: str
    name: str


def units_called(connection: Connection) -> dict[str, Called]:
    """What all units are known by, by id, whichever directory shows them."""
    found = {}
    for row in connection.execute(select(units.c.id, units.c.body)):
        unit = load(Unit, row.body)
        found[row.id] = Called(unit.code, unit.name)
    return found


def same_units(before: Mapping[str, Called], now: Mapping[str, Called]) -> Callable[[str, str], bool]:
    """Whether an id of before and one of now are those of one unit: by their codes, or where one has none by their
    names. Two that were there beside each other are two; a read that shows too few takes the old one not away."""

    def same(old: str, new: str) -> bool:
        if old == new:
            return True
        was, is_ = before.get(old), now.get(new)
        if was is None or is_ is None:
            return False
        if was.code and is_.code:
            return was.code == is_.code and not (new in before and old in now)
        return bool(was.name) and was.name == is_.name and old not in now

    return same


def judge_dangling(connection: Connection, directory: str, now: datetime) -> None:
    """There are other units than before: who serves at one that does not exist is told anew."""
    query = (
        select(people.c.id, people.c.body)
        .join(person_units, person_units.c.person == people.c.id)
        .outerjoin(units, (units.c.directory == person_units.c.directory) & (units.c.id == person_units.c.unit))
        .where(person_units.c.directory == directory, units.c.id.is_(None), people.c.digest.is_not(None))
    )
    bodies = {row.id: row.body for row in connection.execute(query)}
    persons = [load(Person, body) for body in bodies.values()]
    found = across_people(persons, units_known(connection, directory, (u for one in persons for u in one.units)))
    entry_findings.tell_code(connection, directory, DANGLING, [one for one in found if one.code == DANGLING], now)


def _tell(
    connection: Connection,
    directory: str,
    odd: Mapping[str, tuple[Finding, ...]],
    gone: Collection[str],
    now: datetime,
) -> None:
    """`odd` says of each unit that is new or has changed what is odd about it by itself, if anything is."""
    query = select(units.c.body).where(units.c.directory == directory).execution_options(yield_per=AT_ONCE)
    with connection.execute(query) as bodies:
        shared = {one.subject: one for one in across_units(load(Unit, row.body) for row in bodies)}
    entry_findings.drop(connection, directory, gone)
    for some in parts(sorted(odd)):
        told = {}
        for identity in some:
            findings = odd[identity]
            told[identity] = Told((*findings, shared[identity]) if identity in shared else findings, standing=CODES)
        entry_findings.tell(connection, directory, told, now)
    entry_findings.tell_code(connection, directory, CODE_SHARED, shared.values(), now)


def _write(connection: Connection, directory: str, shown: Sequence[ShownUnit]) -> bool:
    """Write what is new or other than before of some hundreds. Whether any is new."""
    query = select(units).where(units.c.directory == directory, units.c.id.in_([unit.id for unit, _, _ in shown]))
    rows = {row.id: row for row in connection.execute(query)}
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for unit, digest, _ in shown:
        row = rows.get(unit.id)
        values = {"body": dump(unit), "search": unit_search_words(unit), "digest": digest}
        if row is None:
            new.append({"directory": directory, "id": unit.id, **values})
        elif (row.body, row.digest and bytes(row.digest)) != (values["body"], digest):
            changed.append({"its_directory": directory, "its_id": unit.id, **values})
    if new:
        connection.execute(insert(units), new)
    if changed:
        connection.execute(_CHANGED, changed)
    return bool(new)


def _vanished(connection: Connection, directory: str, unseen: Collection[bytes]) -> set[str]:
    """The units that were kept and not seen; of those without a digest it is not known, so they were not seen."""
    nowhere = select(units.c.id).where(units.c.directory == directory, units.c.digest.is_(None))
    found = {row.id for row in connection.execute(nowhere)}
    for some in parts(sorted(unseen)):
        query = select(units.c.id).where(units.c.directory == directory, units.c.digest.in_(some))
        found |= {row.id for row in connection.execute(query)}
    return found
