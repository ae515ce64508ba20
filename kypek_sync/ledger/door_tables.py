"""The ledger's table of course platforms that tell nobody who is in a course.

Migrations in `migrations/` make it; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import Column, Table

from kypek_sync.ledger.columns import Moment, key, metadata

silent_platforms = Table("silent_platforms", metadata, key("system"), Column("since", Moment, nullable=False))
