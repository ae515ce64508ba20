"""Reads a list of applicants that an officer hands in: a spreadsheet or csv with a column of logins.

It is taken whole or not at all: a list of which half is in and half is not is worse than none. Without moments of their
own applicants come in the order of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

from kypek_sync.contract import is_personal_number
from kypek_sync.model import FindingLevel, Seminar, SourceRow
from kypek_sync.programme.books import Book, Sheet, file_bytes, kind_of, open_book
from kypek_sync.programme.calendar import Doubt, moment, read_when
from kypek_sync.programme.ground import Mistake, ProgrammeUnreadable
from kypek_sync.programme.letters import nearest, squeeze
from kypek_sync.programme.people import is_login, read_login
from kypek_sync.programme.tables import Cell, cell_of
from kypek_sync.programme.tray import Tray

MOST = 5_000
"""Rows of a list that are read."""
_WITHIN = 30
"""The headings stand in one of the first so many rows."""


class Column(StrEnum):
    """What a column of the list says."""

    LOGIN = "login"
    AT = "at"
    PART = "part"


_HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.LOGIN: (
        *("Λογαριασμός", "Λογαριασμός ΠΣΔ", "Όνομα χρήστη", "Όνομα χρήστη ΠΣΔ", "Χρήστης", "Login", "Username", "uid"),
        *("Όνομα χρήστη (username)", "Όνομα χρήστη ΠΣΔ (username)", "Λογαριασμός ΠΣΔ (username)"),
        *("E-mail", "Email", "Email Address", "Διεύθυνση email", "Διεύθυνση e-mail", "Email ΠΣΔ"),
        "Διεύθυνση ηλεκτρονικού ταχυδρομείου",
    ),
    Column.AT: (
        *("Αίτηση", "Ημερομηνία αίτησης", "Υποβολή", "Ημερομηνία υποβολής", "Χρονική σήμανση"),
        *("Χρονική σφραγίδα", "Ημερομηνία και ώρα", "Timestamp", "Applied", "Submitted"),
    ),
    Column.PART: ("Τμήμα", "Part"),
}
_YEAR_FIRST = re.compile(r"\A(\d{4})/(\d{1,2})/(\d{1,2})(?=\s)")
_ZONE = re.compile(r"\s+(?:EES?T|GMT\+[23](?::00)?)\Z")
"""What a form on the web writes behind the hour: Greek time. A moment in any other is told to be unreadable."""
_SECONDS = re.compile(r"\d:\d\d:([0-5]\d)(?!\d)")
_KNOWN = {squeeze(words): column for column, those in _HEADINGS.items() for words in those}


@dataclass(frozen=True, slots=True)
class Applicant:
    """One row: who, when they applied (aware, UTC), for which part of the seminar (its id), and where it stands.
    `stated`: the row says the moment; else it is that of handing the list in."""

    login: str
    at: datetime
    stated: bool
    part: str
    source: SourceRow


@dataclass(frozen=True, slots=True)
class ApplicantList:
    """What the file says. With an error among the `mistakes` nothing of it may be taken over."""

    file: Path
    applicants: tuple[Applicant, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def errors(self) -> tuple[Mistake, ...]:
        """What must be mended first."""
        return tuple(one for one in self.mistakes if one.level is FindingLevel.ERROR)


def read_applicants(
    file: Path, seminar: Seminar, first_year: int, now: datetime, known: Container[str]
) -> ApplicantList:
    """The applicants in an xlsx, ods, xls or csv file, in the order of its rows. `first_year` is the calendar year in
    which the school year starts; who has no moment of their own applied `now`. `known` holds the logins of the
    directory: a number that is none of them may be somebody's registry or tax number, and is taken for nobody (D-4).

    Raises `ProgrammeUnreadable` where nothing can be read: no such file, another kind, damaged, no column of logins.
    """
    content = file_bytes(file)
    kind = _kind(file, content)
    sheet, top, columns = _headings(file, open_book(file, content, kind))
    tray = Tray()
    found: dict[str, Applicant] = {}
    for count, row in enumerate(_rows(sheet, file.name, top, columns)):
        if count == MOST:
            tray.add("list-too-long", next(iter(row.values())), most=str(MOST))
            break
        later = timedelta(microseconds=count)  # those of one moment come in the order of the rows
        login, at, part = _login(row, known, tray), _at(row, first_year, now, tray), _part(row, seminar, tray)
        cell = row[Column.LOGIN]
        if login in found:
            tray.add("applicant-twice", cell, row=str(found[login].source.row))
        elif login:
            found[login] = Applicant(login, (at or now) + later, at is not None, part, cell.source)
    if not found and not tray.mistakes:
        raise ProgrammeUnreadable("%(file)s names nobody: there is no row below the headings.", file=file.name)
    return ApplicantList(file, tuple(found.values()), tray.mistakes)


def _kind(file: Path, content: bytes) -> str:
    try:
        kind = kind_of(file, content)
    except ProgrammeUnreadable:
        kind = ""
    if kind in ("", "yaml"):
        raise ProgrammeUnreadable(
            "%(file)s is not a list of applicants: give an xlsx, ods or csv file.", file=file.name
        )
    return kind


def _headings(file: Path, book: Book) -> tuple[Sheet, int, dict[Column, int]]:
    """The first visible sheet with a column of logins, the row of its headings, and the columns."""
    for sheet in book.sheets:
        for top, row in enumerate(sheet.rows[:_WITHIN] if sheet.visible else ()):
            columns = _columns(row)
            if Column.LOGIN in columns:
                return sheet, top, columns
    raise ProgrammeUnreadable(
        "%(file)s has no column of logins: write «%(heading)s» above them, in one of the first rows.",
        file=file.name,
        heading=_HEADINGS[Column.LOGIN][0],
    )


def _columns(row: Sequence[object]) -> dict[Column, int]:
    """The known columns of a row of headings: of several of one kind the one whose heading comes first in our list, so
    that a login counts before an address."""
    found: dict[Column, tuple[int, int]] = {}
    for place, value in enumerate(row):
        words = squeeze(value) if isinstance(value, str) else ""
        column = _KNOWN.get(words)
        if column is not None:
            rank = [squeeze(one) for one in _HEADINGS[column]].index(words)
            found[column] = min(found.get(column, (rank, place)), (rank, place))
    return {column: place for column, (_, place) in found.items()}


def _rows(sheet: Sheet, file: str, top: int, columns: Mapping[Column, int]) -> Iterator[dict[Column, Cell]]:
    """The rows in which anything is written, as cells of the known columns."""
    for number in range(top + 1, len(sheet.rows)):
        values = sheet.rows[number]
        flagged = any((number, place) in sheet.flags for place in columns.values())
        if not flagged and not any(value is not None and str(value).strip() for value in values):
            continue
        source = SourceRow(file, sheet.name, number + 1)
        yield {
            column: cell_of(
                *(sheet, source, str(sheet.rows[top][place]).strip(), number, place),
                values[place] if place < len(values) else None,
            )
            for column, place in columns.items()
        }


def _login(row: Mapping[Column, Cell], known: Container[str], tray: Tray) -> str:
    cell = row[Column.LOGIN]
    if cell.flag:
        tray.add(cell.flag, cell)
        return ""
    if cell.value is None:
        tray.add("applicant-missing", cell)
        return ""
    try:
        login = read_login(cell.shown)
    except Doubt:
        login = ""
    if not login or ((is_personal_number(login) or not is_login(login)) and login not in known):
        tray.add("applicant-unreadable", cell, value="")  # it is not repeated
        return ""
    return login


def _at(row: Mapping[Column, Cell], first_year: int, now: datetime, tray: Tray) -> datetime | None:
    """When the row says that they applied; None where it does not."""
    cell = row.get(Column.AT)
    if cell is None or (cell.value is None and not cell.flag):
        return None
    try:
        if cell.flag:
            raise Doubt(cell.flag)
        said, second = _moment_said(cell.value)
        when = read_when(said, first_year)
        at = moment(when.day, when.starts or time()) + second if when.day is not None else None
    except Doubt as doubt:
        if _may_be_a_number(cell.shown):
            tray.add("moment-is-number", cell, value="")  # it is not repeated
        else:
            tray.add(doubt.code, cell, **doubt.values)
        return None
    if at is not None and at > now:
        tray.add("applied-later", cell)
        return None
    return at


def _moment_said(value: object) -> tuple[object, timedelta]:
    """A moment without its seconds, which calendars do not know, and those: of two applications in one minute the one
    that came first must stay the first. A form on the web says them as «2026/10/12 10:34:22 π.μ. EEST»."""
    if isinstance(value, datetime):
        return value.replace(second=0, microsecond=0), timedelta(seconds=value.second, microseconds=value.microsecond)
    if not isinstance(value, str):
        return value, timedelta()
    words = _ZONE.sub("", _YEAR_FIRST.sub(r"\1-\2-\3", value.strip()))
    found = _SECONDS.search(words)
    return words, timedelta(seconds=int(found[1])) if found else timedelta()


def _may_be_a_number(words: str) -> bool:
    """Whether what stands where a moment or a part should may be somebody's registry or tax number."""
    return any(len(figures) >= 5 for figures in re.findall(r"\d+", words.replace(".", "").replace(" ", "")))


def _part(row: Mapping[Column, Cell], seminar: Seminar, tray: Tray) -> str:
    """The id of the part that is named, empty for a seminar without parts."""
    cell = row.get(Column.PART)
    if not seminar.parts:
        return ""
    names = {squeeze(part.name): part.id for part in seminar.parts}
    known = ", ".join(part.name for part in seminar.parts)
    if cell is None or cell.value is None:
        tray.add("applicant-without-part", cell or row[Column.LOGIN], known=known)
        return ""
    if (found := names.get(squeeze(cell.shown))) is None and _may_be_a_number(cell.shown):
        tray.add("applicant-without-part", cell, known=known)  # it is not repeated
        return ""
    if found is None:
        tray.add("part-unknown", cell, known=known, suggestion=nearest(cell.shown, [p.name for p in seminar.parts]))
        return ""
    return found
