"""A look into an xlsx or ods package before it is read: what calamine does not tell, and what must not be opened.

Both are zip files with XML inside, sent by people: hostile until parsed (rule 19). Sizes are capped before anything is
unpacked, DTDs and entities are refused. A cell with a value far away from the others (somebody pressed Ctrl+End and
typed a space) would make any reader build a table of millions of cells, so that is found here, too.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError  # types only; parsing is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from kypek_sync.programme.ground import ProgrammeUnreadable

MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
FARTHEST_ROW = 20_000
FARTHEST_COLUMN = 300

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")


@dataclass(slots=True)
class SheetFacts:
    """What the package says of one sheet. Places are (row, column) from 0. `flags`: place → word of a mistake;
    `merges`: first row, first column, last row, last column (ods only: calamine tells those of xlsx)."""

    flags: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """A cell's address, from its place: (6, 3) → D7."""
    letters = ""
    number = column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def place(cell: str) -> tuple[int, int] | None:
    """A cell's place from its address: D7 → (6, 3). None for anything else."""
    found = _ADDRESS.match(cell)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return next((v for k, v in element.attrib.items() if _bare(k) == name), "")


def _far(sheet: str, row: int, column: int, file: Path) -> ProgrammeUnreadable:
    return ProgrammeUnreadable(
        "%(file)s: the sheet «%(sheet)s» has a value far away from the others, in the cell %(cell)s. Delete it and "
        "save the file again.",
        file=file.name,
        sheet=sheet,
        cell=address(row, column),
    )


def _xlsx_sheet(source: IO[bytes], name: str, file: Path) -> SheetFacts:
    facts = SheetFacts()
    row = column = -1
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        tag = _bare(element.tag)
        if event == "start":
            if tag == "row":
                written = element.get("r", "")
                row, column = (int(written) - 1 if written.isdecimal() else row + 1), -1
            elif tag == "c":
                column = (place(element.get("r", "")) or (row, column + 1))[1]
            continue
        if tag == "c":
            inside = {_bare(child.tag): child for child in element}
            filled = any((child.text or len(child)) for key, child in inside.items() if key in ("v", "is"))
            if (filled or "f" in inside) and (row > FARTHEST_ROW or column > FARTHEST_COLUMN):
                raise _far(name, row, column, file)
            if element.get("t") == "e":
                facts.flags[row, column] = "cell-error"
            elif "f" in inside and not filled and element.get("t") != "str":
                facts.flags[row, column] = "formula-empty"
        elif tag == "row":
            element.clear()
    return facts


def _xlsx(package: zipfile.ZipFile, file: Path) -> dict[str, SheetFacts]:
    parts: dict[str, str] = {}
    with package.open("xl/_rels/workbook.xml.rels") as source:
        for _, element in iterparse(source, forbid_dtd=True):
            parts[element.get("Id", "")] = element.get("Target", "")
    facts: dict[str, SheetFacts] = {}
    with package.open("xl/workbook.xml") as source:
        sheets = [e for _, e in iterparse(source, forbid_dtd=True) if _bare(e.tag) == "sheet"]
    for sheet in sheets:
        target = parts.get(_attribute(sheet, "id"), "").lstrip("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        if part in package.namelist():
            with package.open(part) as source:
                facts[sheet.get("name", "")] = _xlsx_sheet(source, sheet.get("name", ""), file)
    return facts


def _repeats(element: Element, name: str) -> int:
    written = _attribute(element, name)
    return max(1, int(written)) if written.isdecimal() and len(written) < 9 else 1


def _ods_cell(element: Element, row: int, column: int, facts: SheetFacts) -> bool:
    """Notes what one cell says; whether it has anything in it."""
    formula = _attribute(element, "formula")
    text = "".join("".join(child.itertext()) for child in element if _bare(child.tag) == "p")
    filled = bool(_attribute(element, "value-type")) or bool(text)
    if formula and not filled:
        facts.flags[row, column] = "formula-empty"
    elif formula and text.startswith(("#", "Err:")):
        facts.flags[row, column] = "cell-error"
    down, across = _repeats(element, "number-rows-spanned"), _repeats(element, "number-columns-spanned")
    if filled and (down > 1 or across > 1):
        facts.merges.append((row, column, row + down - 1, column + across - 1))
    return filled or bool(formula)


def _ods(package: zipfile.ZipFile, file: Path) -> dict[str, SheetFacts]:
    found: dict[str, SheetFacts] = {}
    name, facts, row, column, far = "", SheetFacts(), 0, 0, -1
    with package.open("content.xml") as source:
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            tag = _bare(element.tag)
            if event == "start" and tag == "table":
                name, facts, row = _attribute(element, "name"), SheetFacts(), 0
                found[name] = facts
            elif event == "start" and tag == "table-row":
                column, far = 0, -1
            elif event == "end" and tag in ("table-cell", "covered-table-cell"):
                times = _repeats(element, "number-columns-repeated")
                if _ods_cell(element, row, column, facts):
                    far = column + times - 1
                column += times
            elif event == "end" and tag == "table-row":
                times = _repeats(element, "number-rows-repeated")
                if far >= 0 and (row + times - 1 > FARTHEST_ROW or far > FARTHEST_COLUMN):
                    raise _far(name, row + times - 1, far, file)
                row += times
                element.clear()
    return found


def look_into(file: Path, content: bytes) -> dict[str, SheetFacts]:
    """Sheet name → what the package in `content` says of it; `file` only names it.

    Raises `ProgrammeUnreadable` for a package that is damaged, too large, protected with a password, or has a DTD.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
                raise ProgrammeUnreadable("%(file)s is too large for a programme.", file=file.name)
            names = set(package.namelist())
            if "xl/workbook.xml" in names:
                return _xlsx(package, file)
            if "content.xml" in names:
                with package.open("META-INF/manifest.xml") as manifest:
                    if b"encryption-data" in manifest.read(MOST_BYTES):
                        raise ProgrammeUnreadable(
                            "%(file)s is protected with a password. Save it without one and send it again.",
                            file=file.name,
                        )
                return _ods(package, file)
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException, EOFError, NotImplementedError) as why:
        raise ProgrammeUnreadable(
            "%(file)s is damaged and cannot be read (%(why)s). Open it, save it again and send the new file.",
            file=file.name,
            why=type(why).__name__,
        ) from why
    raise ProgrammeUnreadable("%(file)s is not a programme: give an xlsx, ods, csv or yaml file.", file=file.name)
