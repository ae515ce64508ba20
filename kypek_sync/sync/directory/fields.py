"""What a read says of almost nobody any more, though it did of almost everybody before. Pure.

An account that lost the right to read an attribute gets an answer without it, and no error: the entries look whole.
Moodle's own enrolment took an unreadable `member` for an empty group (M-46); for us an unreadable `gsnBranch` would
take their specialty from all teachers, and with it their place in every queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kypek_sync.model import Person, PersonKind

FEW = 4
"""Below this many people nothing is concluded from how many of them lack something."""

_NOTHING: dict[str, Any] = {
    "kind": PersonKind.UNKNOWN,
    "active": False,
    "surname": "",
    "given_name": "",
    "mail": "",
    "specialties": (),
    "units": (),
    "directorates": (),
    "roles": (),
}
"""The fields that decide about seats or reach people, each with the value that says nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The people of a read with what vanished from most of them put back, and a clause for each field of which that is
    true (empty: nothing vanished)."""

    people: tuple[Person, ...]
    why: tuple[str, ...]


def kept(read: tuple[Person, ...], known: Mapping[str, Person], smallest_share: float) -> Kept:
    """Hold each field of a read against what is `known`, by login: where more than the share that may be missing lost
    it at once, those who lost it keep what was known. What changed from one value to another is never touched."""
    doubted, why = [], []
    for field, nothing in _NOTHING.items():
        had = [person for person in read if _value(known.get(person.login), field, nothing) != nothing]
        lost = sum(getattr(person, field) == nothing for person in had)
        if len(had) >= FEW and len(had) - lost < smallest_share * len(had):
            doubted.append(field)
            why.append(f"{lost} of {len(had)} people lost their {field.replace('_', ' ')} at once")
    if not doubted:
        return Kept(read, ())
    return Kept(tuple(_with_known(person, known.get(person.login), doubted) for person in read), tuple(why))


def _value(person: Person | None, field: str, nothing: Any) -> Any:
    return nothing if person is None else getattr(person, field)


def _with_known(person: Person, before: Person | None, fields: list[str]) -> Person:
    if before is None:
        return person
    lost = [field for field in fields if getattr(person, field) == _NOTHING[field]]
    return replace(person, **{field: getattr(before, field) for field in lost}) if lost else person
