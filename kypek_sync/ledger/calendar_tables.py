"""The ledger's tables of calendars: the versions of each session, and the personal feeds.

Migrations in `migrations/` make them; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from kypek_sync.ledger.columns import Moment, key, metadata, word

session_versions = Table(
    "session_versions",
    metadata,
    key("kypek", 64),
    key("seminar", 64),
    Column("session", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    word("shown", 64),
    Column("changed_at", Moment, nullable=False),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    key("mark", 64),
    word("login"),
    word("person", 32),
    Column("made_at", Moment, nullable=False),
    Index("ix_calendar_feeds_login", "login", unique=True),
)
