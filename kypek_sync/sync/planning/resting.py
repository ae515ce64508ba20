"""Which wanted changes are left alone because they did not succeed lately (their setbacks tell until when)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import Change, Outcome
from kypek_sync.language import Text
from kypek_sync.ledger import setbacks
from kypek_sync.ledger.setbacks import Setback
from kypek_sync.model import local
from kypek_sync.sync.planning.aside import Aside, Reason


def resting(connection: Connection, kypek: str, changes: Sequence[Change], now: datetime, text: Text) -> list[Aside]:
    """Changes that were refused, or put off by their server, and are not due again yet, in their order."""
    found = setbacks.resting(connection, kypek, changes, now)
    return [Aside(Reason.RESTING, change, words(found[change], text)) for change in changes if change in found]


def words(one: Setback, text: Text) -> str:
    """How often it was tried, when it is tried again, and what was answered."""
    facts = {
        "id": one.id,
        "attempts": one.attempts,
        "next": f"{local(one.next):%d/%m/%Y %H:%M}" if one.next else "–",
        "why": one.message,
    }
    if one.outcome is Outcome.REFUSED:
        return text(
            "Refused, attempt %(attempts)s; tried again after %(next)s, or at once after `kypek-sync errors retry "
            "%(id)s`. The answer: %(why)s",
            **facts,
        )
    return text("Put off, attempt %(attempts)s; tried again after %(next)s. The answer: %(why)s", **facts)
