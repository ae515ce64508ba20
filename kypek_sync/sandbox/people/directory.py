"""The synthetic directory as a whole: units in memory, people one by one, and the LDIF of both.

No entry is a real person's or school's (D-15): names are combined from short lists, numbers run, domains end in
`sch.example`. The same seed, numbers and moment give the same bytes.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import kypek_sync.sandbox.people.tree as tree
from kypek_sync.sandbox.people.entries import Stamp, container, group, person, unit
from kypek_sync.sandbox.people.ldif import Attributes, entry
from kypek_sync.sandbox.people.persons import Account, accounts
from kypek_sync.sandbox.people.tree import SUFFIX, UNITS, SchoolUnit

NATIONAL = 1000
"""From this many units on the directory spans all 58 labels."""
_TWO_YEARS = int(timedelta(days=730).total_seconds())


@dataclass(frozen=True)
class Directory:
    """A directory of `people` accounts (50 or more) and `units` schools and offices (20 or more).

    `seed` decides everything; `now` (aware) is the latest timestamp. Without `labels` a small directory has `att-a` and
    `att-v`, one of 1,000 units and more all directorates.
    """

    people: int = 400
    units: int = 60
    seed: int = 1
    now: datetime = field(default=datetime(2026, 11, 16, 9, 0, tzinfo=UTC))
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises `ValueError` for numbers that leave no room for all kinds of dirt."""
        if self.people < 50 or self.units < 20:
            raise ValueError("a directory needs at least 50 people and 20 units")
        if len(self.spanned) * 2 + 15 > self.units:
            raise ValueError("too few units for so many directorates")

    @property
    def spanned(self) -> tuple[str, ...]:
        """The labels of its directorates."""
        return self.labels or (tuple(tree.directorate_labels()) if self.units >= NATIONAL else ("att-a", "att-v"))

    @cached_property
    def all_units(self) -> tuple[SchoolUnit, ...]:
        """Directorate offices, the partner's unit, schools and other offices: `units` of them."""
        partner = tree.partner()
        first = [*tree.offices(self.spanned), partner]
        rng = random.Random(f"units {self.seed}")
        return (*first, *tree.schools(self.units - len(first), self.spanned, rng))

    def accounts(self) -> Iterator[Account]:
        """Every account, in the order of the LDIF; each call starts anew."""
        partner = next(each for each in self.all_units if each.stem == "cs")
        own = [each for each in self.all_units if each is not partner]
        return accounts(self.people, own, partner, random.Random(f"people {self.seed}"))

    def teachers(self) -> Iterator[Account]:
        """The teachers among them."""
        return (account for account in self.accounts() if account.is_teacher)

    def entries(self) -> Iterator[tuple[str, Attributes]]:
        """DN and attributes of every entry, parents first."""
        stamp = Stamp(random.Random(f"stamps {self.seed}"), self.now.astimezone(UTC), _TWO_YEARS)
        yield container(SUFFIX, "sch", "", stamp)
        yield container(f"ou=people,{SUFFIX}", "people", "", stamp)
        yield container(UNITS, "units", "", stamp)
        yield from self._containers(stamp)
        for each in self.all_units:
            yield unit(each, stamp)
        for account in self.accounts():
            yield person(account, stamp)

    def _containers(self, stamp: Stamp) -> Iterator[tuple[str, Attributes]]:
        known = tree.directorate_labels()
        for label in self.spanned:
            dn = f"ou={label},{UNITS}"
            yield container(dn, label, f"ΔΙΕΥΘΥΝΣΕΙΣ {known[label]['name']}", stamp)
            yield container(f"ou=Groups,{dn}", "Groups", "", stamp)
            yield group(f"cn=plinet,ou=Groups,{dn}", "plinet", f"ou=dide-{label},{dn}", stamp)
        yield container(f"ou=partners,{UNITS}", "partners", "", stamp)
        yield container(f"ou=teiath,ou=partners,{UNITS}", "teiath", "ΣΥΝΕΡΓΑΖΟΜΕΝΟ ΙΔΡΥΜΑ", stamp)

    def write_ldif(self, file: Path) -> str:
        """Write everything as an export would be, and give its SHA-256."""
        digest = hashlib.sha256()
        with file.open("wb") as target:
            for block in _blocks(self.entries()):
                digest.update(block)
                target.write(block)
        return digest.hexdigest()


def _blocks(entries: Iterator[tuple[str, Attributes]], size: int = 500) -> Iterator[bytes]:
    """The text of the entries, `size` at a time."""
    gathered: list[str] = []
    for dn, attributes in entries:
        gathered.append(entry(dn, attributes))
        if len(gathered) >= size:
            yield "".join(gathered).encode()
            gathered.clear()
    yield "".join(gathered).encode()


def plain_teachers(found: Sequence[Account], label: str = "") -> list[Account]:
    """Those whom any reader understands fully, active and at an active school of that directorate."""
    return [
        account
        for account in found
        if account.is_teacher
        and account.is_plain
        and account.number
        and account.unit is not None
        and account.unit.active
        and account.unit.code
        and (not label or account.unit.label == label)
    ]
