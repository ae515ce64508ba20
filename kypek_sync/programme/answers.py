"""What goes into an answered spreadsheet, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass

AUTHOR = "kypek-sync"
ERROR_COLOUR = "FFC7CE"
WARNING_COLOUR = "FFEB9C"
COMMENT_START = "✎ "


@dataclass(frozen=True, slots=True)
class Note:
    """What is written at one cell: all its mistakes in words, and whether one of them is an error."""

    words: str
    error: bool


@dataclass(frozen=True, slots=True)
class Fill:
    """A value that we give to an empty cell: a code, a session number, or the heading of a column for them."""

    row: int
    column: int
    value: str | int


@dataclass(frozen=True, slots=True)
class Answer:
    """All that goes into an answered spreadsheet. Places are (row, column) from 0, by sheet."""

    notes: dict[str, dict[tuple[int, int], Note]]
    fills: dict[str, list[Fill]]
    summary: str
    headings: tuple[str, ...]
    lines: list[tuple[str, ...]]
