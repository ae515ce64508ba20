"""Counts what is written into a ledger."""

from __future__ import annotations

from sqlalchemy import event

from kypek_sync.ledger import Ledger


class Writes:
    """The number of statements since it was made that change something."""

    def __init__(self, ledger: Ledger) -> None:
        self.count = 0
        event.listen(ledger.engine, "before_cursor_execute", self._saw)

    def _saw(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        self.count += statement.split(maxsplit=1)[0].upper() in ("INSERT", "UPDATE", "DELETE")
