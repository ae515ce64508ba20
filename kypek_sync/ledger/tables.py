"""The ledger's tables. Migrations in `migrations/` make them; a test holds the two against each other.

Rows of a KYPEK carry its id. Moments are aware UTC in Python on every database. `body` columns hold a value of
`kypek_sync.model` or of the contract as JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from kypek_sync.ledger.columns import Moment, key, metadata, word

# What sources last said -----------------------------------------------------------------------------------------

reads = Table(
    "reads",
    metadata,
    key("system"),
    key("scope"),
    Column("as_of", Moment, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("items", Integer, nullable=False),
    Column("why_partial", Text, nullable=False, default=""),
    Column("good_as_of", Moment),
    Column("good_items", Integer),
    Column("good_proven", Boolean, nullable=False, default=False, server_default=false()),
    word("content", 64),
    word("doubt", 16),
    Column("accepted_items", Integer),
    Column("accepted_at", Moment),
    word("accepted_by"),
    Column("accepted_why", Text, nullable=False, default="", server_default=""),
)

people = Table(
    "people",
    metadata,
    key("id", 32),
    word("directory"),
    word("login"),
    word("kind", 32),
    Column("body", JSON, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("absences", Integer, nullable=False, default=0),
    Column("absent_at", Moment),
    Column("absent_since", Moment),
    word("absent_content", 64),
    Column("gone_at", Moment),
    Column("search", Text, nullable=False, default="", server_default=""),
    Column("digest", LargeBinary(16)),
    Index("ix_people_login", "directory", "login"),
    Index("ix_people_search", "directory", "search"),
    # These two answer by themselves how many are there, and the logins of all: no row of a country is opened for it.
    Index("ix_people_absent", "directory", "absent_since", "gone_at", "kind"),
    Index("ix_people_digest", "directory", "digest", "login"),
)

person_keys = Table(
    "person_keys",
    metadata,
    key("directory"),
    key("kind", 32),
    key("value"),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("until", Moment),
    Column("disputed", Boolean, nullable=False, default=False, server_default=false()),
    Index("ix_person_keys_person", "person"),
)

person_units = Table(
    "person_units",
    metadata,
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    key("unit", 400),
    word("directory"),
    Index("ix_person_units_unit", "directory", "unit"),
)

person_changes = Table(
    "person_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    word("directory"),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    word("field", 32),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Index("ix_person_changes_person", "person", "at"),
)

units = Table(
    "units",
    metadata,
    key("directory"),
    key("id", 400),
    Column("body", JSON, nullable=False),
    Column("search", Text, nullable=False, default="", server_default=""),
    Column("digest", LargeBinary(16)),
)

findings = Table(
    "findings",
    metadata,
    key("source"),
    key("subject", 400),
    key("code", 64),
    word("level", 16),
    Column("text", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("loose", Boolean, nullable=False, default=False, server_default=false()),
)

memberships = Table(
    "memberships",
    metadata,
    key("system"),
    key("course"),
    key("login"),
    Column("body", JSON, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# Programmes -----------------------------------------------------------------------------------------------------

programmes = Table(
    "programmes",
    metadata,
    key("kypek", 64),
    key("structure", 64),
    word("file", 500),
    word("sha256", 64),
    Column("read_at", Moment, nullable=False),
    Column("mistakes", JSON, nullable=False),
    word("unreadable", 1000),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("structure", 64),
    word("sha256", 64),
    word("who"),
    Column("decision", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

seminars = Table(
    "seminars",
    metadata,
    key("kypek", 64),
    key("code", 64),
    word("structure", 64),
    Column("body", JSON, nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("missing_since", Moment),
)

# Applications and seats -----------------------------------------------------------------------------------------

applications = Table(
    "applications",
    metadata,
    key("kypek", 64),
    key("seminar", 64),
    key("login"),
    key("system"),
    key("part", 64),
    word("person", 32),
    Column("at", Moment, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("request", Boolean, nullable=False, default=False, server_default=false()),
    Column("first_seen", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    word("name", 300),
)

seats = Table(
    "seats",
    metadata,
    key("kypek", 64),
    key("seminar", 64),
    key("login"),
    word("person", 32),
    word("state", 32),
    word("rule", 64),
    Column("facts", JSON, nullable=False),
    Column("place", Integer, nullable=False, default=0),
    Column("applied_at", Moment),
    Column("decided_at", Moment, nullable=False),
    Column("run", Integer),
    word("told", 64),
    Column("told_version", Integer, nullable=False, default=0),
    word("part", 64),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("seminar", 64),
    word("login"),
    Column("at", Moment, nullable=False),
    Column("run", Integer),
    word("who"),
    word("before", 32),
    word("after", 32),
    word("rule", 64),
    Column("facts", JSON, nullable=False),
    Index("ix_decisions_seat", "kypek", "seminar", "login"),
)

# Runs and what they did -----------------------------------------------------------------------------------------

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("lane", 32),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    word("outcome", 32),
    Column("undoes", Integer),
    Column("report", JSON),
    Index("ix_runs_started", "started"),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    word("kypek", 64),
    word("verb", 32),
    word("system"),
    word("seminar", 64),
    word("object", 400),
    word("login"),
    Column("body", JSON, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("settled", Boolean, nullable=False, default=False),
    word("part", 64),
    Index("ix_intents_target", "kypek", "system", "verb", "seminar"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("intent", Integer, ForeignKey("intents.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Moment, nullable=False),
    word("outcome", 16),
    word("foreign_id", 400),
    word("address", 1000),
    Column("detail", Text, nullable=False, default=""),
)

bindings = Table(
    "bindings",
    metadata,
    key("kypek", 64),
    key("system"),
    key("kind", 32),
    key("ref", 400),
    word("foreign_id", 400),
    word("address", 1000),
    Column("learned", Moment, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    key("kypek", 64),
    key("system"),
    key("kind", 32),
    key("object", 400),
    key("login"),
    key("claim", 64),
    Column("at", Moment, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("guard", 32),
    word("seminar", 64),
    word("system"),
    word("hash", 64),
    Column("changes", JSON, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("opened", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    word("state", 16),
    word("who"),
    Column("decided", Moment),
    Column("expires", Moment),
    Index("ix_holds_hash", "kypek", "hash"),
)

# Cases, notices, rooms ------------------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    key("kypek", 64),
    key("ref"),
    word("kind", 64),
    word("seminar", 64),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("cured", Moment),
    word("ticket"),
    word("ticket_state", 16),
    word("written", 64),
    Column("version", Integer, nullable=False, default=1),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("person", 200),
    word("cause"),
    Column("version", Integer, nullable=False),
    word("message_id"),
    word("kind", 64),
    word("login"),
    Column("facts", JSON, nullable=False),
    Column("created", Moment, nullable=False),
    Column("sent", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Moment),
    Column("problem", Text, nullable=False, default=""),
    Column("given_up", Boolean, nullable=False, default=False),
    Column("urgent", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("kypek", "person", "cause", "version"),
)

rooms = Table(
    "rooms",
    metadata,
    key("kypek", 64),
    key("ref"),
    key("incarnation"),
    word("system"),
    word("seminar", 64),
    Column("session", Integer, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("ended", Moment),
)

presence = Table(
    "presence",
    metadata,
    Column("id", Integer, primary_key=True),
    word("kypek", 64),
    word("ref"),
    word("incarnation"),
    word("who"),
    Column("moderator", Boolean, nullable=False, default=False),
    Column("started", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Index("ix_presence_room", "kypek", "ref", "incarnation", "who"),
)

leases = Table(
    "leases",
    metadata,
    key("kypek", 64),
    key("lane", 32),
    word("holder"),
    Column("fence", Integer, nullable=False, default=0),
    Column("until", Moment, nullable=False),
)
