"""The ledger's tables of sessions: what was decided of them beside the programme, and who wants no reminders.

Migrations in `migrations/` make them; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, Table, Text

from kypek_sync.ledger.columns import Moment, key, metadata, word

session_rulings = Table(
    "session_rulings",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("seminar", 64),
    Column("session", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    word("word", 16),
    Column("was", JSON, nullable=False),
    Column("now", JSON, nullable=False),
    Column("why", Text, nullable=False, default="", server_default=""),
    word("who"),
    Column("at", Moment, nullable=False),
    Column("lifted", Moment),
    word("lifted_by"),
    word("lifted_why", 32),
    Column("lifted_said", Text, nullable=False, default="", server_default=""),
    Index("ix_session_rulings_seminar", "kypek", "seminar", "session"),
)

reminder_stops = Table(
    "reminder_stops",
    metadata,
    key("kypek", 64),
    key("person", 32),
    Column("at", Moment, nullable=False),
)
