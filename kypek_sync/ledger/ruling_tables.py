"""The ledger's table of what officers decided about applications by name.

Migrations in `migrations/` make it; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from kypek_sync.ledger.columns import Moment, metadata, word

rulings = Table(
    "rulings",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("seminar", 64),
    word("login"),
    word("person", 32),
    word("word", 16),
    Column("why", Text, nullable=False, default="", server_default=""),
    word("who"),
    Column("at", Moment, nullable=False),
    Column("lifted", Moment),
    word("lifted_by"),
    Index("ix_rulings_seat", "kypek", "seminar", "login"),
)
