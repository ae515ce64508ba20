"""Which rows make one seminar.

Two sheets: a row of seminars, and the rows of sessions that name its code (an empty code repeats the one above). One
sheet: a row with a title starts a seminar and may have its first session beside it; rows that follow with the same
code, or with neither code nor title, or with the same title and no code, are further sessions of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kypek_sync.programme.headings import SESSION_HEADINGS, Field
from kypek_sync.programme.letters import nearest, squeeze
from kypek_sync.programme.tables import Row, Tables
from kypek_sync.programme.tray import Tray

_OF_SESSION = tuple(SESSION_HEADINGS)
_OF_SEMINAR = (
    Field.DESCRIPTION,
    Field.FORM,
    Field.CAPACITY,
    Field.MINIMUM,
    Field.HOURS,
    Field.SPECIALTIES,
    Field.DIRECTORATES,
    Field.UNITS,
    Field.OPENS,
    Field.CLOSES,
    Field.TRAINERS,
    Field.PLATFORM,
    Field.COURSE,
    Field.STRUCTURE,
    Field.PARTS,
)
_MOST_SUGGESTIONS = 20  # looking for a near code takes long in a large programme
_MAKES_SESSION = (Field.DATE, Field.STARTS, Field.ENDS)


@dataclass(slots=True)
class Entry:
    """A seminar's row with the rows of its sessions. `beside`: how many of the first sessions stand in the seminar's
    own row or its continuations (one-sheet form). `code` is filled in later."""

    row: Row
    sessions: list[Row] = field(default_factory=list)
    beside: int = 0
    code: str = ""


def code_text(row: Row) -> str:
    """A row's code as it was typed; a number keeps no decimals."""
    value = row.cell(Field.CODE).value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def title_text(row: Row) -> str:
    """A row's title as titles are compared."""
    value = row.cell(Field.TITLE).value
    return "" if value is None else squeeze(str(value))


def _continues(row: Row, entry: Entry | None) -> bool:
    if entry is None:
        return False
    code, title = code_text(row).casefold(), title_text(row)
    same_title = not title or title == title_text(entry.row)
    if code:
        return code == code_text(entry.row).casefold() and same_title and row.has_any(_MAKES_SESSION)
    return same_title and row.has_any(_OF_SESSION if not title else _MAKES_SESSION)


def _differing(row: Row, entry: Entry, tray: Tray) -> None:
    for column in _OF_SEMINAR:
        cell, first = row.cell(column), entry.row.cell(column)
        if cell.value is not None and cell.shown != first.shown and column is not Field.FORM:
            tray.add("repeated-differs", cell, code_text(entry.row), row=str(entry.row.source.row))


def _from_seminars(rows: Iterable[Row], tray: Tray) -> list[Entry]:
    entries: list[Entry] = []
    first_of: dict[str, Entry] = {}
    for row in rows:
        code = code_text(row).casefold()
        owner = first_of.get(code) if code else (entries[-1] if entries else None)
        if owner is None or not _continues(row, owner):
            owner = Entry(row)
            entries.append(owner)
            first_of.setdefault(code, owner)
        else:
            _differing(row, owner, tray)
        if row.has_any(_MAKES_SESSION) or (owner.row is not row and row.has_any(_OF_SESSION)):
            owner.sessions.append(row)
            owner.beside += 1
    return entries


def _add_sessions(rows: Iterable[Row], entries: Sequence[Entry], tray: Tray) -> None:
    """Puts rows of the sessions' sheet to their seminars."""
    by_code = {code_text(e.row).casefold(): e for e in reversed(entries) if code_text(e.row)}
    titles = Counter(title_text(e.row) for e in entries)
    by_title = {title_text(e.row): e for e in entries if titles[title_text(e.row)] == 1}
    near: dict[str, str] = {}
    latest: Entry | None = None
    lost = False
    for row in rows:
        code, title = code_text(row), title_text(row)
        if code:
            latest = by_code.get(code.casefold())
            lost = latest is None
            if lost:
                if code not in near and len(near) < _MOST_SUGGESTIONS:
                    near[code] = nearest(code, [code_text(e.row) for e in entries])
                tray.add("session-orphan", row.cell(Field.CODE), code, suggestion=near.get(code, ""))
        elif title:
            latest = by_title.get(title) or by_code.get(str(row.cell(Field.TITLE).value).casefold())
            lost = False
        if latest:
            latest.sessions.append(row)
        elif not code and not lost:
            tray.add("session-without-seminar", row.cell(Field.CODE))


def grouped(tables: Tables, tray: Tray) -> list[Entry]:
    """The seminars of a spreadsheet with their sessions' rows, in the order of the file."""
    entries = _from_seminars(tables.seminars.rows if tables.seminars else (), tray)
    if tables.sessions:
        _add_sessions(tables.sessions.rows, entries, tray)
    return entries
