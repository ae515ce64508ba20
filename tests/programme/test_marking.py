"""The answer: the officer's own file, each mistake in its cell."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from odfdo import Document
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from kypek_sync.programme import ProgrammeUnreadable, answer_suffix, mark, read
from tests.programme.files import SEMINAR, SESSION, csv, ground, ods, two_sheets, workbook, xlsx

BAD = {**SEMINAR, "Θέσεις": 0, "Ειδικότητες": "ΠΕ19"}
NEW = {"Τίτλος": "Ήχος", "Μορφή": "online"}
SHEETS = two_sheets([BAD, NEW], [SESSION, {**SESSION, "Αριθμός": None, "Ημερομηνία": "31/2/2027"}])


def answered(file, out, **changes):
    mark(read(file, ground(**changes)), ground(**changes), out, clock=lambda: datetime(2026, 9, 1, tzinfo=UTC))
    return out


def test_each_mistake_is_marked_in_its_cell_in_greek(tmp_path):
    book = load_workbook(answered(xlsx(tmp_path / "p.xlsx", SHEETS), tmp_path / "a.xlsx"))
    seats, specialties = book["Σεμινάρια"]["E2"], book["Σεμινάρια"]["H2"]
    assert "Οι θέσεις πρέπει να είναι τουλάχιστον 1" in seats.comment.text
    assert seats.fill.fgColor.rgb == "00FFC7CE"
    assert "παλιός κωδικός" in specialties.comment.text
    assert specialties.fill.fgColor.rgb == "00FFEB9C"
    assert "31/2/2027" in book["Συνεδρίες"]["C3"].comment.text
    assert book["Σεμινάρια"]["B2"].comment is None


def test_a_sheet_lists_them_all_with_links(tmp_path):
    book = load_workbook(answered(xlsx(tmp_path / "p.xlsx", SHEETS), tmp_path / "a.xlsx"))
    sheet = book["Παρατηρήσεις"]
    assert sheet["A1"].value == (
        "Έλεγχος προγράμματος, ΚΕΠΛΗΝΕΤ, 2026-2027. Λάθη: 2. Προσοχή: 2. Σεμινάρια χωρίς λάθος: 1."
    )
    lines = {(row[1].value, row[2].value): row[0].value for row in sheet.iter_rows(min_row=4)}
    assert lines == {
        ("Σεμινάρια", "E2"): "Λάθος",
        ("Σεμινάρια", "H2"): "Προσοχή",
        ("Σεμινάρια", "B3"): "Προσοχή",
        ("Συνεδρίες", "C3"): "Λάθος",
    }
    assert sheet["C4"].hyperlink.location == "'Σεμινάρια'!E2"


def test_codes_and_numbers_come_back_filled_in_and_stay_at_the_next_reading(tmp_path):
    first = read(xlsx(tmp_path / "p.xlsx", SHEETS), ground())
    out = answered(tmp_path / "p.xlsx", tmp_path / "a.xlsx")
    book = load_workbook(out)
    assert book["Σεμινάρια"]["A3"].value == "KEPL-26-02"
    assert book["Συνεδρίες"]["B3"].value == 2
    again = read(out, ground())
    assert (again.assigned, again.numbered) == ({}, {})
    assert [s.code for s in again.seminars] == [s.code for s in first.seminars]


def test_a_code_gets_a_column_if_there_was_none(tmp_path):
    rows = [
        ["Τίτλος", "Μορφή", "Ημερομηνία", "Ώρα"],
        ["Ήχος", "online", "1/3/2027", "17:00-20:00"],
        [None, None, "8/3/2027", "17:00-20:00"],
    ]
    out = answered(xlsx(tmp_path / "p.xlsx", {"Φύλλο1": rows}), tmp_path / "a.xlsx")
    sheet = load_workbook(out)["Φύλλο1"]
    assert [[c.value for c in row[4:]] for row in sheet.iter_rows()] == [
        ["Κωδικός", "Αριθμός συνεδρίας"],
        ["KEPL-26-01", 1],
        [None, 2],
    ]
    again = read(out, ground())
    assert again.mistakes == ()
    assert (again.assigned, again.numbered) == ({}, {})
    assert len(again.seminars[0].sessions) == 2


def test_what_the_officer_wrote_stays_as_it_was(tmp_path):
    book = workbook({**SHEETS, "Δικά μου": [["σημείωση"]]})
    sheet = book["Σεμινάρια"]
    sheet["E2"].comment = Comment("Να το δω με τη Μαρία.", "Ελένη")
    sheet["B2"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["C2"].value = "=1+1"
    sheet.column_dimensions["B"].width = 60
    book.save(tmp_path / "p.xlsx")
    after = load_workbook(answered(tmp_path / "p.xlsx", tmp_path / "a.xlsx"))
    assert after["Σεμινάρια"]["E2"].comment.text.startswith("Να το δω με τη Μαρία.")
    assert after["Σεμινάρια"]["E2"].comment.author == "Ελένη"
    assert after["Σεμινάρια"]["B2"].fill.fgColor.rgb == "0000FF00"
    assert after["Σεμινάρια"]["C2"].value == "=1+1"
    assert after["Σεμινάρια"].column_dimensions["B"].width == 60
    assert after["Δικά μου"]["A1"].value == "σημείωση"


def test_marks_go_when_the_mistake_is_mended(tmp_path):
    book = load_workbook(answered(xlsx(tmp_path / "p.xlsx", SHEETS), tmp_path / "a.xlsx"))
    book["Σεμινάρια"]["E2"].value = 20
    book["Σεμινάρια"]["H2"].value = "ΠΕ86"
    book["Συνεδρίες"]["C3"].value = date(2027, 3, 19)
    book.save(tmp_path / "a.xlsx")
    after = load_workbook(answered(tmp_path / "a.xlsx", tmp_path / "b.xlsx"))
    assert after["Σεμινάρια"]["E2"].comment is None
    assert after["Σεμινάρια"]["E2"].fill.fill_type is None
    assert after["Συνεδρίες"]["C3"].comment is None
    assert [s.title for s in after.worksheets] == ["Σεμινάρια", "Συνεδρίες", "Παρατηρήσεις"]
    assert after["Παρατηρήσεις"].max_row == 4


def test_an_officers_own_sheet_of_that_name_is_kept(tmp_path):
    out = answered(xlsx(tmp_path / "p.xlsx", {**SHEETS, "Παρατηρήσεις": [["δικές μου"]]}), tmp_path / "a.xlsx")
    book = load_workbook(out)
    assert book["Παρατηρήσεις"]["A1"].value == "δικές μου"
    assert book["Παρατηρήσεις ελέγχου"]["A1"].value.startswith("Έλεγχος")


def test_a_mistake_in_a_merged_cell_is_marked_at_its_first(tmp_path):
    book = workbook(
        two_sheets([SEMINAR], [{**SESSION, "Ημερομηνία": "χθες"}, {**SESSION, "Αριθμός": 2, "Ημερομηνία": None}])
    )
    book["Συνεδρίες"].merge_cells("C2:C3")
    book.save(tmp_path / "p.xlsx")
    after = load_workbook(answered(tmp_path / "p.xlsx", tmp_path / "a.xlsx"))
    assert "χθες" in after["Συνεδρίες"]["C2"].comment.text


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    out = answered(
        csv(tmp_path / "p.csv", [["Τίτλος", "Μορφή", '=cmd|"x"'], ["=1+1", "online", ""]]), tmp_path / "a.xlsx"
    )
    book = load_workbook(out)
    assert book.worksheets[0]["A2"].data_type == "s"
    assert all(c.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for c in row)


def test_a_csv_is_answered_with_a_workbook(tmp_path):
    file = csv(tmp_path / "p.csv", SHEETS["Σεμινάρια"], encoding="cp1253")
    assert answer_suffix(file) == ".xlsx"
    sheet = load_workbook(answered(file, tmp_path / "a.xlsx")).worksheets[0]
    assert "τουλάχιστον 1" in sheet["E2"].comment.text
    assert sheet["A3"].value == "KEPL-26-02"


def test_an_ods_is_answered_with_an_ods(tmp_path):
    file = ods(tmp_path / "p.ods", SHEETS)
    assert answer_suffix(file) == ".ods"
    out = answered(file, tmp_path / "a.ods")
    document = Document(out)
    table = document.body.get_table(name="Σεμινάρια")
    [annotation] = table.get_cell("E2").get_annotations()
    assert "Οι θέσεις πρέπει" in annotation.note_body
    assert document.get_cell_background_color("Σεμινάρια", "E2") == "#FFC7CE"
    assert document.get_cell_background_color("Σεμινάρια", "H2") == "#FFEB9C"
    assert table.get_value("A3") == "KEPL-26-02"
    again = read(out, ground())
    assert [m.where for m in again.errors] == ["Σεμινάρια!E2", "Συνεδρίες!C3"]
    assert again.assigned == {}


def test_marks_of_an_ods_go_when_the_mistake_is_mended(tmp_path):
    out = answered(ods(tmp_path / "p.ods", SHEETS), tmp_path / "a.ods")
    document = Document(out)
    for sheet, cell, value in (("Σεμινάρια", "E2", 20), ("Συνεδρίες", "C3", date(2027, 3, 19))):
        table = document.body.get_table(name=sheet)
        changed = table.get_cell(cell)
        changed.set_value(value)
        table.set_cell(cell, changed)
    document.save(out)
    after = Document(answered(out, tmp_path / "b.ods"))
    assert after.body.get_table(name="Σεμινάρια").get_cell("E2").get_annotations() == []
    assert after.get_cell_background_color("Σεμινάρια", "E2") in (None, "#ffffff")
    assert [t.name for t in after.body.tables] == ["Σεμινάρια", "Συνεδρίες", "Παρατηρήσεις"]
    assert read(tmp_path / "b.ods", ground()).errors == ()


YAML = """\
# Το πρόγραμμά μας
δομή: kepl
σεμινάρια:
  - τίτλος: Ήχος   # νέο
    μορφή: online
    θέσεις: 0
  - κωδικός:   # θα δοθεί
    τίτλος: Φως
    μορφή: online
  - {τίτλος: Χρώμα, μορφή: με άλογο}
"""


def test_yaml_is_answered_with_comments_and_keeps_everything_else(tmp_path):
    (tmp_path / "p.yaml").write_text(YAML, "utf-8")
    out = answered(tmp_path / "p.yaml", tmp_path / "a.yaml")
    assert out.read_text("utf-8").splitlines() == [
        "# Το πρόγραμμά μας",
        "δομή: kepl",
        "σεμινάρια:",
        "  #✎ Προσοχή: Το σεμινάριο δεν έχει ακόμη συνεδρίες.",
        "  - κωδικός: KEPL-26-01",
        "    τίτλος: Ήχος   # νέο",
        "    μορφή: online",
        "    #✎ Λάθος: Οι θέσεις πρέπει να είναι τουλάχιστον 1· αφήστε το κελί κενό αν δεν υπάρχει όριο.",
        "    θέσεις: 0",
        "  - κωδικός: KEPL-26-02  # θα δοθεί",
        "    #✎ Προσοχή: Το σεμινάριο δεν έχει ακόμη συνεδρίες.",
        "    τίτλος: Φως",
        "    μορφή: online",
        "  #✎ Λάθος: Το «με άλογο» δεν είναι μορφή. Γράψτε δια ζώσης, εξ αποστάσεως ή μεικτό.",
        "  #✎ Προσοχή: Το σεμινάριο δεν έχει ακόμη συνεδρίες.",
        "  - {κωδικός: KEPL-26-03, τίτλος: Χρώμα, μορφή: με άλογο}",
    ]


def test_answers_in_yaml_do_not_pile_up(tmp_path):
    (tmp_path / "p.yaml").write_text(YAML, "utf-8")
    first = answered(tmp_path / "p.yaml", tmp_path / "a.yaml")
    second = answered(first, tmp_path / "b.yaml")
    assert sorted(second.read_text("utf-8").split()) == sorted(first.read_text("utf-8").split())
    assert answered(second, tmp_path / "c.yaml").read_text("utf-8") == second.read_text("utf-8")


def test_a_file_that_changed_meanwhile_is_not_answered(tmp_path):
    got = read(xlsx(tmp_path / "p.xlsx", SHEETS), ground())
    xlsx(tmp_path / "p.xlsx", two_sheets([SEMINAR], [SESSION]))
    with pytest.raises(ProgrammeUnreadable, match="changed"):
        mark(got, ground(), tmp_path / "a.xlsx")
    assert not (tmp_path / "a.xlsx").exists()


def test_an_answer_may_be_in_english(tmp_path):
    mark(read(xlsx(tmp_path / "p.xlsx", SHEETS), ground()), ground(), tmp_path / "a.xlsx", "en")
    assert "There must be at least 1 seat" in load_workbook(tmp_path / "a.xlsx")["Σεμινάρια"]["E2"].comment.text


def test_an_answer_leaves_nothing_behind_when_it_cannot_be_written(tmp_path):
    got = read(xlsx(tmp_path / "p.xlsx", SHEETS), ground())
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(OSError, match="directory"):
        mark(got, ground(), tmp_path / "a.xlsx")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "p.xlsx"]
