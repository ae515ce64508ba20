"""What the engine leaves alone, what went wrong, what was planned, and the journal"""

import sqlalchemy as sa
from alembic import op

from kypek_sync.ledger.columns import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
        "CREATE TRIGGER journal_keeps_all BEFORE DELETE ON journal "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
        # INSERT OR REPLACE would take an entry away without asking the trigger on DELETE.
        "CREATE TRIGGER journal_keeps_numbers BEFORE INSERT ON journal "
        "WHEN EXISTS (SELECT 1 FROM journal WHERE kypek = NEW.kypek AND number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
        "CREATE TRIGGER journal_keeps_entries BEFORE UPDATE OR DELETE ON journal "
        "FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()",
        "CREATE TRIGGER journal_keeps_all BEFORE TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()",
    ),
}
"""What makes the database itself refuse to change or lose an entry. A later migration that rebuilds the table (batch
mode on SQLite) has to make these again."""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "breakers",
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened", Moment(), nullable=True),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_breakers")),
    )
    op.create_table(
        "journal",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=32), server_default="", nullable=False),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.Column("record", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(length=32), server_default="", nullable=False),
        sa.Column("commitment", sa.String(length=64), server_default="", nullable=False),
        sa.Column("before", sa.String(length=64), server_default="", nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("kypek", "number", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_person", ["person"], unique=False)
        batch_op.create_index("ix_journal_record", ["kypek", "kind", "record"], unique=False)

    op.create_table(
        "journal_contents",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=64), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kypek", "number", name=op.f("pk_journal_contents")),
    )
    op.create_table(
        "journal_heads",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("written", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("kypek", "day", name=op.f("pk_journal_heads")),
    )
    op.create_table(
        "journal_people",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=200), server_default="", nullable=False),
        sa.Column("known", sa.String(length=32), server_default="", nullable=False),
        sa.Column("at", sa.String(length=27), server_default="", nullable=False),
        sa.Column("salt", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("kypek", "person", name=op.f("pk_journal_people")),
    )
    with op.batch_alter_table("journal_people", schema=None) as batch_op:
        batch_op.create_index("ix_journal_people_login", ["kypek", "login"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), server_default="", nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("kypek", sa.String(length=64), server_default="", nullable=False),
        sa.Column("who", sa.String(length=200), server_default="", nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("resumed", Moment(), nullable=True),
        sa.Column("resumed_by", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_table(
        "pins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kypek", sa.String(length=64), server_default="", nullable=False),
        sa.Column("aspect", sa.String(length=32), server_default="", nullable=False),
        sa.Column("system", sa.String(length=200), server_default="", nullable=False),
        sa.Column("seminar", sa.String(length=64), server_default="", nullable=False),
        sa.Column("object", sa.String(length=400), server_default="", nullable=False),
        sa.Column("login", sa.String(length=200), server_default="", nullable=False),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(length=200), server_default="", nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("released", Moment(), nullable=True),
        sa.Column("released_by", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
    )
    with op.batch_alter_table("pins", schema=None) as batch_op:
        batch_op.create_index("ix_pins_target", ["kypek", "seminar", "system", "login"], unique=False)

    op.create_table(
        "setbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kypek", sa.String(length=64), server_default="", nullable=False),
        sa.Column("lane", sa.String(length=32), server_default="", nullable=False),
        sa.Column("verb", sa.String(length=32), server_default="", nullable=False),
        sa.Column("system", sa.String(length=200), server_default="", nullable=False),
        sa.Column("seminar", sa.String(length=64), server_default="", nullable=False),
        sa.Column("object", sa.String(length=400), server_default="", nullable=False),
        sa.Column("login", sa.String(length=200), server_default="", nullable=False),
        sa.Column("wanted", sa.String(length=64), server_default="", nullable=False),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setbacks")),
    )
    with op.batch_alter_table("setbacks", schema=None) as batch_op:
        batch_op.create_index("ix_setbacks_target", ["kypek", "system", "verb", "seminar", "login"], unique=False)

    op.create_table(
        "plans",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_plans_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_plans")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("absent_content", sa.String(length=64), server_default="", nullable=False))

    with op.batch_alter_table("reads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("content", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("doubt", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("accepted_items", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("accepted_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("accepted_by", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("accepted_why", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undoes", sa.Integer(), nullable=True))

    for statement in APPEND_ONLY[op.get_context().dialect.name]:
        op.execute(statement)
