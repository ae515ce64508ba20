"""The journal: what was decided and done, in a chain that shows any later change of it (design, rule 16).

One chain for each KYPEK. Entries are appended in the transaction that records the fact itself, so that neither is there
without the other, and never altered: the database refuses that. What an entry says (names, reasons, answers) stands in
`journal_contents` and can be erased; who it is about stands in `journal_people` and can be forgotten. The chain holds
only a salted commitment to the one and an opaque id for the other, so it verifies without either.

The fields of an entry, and why each is there:

- `kypek`: which chain; hashed, so that an entry cannot be moved to another centre.
- `number`: 1, 2, 3 … without gaps: an entry that was taken out is missed.
- `at`: the moment of the append, UTC, as text: what was hashed is what is stored, letter by letter, on any database.
- `kind`: what sort of thing happened; the one thing that is told when the content is gone.
- `run`: the pass it belongs to, if one, so that a run's entries are found when its own records are no longer kept.
- `record`: the number of the row it explains (the intent of a change, the hold, the approval), so that each change can
  be held against its entry even when the content was erased. A number names nobody.
- `person`: the opaque id of whom it is about, or empty.
- `commitment`: SHA-256 over the salt and the content's canonical JSON. Without the salt, which is erased along with
  the content, nobody can find out by trying what it said.
- `before`: the hash of the entry before, which makes it a chain; 64 zeros at the first.
- `hash`: SHA-256 over the canonical JSON of all of these.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select

from kypek_sync.ledger.care_tables import journal, journal_contents
from kypek_sync.ledger.journal_people import Who, ids_of
from kypek_sync.ledger.store import alone

GENESIS = "0" * 64
"""What stands before the first entry."""

_PORTION = 5_000
"""Entries made ready and written at once: bounds the memory of an append of any length."""


class Kind(StrEnum):
    """What sort of thing an entry records."""

    DECISION = "decision"
    CHANGE = "change"
    SETTLED = "settled"
    HOLD = "hold"
    APPROVAL = "approval"
    DEPARTURE = "departure"
    RETURN = "return"
    PAUSE = "pause"
    RESUME = "resume"
    PIN = "pin"
    RELEASE = "release"
    UNDO = "undo"
    ACCEPTED = "accepted"
    IDENTITY = "identity"
    RULING = "ruling"
    SESSION = "session"
    LIST = "list"
    APPLICATION = "application"
    FORGOTTEN = "forgotten"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to append.

    `content` is what to say about it, as JSON values (no floats: their text differs between programs). `about` is the
    person it is about (a text is an opaque id itself). `people` are others whom it names (who decided, whom a hold
    concerns), by the key in the content under which their opaque ids are listed: so the content outlives the forgetting
    of anyone but `about`. `run` and `record` are the numbers that the module's docstring tells.
    """

    kind: Kind
    content: Mapping[str, Any] = field(default_factory=dict)
    about: Who | str | None = None
    people: Mapping[str, Sequence[Who]] = field(default_factory=dict)
    run: int | None = None
    record: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain; number 0 and `GENESIS` while it is empty."""

    number: int = 0
    hash: str = GENESIS


def append(connection: Connection, kypek: str, entries: Iterable[Entry], now: datetime) -> Head:
    """Append entries to a KYPEK's chain, in order; its new head. The caller's transaction keeps or drops them together
    with the fact they record; until it ends nobody else appends to this chain."""
    coming = iter(entries)
    portion = list(islice(coming, _PORTION))
    if not portion:
        return head(connection, kypek)
    alone(connection, f"journal {kypek}")
    last = head(connection, kypek)
    while portion:
        last = _append(connection, kypek, portion, last, now)
        portion = list(islice(coming, _PORTION))
    return last


def head(connection: Connection, kypek: str) -> Head:
    """The last entry of a chain."""
    query = select(journal.c.number, journal.c.hash).where(journal.c.kypek == kypek)
    row = connection.execute(query.order_by(journal.c.number.desc()).limit(1)).first()
    return Head(row.number, row.hash) if row else Head()


def chains(connection: Connection) -> list[str]:
    """The KYPEKs that have a chain."""
    return [row.kypek for row in connection.execute(select(journal.c.kypek).distinct().order_by(journal.c.kypek))]


def stamp(moment: datetime) -> str:
    """A moment as entries hold it: UTC, to the microsecond, always of the same length, so that texts sort as moments
    do. Raises `ValueError` for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> str:
    """The one way in which a value is written as JSON: sorted keys, no spaces, letters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def commitment(salt: str, body: str) -> str:
    """What the chain holds of a content (its canonical JSON)."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def digest(fields: Mapping[str, Any]) -> str:
    """The hash of an entry, over all of its other fields. Accepts what a tampered row may hold instead of text."""
    named = {name: fields[name] for name in HASHED}
    return hashlib.sha256(json.dumps(named, sort_keys=True, separators=(",", ":"), default=repr).encode()).hexdigest()


HASHED = ("kypek", "number", "at", "kind", "run", "record", "person", "commitment", "before")
"""The fields that an entry's hash covers."""


def _append(connection: Connection, kypek: str, portion: Sequence[Entry], last: Head, now: datetime) -> Head:
    at = stamp(now)
    ids = ids_of(connection, kypek, list(_everybody(portion)), at)
    rows: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for entry in portion:
        named = {key: [ids[who] for who in those] for key, those in entry.people.items()}
        salt, body = secrets.token_hex(32), canonical({**entry.content, **named})
        row = {
            "kypek": kypek,
            "number": last.number + 1,
            "at": at,
            "kind": entry.kind.value,
            "run": entry.run,
            "record": entry.record,
            "person": ids[entry.about] if isinstance(entry.about, Who) else entry.about or "",
            "commitment": commitment(salt, body),
            "before": last.hash,
        }
        last = Head(last.number + 1, digest(row))
        rows.append({**row, "hash": last.hash})
        contents.append({"kypek": kypek, "number": last.number, "salt": salt, "body": body})
    connection.execute(insert(journal), rows)
    connection.execute(insert(journal_contents), contents)
    return last


def _everybody(portion: Sequence[Entry]) -> Iterator[Who]:
    for entry in portion:
        if isinstance(entry.about, Who):
            yield entry.about
        for those in entry.people.values():
            yield from those
