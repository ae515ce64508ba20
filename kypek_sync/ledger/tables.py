"""The ledger's tables. Migrations in `migrations/` make them; a test holds the two against each other.

Rows of a KYPEK carry its id. Moments are aware UTC in Python on every database. `body` columns hold a value of
`kypek_sync.model` or of the contract as JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive moments: a missing zone is a mistake, not UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str, length: int = 200) -> Column[Any]:
    return Column(name, String(length), primary_key=True)


def _word(name: str, length: int = 200, default: str = "") -> Column[Any]:
    return Column(name, String(length), nullable=False, default=default, server_default=default)


# What sources last said -----------------------------------------------------------------------------------------

reads = Table(
    "reads",
    metadata,
    _key("system"),
    _key("scope"),
    Column("as_of", Moment, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("items", Integer, nullable=False),
    Column("why_partial", Text, nullable=False, default=""),
    Column("good_as_of", Moment),
    Column("good_items", Integer),
)

people = Table(
    "people",
    metadata,
    _key("id", 32),
    _word("directory"),
    _word("login"),
    _word("kind", 32),
    Column("body", JSON, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("absences", Integer, nullable=False, default=0),
    Column("absent_at", Moment),
    Column("absent_since", Moment),
    Column("gone_at", Moment),
    Index("ix_people_login", "directory", "login"),
)

person_keys = Table(
    "person_keys",
    metadata,
    _key("directory"),
    _key("kind", 32),
    _key("value"),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
)

units = Table("units", metadata, _key("directory"), _key("id", 400), Column("body", JSON, nullable=False))

findings = Table(
    "findings",
    metadata,
    _key("source"),
    _key("subject", 400),
    _key("code", 64),
    _word("level", 16),
    Column("text", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    _key("system"),
    _key("course"),
    _key("login"),
    Column("body", JSON, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# Programmes -----------------------------------------------------------------------------------------------------

programmes = Table(
    "programmes",
    metadata,
    _key("kypek", 64),
    _key("structure", 64),
    _word("file", 500),
    _word("sha256", 64),
    Column("read_at", Moment, nullable=False),
    Column("mistakes", JSON, nullable=False),
    _word("unreadable", 1000),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    _word("kypek", 64),
    _word("structure", 64),
    _word("sha256", 64),
    _word("who"),
    Column("decision", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

seminars = Table(
    "seminars",
    metadata,
    _key("kypek", 64),
    _key("code", 64),
    _word("structure", 64),
    Column("body", JSON, nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("missing_since", Moment),
)

# Applications and seats -----------------------------------------------------------------------------------------

applications = Table(
    "applications",
    metadata,
    _key("kypek", 64),
    _key("seminar", 64),
    _key("login"),
    _key("system"),
    _word("person", 32),
    Column("at", Moment, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    _word("name", 300),
)

seats = Table(
    "seats",
    metadata,
    _key("kypek", 64),
    _key("seminar", 64),
    _key("login"),
    _word("person", 32),
    _word("state", 32),
    _word("rule", 64),
    Column("facts", JSON, nullable=False),
    Column("place", Integer, nullable=False, default=0),
    Column("applied_at", Moment),
    Column("decided_at", Moment, nullable=False),
    Column("run", Integer),
    _word("told", 64),
    Column("told_version", Integer, nullable=False, default=0),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    _word("kypek", 64),
    _word("seminar", 64),
    _word("login"),
    Column("at", Moment, nullable=False),
    Column("run", Integer),
    _word("who"),
    _word("before", 32),
    _word("after", 32),
    _word("rule", 64),
    Column("facts", JSON, nullable=False),
    Index("ix_decisions_seat", "kypek", "seminar", "login"),
)

# Runs and what they did -----------------------------------------------------------------------------------------

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    _word("kypek", 64),
    _word("lane", 32),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    _word("outcome", 32),
    Column("report", JSON),
    Index("ix_runs_started", "started"),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    _word("kypek", 64),
    _word("verb", 32),
    _word("system"),
    _word("seminar", 64),
    _word("object", 400),
    _word("login"),
    Column("body", JSON, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("settled", Boolean, nullable=False, default=False),
    Index("ix_intents_target", "kypek", "system", "verb", "seminar"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("intent", Integer, ForeignKey("intents.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Moment, nullable=False),
    _word("outcome", 16),
    _word("foreign_id", 400),
    _word("address", 1000),
    Column("detail", Text, nullable=False, default=""),
)

bindings = Table(
    "bindings",
    metadata,
    _key("kypek", 64),
    _key("system"),
    _key("kind", 32),
    _key("ref", 400),
    _word("foreign_id", 400),
    _word("address", 1000),
    Column("learned", Moment, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    _key("kypek", 64),
    _key("system"),
    _key("kind", 32),
    _key("object", 400),
    _key("login"),
    _key("claim", 64),
    Column("at", Moment, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    _word("kypek", 64),
    _word("guard", 32),
    _word("seminar", 64),
    _word("system"),
    _word("hash", 64),
    Column("changes", JSON, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("opened", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    _word("state", 16),
    _word("who"),
    Column("decided", Moment),
    Column("expires", Moment),
    Index("ix_holds_hash", "kypek", "hash"),
)

# Cases, notices, rooms ------------------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    _key("kypek", 64),
    _key("ref"),
    _word("kind", 64),
    _word("seminar", 64),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("cured", Moment),
    _word("ticket"),
    _word("ticket_state", 16),
    _word("written", 64),
    Column("version", Integer, nullable=False, default=1),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    _word("kypek", 64),
    _word("person", 200),
    _word("cause"),
    Column("version", Integer, nullable=False),
    _word("message_id"),
    _word("kind", 64),
    _word("login"),
    Column("facts", JSON, nullable=False),
    Column("created", Moment, nullable=False),
    Column("sent", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Moment),
    Column("problem", Text, nullable=False, default=""),
    Column("given_up", Boolean, nullable=False, default=False),
    UniqueConstraint("kypek", "person", "cause", "version"),
)

rooms = Table(
    "rooms",
    metadata,
    _key("kypek", 64),
    _key("ref"),
    _key("incarnation"),
    _word("system"),
    _word("seminar", 64),
    Column("session", Integer, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("ended", Moment),
)

presence = Table(
    "presence",
    metadata,
    Column("id", Integer, primary_key=True),
    _word("kypek", 64),
    _word("ref"),
    _word("incarnation"),
    _word("who"),
    Column("moderator", Boolean, nullable=False, default=False),
    Column("started", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Index("ix_presence_room", "kypek", "ref", "incarnation", "who"),
)

leases = Table(
    "leases",
    metadata,
    _key("kypek", 64),
    _key("lane", 32),
    _word("holder"),
    Column("fence", Integer, nullable=False, default=0),
    Column("until", Moment, nullable=False),
)
