"""Writes the pages of `seats export` as xlsx and ods: landscape, as wide as the sheet, the headings on every page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kypek_sync.cli.seats_pages import Page
from kypek_sync.programme.tables import clean

if TYPE_CHECKING:
    from odfdo import Document

_FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")
_LONGEST_NAME = 31
_LETTER = 0.2
"""Centimetres of a letter."""
_HIGH = 0.9
"""Centimetres of a row in which people sign."""
_POINTS = 28.35
"""Points of a centimetre."""


def xlsx(pages: Sequence[Page]) -> bytes:
    """The pages as an xlsx workbook. Nothing in it can run as a formula."""
    from openpyxl import Workbook  # a large library that only this command needs
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    from kypek_sync.programme.marked_xlsx import write_text

    line = Side(style="thin")
    framed = Border(left=line, right=line, top=line, bottom=line)
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for page, name in zip(pages, _names(pages), strict=True):
        sheet = workbook.create_sheet(name)
        for number, words in enumerate(page.above, start=1):
            write_text(sheet.cell(number, 1), words)
            sheet.cell(number, 1).font = Font(bold=number == 1, size=14 if number == 1 else 11)
        for number, row in enumerate((page.headings, *_filled(page)), start=page.top + 1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                write_text(cell, value)
                cell.alignment = Alignment(wrap_text=True, vertical="center")
                cell.border = framed
                cell.font = Font(bold=number == page.top + 1)
            if page.signed:
                sheet.row_dimensions[number].height = _HIGH * _POINTS
        for number, words in enumerate(page.below, start=page.top + len(page.rows) + 3):
            write_text(sheet.cell(number, 1), words)
        for column, width in enumerate(page.widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = f"A{page.top + 2}"
        sheet.print_title_rows = f"{page.top + 1}:{page.top + 1}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.oddFooter.right.text = "&P / &N"
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def ods(pages: Sequence[Page]) -> bytes:
    """The pages as an ods workbook."""
    from odfdo import Cell, Column, Document, Element, Row, Table

    document = Document("spreadsheet")
    document.body.clear()
    for layout in document.get_styles(family="page-layout"):
        for properties in layout.get_elements("style:page-layout-properties"):
            for key, value in _LANDSCAPE.items():
                properties.set_attribute(key, value)
    _ods_styles(document, pages)

    def row_of(cells: Sequence[str], style: str, *, signed: bool = False) -> Row:
        row = Row(style="kypek-high" if signed else None)
        for words in cells:
            row.append_cell(Cell(clean(words), style=style or None) if words else Cell(style=style or None))
        return row

    for page, name in zip(pages, _names(pages), strict=True):
        table = Table(name)
        for width in page.widths:
            table.append(Column(style=f"kypek-{width}"))
        for number, words in enumerate(page.above):
            table.append(row_of((words,), "" if number else "kypek-title"))
        if page.above:
            table.append(row_of(("",), ""))
        repeated = Element.from_tag("table:table-header-rows")
        repeated.append(row_of(page.headings, "kypek-heading", signed=page.signed))
        table.append(repeated)
        for cells in _filled(page):
            table.append(row_of(cells, "kypek-cell", signed=page.signed))
        for words in ("", *page.below):
            table.append(row_of((words,), ""))
        document.body.append(table)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _ods_styles(document: Document, pages: Sequence[Page]) -> None:
    """The styles that the cells, rows and columns of the pages are in."""
    from odfdo import Style

    frame = {"fo:border": "0.5pt solid #000000", "fo:wrap-option": "wrap", "style:vertical-align": "middle"}
    for name, bold, size, of_cell in (
        ("kypek-title", True, "14pt", {}),
        ("kypek-heading", True, "10pt", frame),
        ("kypek-cell", False, "10pt", frame),
    ):
        style = Style("table-cell", name=name)
        style.set_properties({"fo:font-size": size, "fo:font-weight": "bold" if bold else "normal"}, area="text")
        if of_cell:
            style.set_properties(of_cell, area="table-cell")
        document.insert_style(style, automatic=True)
    high = Style("table-row", name="kypek-high")
    high.set_properties({"style:row-height": f"{_HIGH}cm", "style:use-optimal-row-height": "false"}, area="table-row")
    document.insert_style(high, automatic=True)
    for width in {width for page in pages for width in page.widths}:
        column = Style("table-column", name=f"kypek-{width}")
        column.set_properties({"style:column-width": f"{width * _LETTER:.2f}cm"}, area="table-column")
        document.insert_style(column, automatic=True)


_LANDSCAPE = {
    "fo:page-width": "29.7cm",
    "fo:page-height": "21cm",
    "style:print-orientation": "landscape",
    "style:scale-to-X": "1",
    "style:scale-to-Y": "0",
}


def _filled(page: Page) -> list[tuple[str, ...]]:
    """The rows with as many cells as there are headings."""
    return [row + ("",) * (len(page.headings) - len(row)) for row in page.rows]


def _names(pages: Sequence[Page]) -> list[str]:
    """Names that every spreadsheet takes, no two alike in any letters."""
    found: list[str] = []
    for page in pages:
        plain = page.name.translate(_FORBIDDEN).strip()[:_LONGEST_NAME] or "1"
        name, number = plain, 2
        while name.casefold() in {one.casefold() for one in found}:
            name, number = f"{plain[: _LONGEST_NAME - 3]} {number}", number + 1
        found.append(name)
    return found
