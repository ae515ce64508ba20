"""A directory that shows no registry and tax numbers any more, for good, because a person said so.

It stands as a finding of that directory for as long as it holds, so that nobody forgets it; who said it and why is in
the journals. It does not go along to another directory, and ends when most entries show a number again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.entry_findings import tell_code
from kypek_sync.ledger.tables import findings
from kypek_sync.model import Finding

CODE = "numbers-not-shown"
_TEXT = (
    "No registry numbers are read here any more, as a person decided: those known from before stay, and who is new is "
    "recognised by entryUUID and login alone."
)


def accept(connection: Connection, directory: str, who: str, why: str, now: datetime, kypeks: Iterable[str]) -> None:
    """A person says that the numbers are not shown any more; the journals of the `kypeks` that use the directory tell
    it."""
    tell_code(connection, directory, CODE, [Finding(directory, CODE, _TEXT)], now)
    said: dict[str, str | int | None] = {"system": directory, "scope": "people", "without": "registry", "why": why}
    journal_facts.accepted(connection, kypeks, who, said, now)


def accepted(connection: Connection, directory: str) -> bool:
    """Whether a person said so of a directory."""
    query = select(findings.c.code).where(
        findings.c.source == directory, findings.c.subject == directory, findings.c.code == CODE
    )
    return connection.execute(query.where(findings.c.loose.is_(False))).first() is not None


def shown_again(connection: Connection, directory: str, now: datetime) -> None:
    """Most entries show a number again: what was said holds no longer."""
    tell_code(connection, directory, CODE, (), now)
