"""The ledger's tables of care: what the engine leaves alone, what went wrong, what was planned, and the journal.

Migrations in `migrations/` make them; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from kypek_sync.ledger.columns import Moment, key, metadata, word

# What the engine leaves alone -----------------------------------------------------------------------------------

pins = Table(
    "pins",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("aspect", 32),
    word("system"),
    word("seminar", 64),
    word("object", 400),
    word("login"),
    Column("run", Integer),
    word("who"),
    Column("why", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
    Column("released", Moment),
    word("released_by"),
    word("part", 64),
    Index("ix_pins_target", "kypek", "seminar", "system", "login"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kind", 16),
    word("name"),
    word("kypek", 64),
    word("who"),
    Column("why", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Column("resumed", Moment),
    word("resumed_by"),
)

# What went wrong ------------------------------------------------------------------------------------------------

setbacks = Table(
    "setbacks",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("lane", 32),
    word("verb", 32),
    word("system"),
    word("seminar", 64),
    word("object", 400),
    word("login"),
    word("wanted", 64),
    word("outcome", 16),
    Column("message", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("next_at", Moment),
    word("part", 64),
    Index("ix_setbacks_target", "kypek", "system", "verb", "seminar", "login"),
)

breakers = Table(
    "breakers",
    metadata,
    key("system"),
    Column("failures", Integer, nullable=False, default=0),
    Column("opened", Moment),
    Column("since", Moment),
    Column("until", Moment),
    Column("message", Text, nullable=False, default=""),
    Column("stopped", Boolean, nullable=False, default=False),
)

# What was planned -----------------------------------------------------------------------------------------------

plans = Table(
    "plans",
    metadata,
    Column("run", Integer, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    word("hash", 64),
    Column("body", JSON, nullable=False),
)

# The journal ----------------------------------------------------------------------------------------------------

journal = Table(
    "journal",
    metadata,
    key("kypek", 64),
    Column("number", Integer, primary_key=True, autoincrement=False),
    word("at", 27),
    word("kind", 32),
    Column("run", Integer),
    Column("record", Integer),
    word("person", 32),
    word("commitment", 64),
    word("before", 64),
    word("hash", 64),
    Index("ix_journal_person", "person"),
    Index("ix_journal_record", "kypek", "kind", "record"),
)

journal_contents = Table(
    "journal_contents",
    metadata,
    key("kypek", 64),
    Column("number", Integer, primary_key=True, autoincrement=False),
    word("salt", 64),
    Column("body", Text, nullable=False),
)

journal_people = Table(
    "journal_people",
    metadata,
    key("kypek", 64),
    key("person", 32),
    word("login"),
    word("known", 32),
    word("at", 27),
    word("salt", 64),
    Index("ix_journal_people_login", "kypek", "login"),
)

journal_heads = Table(
    "journal_heads",
    metadata,
    key("kypek", 64),
    key("day", 10),
    Column("number", Integer, nullable=False),
    word("hash", 64),
    Column("written", Moment, nullable=False),
)
