"""A CSV export whose heading was read: its whole rows, and what speaks against those that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.csv_export.columns import Columns
from connectors.csv_export.rows import Looked, Row, Unreadable


@dataclass(slots=True)
class Opened:
    """A file whose heading was read: what a look at it showed, its columns, and its rows (once). `ends` is false where
    the settings say that whatever draws the file never ends its last line; `beside` is what speaks against another file
    on which its rows rest, as sentences."""

    looked: Looked
    columns: Columns
    rows: Iterator[Row]
    ends: bool = True
    beside: str = ""
    defects: list[tuple[int, str]] = field(default_factory=list)
    cut: str = ""
    half: Row | None = None
    """The row within which the file ends, once it was met."""

    def whole_rows(self) -> Iterator[Row]:
        """The rows that have as many cells as the heading (more, if those are empty); the others become defects, and
        so does everything behind a row whose quotes do not match.

        Nothing follows the last row of a file that a full disk or a broken line has cut: without a line's end behind
        it, a cell of it may be half a name, so it makes nobody.
        """
        before: Row | None = None
        try:
            for row in self.rows:
                if before is not None and self._is_whole(before):
                    yield before
                before = row
        except Unreadable as error:
            self.cut = error.message
            self.defects.append((0, error.message))
        if before is None:
            return
        if self.cut or self.looked.line_end or (not self.ends and self._has_all_cells(before)):
            if self._is_whole(before):
                yield before
        else:
            self.half = before
            self.cut = f"The export seems cut: line {before.line}, its last one, has no end."
            self.defects.append((before.line, "the row has no end"))

    def why_partial(self) -> str:
        """Why not everybody was seen, as sentences; empty when nothing speaks against it."""
        own = self.cut
        if self.defects and not own:
            own = f"{len(self.defects)} rows of the file could not be read, the first at line {min(self.defects)[0]}."
        return " ".join(why for why in (own, self.beside) if why)

    def _has_all_cells(self, row: Row) -> bool:
        width = self.columns.width
        return len(row.cells) == width or (len(row.cells) > width and not any(row.cells[width:]))

    def _is_whole(self, row: Row) -> bool:
        if self._has_all_cells(row):
            return True
        self.defects.append((row.line, f"the row has {len(row.cells)} cells and the heading {self.columns.width}"))
        return False
