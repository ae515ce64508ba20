"""The ledger's tables of the register of units: what it last said, kept for the weeks in which it may be down.

Migrations in `migrations/` make them; a test holds the two against each other. When it was read stands in `reads`.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from kypek_sync.ledger.columns import key, metadata, word

register_units = Table(
    "register_units",
    metadata,
    key("system"),
    key("id", 32),
    word("name", 300),
    word("code", 64),
    Column("directorate", Integer),
    word("kind", 300),
    word("state", 16),
)

register_directorates = Table(
    "register_directorates",
    metadata,
    key("system"),
    Column("id", Integer, primary_key=True, autoincrement=False),
    word("name", 300),
    word("code", 64),
    word("label", 64),
    word("level", 8),
)

placed = Table("placed", metadata, key("directory"), word("fingerprint", 64))
"""What the findings about placing a directory's units were told from: settings and the register's state."""
