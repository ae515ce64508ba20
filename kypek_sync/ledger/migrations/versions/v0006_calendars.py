"""The versions of each session as calendars show it, and personal calendar feeds."""

import sqlalchemy as sa
from alembic import op

from kypek_sync.ledger.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "session_versions",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("seminar", sa.String(length=64), nullable=False),
        sa.Column("session", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(length=64), server_default="", nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("kypek", "seminar", "session", name=op.f("pk_session_versions")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=200), server_default="", nullable=False),
        sa.Column("person", sa.String(length=32), server_default="", nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_calendar_feeds")),
    )
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_feeds_login", ["login"], unique=True)
