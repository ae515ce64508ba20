"""Opens a programme's file, whatever its kind, as sheets of plain cells.

xlsx, ods and old xls are read with calamine; csv with the standard library, in UTF-8, UTF-16 (with its mark) or
windows-1253; YAML has its own module. Kinds are told by content, not by the file's name, except csv and YAML.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kypek_sync.programme.ground import ProgrammeUnreadable
from kypek_sync.programme.packages import MOST_BYTES, SheetFacts, look_into

MOST_ROWS = 5_000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_YAML_NAMES = (".yaml", ".yml")
_NOT_A_PROGRAMME = "%(file)s is not a programme: give an xlsx, ods, csv or yaml file."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows` of values as they were typed (None where there is nothing). Places count from 0."""

    name: str
    rows: Sequence[Sequence[object]]
    flags: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: Sequence[tuple[int, int, int, int]] = ()
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Book:
    """A file's sheets. `kind`: xlsx, ods, xls or csv."""

    kind: str
    sheets: tuple[Sheet, ...]


def file_bytes(file: Path) -> bytes:
    """The file's content. Raises `ProgrammeUnreadable` when it is missing, empty, unreadable or too large."""
    try:
        if file.is_dir():
            raise ProgrammeUnreadable("%(file)s is a folder. Give the programme's file.", file=str(file))
        if file.stat().st_size > MOST_BYTES:
            raise ProgrammeUnreadable("%(file)s is too large for a programme.", file=file.name)
        content = file.read_bytes()
    except FileNotFoundError:
        raise ProgrammeUnreadable("%(file)s: there is no such file. Check the path.", file=str(file)) from None
    except OSError as why:
        raise ProgrammeUnreadable(
            "%(file)s cannot be opened (%(why)s). Check the file's permissions.",
            file=str(file),
            why=why.strerror or type(why).__name__,
        ) from None
    if not content.strip():
        raise ProgrammeUnreadable("%(file)s is empty.", file=file.name)
    return content


def kind_of(file: Path, content: bytes) -> str:
    """The kind of a programme's file: yaml, csv, xlsx, ods or xls. Raises `ProgrammeUnreadable` for another."""
    if content.startswith(_ZIP):
        # An ods package starts with its media type, stored as it is; spreadsheets made by others may not.
        return "ods" if b"opendocument.spreadsheet" in content[:200] or file.suffix.lower() == ".ods" else "xlsx"
    if content.startswith(_OLE):
        return "xls"
    if file.suffix.lower() in _YAML_NAMES:
        return "yaml"
    if file.suffix.lower() in (".csv", ".txt", ".tsv"):
        return "csv"
    raise ProgrammeUnreadable(_NOT_A_PROGRAMME, file=file.name)


def decoded(file: Path, content: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or windows-1253 (the Greek one of Windows)."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1253")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ProgrammeUnreadable("%(file)s is not text in Greek. Save it again as «CSV UTF-8».", file=file.name)


def _separator(text: str) -> str:
    """`;`, `,` or tab: the one most used in the first lines that have any, outside quotes."""
    for line in text.splitlines()[:20]:
        counts = {mark: "".join(line.split('"')[::2]).count(mark) for mark in (";", ",", "\t")}
        best = max(counts, key=lambda mark: counts[mark])
        if counts[best]:
            return best
    return ";"


def _csv(file: Path, content: bytes) -> Book:
    text = decoded(file, content)
    rows: list[Sequence[object]] = []
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)):
            rows.append([cell.strip() or None for cell in line])
            if len(rows) > MOST_ROWS * 4:
                break
    except csv.Error as why:
        raise ProgrammeUnreadable(
            "%(file)s is not a proper csv file (%(why)s). Save it again as «CSV UTF-8».",
            file=file.name,
            why=str(why),
        ) from why
    return Book("csv", (Sheet("", rows),))


def _sheet(sheet: CalamineSheet, facts: SheetFacts, *, visible: bool) -> Sheet:
    table = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS * 4)
    rows = [[None if value == "" else value for value in row] for row in table]
    told = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    return Sheet(sheet.name, rows, facts.flags, told or facts.merges, visible)


def open_book(file: Path, content: bytes, kind: str) -> Book:
    """The sheets of a spreadsheet or csv file. Raises `ProgrammeUnreadable`."""
    if kind == "csv":
        return _csv(file, content)
    facts = look_into(file, content) if kind in ("xlsx", "ods") else {}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = tuple(
                _sheet(
                    book.get_sheet_by_name(about.name),
                    facts.get(about.name, SheetFacts()),
                    visible=about.visible == SheetVisibleEnum.Visible,
                )
                for about in book.sheets_metadata
                if about.typ == SheetTypeEnum.WorkSheet and (about.name in facts or kind == "xls")
            )
    except PasswordError as why:
        raise ProgrammeUnreadable(
            "%(file)s is protected with a password. Save it without one and send it again.", file=file.name
        ) from why
    except (CalamineError, zlib.error, ValueError) as why:
        if kind == "xls" and b"E\0n\0c\0r\0y\0p\0t\0e\0d" in content:
            raise ProgrammeUnreadable(
                "%(file)s is protected with a password. Save it without one and send it again.", file=file.name
            ) from why
        raise ProgrammeUnreadable(
            "%(file)s is damaged and cannot be read (%(why)s). Open it, save it again and send the new file.",
            file=file.name,
            why=str(why) or type(why).__name__,
        ) from why
    return Book(kind, sheets)
