"""What changed of a person, and when: a new login, a new surname, a transfer are visible and remain the same person
(design, rule 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from kypek_sync.ledger.tables import person_changes
from kypek_sync.model import Person

Value = str | bool | tuple[str, ...]
Same = Callable[[str, str], bool]
"""Whether the id of a unit before and one after are those of one unit."""


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One field of a person before and after: `login`, `surname`, `given_name`, `kind`, `active`, `units`,
    `specialties`; or that the registry or tax number is another one (`NUMBER`), of which only the kind is told."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Changed:
    """A field of a person that a read showed to have changed; `at` is the moment of which that read was (aware,
    UTC)."""

    at: datetime
    change: ChangedField


FIELDS = ("login", "surname", "given_name", "kind", "active", "units", "specialties")
"""The fields whose changes are kept. Of the e-mail address and the roles only the present state is."""


NUMBER = "number_kind"
_NUMBERS = "registry"


def one_and_the_same(before: str, after: str) -> bool:
    """Two ids of units are those of one unit only if they are one."""
    return before == after


def changed_fields(before: Person, after: Person, same: Same = one_and_the_same) -> tuple[ChangedField, ...]:
    """The kept fields that differ, in the order of `FIELDS`, and the number last. The order of the units counts: the
    first is the primary one. A unit that only got another id is the `same`."""
    if _same_units(before.units, after.units, same):
        before = replace(before, units=after.units)
    pairs = ((field, _value(before, field), _value(after, field)) for field in FIELDS)
    found = [ChangedField(field, old, new) for field, old, new in pairs if old != new]
    numbers = [{key for key in one.keys if key.kind == _NUMBERS} for one in (before, after)]
    if all(numbers) and numbers[0] != numbers[1]:
        found.append(ChangedField(NUMBER, before.number_kind, after.number_kind))
    return tuple(found)


def altered(before: Person, after: Person, same: Same) -> bool:
    """Whether more is another than how the source calls units, and which kinds of keys it shows."""
    kinds = {key.kind for key in before.keys} & {key.kind for key in after.keys}
    keys = [tuple(key for key in one.keys if key.kind in kinds) for one in (before, after)]
    whole = replace(before, keys=after.keys, number_kind=after.number_kind)
    if before.units == after.units or not _same_units(before.units, after.units, same):
        return whole != after or keys[0] != keys[1]
    roles = [[role.role for role in one.roles] for one in (before, after)]
    whole = replace(whole, units=after.units, directorates=after.directorates, roles=after.roles)
    return whole != after or keys[0] != keys[1] or roles[0] != roles[1]


def _same_units(before: Sequence[str], after: Sequence[str], same: Same) -> bool:
    """Whether these are as many, each the same as one of the others; the primary one as the primary one."""
    if len(before) != len(after) or not all(same(*pair) for pair in zip(before[:1], after[:1], strict=True)):
        return False
    return all(any(same(one, other) for other in after[1:]) for one in before[1:])


def rows_of(directory: str, person: str, changes: Iterable[ChangedField], at: datetime) -> list[dict[str, Any]]:
    """The rows of `person_changes` for one person of ours, by its id."""
    return [
        {
            "directory": directory,
            "person": person,
            "at": at,
            "field": one.field,
            "before": _plain(one.before),
            "after": _plain(one.after),
        }
        for one in changes
    ]


def remember(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep the changes that a read showed."""
    if rows:
        connection.execute(insert(person_changes), rows)


def history(connection: Connection, person: str) -> list[Changed]:
    """What changed of a person of ours, oldest first."""
    query = select(person_changes).where(person_changes.c.person == person)
    return [
        Changed(row.at, ChangedField(row.field, _read(row.before), _read(row.after)))
        for row in connection.execute(query.order_by(person_changes.c.at, person_changes.c.id))
    ]


def _value(person: Person, field: str) -> Value:
    value: Value = getattr(person, field)
    return str(value) if field == "kind" else value


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value
