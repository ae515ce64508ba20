"""The answer to a programme: the officer's own file, each mistake marked where it is, missing codes filled in.

An xlsx is answered with xlsx, an ods with ods, YAML with the same YAML plus comments; csv and old xls, which can hold
no comments, with an xlsx of their values. Marks of an earlier answer are taken away first, so the same file can go back
and forth. The answer is written whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import defaultdict
from pathlib import Path

import kypek_sync.programme.marked_yaml as marked_yaml
from kypek_sync.language import Text, speaker
from kypek_sync.model import Clock, FindingLevel, SourceRow, local, system_clock
from kypek_sync.programme.answers import COMMENT_START, Answer, Fill, Note
from kypek_sync.programme.books import Book, file_bytes, kind_of, open_book
from kypek_sync.programme.ground import Ground, Mistake, ProgrammeUnreadable, Reading
from kypek_sync.programme.headings import SESSION_HEADINGS, Field, heading
from kypek_sync.programme.packages import place
from kypek_sync.programme.tables import Table, recognise
from kypek_sync.programme.tray import Tray

_LEVELS = {FindingLevel.ERROR: "Error", FindingLevel.WARNING: "Warning"}


def findings_lines(reading: Reading, text: Text) -> list[tuple[str, ...]]:
    """The table of all mistakes: level, sheet, cell, column, seminar, what to do."""
    return [
        (text(_LEVELS[m.level]), m.source.sheet, m.cell or str(m.source.row), m.column, m.seminar, m.said(text))
        for m in reading.mistakes
    ]


def summary(reading: Reading, ground: Ground, text: Text) -> str:
    """One sentence on the whole: how many errors and notes, how many seminars are fine."""
    whose = ground.structures.get(ground.structure, ground.structure or ground.kypek)
    if not reading.mistakes:
        return text(
            "Programme check, %(whose)s, %(year)s: nothing to correct. Seminars: %(seminars)s.",
            whose=whose,
            year=ground.school_year,
            seminars=len(reading.seminars),
        )
    return text(
        "Programme check, %(whose)s, %(year)s. Errors: %(errors)s. Warnings: %(warnings)s. Seminars without an error: "
        "%(seminars)s.",
        whose=whose,
        year=ground.school_year,
        errors=len(reading.errors),
        warnings=len(reading.warnings),
        seminars=len(reading.seminars),
    )


def _notes(reading: Reading, text: Text) -> dict[str, dict[tuple[int, int], Note]]:
    by_cell: dict[tuple[str, tuple[int, int]], list[Mistake]] = defaultdict(list)
    for mistake in reading.mistakes:
        where = place(mistake.cell)
        by_cell[mistake.source.sheet, where or (mistake.source.row - 1, 0)].append(mistake)
    notes: dict[str, dict[tuple[int, int], Note]] = defaultdict(dict)
    for (sheet, where), mistakes in by_cell.items():
        words = "\n".join(COMMENT_START + m.said(text) for m in mistakes)
        notes[sheet][where] = Note(words, any(m.level is FindingLevel.ERROR for m in mistakes))
    return notes


def _column_for(table: Table, column: Field, fills: list[Fill], width: int) -> int:
    """The column of a field, or a new one at the right with its heading."""
    if column in table.columns:
        return table.columns[column]
    added = sum(1 for fill in fills if fill.row == table.top)
    fills.append(
        Fill(table.top, width + added, heading(column) if column is Field.CODE else SESSION_HEADINGS[column][1])
    )
    return width + added


def _fills(reading: Reading, book: Book) -> dict[str, list[Fill]]:
    tables = recognise(book, reading.file.name, Tray())
    fills: dict[str, list[Fill]] = defaultdict(list)
    for table in (tables.seminars, tables.sessions):
        if table is None:
            continue
        sheet = next(s for s in book.sheets if s.name == table.sheet)
        width = max(map(len, sheet.rows), default=0)
        several = any(number > 1 for source, number in reading.numbered.items() if source.sheet == table.sheet)
        given: list[tuple[Field, dict[SourceRow, str | int]]] = [(Field.CODE, dict(reading.assigned))]
        if Field.NUMBER in table.columns or several:
            given.append((Field.NUMBER, dict(reading.numbered)))
        for column, values in given:
            rows = [row.source for row in table.rows if row.source in values]
            if rows:
                at = _column_for(table, column, fills[table.sheet], width)
                fills[table.sheet] += [Fill(source.row - 1, at, values[source]) for source in rows]
    return fills


def _answer(reading: Reading, ground: Ground, book: Book, text: Text) -> Answer:
    names = ("Level", "Sheet", "Cell", "Column", "Seminar", "What to do")
    return Answer(
        notes=_notes(reading, text),
        fills=_fills(reading, book),
        summary=summary(reading, ground, text),
        headings=tuple(map(text, names)),
        lines=findings_lines(reading, text),
    )


def safely(out: Path, content: bytes) -> None:
    """Writes a file whole or not at all. Raises `OSError`."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
        Path(name).replace(out)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def answer_suffix(file: Path) -> str:
    """The ending that an answer to this file has: `.xlsx`, `.ods`, `.yaml`. Raises `ProgrammeUnreadable`."""
    kind = kind_of(file, file_bytes(file))
    return {"ods": ".ods", "yaml": ".yaml"}.get(kind, ".xlsx")


def mark(reading: Reading, ground: Ground, out: Path, language: str = "el", clock: Clock = system_clock) -> None:
    """Writes the answer to `reading` as `out`; its parent folder must exist. `answer_suffix` tells the right ending.
    `clock` dates the annotations of an ods.

    Raises `ProgrammeUnreadable` when the file has changed since it was read, `OSError` when `out` cannot be written.
    """
    text = speaker(language)
    content = file_bytes(reading.file)
    if hashlib.sha256(content).hexdigest() != reading.sha256:
        raise ProgrammeUnreadable(
            "%(file)s changed while it was being checked. Check it again.", file=reading.file.name
        )
    kind = kind_of(reading.file, content)
    if kind == "yaml":
        safely(out, marked_yaml.marked(reading, content, text))
        return
    book = open_book(reading.file, content, kind)
    answer = _answer(reading, ground, book, text)
    # Their libraries are large, and a daemon that only reads programmes starts without them.
    if kind == "ods":
        from kypek_sync.programme import marked_ods

        safely(out, marked_ods.marked(content, answer, local(clock())))
    else:
        from kypek_sync.programme import marked_xlsx

        safely(out, marked_xlsx.marked(content, book, answer))
