"""How a directory is read: entry by entry into a `Keeper`, so that a country's fits into little memory, and so that an
entry that is as it was is not mapped again. What was read whole or in part is told by a `Reading`.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import Generic, Protocol, TypeVar

from kypek_sync.contract.directory_findings import across_people, across_units
from kypek_sync.contract.snapshots import Snapshot
from kypek_sync.model import Finding, Person, PersonKey, Unit

T = TypeVar("T")
Taken = TypeVar("Taken", contravariant=True)

MAPPING = b"4"
"""Changes with every change of what entries are mapped to, so that all of them are mapped anew once."""

DIGEST_BYTES = 16
_OCTETS = b"\xff"
"""Begins what no name of an attribute begins, in UTF-8."""


class Keeper(Protocol[Taken]):
    """Receives the entries of a read, each once. The engine is one; `Gathered` is another."""

    def same(self, digest: bytes) -> bool:
        """Whether an entry of this digest is as it was when it was last kept. It then counts as seen, with the findings
        that it had, and is not handed over."""

    def take(self, item: Taken | None, digest: bytes, findings: Sequence[Finding]) -> None:
        """Keep an entry that is new or has changed. `item` is None where it stands for nothing that could be told;
        `findings` are what is odd about this entry by itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the read of one scope ended; its entries went to a `Keeper`.

    Fields as in `Snapshot`; `entries` counts those that were seen, `findings` are about the source itself (a record
    that could not be read), and `cursor` is where a later `people_since` may start (opaque; empty where there is no
    delta): whatever changes after the first request of this read comes after it. `proven`: the source itself told how
    its making ended, as an export does that carries the result of its search; any other one looks whole when it was cut
    at the right place. `export`: it was read from a file, which shows the state of when it was drawn and may be put
    back; any other source shows its present state. `without` names the fields of a `Person` (and
    `primary_unit`; of the roles those that groups give by themselves, `group_roles`, D-12) that the source has no place
    for, as a file without such a column: nobody has lost them.
    """

    system: str
    scope: str
    as_of: datetime
    entries: int
    complete: bool
    why_partial: str = ""
    proofs: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    content: str = ""
    cursor: str = ""
    proven: bool = False
    export: bool = False
    without: frozenset[str] = frozenset()


Known = Callable[[], AbstractSet[str]]
"""Asked for the logins of those who are in the directory as far as we know. A directory that tells what changed but not
who is gone (D-36) compares them with the logins that it has; it asks only then, since they may be a country's."""


@dataclass(frozen=True, slots=True)
class PeopleDelta:
    """What is known to have changed since a cursor: a hint, never a proof of absence.

    The changed entries went to a `Keeper` (`entries` of them; some may come again). `gone` are keys (`entry-uuid`,
    `login`) of entries that the directory no longer has, as it was after the changed ones: who has come under another
    login is not gone. The `cursor` is opaque.

    `reset` says that a full read is needed: a cursor too old, a directory read otherwise than before, a limit met;
    there is no cursor then. `behind` says that the server shows an earlier state than that of the cursor (a replica
    that lags, a clock that was set back, a backup put back): nothing of the delta counts, the cursor stays, and what a
    full read would show now is as old. `why` says in a sentence why either is so, or what else is odd about this delta.
    """

    scope: str
    as_of: datetime
    entries: int
    gone: tuple[PersonKey, ...]
    cursor: str
    reset: bool = False
    why: str = ""
    behind: bool = False


class Digester:
    """Makes the digest of an entry's bytes: another one for another value, spelling, DN, mapping or key of the hashes.

    It is 16 bytes of BLAKE2b, keyed by what `registry_hash` makes of a fixed word, so that it cannot be used to guess
    the registry number in an entry (D-4).
    """

    def __init__(self, registry_hash: Callable[[str], str]) -> None:
        key = registry_hash("digest of entries").encode()[:64]
        self._start = blake2b(MAPPING + b"\0", digest_size=DIGEST_BYTES, key=key)

    def of(self, dn: str, values: Mapping[str, Sequence[bytes]]) -> bytes:
        """The digest of an entry, whatever the order of its attributes and values."""
        # a country has 150,000 of them every night: the names are sorted once for all entries that have the same, and
        # marshal (format 2, which has no references) writes every value with its size
        names, pick = _order(tuple(values))
        several = [one[0] if len(one) == 1 else sorted(one) for one in pick(values)]
        digest = self._start.copy()
        digest.update(names + marshal.dumps([dn, several], 2))
        return digest.digest()

    def of_octets(self, octets: bytes) -> bytes:
        """The digest of an entry by octets that no other entry has, in a form of its connector's own: never the one
        that `of` gives to any."""
        digest = self._start.copy()
        digest.update(_OCTETS + octets)
        return digest.digest()


@lru_cache(maxsize=4096)
def _order(
    names: tuple[str, ...],
) -> tuple[bytes, Callable[[Mapping[str, Sequence[bytes]]], Iterable[Sequence[bytes]]]]:
    """The names sorted, as bytes that no other names give, and what takes their values in that order."""
    ordered = sorted(names)
    together = "\0".join([*ordered, "", ""]).encode()
    if len(ordered) > 1:
        return together, itemgetter(*ordered)
    return together, lambda values: [values[name] for name in ordered]


class Gathered(Generic[T]):
    """A keeper that keeps everything, for a read small enough to be held."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self.findings: list[Finding] = []

    def same(self, digest: bytes) -> bool:
        """Nothing is known from before."""
        return False

    def take(self, item: T | None, digest: bytes, findings: Sequence[Finding]) -> None:
        """Keep it."""
        self.findings += findings
        if item is not None:
            self.items.append(item)


class ReadsPeople(Protocol):
    """What `whole_people` and `whole_units` want of a directory."""

    def read_people(self, keeper: Keeper[Person]) -> Reading: ...

    def read_units(self, keeper: Keeper[Unit]) -> Reading: ...


def whole_units(directory: ReadsPeople) -> Snapshot[Unit]:
    """All units as one value, sorted by id, with the findings that need all of them."""
    kept: Gathered[Unit] = Gathered()
    reading = directory.read_units(kept)
    items = sorted(kept.items, key=lambda unit: unit.id)
    return _snapshot(reading, items, (*sorted(kept.findings), *across_units(items)))


def whole_people(directory: ReadsPeople, units: Snapshot[Unit] | None = None) -> Snapshot[Person]:
    """Everybody as one value, sorted by login, with the findings that need everybody. A unit dangles only where the
    `units` were read completely."""
    kept: Gathered[Person] = Gathered()
    reading = directory.read_people(kept)
    items = sorted(kept.items, key=lambda person: person.login)  # pages come in any order (D-42)
    known = frozenset(unit.id for unit in units.items) if units is not None and units.complete else None
    return _snapshot(reading, items, (*sorted(kept.findings), *across_people(items, known)))


def _snapshot(reading: Reading, items: Sequence[T], findings: tuple[Finding, ...]) -> Snapshot[T]:
    bare: Snapshot[T] = Snapshot(reading.system, reading.scope, reading.as_of, tuple(items), reading.complete)
    return replace(
        bare,
        why_partial=reading.why_partial,
        proofs=reading.proofs,
        findings=(*reading.findings, *findings),
        content=reading.content,
    )
