"""An empty programme as a workbook with drop-downs, an example row and explanations; or last year's, made ready."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kypek_sync.language import Text, speaker
from kypek_sync.model import Form, Status
from kypek_sync.programme.answers import AUTHOR
from kypek_sync.programme.approval import SAMPLES
from kypek_sync.programme.audience import ROLES, UNIT_KINDS, directorate_names
from kypek_sync.programme.calendar import shown
from kypek_sync.programme.explanations import EXPLANATIONS, GUIDE
from kypek_sync.programme.ground import Ground
from kypek_sync.programme.grouping import Entry
from kypek_sync.programme.headings import (
    EXAMPLE_CODE,
    GUIDE_SHEET,
    LISTS_SHEET,
    SEMINAR_HEADINGS,
    SEMINARS_SHEET,
    SESSIONS_SHEET,
    Field,
    heading,
)
from kypek_sync.programme.kept_seats import without_dates
from kypek_sync.programme.marked_xlsx import write_text
from kypek_sync.programme.marking import safely
from kypek_sync.programme.packages import address
from kypek_sync.programme.parts import for_another_year
from kypek_sync.programme.reading import entries_of
from kypek_sync.programme.rows import ENFORCEMENTS, FORMS, STATUSES, TAKEN_AT
from kypek_sync.programme.specialties import law
from kypek_sync.programme.tables import Row
from kypek_sync.programme.tray import Tray

SEMINAR_COLUMNS = tuple(SEMINAR_HEADINGS)
SESSION_COLUMNS = (
    Field.CODE,
    Field.TITLE,
    Field.NUMBER,
    Field.DATE,
    Field.STARTS,
    Field.ENDS,
    Field.SESSION_FORM,
    Field.PLACE,
    Field.TOPIC,
    Field.SESSION_STATUS,
    Field.PART,
)
_SESSION_WORDS = {Field.CODE: "Κωδικός σεμιναρίου", Field.TITLE: "Τίτλος σεμιναρίου"}
_NOT_AGAIN = frozenset(
    {
        Field.CODE,
        Field.OPENS,
        Field.CLOSES,
        Field.COURSE,
        Field.STATUS,
        Field.DATE,
        Field.SESSION_STATUS,
        Field.DECIDE,
        Field.LEAVE_BY,
    }
)
_WIDE = {
    Field.PARTS: 35,
    Field.TITLE: 45,
    Field.DESCRIPTION: 50,
    Field.TRAINERS: 35,
    Field.TOPIC: 35,
    Field.PLACE: 30,
    Field.UNITS: 30,
    Field.PRIORITY: 35,
}
_ROWS = 2_000
_DATE, _CLOCK = "dd/mm/yyyy", "hh:mm"


def _words(sheet_fields: Sequence[Field], field: Field) -> str:
    return _SESSION_WORDS.get(field, heading(field)) if sheet_fields is SESSION_COLUMNS else heading(field)


def _head(sheet: Worksheet, columns: Sequence[Field], text: Text) -> None:
    for number, field in enumerate(columns, start=1):
        cell = sheet.cell(1, number)
        write_text(cell, _words(columns, field))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        comment = Comment(text(EXPLANATIONS[field]), AUTHOR)
        comment.width, comment.height = 360, 140
        cell.comment = comment
        letters = address(0, number - 1)[:-1]
        sheet.column_dimensions[letters].width = _WIDE.get(field, 18)
        shape = _DATE if field in (Field.DATE, Field.OPENS, Field.CLOSES, Field.DECIDE, Field.LEAVE_BY) else None
        shape = _CLOCK if field in (Field.STARTS, Field.ENDS) else shape
        for row in range(2, 202) if shape else ():
            sheet.cell(row, number).number_format = shape or "General"
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "C2"


def _lists(workbook: Workbook, ground: Ground) -> dict[Field, str]:
    """Writes the lists of the drop-downs in a hidden sheet; field → where its list is."""
    lists: dict[Field, list[str]] = {
        Field.FORM: [words[0] for words in FORMS.values()],
        Field.APPLICATIONS: [words[0] for words in TAKEN_AT.values()],
        Field.APPROVAL: list(SAMPLES),
        Field.ENFORCEMENT: [words[0] for words in ENFORCEMENTS.values()],
        Field.STATUS: [STATUSES[Status.CANCELLED][0], STATUSES[Status.PLANNED][0]],
        Field.STRUCTURE: list(ground.structures.values()),
        Field.PLATFORM: list(ground.platforms),
        Field.ROLES: [words[0] for words in ROLES.values()],
        Field.UNIT_KINDS: [words[0] for words in UNIT_KINDS.values()],
        Field.DIRECTORATES: list(directorate_names().values()),
        Field.SPECIALTIES: list(law().codes),
    }
    sheet = workbook.create_sheet(LISTS_SHEET)
    sheet.sheet_state = "hidden"
    places: dict[Field, str] = {}
    for number, (field, words) in enumerate(lists.items(), start=1):
        write_text(sheet.cell(1, number), heading(field))
        for row, word in enumerate(words, start=2):
            write_text(sheet.cell(row, number), word)
        letters = address(0, number - 1)[:-1]
        if words:
            places[field] = f"'{LISTS_SHEET}'!${letters}$2:${letters}${len(words) + 1}"
    places[Field.SESSION_FORM], places[Field.SESSION_STATUS] = places[Field.FORM], places[Field.STATUS]
    return places


def _validate(sheet: Worksheet, columns: Sequence[Field], lists: dict[Field, str], text: Text) -> None:
    """Drop-downs and limits. Where several values or a synonym may be typed, the drop-down does not insist."""
    for number, field in enumerate(columns, start=1):
        rule: DataValidation | None = None
        if field in lists:
            rule = DataValidation("list", formula1=lists[field], allow_blank=True, showErrorMessage=False)
        elif field is Field.CAPACITY:
            rule = DataValidation("whole", operator="greaterThanOrEqual", formula1="1", allow_blank=True)
            rule.error = text("Write a whole number from 1, or leave it empty if there is no limit.")
            rule.errorTitle, rule.showErrorMessage = heading(field), True
        elif field is Field.MINIMUM:
            rule = DataValidation("whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
            rule.error, rule.showErrorMessage = text("Write a whole number."), True
        if rule:
            letters = address(0, number - 1)[:-1]
            rule.add(f"{letters}2:{letters}{_ROWS}")
            sheet.add_data_validation(rule)


def _example(ground: Ground) -> tuple[dict[Field, object], dict[Field, object]]:
    first = date(ground.first_year, 11, 18)
    own = ground.structures.get(ground.structure, next(iter(ground.structures.values()), ""))
    seminar: dict[Field, object] = {
        Field.CODE: EXAMPLE_CODE,
        Field.TITLE: "Εισαγωγή στη ρομποτική",
        Field.DESCRIPTION: "Πρώτα βήματα με αισθητήρες και απλά προγράμματα.",
        Field.FORM: FORMS[Form.IN_PERSON][0],
        Field.CAPACITY: 25,
        Field.MINIMUM: 10,
        Field.HOURS: 3,
        Field.SPECIALTIES: "ΠΕ86, ΠΕ04",
        Field.OPENS: date(ground.first_year, 10, 19),
        Field.CLOSES: date(ground.first_year, 11, 6),
        Field.TRAINERS: "Μαρία Νίκου <mnikou@example.gr>",
        Field.PLATFORM: next(iter(ground.platforms), ""),
        Field.STRUCTURE: own,
    }
    session: dict[Field, object] = {
        Field.CODE: EXAMPLE_CODE,
        Field.TITLE: seminar[Field.TITLE],
        Field.NUMBER: 1,
        Field.DATE: first,
        Field.STARTS: time(17),
        Field.ENDS: time(20),
        Field.SESSION_FORM: FORMS[Form.IN_PERSON][0],
        Field.PLACE: "Αίθουσα πολλαπλών χρήσεων",
    }
    return seminar, session


def _write(sheet: Worksheet, row: int, columns: Sequence[Field], values: dict[Field, object], *, example: bool) -> None:
    for number, field in enumerate(columns, start=1):
        value = values.get(field)
        if value is None or value == "":
            continue
        cell = sheet.cell(row, number)
        write_text(cell, value)
        if example:
            cell.font = Font(italic=True, color="808080")
        if isinstance(value, date) and not isinstance(value, datetime):
            cell.number_format = _DATE
        elif isinstance(value, time):
            cell.number_format = _CLOCK
        elif isinstance(value, str) and "\n" in value:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _guide(workbook: Workbook, ground: Ground, text: Text) -> None:
    sheet = workbook.create_sheet(GUIDE_SHEET)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 110
    own = ground.structures.get(ground.structure, "")
    write_text(sheet.cell(1, 1), text("Programme of %(structure)s, %(year)s", structure=own, year=ground.school_year))
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    row = 3
    for sentence in GUIDE:
        first = shown(date(ground.first_year + 1, 3, 12))
        write_text(sheet.cell(row, 1), text(sentence, example=EXAMPLE_CODE, date=first))
        row += 1
    for columns, name in ((SEMINAR_COLUMNS, SEMINARS_SHEET), (SESSION_COLUMNS, SESSIONS_SHEET)):
        row += 1
        write_text(sheet.cell(row, 1), name)
        sheet.cell(row, 1).font = Font(bold=True)
        for field in columns:
            row += 1
            write_text(sheet.cell(row, 1), _words(columns, field))
            write_text(sheet.cell(row, 2), text(EXPLANATIONS[field]))
            sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top")
        row += 1


def _again(row: Row, columns: Sequence[Field]) -> dict[Field, object]:
    """Last year's values of those columns, without dates, codes and what belonged to last year alone."""
    values = {field: row.cell(field).value for field in columns if field not in _NOT_AGAIN}
    if isinstance(parts := values.get(Field.PARTS), str):
        values[Field.PARTS] = for_another_year(parts)
    if isinstance(kept := values.get(Field.RESERVED), str):
        values[Field.RESERVED] = without_dates(kept)
    for field in (Field.STARTS, Field.ENDS):
        value = values.get(field)
        if isinstance(value, datetime):
            values[field] = value.time()
        elif isinstance(value, date):
            values[field] = None
    return values


def _last_year(entries: Sequence[Entry], seminars: Worksheet, sessions: Worksheet) -> None:
    session_row = 2
    for number, entry in enumerate(entries, start=2):
        own = _again(entry.row, SEMINAR_COLUMNS)
        _write(seminars, number, SEMINAR_COLUMNS, own, example=False)
        for at, row in enumerate(entry.sessions):
            values = _again(row, SESSION_COLUMNS)
            if at < entry.beside:
                values[Field.SESSION_FORM] = values.get(Field.SESSION_FORM) or row.cell(Field.FORM).value
            values[Field.TITLE] = own.get(Field.TITLE)
            values[Field.NUMBER] = values.get(Field.NUMBER) or at + 1
            _write(sessions, session_row, SESSION_COLUMNS, values, example=False)
            session_row += 1


def template(out: Path, ground: Ground, *, last_year: Path | None = None, language: str = "el") -> None:
    """Writes a workbook (xlsx) for the structure's programme of `ground.school_year`, with drop-downs, an example row
    that is never read, and explanations. With `last_year`, a programme in any kind of file, its rows are carried over
    without dates, codes, course addresses and cancellations.

    Raises `ProgrammeUnreadable` when last year's file cannot be read, `OSError` when `out` cannot be written.
    """
    text = speaker(language)
    workbook = Workbook()
    seminars, sessions = workbook.worksheets[0], workbook.create_sheet(SESSIONS_SHEET)
    seminars.title = SEMINARS_SHEET
    _guide(workbook, ground, text)
    lists = _lists(workbook, ground)
    for sheet, columns in ((seminars, SEMINAR_COLUMNS), (sessions, SESSION_COLUMNS)):
        _head(sheet, columns, text)
        _validate(sheet, columns, lists, text)
    if last_year is None:
        for sheet, columns, values in zip(
            (seminars, sessions), (SEMINAR_COLUMNS, SESSION_COLUMNS), _example(ground), strict=True
        ):
            _write(sheet, 2, columns, values, example=True)
    else:
        _last_year(entries_of(last_year, Tray()), seminars, sessions)
    written = io.BytesIO()
    workbook.save(written)
    safely(out, written.getvalue())
