"""Which of the reads in the ledger are of what a directory is now.

A connector that was LDAP and is an export, or the other way round, keeps its name: until the new source was read whole,
what the former one showed stands beside it, in scopes of its own (`recording`).
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from kypek_sync.contract import ReadsExport
from kypek_sync.ledger import reads
from kypek_sync.ledger.reads import LastRead
from kypek_sync.ledger.tables import reads as table
from kypek_sync.sync.installation import Installation

OF_EXPORTS = frozenset(("people", "units"))
"""What every export is read in; LDAP is read in places of its tree."""


def last_reads(connection: Connection, inst: Installation, system: str) -> list[LastRead]:
    """The last read of every scope of a system; of a directory not those of the source that it was before."""
    found = reads.all_last(connection, system)
    if not inst.sharing(system):
        return found
    if reads_export(inst, system):
        return [one for one in found if one.scope in OF_EXPORTS]
    query = select(table.c.scope).where(table.c.system == system, table.c.content != "")  # only exports have one
    of_exports = set(connection.execute(query).scalars())
    return [one for one in found if one.scope not in of_exports]


def replaced(connection: Connection, inst: Installation, system: str) -> bool:
    """Whether all that was read of a directory was read when it was another source: nothing of what it is now yet."""
    return bool(reads.all_last(connection, system)) and not last_reads(connection, inst, system)


def reads_export(inst: Installation, system: str) -> bool:
    """Whether a directory of the settings is an export now."""
    kypek = min(inst.sharing(system), default="")
    return bool(kypek) and isinstance(inst.connectors.directory(kypek), ReadsExport)
