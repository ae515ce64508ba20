"""The ledger's tables of where the next read of a source may start, and of whose passes read it.

Migrations in `migrations/` make it; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from kypek_sync.ledger.columns import Moment, key, metadata, word

cursors = Table(
    "cursors",
    metadata,
    key("system"),
    key("scope"),
    Column("cursor", Text, nullable=False, default="", server_default=""),
    word("how", 16),
    Column("taken_at", Moment),
    Column("full_at", Moment),
    Column("tried_at", Moment),
    Column("healed_at", Moment),
    Column("refused_at", Moment),
    Column("refused_since", Moment),
    Column("behind", Boolean, nullable=False),
    Column("why", Text, nullable=False, default="", server_default=""),
)

readers = Table(
    "readers",
    metadata,
    key("kypek", 64),
    key("directory"),
    Column("latest", Boolean, nullable=False),
)
