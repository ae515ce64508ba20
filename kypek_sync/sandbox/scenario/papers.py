"""Writes the programmes as officers hand them in: an xlsx, an ods, and YAML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from pathlib import Path

from odfdo import Cell, Document, Row, Table
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from ruamel.yaml import YAML

from kypek_sync.sandbox.scenario.plans import STRUCTURES, SeminarPlan
from kypek_sync.sandbox.scenario.words import (
    SEMINAR_COLUMNS,
    SEMINARS_SHEET,
    SESSION_COLUMNS,
    SESSIONS_SHEET,
    Value,
    seminar_row,
    session_row,
    shown,
)

Rows = list[dict[str, Value]]


def write_programmes(folder: Path, plans: Sequence[SeminarPlan]) -> None:
    """One file for each structure that plans anything, in the form its name says."""
    folder.mkdir(parents=True, exist_ok=True)
    for structure in STRUCTURES:
        own = [plan for plan in plans if plan.structure == structure.id]
        file = folder / structure.programme
        if file.suffix == ".xlsx":
            _xlsx(file, own)
        elif file.suffix == ".ods":
            _ods(file, own)
        else:
            _yaml(file, own, structure.name)


def _sheets(plans: Iterable[SeminarPlan]) -> tuple[tuple[str, tuple[str, ...], Rows], ...]:
    seminars = [seminar_row(plan) for plan in plans]
    sessions = [session_row(plan, session) for plan in plans for session in plan.sessions]
    return (SEMINARS_SHEET, SEMINAR_COLUMNS, seminars), (SESSIONS_SHEET, SESSION_COLUMNS, sessions)


def _xlsx(file: Path, plans: Sequence[SeminarPlan]) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, columns, rows in _sheets(plans):
        sheet: Worksheet = book.create_sheet(name)
        sheet.append(columns)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append([row[column] for column in columns])
        for cells in sheet.iter_rows(min_row=2):
            for cell in cells:
                if isinstance(cell.value, date):
                    cell.number_format = "d/m/yyyy"
                elif isinstance(cell.value, time):
                    cell.number_format = "hh:mm"
        for number, column in enumerate(columns):
            sheet.column_dimensions[chr(65 + number)].width = max(12, min(48, len(column) + 4))
    book.save(file)


def _ods(file: Path, plans: Sequence[SeminarPlan]) -> None:
    document = Document("spreadsheet")
    document.body.clear()
    for name, columns, rows in _sheets(plans):
        table = Table(name)
        table.append_row(_ods_row(columns))
        for row in rows:
            table.append_row(_ods_row([row[column] for column in columns]))
        document.body.append(table)
    document.save(file)


def _ods_row(values: Sequence[Value]) -> Row:
    row = Row()
    for value in values:
        if isinstance(value, time):
            length = timedelta(hours=value.hour, minutes=value.minute)
            row.append_cell(Cell(length, text=f"{value:%H:%M}", cell_type="time"))
        else:
            row.append_cell(Cell(value))
    return row


def _yaml(file: Path, plans: Sequence[SeminarPlan], name: str) -> None:
    seminars = []
    for plan in plans:
        seminar: dict[str, object] = _said(seminar_row(plan))
        sessions = [_said(session_row(plan, session)) for session in plan.sessions]
        seminar["συνεδρίες"] = [{k: v for k, v in session.items() if k != "κωδικός σεμιναρίου"} for session in sessions]
        seminars.append(seminar)
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 4096
    with file.open("w", encoding="utf-8") as target:
        target.write(f"# Σχέδιο δράσης: {name}\n")
        yaml.dump({"σεμινάρια": seminars}, target)


def _said(row: dict[str, Value]) -> dict[str, object]:
    """What is said at all, under its heading in small letters, as one types it."""
    return {column.lower(): shown(value) for column, value in row.items() if value is not None}
