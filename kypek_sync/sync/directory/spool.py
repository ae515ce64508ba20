"""Keeps what a read of the directory shows that is new or has changed, on the disk, until it is recorded.

What was seen is private: the file has no name (SQLite takes it away as it opens it) and goes with the process. While
the connector reads, no transaction of the ledger is open.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any

from pydantic import TypeAdapter

from kypek_sync.ledger.concerned import CROWD
from kypek_sync.ledger.matching import LOGIN, keys_of
from kypek_sync.ledger.shown import Shown, fingerprint
from kypek_sync.ledger.units_recording import ShownUnit
from kypek_sync.model import Finding, FindingLevel, Person, PersonKey, Unit
from kypek_sync.seminar.specialties import exists

CHUNK = 500
"""Entries held at once, both on the way in and on the way out."""

_TABLES = """
CREATE TABLE entries (id INTEGER PRIMARY KEY, digest BLOB NOT NULL, body BLOB NOT NULL, findings TEXT NOT NULL);
CREATE TABLE keys (kind TEXT NOT NULL, value TEXT NOT NULL, entry INTEGER NOT NULL);
"""
_INDEXES = """
CREATE INDEX keys_by_value ON keys (kind, value);
CREATE TABLE several AS SELECT kind, value, count(*) AS many FROM keys GROUP BY kind, value HAVING count(*) > 1;
CREATE INDEX several_by_value ON several (kind, value);
"""
_ENTRIES = "SELECT id, digest, body, findings FROM entries WHERE id IN (SELECT value FROM json_each(?))"
_CARRYING = "SELECT entry FROM keys WHERE kind = ? AND value IN (SELECT value FROM json_each(?))"
_LOGINS = "SELECT value FROM keys WHERE kind = ? AND value IN (SELECT value FROM json_each(?))"
_CROWDED = "SELECT value FROM several WHERE many >= ? AND kind = ? AND value IN (SELECT value FROM json_each(?))"
_PERSON: TypeAdapter[Person] = TypeAdapter(Person)


class Digests:
    """The digests of the entries as they were last kept, of which those seen are struck out. `basis` is the
    fingerprint of all; `seen` counts those struck out."""

    def __init__(self, known: Iterable[bytes]) -> None:
        self.unseen = set(known)
        self.basis = fingerprint(self.unseen)
        self.seen = 0

    def same(self, digest: bytes) -> bool:
        """Whether it is among them; at its first sight only: an entry that stands twice in a read is no entry as it
        was."""
        if digest not in self.unseen:
            return False
        self.unseen.remove(digest)
        self.seen += 1
        return True


class UnitsKeeper:
    """The engine's keeper of units: there are few enough to hold them until they are recorded."""

    def __init__(self, known: Iterable[bytes]) -> None:
        self.digests = Digests(known)
        self.loose: list[Finding] = []
        self.taken = 0
        self._held: list[ShownUnit] = []

    @property
    def entries(self) -> int:
        """How many units the read showed."""
        return self.digests.seen + self.taken

    def same(self, digest: bytes) -> bool:
        """As in `Keeper`."""
        return self.digests.same(digest)

    def take(self, item: Unit | None, digest: bytes, findings: Sequence[Finding]) -> None:
        """As in `Keeper`."""
        if item is None:
            self.loose += findings
        else:
            self.taken += 1
            self._held.append((item, digest, tuple(findings)))

    def give(self) -> list[ShownUnit]:
        """Those that are new or have changed; nothing is held of them any more."""
        given, self._held = self._held, []
        return given


class PeopleKeeper:
    """The engine's keeper of people. A context manager: what it keeps is gone at its end."""

    def __init__(self, known: Iterable[bytes]) -> None:
        self.digests = Digests(known)
        self.loose: list[Finding] = []
        self.taken = 0
        self._rows: list[tuple[Any, ...]] = []
        self._keys: list[tuple[str, str, int]] = []
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; " + _TABLES)
        self._base.execute("BEGIN")
        self._sealed = False
        self._given = bytearray()
        self._mend: Callable[[list[Shown]], list[Shown]] | None = None

    def __enter__(self) -> PeopleKeeper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._base.close()

    @property
    def entries(self) -> int:
        """How many people the read showed."""
        return self.digests.seen + self.taken

    # What a connector asks

    def same(self, digest: bytes) -> bool:
        """As in `Keeper`."""
        return self.digests.same(digest)

    def take(self, item: Person | None, digest: bytes, findings: Sequence[Finding]) -> None:
        """As in `Keeper`."""
        mine = [f for f in findings if item is not None and f.subject == item.login]
        self.loose += [f for f in findings if f not in mine] if len(mine) < len(findings) else []
        if item is None:
            return
        mine += _unknown_specialties(item, mine)
        self.taken += 1
        self._rows.append((self.taken, digest, _PERSON.dump_json(item), _told(mine)))
        self._keys += [(key.kind, key.value, self.taken) for key in keys_of(item)]
        if len(self._rows) >= CHUNK:
            self._flush()

    # What the recording asks

    def mended(self, mend: Callable[[list[Shown]], list[Shown]]) -> None:
        """Have every entry go through this on its way out."""
        self._mend = mend

    def kept(self) -> Iterator[list[Shown]]:
        """Every entry that is kept here, a chunk at a time, as it was read; none is given by it."""
        self._seal()
        for start in range(0, self.taken, CHUNK):
            query = "SELECT digest, body, findings FROM entries WHERE id > ? AND id <= ?"
            rows = self._base.execute(query, (start, start + CHUNK))
            yield [Shown(_PERSON.validate_json(body), digest, _heard(findings)) for digest, body, findings in rows]

    def shown(self) -> Iterator[bytes]:
        """The digest of every entry that is kept here."""
        self._seal()
        for (digest,) in self._base.execute("SELECT digest FROM entries"):
            yield bytes(digest)

    def logins(self, wanted: Collection[str]) -> frozenset[str]:
        """Those of these logins that an entry kept here has."""
        self._seal()
        return frozenset(value for (value,) in self._base.execute(_LOGINS, (LOGIN, json.dumps(sorted(wanted)))))

    def chunks(self) -> Iterator[list[Shown]]:
        """As in `Changed`."""
        self._seal()
        for start in range(0, self.taken, CHUNK):
            if given := self._give(n for n in range(start + 1, min(start + CHUNK, self.taken) + 1)):
                yield given

    def carrying(self, keys: Collection[PersonKey]) -> list[Shown]:
        """As in `Changed`."""
        self._seal()
        found: set[int] = set()
        for kind, values in _by_kind(keys):
            found |= {entry for (entry,) in self._base.execute(_CARRYING, (kind, values))}
        return self._give(sorted(found))

    def crowded(self, keys: Collection[PersonKey]) -> frozenset[PersonKey]:
        """As in `Changed`. A login links whoever has it, however many they are."""
        self._seal()
        found = set()
        for kind, values in _by_kind(key for key in keys if key.kind != LOGIN):
            found |= {PersonKey(kind, value) for (value,) in self._base.execute(_CROWDED, (CROWD, kind, values))}
        return frozenset(found)

    def _give(self, numbers: Iterable[int]) -> list[Shown]:
        wanted = [number for number in numbers if not self._given[number]]
        given = []
        for number, digest, body, findings in self._base.execute(_ENTRIES, (json.dumps(wanted),)) if wanted else ():
            self._given[number] = 1
            given.append(Shown(_PERSON.validate_json(body), digest, _heard(findings)))
        return self._mend(given) if self._mend is not None and given else given

    def _flush(self) -> None:
        self._base.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", self._rows)
        self._base.executemany("INSERT INTO keys VALUES (?, ?, ?)", self._keys)
        self._rows.clear()
        self._keys.clear()

    def _seal(self) -> None:
        if not self._sealed:
            self._sealed = True
            self._flush()
            for statement in filter(None, map(str.strip, _INDEXES.split(";"))):
                self._base.execute(statement)
            self._given = bytearray(self.taken + 1)


def _by_kind(keys: Iterable[PersonKey]) -> Iterator[tuple[str, str]]:
    """Each kind with its values as a JSON list."""
    kinds: dict[str, list[str]] = {}
    for key in keys:
        kinds.setdefault(key.kind, []).append(key.value)
    for kind, values in sorted(kinds.items()):
        yield kind, json.dumps(sorted(values))


def _told(findings: Sequence[Finding]) -> str:
    return json.dumps([[f.subject, f.code, f.text, f.level.value] for f in findings]) if findings else ""


def _heard(text: str) -> tuple[Finding, ...]:
    if not text:
        return ()
    return tuple(Finding(subject, code, said, FindingLevel(level)) for subject, code, said, level in json.loads(text))


def _unknown_specialties(person: Person, told: Sequence[Finding]) -> list[Finding]:
    """That a code has the form of a specialty and is none: no connector knows the law's table."""
    none = [code for code in person.specialties if not exists(code)]
    if not none or any(finding.code == "specialty-unknown" for finding in told):
        return []
    text = f"The specialty {none[0]} is none of those of the law."
    return [Finding(person.login, "specialty-unknown", text, FindingLevel.WARNING)]
