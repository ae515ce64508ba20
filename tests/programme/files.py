"""Builders of programmes as officers might send them. All names are invented."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from odfdo import Document, Table
from openpyxl import Workbook

from kypek_sync.programme import Ground, Mistake, Reading, read

Rows = Sequence[Sequence[Any]]

SEMINARS = (
    "Κωδικός",
    "Τίτλος",
    "Περιγραφή",
    "Μορφή",
    "Θέσεις",
    "Ελάχιστος αριθμός",
    "Ώρες",
    "Ειδικότητες",
    "Διευθύνσεις",
    "Τύποι μονάδων",
    "Σχολεία",
    "Ρόλοι",
    "Άτομα",
    "Έναρξη αιτήσεων",
    "Λήξη αιτήσεων",
    "Επιμορφωτές",
    "Πλατφόρμα",
    "Υπάρχον μάθημα",
    "Μαθήματα-καθρέφτες",
    "Κατάσταση",
    "Δομή",
    "Τμήματα",
    "Σειρά",
    "Προτεραιότητα",
    "Κρίση αιτήσεων",
    "Κρατημένες θέσεις",
    "Αιτήσεις",
    "Έγκριση",
    "Όσοι απορρίπτονται",
    "Αποχώρηση έως",
)
SESSIONS = (
    "Κωδικός σεμιναρίου",
    "Αριθμός",
    "Ημερομηνία",
    "Ώρα έναρξης",
    "Ώρα λήξης",
    "Μορφή",
    "Χώρος",
    "Θέμα",
    "Κατάσταση",
    "Τμήμα",
)
SEMINAR = {
    "Κωδικός": "KEPL-26-01",
    "Τίτλος": "Εισαγωγή στη ρομποτική",
    "Μορφή": "Δια ζώσης",
    "Θέσεις": 25,
    "Επιμορφωτές": "mnikou",
}
SESSION = {
    "Κωδικός σεμιναρίου": "KEPL-26-01",
    "Αριθμός": 1,
    "Ημερομηνία": date(2027, 3, 12),
    "Ώρα έναρξης": time(17),
    "Ώρα λήξης": time(20),
    "Χώρος": "ΕΚΦΕ",
}


def ground(**changes: Any) -> Ground:
    """What a centre with two structures and two platforms knows."""
    facts: dict[str, Any] = {
        "kypek": "att-a",
        "structure": "kepl",
        "structures": {"kepl": "ΚΕΠΛΗΝΕΤ", "ekfe": "ΕΚΦΕ Αθήνας"},
        "school_year": "2026-2027",
        "platforms": ("eclass", "moodle"),
    }
    return Ground(**(facts | changes))


def table(headings: Sequence[str], *rows: Mapping[str, Any]) -> list[list[Any]]:
    """A sheet with these headings and a row for each mapping of heading → value."""
    return [list(headings), *([row.get(name) for name in headings] for row in rows)]


def two_sheets(seminars: Sequence[Mapping[str, Any]], sessions: Sequence[Mapping[str, Any]]) -> dict[str, Rows]:
    """The full form: «Σεμινάρια» and «Συνεδρίες»."""
    return {"Σεμινάρια": table(SEMINARS, *seminars), "Συνεδρίες": table(SESSIONS, *sessions)}


def workbook(sheets: Mapping[str, Rows]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(number, column).value = value
    return book


def xlsx(file: Path, sheets: Mapping[str, Rows]) -> Path:
    workbook(sheets).save(file)
    return file


def ods(file: Path, sheets: Mapping[str, Rows]) -> Path:
    document = Document("spreadsheet")
    document.body.clear()
    for name, rows in sheets.items():
        target = Table(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, time):
                    value = timedelta(hours=value.hour, minutes=value.minute)
                if value is not None:
                    target.set_value((column, number), value)
        document.body.append(target)
    written = io.BytesIO()
    document.save(written)
    file.write_bytes(written.getvalue())
    return file


def csv(file: Path, rows: Rows, *, encoding: str = "utf-8", separator: str = ";") -> Path:
    def cell(value: Any) -> str:
        if isinstance(value, date) and not isinstance(value, datetime):
            return f"{value.day}/{value.month}/{value.year}"
        if isinstance(value, time):
            return f"{value:%H:%M}"
        text = "" if value is None else str(value)
        return f'"{text}"' if separator in text or "\n" in text else text

    file.write_bytes("\r\n".join(separator.join(map(cell, row)) for row in rows).encode(encoding))
    return file


def reading(tmp_path: Path, sheets: Mapping[str, Rows], **changes: Any) -> Reading:
    """What is read of a workbook with these sheets."""
    return read(xlsx(tmp_path / "programme.xlsx", sheets), ground(**changes))


def found(reading: Reading, code: str) -> Mistake:
    """The only mistake of that kind."""
    [mistake] = [m for m in reading.mistakes if m.code == code]
    return mistake


def codes(reading: Reading) -> set[str]:
    return {m.code for m in reading.mistakes}
