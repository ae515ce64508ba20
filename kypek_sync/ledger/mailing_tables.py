"""The ledger's table of the programmes that are mailed to schools, one each month."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from kypek_sync.ledger.columns import Moment, key, metadata

mailings = Table(
    "mailings",
    metadata,
    key("kypek", 64),
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("prepared_at", Moment, nullable=False),
    Column("released_at", Moment),
)
