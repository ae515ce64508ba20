"""Alembic migrations of the ledger, upwards only."""
