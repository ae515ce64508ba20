"""What a pass says of decisions about sessions that a later file ended (design, rule 20)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import session_rulings
from kypek_sync.model import local
from kypek_sync.seminar.session_rulings import Ending
from kypek_sync.sync.installation import Installation


def ended_by_file(connection: Connection, inst: Installation, kypek: str, now: datetime) -> list[str]:
    """A sentence for each decision that was overruled at this very moment. One with which a file was brought into line
    needs no word."""
    return [
        inst.text(
            "%(seminar)s, session %(number)s: the programme says something else of it since %(who)s decided on "
            "%(when)s. The programme counts from now on.",
            seminar=one.ruling.seminar,
            number=one.ruling.number,
            who=one.who,
            when=f"{local(one.ruling.at):%d/%m/%Y %H:%M}",
        )
        for one in session_rulings.history(connection, kypek)
        if one.lifted == now and one.lifted_why == Ending.OVERRULED.value
    ]
