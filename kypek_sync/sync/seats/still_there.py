"""When those who leave a seminar's courses were last seen in them for sure."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import reads
from kypek_sync.sync.seats.registration import Registration


def last_seen(connection: Connection, registration: Registration) -> datetime | None:
    """The moment of the last whole read of these courses before this pass, the oldest of them; None where one was never
    read whole."""
    before = [
        reads.last(connection, read.members.system, read.members.scope)
        for read in registration.reads
        if read.members is not None
    ]
    moments = [one.good_as_of if one is not None else None for one in before]
    return min((at for at in moments if at is not None), default=None) if None not in moments else None
