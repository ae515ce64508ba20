"""What officers decided about applications by name."""

import sqlalchemy as sa
from alembic import op

from kypek_sync.ledger.columns import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rulings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kypek", sa.String(length=64), server_default="", nullable=False),
        sa.Column("seminar", sa.String(length=64), server_default="", nullable=False),
        sa.Column("login", sa.String(length=200), server_default="", nullable=False),
        sa.Column("person", sa.String(length=32), server_default="", nullable=False),
        sa.Column("word", sa.String(length=16), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("lifted", Moment(), nullable=True),
        sa.Column("lifted_by", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    with op.batch_alter_table("rulings", schema=None) as batch_op:
        batch_op.create_index("ix_rulings_seat", ["kypek", "seminar", "login"], unique=False)
