"""The country's directory from an export: read, recorded for the first time, and recorded with nothing changed."""

from __future__ import annotations

import sqlite3
from base64 import b64decode
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.ldif import SPEC
from kypek_sync.contract import ConnectorContext, Directory, Snapshot, whole_people
from kypek_sync.ledger import open_ledger, people
from kypek_sync.ledger.people import Departure
from kypek_sync.model import Person
from kypek_sync.sandbox.people import Directory as MadeUp
from tests.bench.figures import Figure
from tests.bench.measuring import peak, seconds, timed

PART = "directory"
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
DEPARTURE = Departure(2, timedelta(hours=6), timedelta(days=7))


def measure(argument: str) -> list[Figure]:
    """`argument` is the number of people; the units are as many as fit to it."""
    number = int(argument)
    with TemporaryDirectory(prefix="kypek-bench-") as name:
        folder = Path(name)
        MadeUp(number, number * 16 // 150, 1, NOW).write_ldif(folder / "directory.ldif")
        return _measured(folder, number)


def _measured(folder: Path, number: int) -> list[Figure]:
    context = ConnectorContext("directory", lambda: NOW, folder, lambda n: blake2b(n.encode()).hexdigest()[:32])
    directory = SPEC.build(SPEC.settings(file="directory.ldif", max_age="400 days"), context)
    if not isinstance(directory, Directory):
        raise TypeError("the export's connector fills no Directory role")
    read, snapshot = timed(lambda: whole_people(directory))
    after_read = peak()
    ledger = open_ledger("sqlite:///kypek.db", folder)

    def record(as_of: datetime) -> None:
        with ledger.begin() as connection:
            people.record_people(connection, "directory", _at(snapshot, as_of), DEPARTURE, as_of)

    first = seconds(lambda: record(NOW))
    again = seconds(lambda: record(NOW + timedelta(hours=1)))
    most = peak()
    ledger.close()
    bytes_only = seconds(lambda: _bare_read(folder / "directory.ldif"))
    bare_write = _bare_write(folder / "kypek.db", folder / "bare.db")
    bare_select = seconds(lambda: _bare_select(folder / "kypek.db"))
    return [
        Figure(PART, f"{number:,} people: read the export", read, "s", None, bytes_only, "its lines, decoded"),
        Figure(PART, "  first load into SQLite", first, "s", None, bare_write, "inserting the same rows"),
        Figure(PART, "  recorded, nothing changed", again, "s", None, bare_select, "selecting the same rows"),
        Figure(PART, "  read and recorded, nothing changed", read + again, "s", 45),
        Figure(PART, "  most memory after reading", after_read, "MB"),
        Figure(PART, "  most memory", most, "MB", 150),
    ]


def _at(snapshot: Snapshot[Person], moment: datetime) -> Snapshot[Person]:
    return Snapshot(snapshot.system, snapshot.scope, moment, snapshot.items, snapshot.complete, snapshot.why_partial)


def _bare_read(file: Path) -> None:
    for line in file.read_bytes().replace(b"\n ", b"").splitlines():
        _, marked, value = line.partition(b":: ")
        if marked:
            b64decode(value)


def _bare_write(source: Path, target: Path) -> float:
    """Seconds to insert the rows of the ledger, ready made, into the same tables with the same indexes."""
    tables = ("people", "person_keys")
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        rows = {table: old.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
        for (made,) in old.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN ('people', 'person_keys') AND sql IS NOT NULL"
        ):
            new.execute(made)

        def write() -> None:
            with new:
                for table, those in rows.items():
                    new.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(those[0]))})", those)

        return seconds(write)


def _bare_select(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for _ in connection.execute("SELECT * FROM people"):
            pass
        for _ in connection.execute("SELECT * FROM person_keys"):
            pass
