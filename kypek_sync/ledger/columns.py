"""What every table of the ledger is made of: its metadata, moments in UTC, and the two usual kinds of columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, MetaData, String, TypeDecorator

SKEW = timedelta(minutes=1)
"""By how much the clocks of two machines of ours may differ. What was written later than that from now on was written
by a clock that ran ahead and was set back: how long it said that something rests means nothing any more."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive moments: a missing zone is a mistake, not UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str, length: int = 200) -> Column[Any]:
    """A word that is part of the primary key."""
    return Column(name, String(length), primary_key=True)


def word(name: str, length: int = 200, default: str = "") -> Column[Any]:
    """A word that is never absent, only empty."""
    return Column(name, String(length), nullable=False, default=default, server_default=default)
