"""Finds the tables of a programme in its sheets: which row has the headings, what each column is, where the rows are.

A table of seminars has a column for the title, one of sessions has a date and no title. Headings may stand anywhere in
the first rows; rows without any value are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kypek_sync.model import SourceRow
from kypek_sync.programme.books import MOST_ROWS, Book, Sheet
from kypek_sync.programme.headings import (
    EXAMPLE_CODE,
    OWN_SHEETS,
    SEMINAR_SHEET_NAMES,
    SESSION_SHEET_NAMES,
    Field,
    heading,
    known_forms,
    names_sheet,
    understood,
)
from kypek_sync.programme.letters import nearest, squeeze
from kypek_sync.programme.packages import address
from kypek_sync.programme.tray import Tray

_HEADINGS_WITHIN = 30
_LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its place. `flag`: the word of a mistake that makes the value worthless, else empty."""

    value: object
    source: SourceRow
    heading: str
    address: str = ""
    flag: str = ""

    @property
    def shown(self) -> str:
        """The value as a person would see it, on one line, cut to a readable length."""
        value = int(self.value) if isinstance(self.value, float) and self.value.is_integer() else self.value
        text = " ".join("" if value is None else str(value).split())
        return text if len(text) <= 60 else text[:59] + "…"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by field. A field that the table lacks has an empty cell with our own heading, placed at the
    row's first cell."""

    source: SourceRow
    cells: Mapping[Field, Cell]

    def cell(self, column: Field) -> Cell:
        """The cell of a field, perhaps an empty one."""
        found = self.cells.get(column)
        if found:
            return found
        first = next(iter(self.cells.values()), None)
        return Cell(None, self.source, heading(column), first.address if first else "")

    def has(self, column: Field) -> bool:
        """Whether something is written there, even something worthless."""
        cell = self.cells.get(column)
        return cell is not None and (cell.value is not None or bool(cell.flag))

    def has_any(self, columns: Sequence[Field]) -> bool:
        """Whether something is written under any of these."""
        return any(map(self.has, columns))


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one sheet. `columns`: field → column (from 0); `top`: the row of the headings (from 0)."""

    sheet: str
    rows: tuple[Row, ...]
    columns: Mapping[Field, int] = field(default_factory=dict)
    top: int = 0


@dataclass(frozen=True, slots=True)
class Tables:
    """What a programme's file holds: its seminars, and its sessions if they have a sheet of their own."""

    seminars: Table | None
    sessions: Table | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    sheet: Sheet
    top: int
    columns: Mapping[Field, int]


def _as_heading(value: object) -> str:
    return value if isinstance(value, str) else ""


def _columns(row: Sequence[object], *, in_sessions: bool) -> dict[Field, int]:
    columns: dict[Field, int] = {}
    for number, value in enumerate(row):
        known = understood(_as_heading(value), in_sessions=in_sessions)
        if known and known is not Field.COUNTER:
            columns.setdefault(known, number)
    return columns


def _find_headings(sheet: Sheet, *, in_sessions: bool) -> _Found | None:
    """The first row, of the first thirty, with the most known headings, if they make a table of that kind."""
    best: _Found | None = None
    wanted = (Field.CODE, Field.TITLE) if in_sessions else (Field.TITLE,)
    for top, row in enumerate(sheet.rows[:_HEADINGS_WITHIN]):
        columns = _columns(row, in_sessions=in_sessions)
        makes = any(f in columns for f in wanted) and len(columns) >= 2 and (not in_sessions or Field.DATE in columns)
        if makes and (best is None or len(columns) > len(best.columns)):
            best = _Found(sheet, top, columns)
    return best


def _at(sheet: Sheet, file: str, row: int, column: int, value: object = None) -> Cell:
    return Cell(value, SourceRow(file, sheet.name, row + 1), str(value or ""), address(row, column))


def _note_headings(found: _Found, file: str, tray: Tray, *, in_sessions: bool) -> None:
    for number, value in enumerate(found.sheet.rows[found.top]):
        words = _as_heading(value).strip()
        if not words:
            continue
        known = understood(words, in_sessions=in_sessions)
        cell = _at(found.sheet, file, found.top, number, words)
        if known is None:
            near = nearest(words, known_forms(in_sessions=in_sessions))
            tray.add("column-unknown", cell, suggestion=near)
        elif known is not Field.COUNTER and found.columns[known] != number:
            tray.add("column-twice", cell)


def _spread(sheet: Sheet, found: _Found, file: str, tray: Tray) -> dict[tuple[int, int], object]:
    """Values of cells merged downwards, for each row that they cover."""
    spread: dict[tuple[int, int], object] = {}
    for first_row, first_column, last_row, last_column in sheet.merges:
        if first_row <= found.top or first_row >= len(sheet.rows) or first_column not in found.columns.values():
            continue
        row = sheet.rows[first_row]
        value = row[first_column] if first_column < len(row) else None
        if value is None:
            continue
        cell = _at(sheet, file, first_row, first_column, _as_heading(found.sheet.rows[found.top][first_column]))
        named = f"{address(first_row, first_column)}:{address(last_row, last_column)}"
        tray.add("merged", cell, range=named)
        for covered in range(first_row + 1, min(last_row, first_row + MOST_ROWS) + 1):
            spread[covered, first_column] = value
    return spread


def cell_of(sheet: Sheet, source: SourceRow, words: str, row: int, column: int, value: object) -> Cell:
    """A cell under the heading `words`, at a row and column that count from 0, with what is worthless in it flagged."""
    flag = sheet.flags.get((row, column), "")
    if isinstance(value, str):
        value = clean(value) or None
        if value and len(value) > _LONGEST:
            flag, value = "cell-long", value[:_LONGEST]
    return Cell(None if flag else value, source, words, address(row, column), flag)


def clean(text: str) -> str:
    """Without control characters, which no foreign system takes, and without spaces around."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n")).strip()


def _is_example(code: Cell | None) -> bool:
    """Whether it is the template's example row, which stays where it is."""
    return code is not None and isinstance(code.value, str) and squeeze(code.value) == squeeze(EXAMPLE_CODE)


def _rows(found: _Found, file: str, tray: Tray) -> Iterator[Row]:
    sheet, spread, read = found.sheet, _spread(found.sheet, found, file, tray), 0
    headings = {f: str(sheet.rows[found.top][n]).strip() for f, n in found.columns.items()}
    for number in range(found.top + 1, len(sheet.rows)):
        values = sheet.rows[number]
        source = SourceRow(file, sheet.name, number + 1)
        cells = {}
        for known, column in sorted(found.columns.items(), key=lambda item: item[1]):
            value = values[column] if column < len(values) else None
            value = spread.get((number, column)) if value is None else value
            cells[known] = cell_of(sheet, source, headings[known], number, column, value)
        if not any(c.value is not None or c.flag for c in cells.values()) or _is_example(cells.get(Field.CODE)):
            continue
        read += 1
        if read > MOST_ROWS:
            tray.add("too-many-rows", next(iter(cells.values())), most=str(MOST_ROWS))
            return
        yield Row(source, cells)


def _table(found: _Found, file: str, tray: Tray, *, in_sessions: bool) -> Table:
    _note_headings(found, file, tray, in_sessions=in_sessions)
    return Table(found.sheet.name, tuple(_rows(found, file, tray)), found.columns, found.top)


def _pick(sheets: Sequence[Sheet], names: tuple[str, ...], *, in_sessions: bool) -> _Found | None:
    """The sheet of that name, else the first with such headings."""
    found = [f for sheet in sheets if (f := _find_headings(sheet, in_sessions=in_sessions))]
    return next((f for f in found if names_sheet(f.sheet.name, names)), found[0] if found else None)


def recognise(book: Book, file: str, tray: Tray) -> Tables:
    """The tables of a spreadsheet; sheets that were set aside are told. Both tables are None when there is none."""
    sheets = [sheet for sheet in book.sheets if not names_sheet(sheet.name, OWN_SHEETS)]
    named = [s for s in sheets if not names_sheet(s.name, SESSION_SHEET_NAMES)]
    seminars = _pick(named, SEMINAR_SHEET_NAMES, in_sessions=False)
    rest = [s for s in sheets if seminars is None or s is not seminars.sheet]
    apart = [s for s in rest if names_sheet(s.name, SESSION_SHEET_NAMES) or not _find_headings(s, in_sessions=False)]
    sessions = _pick(apart, SESSION_SHEET_NAMES, in_sessions=True)
    for sheet in rest:
        if (sessions and sheet is sessions.sheet) or not sheet.visible or not any(map(any, sheet.rows)):
            continue
        if seminars and _find_headings(sheet, in_sessions=False):
            tray.add("second-sheet", _at(sheet, file, 0, 0), sheet=sheet.name, other=seminars.sheet.name)
        else:
            tray.add("stray-sheet", _at(sheet, file, 0, 0), sheet=sheet.name)
    return Tables(
        _table(seminars, file, tray, in_sessions=False) if seminars else None,
        _table(sessions, file, tray, in_sessions=True) if sessions else None,
    )
