"""What a read says of almost nobody any more, though it did of almost everybody before.

An account that lost the right to read an attribute gets an answer without it, and no error: the entries look whole.
Moodle's own enrolment took an unreadable `member` for an empty group (M-46); for us an unreadable `gsnBranch` would
take their specialty from all teachers, and with it their place in every queue.

Only an entry that changed can have lost something. Of those that are as they were it matters how many still have what
others lost: they are looked through until that is enough to believe the read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kypek_sync.ledger.matching import STRONG
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

SAID_OF = {
    "kind": "kind-",
    "active": "status-",
    "surname": "name-",
    "given_name": "name-",
    "mail": "mail-",
    "specialties": "specialty-",
    "units": "unit-",
    "directorates": "unit-",
    "roles": "role-",
}
"""How the codes begin of what may be odd about a field of an entry."""


@dataclass
class Losses:
    """How many of a read had each field by what was known of them (`had`), and how many of these lost it (`lost`)."""

    had: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_NOTHING, 0))
    lost: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_NOTHING, 0))
    had_keys: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRONG, 0))
    lost_keys: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRONG, 0))
    """The same of the kinds of keys by which people are recognised."""

    def changed(self, read: Iterable[Person], known: Mapping[str, Person]) -> None:
        """Hold entries that changed against what was `known` of each, by the login that it has now. Who is new had
        nothing."""
        for person in read:
            before = known.get(person.login)
            if before is None:
                continue
            for name, nothing in _NOTHING.items():
                if getattr(before, name) != nothing:
                    self.had[name] += 1
                    self.lost[name] += getattr(person, name) == nothing
            shown = {key.kind for key in person.keys}
            for kind in {key.kind for key in before.keys} & self.had_keys.keys():
                self.had_keys[kind] += 1
                self.lost_keys[kind] += kind not in shown

    def as_before(self, person: Person) -> None:
        """Somebody whose entry is as it was has kept all they had."""
        for name, nothing in _NOTHING.items():
            self.had[name] += getattr(person, name) != nothing
        for kind in {key.kind for key in person.keys} & self.had_keys.keys():
            self.had_keys[kind] += 1

    def vanished(self, smallest_share: float) -> tuple[str, ...]:
        """The fields that more than the share that may be missing lost at once."""
        return tuple(
            name
            for name in _NOTHING
            if self.had[name] >= FEW and self.had[name] - self.lost[name] < smallest_share * self.had[name]
        )

    def vanished_keys(self, smallest_share: float) -> tuple[str, ...]:
        """The kinds of keys that more than the share that may be missing ceased to show at once."""
        had, lost = self.had_keys, self.lost_keys
        return tuple(k for k in STRONG if had[k] >= FEW and had[k] - lost[k] < smallest_share * had[k])

    def from_everybody(self) -> tuple[str, ...]:
        """The fields that nobody kept of those who had them, however few they are: some entries of very many, of which
        it cannot be told whether they changed or the right to read them did."""
        return tuple(name for name in _NOTHING if self.had[name] == self.lost[name] > 0)

    def may_vanish(self, smallest_share: float) -> bool:
        """Whether so many lost something that more who kept it must be looked for. Nobody else can have lost it, so
        with each who kept it less is lost."""
        return any(
            lost[name] and had[name] - lost[name] < smallest_share * had[name]
            for had, lost in ((self.had, self.lost), (self.had_keys, self.lost_keys))
            for name in had
        )

    def why(self, fields: Iterable[str]) -> tuple[str, ...]:
        """A clause for each field that vanished."""
        return tuple(
            f"{self.lost[name]} of {self.had[name]} people lost their {name.replace('_', ' ')} at once"
            for name in fields
        )


def mended(person: Person, before: Person | None, fields: Collection[str]) -> Person:
    """The person with what was known of these fields, where they lost them. What changed from one value to another is
    never touched."""
    if before is None:
        return person
    lost = [name for name in fields if getattr(person, name) == _NOTHING[name]]
    return replace(person, **{name: getattr(before, name) for name in lost}) if lost else person
