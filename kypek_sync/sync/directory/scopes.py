"""Which of the reads in the ledger are of what a directory is now.

A connector that was LDAP and is an export, or the other way round, keeps its name: until the new source was read whole,
what the former one showed stands beside it, in scopes of its own (`recording`).
"""

from __future__ import annotations

from sqlalchemy import Connection

from kypek_sync.contract import ReadsExport
from kypek_sync.ledger import reads
from kypek_sync.ledger.reads import LastRead
from kypek_sync.sync.installation import Installation

OF_EXPORTS = frozenset(("people", "units"))
"""What every export is read in; LDAP is read in places of its tree."""


def last_reads(connection: Connection, inst: Installation, system: str) -> list[LastRead]:
    """The last read of every scope of a system; of a directory not those of the source that it was before."""
    found = reads.all_last(connection, system)
    kypeks = sorted(inst.sharing(system))
    if not kypeks:
        return found
    if isinstance(inst.connectors.directory(kypeks[0]), ReadsExport):
        return [one for one in found if one.scope in OF_EXPORTS]
    places = [one for one in found if one.scope not in OF_EXPORTS]
    return places or found
