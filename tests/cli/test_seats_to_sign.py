"""`seats export` as a list that a trainer prints and has signed, in both kinds of workbook."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from odfdo import Document
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from kypek_sync.cli import seats_books, seats_pages
from kypek_sync.cli.seats_pages import Named
from kypek_sync.language import speaker
from kypek_sync.model import Part, Session, Status
from tests.cli.conftest import Terminal
from tests.seminar.builders import NOON, seminar
from tests.sync.centre import Centre

CODE = "EKFE-26-01"
ANNA = Named("Νίκου", "Άννα", "ΠΕ86", "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ")


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_those_with_a_seat_are_listed_to_sign_under_title_and_dates(
    full: Centre, kypek: Terminal, tmp_path: Path, kind: str
) -> None:
    kypek("sync")
    file = tmp_path / f"seats.{kind}"
    assert kypek("seats", "export", CODE, "-o", file, language="el").code == 0
    book = CalamineWorkbook.from_path(str(file))
    assert book.sheet_names == ["Παρουσίες", CODE]
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert [row[0] for row in rows[:4]] == [
        f"Σεμινάριο {CODE}",
        f"ΚΥΠΕΚ Α΄ Αθήνας · {CODE}",
        "1η συνεδρία: 03/03/2027 17:00-20:00, ΕΚΦΕ",
        "Επιμορφωτές και επιμορφώτριες: Όνομα Trainer1",
    ]
    assert rows[5] == ["Α/Α", "Επώνυμο", "Όνομα", "Ειδικότητα", "Μονάδα", "Υπογραφή 03/03/2027"]
    assert [(row[0], row[1], row[5]) for row in rows[6:8]] == [("1", "Teacher1", ""), ("2", "Teacher2", "")]
    assert [row[0] for row in rows[8:]] == ["", "Υπογραφή επιμορφωτή/επιμορφώτριας: ____________________"]
    assert [row[3] for row in book.get_sheet_by_index(1).to_python()][1:3] == ["teacher1", "teacher2"]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_is_exported_can_be_imported_again(full: Centre, kypek: Terminal, tmp_path: Path, kind: str) -> None:
    kypek("sync")
    kypek("seats", "export", CODE, "-o", tmp_path / f"seats.{kind}", language="el")
    again = kypek("seats", "import", CODE, tmp_path / f"seats.{kind}")
    assert (again.code, "Apply already and stay as they are: 5." in again.out) == (0, True)


def test_both_kinds_are_landscape_and_repeat_the_headings_on_every_page() -> None:
    pages = list(seats_pages.to_sign(seminar(), "ΚΥΠΕΚ", {"": [ANNA]}, {}, speaker("el")))
    book = load_workbook(_file(seats_books.xlsx(pages)))
    sheet = book.worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape",
        1,
        0,
    )
    assert sheet.print_title_rows == f"${pages[0].top + 1}:${pages[0].top + 1}"
    document = Document(_file(seats_books.ods(pages)))
    (headings,) = document.body.get_elements("//table:table-header-rows")
    assert "Επώνυμο" in headings.serialize()
    layouts = document.get_styles(family="page-layout")
    assert all("landscape" in layout.serialize() for layout in layouts)


def test_each_part_has_a_list_of_its_own_and_five_meetings_a_page() -> None:
    parts = (Part("am", "πρωινό"), Part("pm", "απογευματινό"), Part("off", "βραδινό", status=Status.CANCELLED))
    meetings = tuple(
        Session(n, NOON + timedelta(days=n), NOON + timedelta(days=n, hours=1), part="am") for n in range(1, 8)
    )
    off = replace(meetings[0], number=9, status=Status.CANCELLED)
    it = replace(seminar(), parts=parts, sessions=(*meetings, off))
    pages = list(seats_pages.to_sign(it, "ΚΥΠΕΚ", {one.id: [ANNA] for one in parts}, {}, speaker("el")))
    assert [(one.name, len(one.headings) - 5) for one in pages] == [
        ("Παρουσίες πρωινό 1", 5),
        ("Παρουσίες πρωινό 2", 2),
        ("Παρουσίες απογευματινό", 1),
    ]


def test_names_of_sheets_are_such_as_every_spreadsheet_takes() -> None:
    page = seats_pages.applications("α[1]:*?/" + "x" * 40, ("Α",), [("=1+1",)])
    sheets = load_workbook(_file(seats_books.xlsx([page, page]))).worksheets
    assert [one.title for one in sheets] == [("α1" + "x" * 40)[:31], ("α1" + "x" * 40)[:28] + " 2"]
    assert sheets[0]["A2"].data_type == "s"
    table = Document(_file(seats_books.ods([page]))).body.get_table(0)
    assert table is not None
    assert (table.get_value((0, 1)), "formula" in table.serialize()) == ("=1+1", False)


def _file(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)
