"""What waits for an officer's approval in a KYPEK: in which seminars, how many, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import programmes, seats
from kypek_sync.seminar.approval import asked_at, kept_until
from kypek_sync.sync.seats.by_name import to_approve
from kypek_sync.sync.seats.offers import watch_of


@dataclass(frozen=True, slots=True)
class Approvals:
    """A seminar with how many applications wait for an approval; `until`: when the first of them may lose the seat that
    is kept for it (None: never); `newest`: since when the last of them waits (None: nobody can say)."""

    seminar: str
    structure: str
    count: int
    until: datetime | None
    newest: datetime | None = None


def approvals(
    connection: Connection, kypek: str, now: datetime, *, before: datetime | None = None
) -> tuple[Approvals, ...]:
    """The seminars of a KYPEK in which somebody waits for an approval that no officer has given yet, by code; of those
    only who was waiting `before` a moment."""
    offerings = programmes.in_force(connection, kypek)
    wanted = sorted(code for code, one in offerings.items() if one.approved and one.seminar.approval)
    decided = seats.decided(connection, kypek) if wanted else {}
    found = []
    for code in wanted:
        offering = offerings[code]
        mine = [decided[code][login] for login in to_approve(connection, offering)]
        mine = [one for one in mine if before is None or (at := asked_at(one)) is None or at < before]
        if mine and (watch := watch_of(connection, kypek, offering.seminar, now)) is not None:
            times = (kept_until(one, offering.seminar, watch) for one in mine)
            until = min((at for at in times if at is not None), default=None)
            newest = max((at for one in mine if (at := asked_at(one)) is not None), default=None)
            found.append(Approvals(code, offering.seminar.structure, len(mine), until, newest))
    return tuple(found)
