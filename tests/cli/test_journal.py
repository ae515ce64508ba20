"""The journal as administrators and auditors see it: listed, checked, written to a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from kypek_sync.cli.journal import FAULTS, KINDS
from kypek_sync.cli.journal_files import CELLS, safe
from kypek_sync.ledger import journal
from kypek_sync.ledger.care_tables import journal as table
from kypek_sync.ledger.care_tables import journal_contents
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_check import Fault, unexplained
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.tables import receipts
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre


def append(centre: Centre, *entries: Entry) -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        journal.append(connection, "att-a", entries, centre.clock())


def test_every_kind_and_every_fault_has_words() -> None:
    assert set(KINDS) == set(Kind)
    assert set(FAULTS) == set(Fault)


def test_after_a_sync_it_is_listed_in_greek_and_verifies(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("journal", "list", "-n", 100, language="el").out
    for words in ("απόφαση για θέση", "αλλαγή που έγινε", "teacher1", "EKFE-26-01", "02/11/2026 11:00"):
        assert words in said
    assert len(kypek("journal", "list", "-n", 2, "--json").json) == 2
    verdict = kypek("journal", "verify", "--deep", language="el")
    assert verdict.code == 0
    assert "αλυσίδα ακέραιη" in verdict.out


def test_the_journal_explains_every_change_of_the_main_job(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    full.world.unenrol("teacher1", full.world.courses()[0].code)
    full.clock.turn(minutes=30)
    kypek("sync")
    with full.installation() as inst, inst.ledger.begin() as connection:
        assert unexplained(connection, "att-a") == []
        connection.execute(delete(receipts))
    said = kypek("journal", "verify", "--deep")
    assert said.code == 1
    assert "tells of an answer that is not there" in said.out
    assert kypek("journal", "verify").code == 0


def test_what_was_altered_is_told_at_its_first_place_with_exit_code_1(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    with full.installation() as inst, inst.ledger.begin() as connection:
        connection.execute(update(journal_contents).where(journal_contents.c.number > 2).values(body='{"x": 1}'))
    said = kypek("journal", "verify")
    assert said.code == 1
    assert "att-a: BROKEN at entry 3: what it says was altered" in said.out
    assert "more places" in said.out
    (found,) = kypek("journal", "verify", "--json").json
    assert found["breaks"][0] == {"number": 3, "fault": "commitment", "detail": ""}


def test_a_head_that_was_kept_elsewhere_shows_what_was_cut_off(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    kypek("sync")
    copy = tmp_path / "copy.txt"
    copy.write_text(kypek("journal", "head").out)
    assert kypek("journal", "verify", "--heads", copy).code == 0
    number = int(copy.read_text().split()[2])
    with full.installation() as inst, inst.ledger.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER journal_keeps_all")
        for one in (table, journal_contents):
            connection.execute(delete(one).where(one.c.number == number))
    assert kypek("journal", "verify").code == 0
    said = kypek("journal", "verify", "--heads", copy)
    assert said.code == 1
    assert f"entry {number}: it is not the one that was written out (2026-11-02)" in said.out
    copy.write_text("nonsense\n")
    assert "Line 1" in kypek("journal", "verify", "--heads", copy).err
    assert "Η γραμμή 1" in kypek("journal", "verify", "--heads", copy, language="el").err
    assert "δεν διαβάζονται" in kypek("journal", "verify", "--heads", tmp_path / "none", language="el").err


def exported(kypek: Terminal, file: Path, *options: str) -> str:
    said = kypek("journal", "export", "-o", file, *options)
    assert (said.code, said.err) == (0, "")
    return file.read_text("utf-8")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_names_nobody_unless_it_is_asked_to(full: Centre, kypek: Terminal, tmp_path: Path, form: str) -> None:
    kypek("sync")
    file = tmp_path / f"journal.{form}"
    bare = exported(kypek, file, "--format", form)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "EKFE-26-01" in bare
    assert "granted" in bare
    for name in ("teacher1", "Teacher1", "stranger", "ΠΕ86", "1gym"):
        assert name not in bare
    named = exported(kypek, file, "--format", form, "--names")
    assert "teacher1" in named
    entries = json.loads(named) if form == "json" else list(csv.DictReader(io.StringIO(named)))
    assert [int(entry["number"]) for entry in entries] == list(range(1, len(entries) + 1))
    assert list(entries[0]) == list(CELLS)


def test_a_file_called_json_is_json(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    """`journal export -o journal.json` wrote CSV under that name."""
    kypek("sync")
    assert json.loads(exported(kypek, tmp_path / "journal.json"))
    assert exported(kypek, tmp_path / "journal.csv").startswith("kypek,")


@pytest.mark.parametrize("name", ["j.txt", "j.xlsx", "journal"])
def test_an_ending_that_names_no_format_is_wrong_usage(kypek: Terminal, tmp_path: Path, name: str) -> None:
    """`journal export -o j.txt` wrote CSV and said nothing of it."""
    said = kypek("journal", "export", "-o", tmp_path / name, language="el")
    assert said.code == 64
    assert "δεν αντιστοιχεί σε καμία μορφή· υπάρχουν: .csv, .json" in " ".join(said.err.replace("│", " ").split())
    assert not (tmp_path / name).exists()
    assert exported(kypek, tmp_path / name, "--format", "csv").startswith("kypek,")


def test_an_export_is_of_the_days_that_are_asked_for(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    kypek("sync")
    count = len(kypek("journal", "list", "-n", 500, "--json").json)
    full.clock.turn(days=1)
    append(full, Entry(Kind.UNDO, run=1))
    file = tmp_path / "journal.json"
    for options, wanted in (
        (("--since", "03/11/2026"), 1),
        (("--until", "2026-11-02"), count),
        (("--since", "02/11/2026", "--until", "03/11/2026"), count + 1),
        (("--since", "04/11/2026"), 0),
    ):
        assert len(json.loads(exported(kypek, file, "--format", "json", *options))) == wanted


def test_no_cell_is_a_formula(centre: Centre, kypek: Terminal, tmp_path: Path) -> None:
    append(centre, *(Entry(Kind.DECISION, about=Who(login)) for login in ("=1+1", "+1", "-1", "@SUM(A1)", "fine")))
    rows = csv.DictReader(io.StringIO(exported(kypek, tmp_path / "journal.csv", "--names")))
    assert [row["login"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "fine"]
    assert safe(-1) == -1


def test_an_export_that_cannot_be_written_leaves_the_old_one(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    said = kypek("journal", "export", "-o", tmp_path / "nowhere" / "journal.csv")
    assert said.code == 1
    assert "cannot be written" in said.err
    assert kypek("journal", "export", "-o", tmp_path / "x", "--format", "pdf").code == 64


def test_a_journal_without_entries_is_unbroken(centre: Centre, kypek: Terminal) -> None:
    assert "0 entries, unbroken" in kypek("journal", "verify").out
    assert kypek("journal", "head").out.split()[2] == "0"
