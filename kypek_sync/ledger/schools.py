"""All units of a directory, for the few who need every one: whole reads that place them, programmes that name them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.shown import AT_ONCE
from kypek_sync.ledger.tables import units
from kypek_sync.model import Unit


def every_unit(connection: Connection, directory: str) -> Iterator[Unit]:
    """The units that a directory has, by id. A country has 16,000."""
    query = (
        select(units.c.body)
        .where(units.c.directory == directory)
        .order_by(units.c.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for row in connection.execute(query):
        yield load(Unit, row.body)
