"""Papers as PDF: A4, with letters that have Greek embedded, the same bytes for the same words.

fpdf2 writes them without any library of the system; of Roboto only the letters that a paper uses go into it. It takes
25 MB of memory, so this module is imported where a paper is made, and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import as_file, files
from types import TracebackType

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace, TTFFont

_FAMILY = "roboto"
_FILES = {"": "Roboto-Regular.ttf", "B": "Roboto-Bold.ttf"}
INK, QUIET, RULE, TINT, MARK = (28, 36, 48), (79, 91, 107), (190, 198, 208), (238, 243, 249), (11, 79, 158)
"""Colours, as those of letters."""
_MARGIN = 20.0
"""Millimetres on every side."""
_LEADING = 0.52
"""The height of a line in millimetres for each point of its letters."""
_LONGEST_CELL, _MOST_LINES = 300, 6
"""Characters and lines of a cell: a row that is higher than a page cannot be written at all."""


class Paper(FPDF):
    """A paper under way, as a context manager. `size` is that of its running words, in points; `made` (aware) stands in
    the file."""

    def __init__(self, title: str, author: str, language: str, made: datetime, size: float = 11.0) -> None:
        super().__init__(format="A4")
        for style, file in _FILES.items():
            with as_file(files("font_roboto") / "files" / file) as path:
                self.add_font(_FAMILY, style, path)
        self.size = size
        self.foot = ""
        self.set_margin(_MARGIN)
        self.c_margin = 0.0
        self.set_auto_page_break(True, margin=_MARGIN)
        self.set_creation_date(made)
        self.set_lang(language)
        self.set_title(title)
        self.set_author(author)
        self.add_page()

    def footer(self) -> None:
        """What stands at the foot of every page; fpdf2 asks for it. From the second on its number, too."""
        self.set_y(-_MARGIN + 4)
        self._letters(8, quiet=True)
        self.cell(self.epw - 20, 4, self.foot)
        if self.page_no() > 1:
            self.cell(20, 4, str(self.page_no()), align="R")

    def words(
        self,
        words: str,
        *,
        bold: bool = False,
        quiet: bool = False,
        step: float = 0.0,
        align: str = "L",
        gap: float = 2.0,
    ) -> None:
        """A paragraph over the whole width, `step` points larger than the running words; `gap`: millimetres below."""
        size = self._letters(self.size + step, bold=bold, quiet=quiet)
        height = size * _LEADING
        self.multi_cell(self.epw, height, words, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(gap)

    def heading(self, words: str) -> None:
        """The heading of a table, which begins on the next page where hardly anything of it has room on this one."""
        if self.get_y() > self.h - self.b_margin - 35:
            self.add_page()
        self.words(words, bold=True, step=2.5, gap=1)

    def facts(self, rows: Sequence[tuple[str, str]], width: float = 34.0) -> None:
        """Lines of a name and what it stands for, the names in a column of `width` millimetres."""
        for name, words in rows:
            height = self._letters(self.size, quiet=True) * _LEADING
            top = self.get_y()
            self.multi_cell(width, height, name, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
            self._letters(self.size, bold=True)
            self.set_xy(self.l_margin + width, top)
            self.multi_cell(self.epw - width, height, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.ln(0.8)
        self.ln(2)

    def rows(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        room: float,
        *,
        strong: int = -1,
    ) -> None:
        """A table: `widths` are shares, `room` millimetres above and below the words of a row, `strong` the number of
        a column in bold letters."""
        size = self._letters(self.size)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        with self.table(
            col_widths=tuple(widths),
            text_align="LEFT",
            borders_layout="HORIZONTAL_LINES",
            line_height=size * _LEADING * 0.92,
            padding=(room, 1.5, room, 1.5),
            headings_style=FontFace(emphasis="BOLD", color=INK, fill_color=TINT),
        ) as table:
            for cells in (heads, *rows):
                line = table.row()
                for place, one in enumerate(cells):
                    line.cell(
                        _within_a_page(one),
                        style=FontFace(emphasis="BOLD") if place == strong and cells is not heads else None,
                    )
        self.ln(3)

    def rule(self, gap: float = 5.0) -> None:
        """A line across."""
        self.set_draw_color(*MARK)
        self.set_line_width(0.5)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(gap)

    def __enter__(self) -> Paper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()  # its file stays open otherwise

    @property
    def bytes(self) -> bytes:
        """The file. Nothing can be added afterwards."""
        return bytes(self.output())

    def _letters(self, size: float, *, bold: bool = False, quiet: bool = False) -> float:
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(*(QUIET if quiet else INK))
        return size


def _within_a_page(words: str) -> str:
    """The words of a cell, cut where they would fill a page: the whole of them stands on the seminar's page."""
    lines = words.split("\n")
    short = "\n".join(lines[:_MOST_LINES])
    if len(lines) <= _MOST_LINES and len(short) <= _LONGEST_CELL:
        return words
    return f"{short[:_LONGEST_CELL].rstrip()} …"
