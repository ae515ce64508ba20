"""The template, empty and from last year's programme."""

from __future__ import annotations

from datetime import date

from openpyxl import load_workbook

from kypek_sync.programme import read, template
from tests.programme.files import SEMINAR, SEMINARS, SESSION, ground, ods, two_sheets, xlsx


def test_the_template_has_every_column_with_an_explanation_in_greek(tmp_path):
    template(tmp_path / "t.xlsx", ground())
    book = load_workbook(tmp_path / "t.xlsx")
    head = book["Σεμινάρια"][1]
    assert tuple(c.value for c in head) == SEMINARS
    assert all(c.comment and any("α" <= letter <= "ω" for letter in c.comment.text) for c in head)
    assert book["Συνεδρίες"]["A1"].value == "Κωδικός σεμιναρίου"
    assert book["Λίστες"].sheet_state == "hidden"
    assert "ΚΕΠΛΗΝΕΤ" in book["Οδηγίες"]["A1"].value


def test_the_template_has_drop_downs_and_limits(tmp_path):
    template(tmp_path / "t.xlsx", ground())
    book = load_workbook(tmp_path / "t.xlsx")
    rules = {str(r.sqref).split(":")[0]: r for r in book["Σεμινάρια"].data_validations.dataValidation}
    assert rules["D2"].type == "list"
    assert rules["E2"].type == "whole"
    assert rules["E2"].formula1 == "1"
    where = rules["D2"].formula1.replace("$", "").split("!")[1]
    assert [c.value for (c,) in book["Λίστες"][where]] == ["Δια ζώσης", "Εξ αποστάσεως", "Μεικτό"]
    where = rules["Q2"].formula1.replace("$", "").split("!")[1]
    assert [c.value for (c,) in book["Λίστες"][where]] == ["eclass", "moodle"]


def test_the_example_row_is_never_read(tmp_path):
    template(tmp_path / "t.xlsx", ground())
    got = read(tmp_path / "t.xlsx", ground())
    assert (got.seminars, got.mistakes, got.held) == ((), (), frozenset())


def test_the_example_is_one_that_would_be_understood(tmp_path):
    template(tmp_path / "t.xlsx", ground())
    book = load_workbook(tmp_path / "t.xlsx")
    book["Σεμινάρια"]["A2"].value = book["Συνεδρίες"]["A2"].value = "KEPL-26-01"
    book.save(tmp_path / "t.xlsx")
    got = read(tmp_path / "t.xlsx", ground())
    assert got.mistakes == ()
    assert len(got.seminars[0].sessions) == 1


LAST = {
    **SEMINAR,
    "Κωδικός": "KEPL-25-07",
    "Έναρξη αιτήσεων": date(2025, 10, 1),
    "Κατάσταση": "ΑΚΥΡΩΘΗΚΕ",
    "Υπάρχον μάθημα": "https://eclass.example.gr/courses/X1/",
    "Ειδικότητες": "ΠΕ86",
}
MEETINGS = [
    {**SESSION, "Κωδικός σεμιναρίου": "KEPL-25-07", "Ημερομηνία": date(2026, 3, 12)},
    {**SESSION, "Κωδικός σεμιναρίου": "KEPL-25-07", "Αριθμός": 2, "Ημερομηνία": date(2026, 3, 19)},
]


def test_a_new_edition_keeps_what_lasts_and_clears_dates_and_codes(tmp_path):
    for kind, make in (("xlsx", xlsx), ("ods", ods)):
        last = make(tmp_path / f"last.{kind}", two_sheets([LAST], MEETINGS))
        template(tmp_path / "t.xlsx", ground(), last_year=last)
        book = load_workbook(tmp_path / "t.xlsx")
        row = dict(zip(SEMINARS, (c.value for c in book["Σεμινάρια"][2]), strict=True))
        assert {k: v for k, v in row.items() if v is not None} == {
            "Τίτλος": "Εισαγωγή στη ρομποτική",
            "Μορφή": "Δια ζώσης",
            "Θέσεις": 25,
            "Ειδικότητες": "ΠΕ86",
            "Επιμορφωτές": "mnikou",
        }
        sessions = [[c.value for c in r] for r in book["Συνεδρίες"].iter_rows(min_row=2, max_row=3)]
        assert [(r[0], r[1], r[2], r[3]) for r in sessions] == [
            (None, "Εισαγωγή στη ρομποτική", 1, None),
            (None, "Εισαγωγή στη ρομποτική", 2, None),
        ]
        assert sessions[0][4].hour == 17


def test_a_new_edition_with_its_dates_filled_in_is_a_proper_programme(tmp_path):
    template(tmp_path / "t.xlsx", ground(), last_year=xlsx(tmp_path / "last.xlsx", two_sheets([LAST], MEETINGS)))
    book = load_workbook(tmp_path / "t.xlsx")
    book["Συνεδρίες"]["D2"].value, book["Συνεδρίες"]["D3"].value = date(2027, 3, 12), "19/3"
    book.save(tmp_path / "t.xlsx")
    got = read(tmp_path / "t.xlsx", ground())
    assert got.mistakes == ()
    assert [s.number for s in got.seminars[0].sessions] == [1, 2]
    assert got.seminars[0].code == "KEPL-26-01"
