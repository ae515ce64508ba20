"""Writes the journal to a file for an auditor, entry by entry: never all of it in memory."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from kypek_sync.ledger import journal_people
from kypek_sync.ledger.journal_reading import Line, lines
from kypek_sync.ledger.store import Ledger

FORMATS = ("csv", "json")

CELLS = ("kypek", "number", "at", "kind", "run", "record", "person", "login", "content", "hash")
"""Field names, the same in both formats and in every language: a program may read them."""

FREE = ("because", "detail", "why", "decision", "object", "name", "facts", "before", "after")
"""Parts of a content in which people may be named, or that describe somebody: only told with names."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute instead of showing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to export: which chains, from when on, before when (aware UTC), and whether with logins."""

    kypeks: Sequence[str]
    since: datetime | None = None
    until: datetime | None = None
    named: bool = False


def write(ledger: Ledger, output: Path, form: str, asked: Asked) -> int:
    """Write the file, as a whole or not at all, readable by its owner alone; how many entries. `form` is one of
    `FORMATS`. Raises `OSError`, `LedgerError`."""
    entries = _entries(ledger, asked)
    with _whole(output) as file:
        return _csv(file, entries) if form == "csv" else _json(file, entries)


def safe(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _entries(ledger: Ledger, asked: Asked) -> Iterator[dict[str, Any]]:
    for kypek in asked.kypeks:
        names: dict[str, str] = {}
        if asked.named:
            with ledger.begin(keep=False) as connection:
                names = journal_people.logins(connection, kypek)
        for line in lines(ledger, kypek, since=asked.since, until=asked.until):
            yield _entry(line, names, named=asked.named)


def _entry(line: Line, names: Mapping[str, str], *, named: bool) -> dict[str, Any]:
    content = line.content
    if content is not None:
        content = {
            key: _resolved(value, names) if named else value
            for key, value in content.items()
            if named or key not in FREE or _is_state(line, key)
        }
    return line.plain(names.get(line.person, "")) | {"content": content}


def _is_state(line: Line, key: str) -> bool:
    """The states of a seat describe a decision, not a person."""
    return line.kind == "decision" and key in ("before", "after")


def _resolved(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_resolved(part, names) for part in value]
    return names.get(value, value) if isinstance(value, str) else value


def _csv(file: IO[str], entries: Iterable[Mapping[str, Any]]) -> int:
    writer = csv.writer(file)
    writer.writerow(CELLS)
    count = 0
    for entry in entries:
        content = entry["content"]
        told = "" if content is None else json.dumps(content, ensure_ascii=False, sort_keys=True)
        writer.writerow([safe(value) for value in ({**entry, "content": told}[cell] for cell in CELLS)])
        count += 1
    return count


def _json(file: IO[str], entries: Iterable[Mapping[str, Any]]) -> int:
    file.write("[")
    count = 0
    for entry in entries:
        file.write((",\n" if count else "\n") + json.dumps(entry, ensure_ascii=False))
        count += 1
    file.write("\n]\n")
    return count


@contextmanager
def _whole(output: Path) -> Iterator[IO[str]]:
    """A file that takes its name only once it is complete."""
    draft = output.with_name(f".{output.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
