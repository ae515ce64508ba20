"""What an announced period lets pass that was held before it began: the letter of rule 5, and it is said.

A period has limits of its own. What the usual ones held back passes without an approval once it begins, and its hold
is no longer wanted; whoever looks at that hold later reads why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from kypek_sync.contract import Change, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import holds, seats
from kypek_sync.model import Seat, SeatState, local
from kypek_sync.sync.passing import Pass
from kypek_sync.sync.planning.periods import active


def tell(
    this: Pass, connection: Connection, passed: Sequence[Change], looked: Collection[tuple[str, str]]
) -> tuple[int, ...]:
    """Say of each open hold from before the period, all of which passes now, that the period let it go: beside the
    hold, and among the notes of the pass. Their ids. `looked` are the courses that the pass could read."""
    period = active(this.inst.loaded.settings.announced_periods, this.inst.clock())
    if period is None or this.undoes is not None:
        return ()
    bare, kept = {change.bare for change in passed}, {number for number, _ in this.report.held}
    book = seats.decided(connection, this.kypek)
    days = {"first": f"{period.starts:%d/%m/%Y}", "last": f"{period.ends:%d/%m/%Y}"}
    found = []
    for hold in holds.listed(connection, this.kypek):
        if hold.id in kept or hold.guard in ("mode", holds.UNDO) or local(hold.opened).date() >= period.starts:
            continue
        if not {change.target.key for change in hold.changes} <= set(looked):
            continue
        if all(change.bare in bare or _lost(change, book) for change in hold.changes):
            why = Sentence.of(
                "Hold %(id)s was let go without an approval: from %(first)s to %(last)s the limits of an announced "
                "period hold.",
                id=hold.id,
                **days,
            )
            holds.explain(connection, hold.id, hold.why.followed_by(why))
            this.report.notes.append(why.said(this.inst.text))
            found.append(hold.id)
    return tuple(found)


def _lost(change: Change, book: Mapping[str, Mapping[str, Seat]]) -> bool:
    """Whether a seat or an application whose end was held has ended by now."""
    if change.verb is not Verb.WITHDRAW:
        return False
    seat = book.get(change.target.seminar, {}).get(change.target.login)
    held = dict(change.before).get("seat")
    return seat is None or (seat.state.value != held if held else seat.state is SeatState.WITHDRAWN)
