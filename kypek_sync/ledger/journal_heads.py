"""The chains' heads, written out once a day: whoever keeps a copy elsewhere can show later that nothing was taken off.

A line for each KYPEK and day: `att-a 2026-11-02 1234 <hash>`. The day is that of Athens. Lines are added and never
altered; each is written as a whole or not at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from kypek_sync.ledger import journal
from kypek_sync.ledger.care_tables import journal_heads
from kypek_sync.ledger.journal import Head
from kypek_sync.ledger.store import Ledger
from kypek_sync.model import local

FILE = "journal-heads.txt"
"""The file's name where the settings name a folder."""

_LINE = re.compile(r"(\S+) (\d{4}-\d\d-\d\d) (\d+) ([0-9a-f]{64})")


class HeadsUnwritable(Exception):
    """The heads of the day could not be written out, or earlier ones not read; the message says which file and why.
    Nothing was changed."""


@dataclass(frozen=True, slots=True)
class DaysHead:
    """The head that a chain had on a day (`2026-11-02`, in Athens)."""

    kypek: str
    day: str
    head: Head

    def __str__(self) -> str:
        return f"{self.kypek} {self.day} {self.head.number} {self.head.hash}"


def write_out(ledger: Ledger, kypeks: Sequence[str], place: Path, now: datetime) -> list[DaysHead]:
    """Write out the heads of today that are not yet, to a file or into a folder; those written. An empty chain has
    none.

    Raises `HeadsUnwritable`, `LedgerError`.
    """
    day = local(now).date().isoformat()
    with ledger.begin(keep=False) as connection:
        there = {one.kypek for one in recorded(connection) if one.day == day}
        today = [DaysHead(one, day, journal.head(connection, one)) for one in kypeks if one not in there]
    fresh = [one for one in today if one.head.number]
    if not fresh:
        return []
    file = file_of(place)
    written = {(one.kypek, one.day): one for one in read(file)} if file.exists() else {}
    _add(file, [one for one in fresh if (one.kypek, day) not in written])
    kept = [written.get((one.kypek, day), one) for one in fresh]  # a death after the file and before the ledger
    with ledger.begin() as connection:
        connection.execute(
            insert(journal_heads),
            [
                {"kypek": o.kypek, "day": o.day, "number": o.head.number, "hash": o.head.hash, "written": now}
                for o in kept
            ],
        )
    return kept


def recorded(connection: Connection, kypek: str = "") -> list[DaysHead]:
    """The heads that were written out, as the ledger remembers them, oldest first."""
    query = select(journal_heads).order_by(journal_heads.c.day, journal_heads.c.kypek)
    if kypek:
        query = query.where(journal_heads.c.kypek == kypek)
    return [DaysHead(row.kypek, row.day, Head(row.number, row.hash)) for row in connection.execute(query)]


def read(file: Path) -> list[DaysHead]:
    """The heads in a file. Raises `HeadsUnwritable` if it cannot be read, or for a line that is none."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise HeadsUnwritable(f"The heads of the journal in {file} cannot be read: {why}.") from error
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise HeadsUnwritable(f"Line {number} of {file} is no head of the journal (KYPEK, day, number, hash).")
        found.append(DaysHead(parts[1], parts[2], Head(int(parts[3]), parts[4])))
    return found


def file_of(place: Path) -> Path:
    """The file that a setting means: the place itself, or one in it where it is a folder."""
    return place / FILE if place.is_dir() else place


def _add(file: Path, fresh: Sequence[DaysHead]) -> None:
    """All lines at the end of the file, or none."""
    if not fresh:
        return
    data = "".join(f"{one}\n" for one in fresh).encode()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(handle).st_size
            try:
                if os.write(handle, data) != len(data):
                    raise OSError("only a part could be written (is the disk full?)")
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, size)
                raise
        finally:
            os.close(handle)
    except OSError as error:
        raise HeadsUnwritable(
            f"The heads of the journal cannot be written to {file}: {error.strerror or error}. Check that the folder "
            "exists and may be written and that the disk is not full (setting `journal_heads`); they are tried again."
        ) from error
