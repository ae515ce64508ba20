"""What changed of a person, and when: a new login, a new surname, a transfer are visible and remain the same person
(design, rule 12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from kypek_sync.ledger.tables import person_changes
from kypek_sync.model import Person

Value = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One field of a person before and after: `login`, `surname`, `given_name`, `kind`, `active`, `units`,
    `specialties`."""

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


def changed_fields(before: Person, after: Person) -> tuple[ChangedField, ...]:
    """The kept fields that differ, in the order of `FIELDS`. The order of the units counts: the first is the primary
    one."""
    pairs = ((field, _value(before, field), _value(after, field)) for field in FIELDS)
    return tuple(ChangedField(field, old, new) for field, old, new in pairs if old != new)


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
