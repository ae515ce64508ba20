"""The export that a directory rests on: of when it is, and whether absence from it proves anything (design, rule 2).

Asks no file: what the last read showed stands in the ledger, and its age grows while nobody reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import ReadsExport
from kypek_sync.ledger import reads
from kypek_sync.sync.directory import switching
from kypek_sync.sync.installation import Installation


@dataclass(frozen=True, slots=True)
class Export:
    """The newest export of a connector that was read: drawn `as_of` (aware UTC, the file's own date; where people and
    units have files of their own, that of the people), good for absences until it is older than `max_age`."""

    system: str
    as_of: datetime
    max_age: timedelta

    def is_old(self, now: datetime) -> bool:
        """Whether nobody's absence counts by it any more."""
        return now - self.as_of > self.max_age


def export_of(connection: Connection, inst: Installation, kypek: str) -> Export | None:
    """That of a KYPEK's directory; None where it reads none, or has not read one yet."""
    system = inst.kypek(kypek).directory
    connector = inst.connectors.directory(kypek)
    if not isinstance(connector, ReadsExport):
        return None
    last = reads.last(connection, system, "people")
    if last is None or switching.before(connection, inst, system):
        return None
    # One that was put back after a newer one counts for nothing (`recording`): what is known is of the newer.
    return Export(system, max(last.as_of, last.good_as_of or last.as_of), connector.max_age)
