"""Of which seminars people are told anything: approved, not paused, and not only observed (design, rules 10, 14)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kypek_sync.ledger import pauses
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Seminar
from kypek_sync.settings import Mode
from kypek_sync.sync.installation import Installation


def told_now(
    connection: Connection, inst: Installation, kypek: str, offerings: Iterable[Offering]
) -> dict[str, Seminar]:
    """Those of these seminars, by code."""
    modes, usual = inst.modes(), inst.kypek(kypek).courses
    paused = pauses.for_kypek(connection, kypek, inst.clock())
    if paused.whole is not None:
        return {}
    found = {}
    for one in offerings:
        system = one.seminar.platform or usual
        shown = modes.get(system, Mode.OBSERVE) is not Mode.OBSERVE
        if one.approved and shown and paused.of(system, one.seminar.code) is None:
            found[one.seminar.code] = one.seminar
    return found
