"""Where the mistakes of one reading are gathered, so that all of them are told at once."""

from __future__ import annotations

from typing import Protocol

from kypek_sync.model import FindingLevel, SourceRow
from kypek_sync.programme.ground import Mistake
from kypek_sync.programme.wording import WORDING


class Place(Protocol):
    """What a mistake needs of the cell where it is."""

    @property
    def source(self) -> SourceRow: ...
    @property
    def heading(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def shown(self) -> str: ...


class Tray:
    """Collects mistakes in the order in which they are found; the same one at the same place counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[SourceRow, str, str, str], Mistake] = {}

    def add(self, code: str, cell: Place, seminar: str = "", **values: str) -> None:
        """Notes a mistake of `wording.WORDING`. `value` is the cell's own content unless given."""
        wording = WORDING[code]
        near = bool(wording.near and values.get("suggestion"))
        filled = {"column": cell.heading, "value": cell.shown, **values}
        mistake = Mistake(
            source=cell.source,
            column=cell.heading,
            cell=cell.address,
            code=code,
            message=wording.near if near else wording.message,
            level=wording.level,
            seminar=seminar,
            values=filled,
        )
        self._found.setdefault((cell.source, cell.address + cell.heading, code, filled["value"]), mistake)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """All of them, by sheet and row."""
        return tuple(sorted(self._found.values(), key=lambda m: (m.source.sheet, m.source.row)))

    @property
    def held(self) -> frozenset[str]:
        """Codes of the seminars that have an error."""
        return frozenset(m.seminar for m in self._found.values() if m.seminar and m.level is FindingLevel.ERROR)
