"""What is decided of sessions beside the programme, letters that go first, who wants no reminders, programmes to
schools, and course platforms that tell nobody who is in a course."""

import sqlalchemy as sa
from alembic import op

from kypek_sync.ledger.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "session_rulings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kypek", sa.String(length=64), server_default="", nullable=False),
        sa.Column("seminar", sa.String(length=64), server_default="", nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=16), server_default="", nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("now", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("lifted", Moment(), nullable=True),
        sa.Column("lifted_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("lifted_why", sa.String(length=32), server_default="", nullable=False),
        sa.Column("lifted_said", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_rulings")),
    )
    with op.batch_alter_table("session_rulings", schema=None) as batch_op:
        batch_op.create_index("ix_session_rulings_seminar", ["kypek", "seminar", "session"])
    op.create_table(
        "reminder_stops",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("kypek", "person", name=op.f("pk_reminder_stops")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "mailings",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("prepared_at", Moment(), nullable=False),
        sa.Column("released_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("kypek", "month", name=op.f("pk_mailings")),
    )
    op.create_table(
        "silent_platforms",
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_silent_platforms")),
    )
