"""Marks mistakes in an ods workbook: a background and an annotation in the cell, and a sheet that lists them all.

A marked cell gets a copy of its own style with another background, under a name that tells the old one, so that dates
go on looking like dates and a mark can be taken away again.
"""

from __future__ import annotations

import io
from datetime import datetime

from odfdo import Annotation, Cell, Document, Style, Table

from kypek_sync.programme.answers import (
    AUTHOR,
    COMMENT_START,
    ERROR_COLOUR,
    WARNING_COLOUR,
    Answer,
    Fill,
    Note,
)
from kypek_sync.programme.headings import FINDINGS_SHEET
from kypek_sync.programme.tables import clean

_PREFIXES = {True: "kypek-e-", False: "kypek-w-"}
_TITLE_STYLE = "kypek-title"


def _style(document: Document, cell: Cell, *, error: bool) -> str:
    """The name of a style like the cell's own, with our background."""
    old = cell.style or ""
    name = _PREFIXES[error] + old
    if document.get_style("table-cell", name) is None:
        own = document.get_style("table-cell", old) if old else None
        style = own.clone if isinstance(own, Style) else Style("table-cell")
        style.name = name
        colour = ERROR_COLOUR if error else WARNING_COLOUR
        style.set_properties({"fo:background-color": f"#{colour}"}, area="table-cell")
        document.insert_style(style, automatic=True)
    return name


def _without_mark(cell: Cell) -> bool:
    """Takes our marks away; whether there were any."""
    found = False
    for annotation in cell.get_annotations():
        words = annotation.note_body
        if COMMENT_START in words:
            found = True
            kept = words.split(COMMENT_START)[0].strip()
            if kept:
                annotation.note_body = kept
            else:
                cell.delete(annotation)
    for prefix in _PREFIXES.values():
        if (cell.style or "").startswith(prefix):
            found = True
            cell.set_style_attribute("table:style-name", (cell.style or "").removeprefix(prefix) or None)
    return found


def _clean(table: Table) -> None:
    for row in table.traverse():
        changed = False
        for cell in row.traverse():
            if _without_mark(cell):
                changed = True
                row.set_cell(cell.x or 0, cell)
        if changed:
            table.set_row(row.y or 0, row)


def _note(document: Document, table: Table, place: tuple[int, int], note: Note, now: datetime) -> None:
    row, column = place
    cell = table.get_cell((column, row))
    before = [a for a in cell.get_annotations() if a.note_body.strip()]
    words = "\n\n".join([*(a.note_body.strip() for a in before), note.words])
    for annotation in before:
        cell.delete(annotation)
    cell.style = _style(document, cell, error=note.error)
    # An annotation stands before the cell's text, else office programmes drop it.
    cell.insert(Annotation(clean(words), creator=AUTHOR, date=now), position=0)
    table.set_cell((column, row), cell)


def _fill(table: Table, fill: Fill) -> None:
    cell = table.get_cell((fill.column, fill.row))
    if cell.value is None:
        cell.set_value(fill.value)
        table.set_cell((fill.column, fill.row), cell)


def _ours(table: Table) -> bool:
    return (table.get_cell((0, 0)).style or "") == _TITLE_STYLE


def _findings(document: Document, answer: Answer) -> None:
    name = FINDINGS_SHEET
    for table in [t for t in document.body.tables if (t.name or "").startswith(FINDINGS_SHEET)]:
        if _ours(table):
            document.body.delete(table)
        else:
            name = f"{FINDINGS_SHEET} ελέγχου"
    if document.get_style("table-cell", _TITLE_STYLE) is None:
        document.insert_style(Style("table-cell", name=_TITLE_STYLE, area="text", bold=True), automatic=True)
    target = Table(name)
    target.set_cell((0, 0), Cell(clean(answer.summary), style=_TITLE_STYLE))
    if answer.lines:
        for column, words in enumerate(answer.headings):
            target.set_cell((column, 2), Cell(words, style=_TITLE_STYLE))
    for number, line in enumerate(answer.lines, start=3):
        for column, words in enumerate(line):
            target.set_cell((column, number), Cell(clean(words)))
    document.body.append(target)


def marked(content: bytes, answer: Answer, now: datetime) -> bytes:
    """The workbook with its marks, as a file's content. `now` (local time) dates the annotations."""
    document = Document(io.BytesIO(content))
    moment = now.replace(tzinfo=None, microsecond=0)
    tables: dict[str, Table] = {t.name or "": t for t in document.body.tables if isinstance(t, Table)}
    for table in tables.values():
        _clean(table)
    for name, fills in answer.fills.items():
        for fill in fills if name in tables else ():
            _fill(tables[name], fill)
    for name, notes in answer.notes.items():
        for place, note in notes.items() if name in tables else ():
            _note(document, tables[name], place, note, moment)
    _findings(document, answer)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
