"""Programmes by hand: template, check with the marked copy, differences, approval."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

WRONG = """\
σεμινάρια:
  - τίτλος: Χωρίς κωδικό
    μορφή: δια ζώσης
    θέσεις: 0
    συνεδρίες:
      - {ημερομηνία: 3/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}
"""


@pytest.fixture
def approving(centre: Centre) -> Centre:
    """A centre whose council approves programmes."""
    centre.settings(approval="true")
    return centre


def test_a_template_is_a_workbook_that_validates(kypek: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "template.xlsx"
    said = kypek("programme", "template", "-o", out, "--structure", "ekfe", language="el")
    assert (said.code, said.out) == (0, f"Το υπόδειγμα είναι στο {out}.\n")
    assert load_workbook(out).sheetnames[:2] == ["Σεμινάρια", "Συνεδρίες"]
    assert kypek("programme", "validate", out, "--structure", "ekfe").code == 0


def test_the_only_structure_needs_no_naming_and_several_do(centre: Centre, kypek: Terminal, tmp_path: Path) -> None:
    assert kypek("programme", "template", "-o", tmp_path / "one.xlsx").code == 0
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "      kepl: {name: ΚΕΠΛΗΝΕΤ}\n", encoding="utf-8")
    said = kypek("programme", "template", "-o", tmp_path / "two.xlsx")
    assert said.code == 64
    assert "ekfe, kepl" in said.err


def test_a_template_never_overwrites(kypek: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "work.xlsx"
    out.write_bytes(b"an officer's work")
    said = kypek("programme", "template", "-o", out, "--structure", "ekfe")
    assert said.code == 1
    assert "exists already and is left as it is" in said.err
    assert out.read_bytes() == b"an officer's work"


def test_a_template_from_last_year_carries_its_rows(centre: Centre, kypek: Terminal, tmp_path: Path) -> None:
    centre.seminar(title="Ρομποτική")
    out = tmp_path / "new.xlsx"
    assert (
        kypek("programme", "template", "-o", out, "--from", centre.folder / "ekfe.yaml", "--structure", "ekfe").code
        == 0
    )
    titles = [cell.value for row in load_workbook(out).worksheets[0].iter_rows() for cell in row]
    assert "Ρομποτική" in titles
    missing = kypek("programme", "template", "-o", tmp_path / "x.xlsx", "--from", "nowhere.xlsx", "--structure", "ekfe")
    assert (missing.code, "nowhere.xlsx: there is no such file." in missing.err) == (1, True)
    assert not (tmp_path / "x.xlsx").exists()
    assert kypek("programme", "template", "-o", tmp_path / "x.ods", "--structure", "ekfe").code == 64


def test_every_mistake_is_told_and_the_marked_copy_lies_beside_the_file(kypek: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(WRONG, "utf-8")
    said = kypek("programme", "validate", file, "--structure", "ekfe", language="el")
    assert said.code == 2
    assert "Λάθος" in said.out
    answer = tmp_path / "mine.apantisi.yaml"
    assert f"Το αντίγραφο με τις σημειώσεις είναι το {answer}." in said.out
    assert "✎" in answer.read_text("utf-8")
    assert file.read_text("utf-8") == WRONG
    again = kypek("programme", "validate", file, "--structure", "ekfe", "--json")
    assert again.json["answer"] == str(tmp_path / "mine.apantisi-2.yaml")
    assert [mistake["code"] for mistake in again.json["mistakes"] if mistake["level"] == "error"] == ["capacity-low"]
    assert len(again.json["assigned"]) == 1


def test_the_answer_goes_where_it_is_asked_for_but_never_over_the_programme(kypek: Terminal, tmp_path: Path) -> None:
    file, answer = tmp_path / "mine.yaml", tmp_path / "answer.yaml"
    file.write_text(WRONG, "utf-8")
    assert kypek("programme", "validate", file, "--structure", "ekfe", "--answer", answer).code == 2
    assert answer.exists()
    over = kypek("programme", "validate", file, "--structure", "ekfe", "--answer", file)
    assert (over.code, "the answer would overwrite the programme itself" in over.err) == (64, True)
    lost = kypek("programme", "validate", file, "--structure", "ekfe", "--answer", tmp_path / "no" / "a.yaml")
    assert (lost.code, "a.yaml cannot be written: No such file or directory" in lost.err) == (1, True)


def test_what_cannot_be_read_is_one_sentence(kypek: Terminal, tmp_path: Path) -> None:
    missing = kypek("programme", "validate", tmp_path / "no.xlsx", "--structure", "ekfe", language="el")
    assert missing.code == 1
    assert missing.err.count("\n") == 1
    tab = tmp_path / "tab.yaml"
    tab.write_text("σεμινάρια:\n\t- τίτλος: x\n", "utf-8")
    assert kypek("programme", "validate", tab, "--structure", "ekfe").code == 1
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7")
    said = kypek("programme", "validate", letter, "--structure", "ekfe")
    assert (said.code, "is not a programme" in said.err) == (1, True)


def test_an_unknown_structure_is_wrong_usage_and_is_guessed(kypek: Terminal, tmp_path: Path) -> None:
    for command in (
        ("diff", "ekfee"),
        ("approve", "ekfee", "--decision", "1"),
        ("template", "-o", tmp_path / "t.xlsx", "--structure", "ekfee"),
    ):
        said = kypek("programme", *command)
        assert said.code == 64
        assert "there is no structure ekfee; did you mean 'ekfe'?" in said.err


def test_a_structure_of_two_kypeks_wants_the_kypek_named(centre: Centre, kypek: Terminal) -> None:
    file = centre.folder / "kypek.yaml"
    more = "  zak:\n    name: ΚΥΠΕΚ Ζακύνθου\n    structures:\n      ekfe: {name: ΕΚΦΕ Ζακύνθου}\n"
    file.write_text(file.read_text("utf-8") + more, "utf-8")
    said = kypek("programme", "diff", "ekfe")
    assert (said.code, "att-a, zak have a structure ekfe: add --kypek" in said.err) == (64, True)
    none = kypek("programme", "diff", "ekfe", "--kypek", "zak", language="el")
    assert (none.code, none.err) == (
        1,
        "Οι ρυθμίσεις δεν έχουν σχέδιο δράσης για τη δομή ekfe: προσθέστε της «programme:».\n",
    )


def test_a_new_programme_waits_for_approval_and_then_comes_into_force(approving: Centre, kypek: Terminal) -> None:
    code = approving.seminar()
    kypek("sync")
    assert f"ekfe: the programme ekfe.yaml waits for approval. New: {code}. Changed: –." in kypek("status").out
    assert "draft" in kypek("seminars").out
    assert not approving.world.courses()
    differs = kypek("programme", "diff", "ekfe")
    assert (differs.code, differs.out) == (2, f"{code} · Σεμινάριο {code}: new\n")
    said = kypek("programme", "approve", "ekfe", "--decision", "Πράξη 3/2-11-2026", "--who", "maria")
    assert said.code == 0
    assert f"At the next `kypek-sync sync` these come into force: {code}" in said.out
    kypek("sync")
    assert len(approving.world.courses()) == 1
    assert kypek("programme", "diff", "ekfe").code == 0
    assert "waits for approval" not in kypek("status").out


def test_changes_of_substance_wait_and_are_told_field_by_field(approving: Centre, kypek: Terminal) -> None:
    code = approving.seminar(capacity=10)
    kypek("programme", "approve", "ekfe", "--decision", "1")
    kypek("sync")
    approving.seminar(code, capacity=20, day=9)
    kypek("sync")
    assert f"New: –. Changed: {code}." in kypek("status").out
    said = kypek("programme", "diff", "ekfe", language="el")
    assert said.code == 2
    assert "θέσεις: από «10» σε «20»" in said.out
    assert kypek("programme", "diff", "ekfe", "--json").json[0]["fields"][0]["field"] == "capacity"
    assert kypek("seminar", code, "--json").json["sessions"][0]["starts"].startswith("2027-03-09")


def test_a_difference_of_addresses_says_that_nobody_is_moved_by_it(approving: Centre, kypek: Terminal) -> None:
    code = approving.seminar(course=approving.address(approving.course()))
    kypek("programme", "approve", "ekfe", "--decision", "1")
    kypek("sync")
    moves = "another address, or none, moves nobody"
    approving.seminar(code, title="Άλλος τίτλος")
    assert moves not in kypek("programme", "diff", "ekfe", language="en").out
    approving.seminar(code, course='""')
    assert moves in kypek("programme", "diff", "ekfe", language="en").out
    assert "άλλη διεύθυνση, ή καμία, δεν μεταφέρει κανέναν" in kypek("programme", "diff", "ekfe", language="el").out


def test_differences_are_told_with_the_dates_and_words_of_the_place(approving: Centre, kypek: Terminal) -> None:
    code = approving.seminar(day=3)
    kypek("programme", "approve", "ekfe", "--decision", "1")
    kypek("sync")
    approving.seminar(code, day=9, form="εξ αποστάσεως", status="ΑΚΥΡΩΘΗΚΕ")
    greek = kypek("programme", "diff", "ekfe", language="el").out
    assert "έναρξη: από «03/03/2027 17:00» σε «09/03/2027 17:00»" in greek
    assert "μορφή: από «δια ζώσης» σε «εξ αποστάσεως»" in greek
    assert "κατάσταση: από «θα γίνει» σε «ακυρώθηκε»" in greek
    english = kypek("programme", "diff", "ekfe", language="en").out
    assert "status: from «takes place» to «cancelled»" in english
    fields = kypek("programme", "diff", "ekfe", "--json").json[0]["fields"]
    assert {"field": "status", "before": "planned", "after": "cancelled"} in fields


def test_a_row_copied_with_its_code_does_not_rename_the_seminar_that_has_it(centre: Centre, kypek: Terminal) -> None:
    code = centre.seminar(day=3, title="Πειράματα οπτικής")
    kypek("sync")
    centre.seminar(code, day=9, title="Φυλλόμετρα και υπολογιστικά νέφη")
    said = kypek("programme", "validate", centre.folder / "ekfe.yaml", language="el")
    assert said.code == 2
    told = f"Ο κωδικός «{code}» ανήκει στο «Πειράματα οπτικής», με άλλες ημερομηνίες. Αν το σεμινάριο είναι νέο, σβήστε"
    assert told in said.out
    [answer] = centre.folder.glob("ekfe?*.yaml")
    assert told in " ".join(answer.read_text("utf-8").replace("#", " ").split())
    kypek("sync")
    shown = kypek("seminar", code, "--json").json
    assert (shown["title"], shown["sessions"][0]["starts"][:10]) == ("Πειράματα οπτικής", "2027-03-03")


def test_an_approval_is_of_one_file_and_by_a_decision(approving: Centre, kypek: Terminal) -> None:
    approving.seminar()
    assert kypek("programme", "approve", "ekfe", "--decision", "  ").code == 64
    assert kypek("programme", "approve", "ekfe").code == 64
    kypek("programme", "approve", "ekfe", "--decision", "Πράξη 3", "--who", "maria")
    again = kypek("programme", "approve", "ekfe", "--decision", "Πράξη 4", "--who", "eleni")
    assert (again.code, again.out) == (0, "maria has approved this very file: Πράξη 3\n")


def test_without_the_need_of_approval_there_is_none(centre: Centre, kypek: Terminal) -> None:
    centre.seminar()
    said = kypek("programme", "approve", "ekfe", "--decision", "1")
    assert (said.code, "The settings ask for no approval of ekfe" in said.err) == (1, True)


def test_a_seminar_with_a_mistake_is_told_as_kept_back_not_as_gone(approving: Centre, kypek: Terminal) -> None:
    code = approving.seminar()
    kypek("programme", "approve", "ekfe", "--decision", "1")
    kypek("sync")
    approving.seminar(code, capacity=0)
    said = kypek("programme", "diff", "ekfe")
    assert said.code == 0
    assert f"Kept back by mistakes: {code}" in said.out
    assert f"needs approval again: {code}" in kypek("programme", "approve", "ekfe", "--decision", "2").out
