"""What a directory does not show any more, for good, because a person said so.

It stands as a finding of that directory for as long as it holds, so that nobody forgets it; who said it and why is in
the journals. It does not go along to another directory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.entry_findings import tell_code
from kypek_sync.ledger.tables import findings
from kypek_sync.model import Finding


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One such thing: the `code` and `text` of the finding, and the `word` for it in the journal."""

    code: str
    text: str
    word: str

    def accept(
        self, connection: Connection, directory: str, who: str, why: str, now: datetime, kypeks: Iterable[str]
    ) -> None:
        """A person says that it is not shown any more; the journals of the `kypeks` that use the directory tell it."""
        tell_code(connection, directory, self.code, [Finding(directory, self.code, self.text)], now)
        said: dict[str, str | int | None] = {"system": directory, "scope": "people", "without": self.word, "why": why}
        journal_facts.accepted(connection, kypeks, who, said, now)

    def accepted(self, connection: Connection, directory: str) -> bool:
        """Whether a person said so of a directory."""
        query = select(findings.c.code).where(
            findings.c.source == directory, findings.c.subject == directory, findings.c.code == self.code
        )
        return connection.execute(query.where(findings.c.loose.is_(False))).first() is not None

    def shown_again(self, connection: Connection, directory: str, now: datetime) -> None:
        """It is shown again: what was said holds no longer."""
        tell_code(connection, directory, self.code, (), now)
