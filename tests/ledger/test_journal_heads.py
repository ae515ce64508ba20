"""Once a day each chain's head is written out, a whole line or nothing, and what stands there is never altered."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from kypek_sync.ledger import Ledger, journal, journal_heads
from kypek_sync.ledger.care_tables import journal_heads as table
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_heads import FILE, HeadsUnwritable, read, recorded, write_out

NOW = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)
MIDNIGHT = timedelta(hours=1)
"""After this it is the next day in Athens, and the same one in UTC."""


def append(ledger: Ledger, kypek: str = "att-a") -> None:
    with ledger.begin() as connection:
        journal.append(connection, kypek, [Entry(Kind.DECISION)], NOW)


def test_a_line_for_each_kypek_and_day_of_athens(ledger: Ledger, tmp_path: Path) -> None:
    append(ledger)
    append(ledger, "att-v")
    first = write_out(ledger, ["att-a", "att-g", "att-v"], tmp_path, NOW)
    assert [(one.kypek, one.day, one.head.number) for one in first] == [
        ("att-a", "2026-11-02", 1),
        ("att-v", "2026-11-02", 1),
    ]
    append(ledger)
    assert write_out(ledger, ["att-a", "att-v"], tmp_path, NOW) == []
    before = (tmp_path / FILE).read_text()
    second = write_out(ledger, ["att-a", "att-v"], tmp_path, NOW + MIDNIGHT)
    assert [(one.kypek, one.day, one.head.number) for one in second] == [
        ("att-a", "2026-11-03", 2),
        ("att-v", "2026-11-03", 1),
    ]
    assert (tmp_path / FILE).read_text().startswith(before)
    assert read(tmp_path / FILE) == [*first, *second]
    with ledger.begin() as connection:
        assert recorded(connection) == [*first, *second]
        assert recorded(connection, "att-v") == [first[1], second[1]]


def test_a_death_between_the_file_and_the_ledger_writes_no_second_line(ledger: Ledger, tmp_path: Path) -> None:
    append(ledger)
    first = write_out(ledger, ["att-a"], tmp_path, NOW)
    with ledger.begin() as connection:
        connection.execute(delete(table))
    append(ledger)
    assert write_out(ledger, ["att-a"], tmp_path, NOW) == first
    assert read(tmp_path / FILE) == first
    with ledger.begin() as connection:
        assert recorded(connection) == first


def test_a_folder_that_is_missing_is_told_and_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    append(ledger)
    with pytest.raises(HeadsUnwritable, match="the folder exists"):
        write_out(ledger, ["att-a"], tmp_path / "nowhere" / "heads.txt", NOW)
    with ledger.begin() as connection:
        assert recorded(connection) == []


def test_a_disk_that_fills_up_in_the_middle_of_a_line_leaves_no_half_line(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(ledger)
    file = tmp_path / "heads.txt"
    write_out(ledger, ["att-a"], file, NOW)
    before, whole = file.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda handle, data: whole(handle, data[:20]))
    with pytest.raises(HeadsUnwritable, match="disk"):
        write_out(ledger, ["att-a"], file, NOW + MIDNIGHT)
    assert file.read_bytes() == before
    monkeypatch.undo()
    assert len(write_out(ledger, ["att-a"], file, NOW + MIDNIGHT)) == 1


def test_a_line_that_is_no_head_is_named(tmp_path: Path) -> None:
    file = tmp_path / "heads.txt"
    file.write_text(f"att-a 2026-11-02 1 {'0' * 64}\n\natt-a yesterday 1 {'0' * 64}\n")
    with pytest.raises(HeadsUnwritable, match="Line 3"):
        read(file)
    with pytest.raises(HeadsUnwritable, match="cannot be read"):
        journal_heads.read(tmp_path)
