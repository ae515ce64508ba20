"""Alembic's entry: migrates the connection that `kypek_sync.ledger` hands over."""

from alembic import context

from kypek_sync.ledger import (
    calendar_tables,
    care_tables,
    door_tables,
    identity_tables,
    mailing_tables,
    reading_tables,
    register_tables,
    ruling_tables,
    session_tables,
    tables,
    todo_tables,
)
from kypek_sync.ledger.columns import metadata

MODULES = (
    *(tables, care_tables, register_tables, reading_tables, identity_tables, todo_tables, ruling_tables),
    *(calendar_tables, session_tables, mailing_tables, door_tables),
)
"""Importing them is what makes the metadata know every table."""

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
