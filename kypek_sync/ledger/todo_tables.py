"""The ledger's table of what people have to do by hand, because a platform cannot be asked to.

Migrations in `migrations/` make it; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from kypek_sync.ledger.columns import Moment, metadata, word

todos = Table(
    "todos",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("system"),
    word("seminar", 64),
    word("kind", 32),
    word("login"),
    word("digest", 32),
    Column("link", Text, nullable=False, default="", server_default=""),
    Column("text", Text, nullable=False, default="", server_default=""),
    Column("opened", Moment, nullable=False),
    Column("closed", Moment),
    word("how", 8),
    word("closed_by"),
    Column("told", Moment),
    word("part", 64),
    UniqueConstraint("kypek", "system", "seminar", "part", "kind", "login", name="uq_todos_what"),
)
