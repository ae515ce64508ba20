"""Marks mistakes in an xlsx workbook: a fill and a comment in the cell, and a sheet that lists them all.

openpyxl keeps sheets, formats, formulas and drop-downs; it does not keep pictures and charts, and results of formulas
come back when the officer opens the file. Our own marks of an earlier answer are known by their author and colour.
"""

from __future__ import annotations

import io
import warnings
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from kypek_sync.programme.answers import (
    AUTHOR,
    COMMENT_START,
    ERROR_COLOUR,
    WARNING_COLOUR,
    Answer,
    Fill,
    Note,
)
from kypek_sync.programme.books import Book
from kypek_sync.programme.headings import FINDINGS_SHEET
from kypek_sync.programme.packages import place
from kypek_sync.programme.tables import clean

_OURS = {f"00{ERROR_COLOUR}", f"00{WARNING_COLOUR}"}
_WIDTHS = (12, 16, 8, 24, 18, 100)
_MOST_COLUMNS = 16_384


def write_text(cell: Cell | MergedCell, value: object) -> None:
    """Puts a value into a cell as it is: text that looks like a formula stays text."""
    if isinstance(cell, MergedCell):
        return
    if isinstance(value, str):
        cell.value = clean(value)[:32_767]
        cell.data_type = "s"
    else:
        cell.value = value  # type: ignore[assignment]  # the stubs know fewer kinds of value than openpyxl takes


def _rebuilt(book: Book) -> Workbook:
    """A workbook with the book's values, for files that cannot carry marks themselves."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in book.sheets:
        target = workbook.create_sheet(sheet.name[:31] or "Σεμινάρια")
        for number, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row[:_MOST_COLUMNS], start=1):
                if value is not None:
                    write_text(target.cell(number, column), value)
    return workbook


def _opened(content: bytes, book: Book) -> Workbook:
    if book.kind != "xlsx":
        return _rebuilt(book)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl tells of extensions that it leaves out; the officer need not know
            return load_workbook(io.BytesIO(content))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SyntaxError, BadZipFile):
        # Some writers make packages that calamine reads and openpyxl does not (XML that it refuses is a SyntaxError):
        # these are answered with their values.
        return _rebuilt(book)


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at a place from 0; of merged cells the first, which alone can carry anything."""
    found = sheet.cell(row + 1, column + 1)
    if isinstance(found, MergedCell):
        for merged in sheet.merged_cells.ranges:
            if found.coordinate in merged:
                found = sheet.cell(merged.min_row, merged.min_col)
                break
    if isinstance(found, MergedCell):  # a range that covers its own first cell: let it be a cell of its own
        sheet.unmerge_cells(str(next(r for r in sheet.merged_cells.ranges if found.coordinate in r)))
        found = sheet.cell(row + 1, column + 1)
    return found  # type: ignore[return-value]  # the loop above left no MergedCell


def _without_marks(sheet: Worksheet) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.comment and COMMENT_START in (cell.comment.text or ""):
                kept = cell.comment.text.split(COMMENT_START)[0].strip()
                cell.comment = Comment(kept, cell.comment.author or "") if kept else None
                if str(cell.fill.fgColor.rgb) in _OURS:
                    cell.fill = PatternFill()


def _note(cell: Cell, note: Note) -> None:
    before = f"{cell.comment.text.strip()}\n\n" if cell.comment and cell.comment.text else ""
    author = cell.comment.author if cell.comment else AUTHOR
    comment = Comment(before + note.words, author or AUTHOR)
    comment.width, comment.height = 380, min(60 + 24 * (len(before + note.words) // 45 + 1), 400)
    cell.comment = comment
    cell.fill = PatternFill("solid", fgColor=ERROR_COLOUR if note.error else WARNING_COLOUR)


def _fill(sheet: Worksheet, fill: Fill) -> None:
    cell = sheet.cell(fill.row + 1, fill.column + 1)
    if not isinstance(cell, MergedCell) and cell.value is None:
        cell.value = fill.value


def _findings(workbook: Workbook, answer: Answer) -> None:
    name = FINDINGS_SHEET
    for sheet in [s for s in workbook.worksheets if s.title.startswith(FINDINGS_SHEET)]:
        if sheet.sheet_properties.codeName == AUTHOR.replace("-", "_"):
            workbook.remove(sheet)
        else:
            name = f"{FINDINGS_SHEET} ελέγχου"
    target = workbook.create_sheet(name)
    target.sheet_properties.codeName = AUTHOR.replace("-", "_")
    write_text(target.cell(1, 1), answer.summary)
    target.cell(1, 1).font = Font(bold=True)
    if not answer.lines:
        return
    for column, (words, width) in enumerate(zip(answer.headings, _WIDTHS, strict=True), start=1):
        write_text(target.cell(3, column), words)
        target.cell(3, column).font = Font(bold=True)
        target.column_dimensions["ABCDEF"[column - 1]].width = width
    known = {sheet.title for sheet in workbook.worksheets}
    for number, line in enumerate(answer.lines, start=4):
        for column, words in enumerate(line, start=1):
            write_text(target.cell(number, column), words)
        target.cell(number, len(line)).alignment = Alignment(wrap_text=True, vertical="top")
        sheet_name, cell_name = line[1], line[2]
        if sheet_name in known and place(cell_name):
            quoted = sheet_name.replace("'", "''")
            there = f"'{quoted}'!{cell_name}"
            target.cell(number, 3).hyperlink = Hyperlink(ref=f"C{number}", location=there)
            target.cell(number, 3).font = Font(underline="single", color="0563C1")
    target.freeze_panes = "A4"


def marked(content: bytes, book: Book, answer: Answer) -> bytes:
    """The workbook with its marks, as a file's content."""
    workbook = _opened(content, book)
    by_name = {sheet.title: sheet for sheet in workbook.worksheets}
    if book.kind == "csv":
        by_name[""] = workbook.worksheets[0]
    for sheet in by_name.values():
        _without_marks(sheet)
    for name, fills in answer.fills.items():
        for fill in fills if name in by_name else ():
            _fill(by_name[name], fill)
    for name, notes in answer.notes.items():
        for (row, column), note in notes.items() if name in by_name else ():
            _note(_cell(by_name[name], row, column), note)
    _findings(workbook, answer)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()
