"""The ledger's table of what people decided about identities that the directory leaves in doubt.

Migrations in `migrations/` make it; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from kypek_sync.ledger.columns import Moment, key, metadata, word

identity_decisions = Table(
    "identity_decisions",
    metadata,
    key("directory"),
    key("login"),
    word("person", 32),
    word("verdict", 8),
    Column("since", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    word("who"),
    Column("why", Text, nullable=False, default="", server_default=""),
)
