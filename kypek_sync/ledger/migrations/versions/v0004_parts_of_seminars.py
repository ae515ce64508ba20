"""Parts of seminars: several courses of one seminar on one system. Which directory a KYPEK's passes read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What is there belongs to the only course of its seminar: an empty part."""
    for table in ("applications", "seats", "intents", "pins", "setbacks", "todos"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("part", sa.String(length=64), server_default="", nullable=False))
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_constraint("pk_applications", type_="primary")
        batch_op.create_primary_key("pk_applications", ["kypek", "seminar", "login", "system", "part"])
    with op.batch_alter_table("todos", schema=None) as batch_op:
        batch_op.drop_constraint("uq_todos_what", type_="unique")
        batch_op.create_unique_constraint("uq_todos_what", ["kypek", "system", "seminar", "part", "kind", "login"])
    readers = op.create_table(
        "readers",
        sa.Column("kypek", sa.String(length=64), nullable=False),
        sa.Column("directory", sa.String(length=200), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kypek", "directory", name="pk_readers"),
    )
    people = sa.table("people", sa.column("directory", sa.String))
    known = sa.select(sa.literal(""), people.c.directory, sa.false()).distinct()  # whose passes they were is not known
    op.execute(sa.insert(readers).from_select(["kypek", "directory", "latest"], known))
