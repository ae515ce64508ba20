"""Seats that the structure's officer approves one by one, where the programme wants it: until when each is kept. Pure.

Only whoever would get a seat is asked about: the seat is kept for them until the officer has said yes, or no by name. A
time that is over takes nothing from anybody as long as nobody else could have the seat. Once somebody could, it
passes on, to those of whom it was never asked first; who lost it so keeps their place on the waiting list, and has the
next seat once they are approved. All moments are aware, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kypek_sync.model import Seat, Seminar
from kypek_sync.seminar.eligibility import Facts
from kypek_sync.seminar.offers import UNTIL, Span, begins, ends_after, overlap
from kypek_sync.seminar.rulings import Ruling

APPROVAL, APPROVED, NOT_APPROVED = "approval", "approved", "approval-lapsed"
"""The rules by which such seats are as they are (`Seat.rule`)."""
ASKED, PROMOTED, YES = "asked", "promoted", "approved"
"""Facts: when the officer was asked (ISO 8601); that the person had waited before; when the officer said yes."""
_ASKING = (ASKED, PROMOTED, UNTIL)


@dataclass(frozen=True, slots=True)
class Watch:
    """What the time of approvals depends on; `stopped` as in `offers.Clock`."""

    now: datetime
    stopped: tuple[Span, ...] = ()


def needs(seminar: Seminar, told: Seat | None, ruling: Ruling | None) -> bool:
    """Whether somebody's seat has yet to be approved: the seminar asks for it, and no officer has said yes to this
    application, nor before an offer that was made of it."""
    if not seminar.approval or (ruling is not None and ruling.word.approves):
        return False
    return told is None or YES not in dict(told.facts)


def asking(seminar: Seminar, part: str, watch: Watch | None, *, promoted: bool) -> Facts:
    """The facts of a seat that the officer is asked about now. Without a clock nobody is in a hurry."""
    first: Facts = ((PROMOTED, "1"),) if promoted else ()
    if watch is None:
        return first
    until = _until(watch.now, seminar, part)
    return (*first, (ASKED, watch.now.isoformat()), (UNTIL, until.isoformat()))


def said_yes(ruling: Ruling | None, told: Seat | None) -> Facts:
    """The fact that an offer or a seat carries because an officer said yes; none where nobody was asked."""
    if ruling is not None and ruling.word.approves:
        return ((YES, ruling.at.isoformat()),)
    return tuple(pair for pair in told.facts if pair[0] == YES) if told is not None else ()


def approved_facts(ruling: Ruling) -> Facts:
    """What is told of an approval: when it was given, and what the officer wrote, if anything."""
    return ("when", ruling.at.isoformat()), ("why", ruling.why)


def without_asking(facts: Facts) -> Facts:
    """The facts of a seat about which nobody is asked any more."""
    return tuple(pair for pair in facts if pair[0] not in _ASKING)


def of_asking(facts: Facts) -> Facts:
    """When the officer was asked, and until when the seat was kept."""
    return tuple(pair for pair in facts if pair[0] in (ASKED, UNTIL))


def kept_until(seat: Seat, seminar: Seminar, watch: Watch) -> datetime | None:
    """Until when a seat is kept for somebody at least: what they were told, or longer if the programme gives the
    officer more time by now, or the seminar stood still meanwhile. None: as long as it takes."""
    since = asked_at(seat)
    if since is None:
        return None
    until = max(datetime.fromisoformat(dict(seat.facts)[UNTIL]), _until(since, seminar, seat.part))
    return until + overlap((since, watch.now), watch.stopped)


def asked_at(seat: Seat) -> datetime | None:
    """Since when an officer is asked about a seat; None where nobody can say."""
    said = dict(seat.facts).get(ASKED)
    return datetime.fromisoformat(said) if said else None


def is_over(seat: Seat, seminar: Seminar, watch: Watch | None) -> bool:
    """Whether the time in which a seat is kept for somebody has passed without a word."""
    until = kept_until(seat, seminar, watch) if watch is not None else None
    return until is not None and watch is not None and watch.now >= until


def _until(since: datetime, seminar: Seminar, part: str) -> datetime:
    """The days that the programme gives, at most half of what is left before the start, so that others can still be
    asked; of who applies later than that all of them."""
    start = begins(seminar, part)
    return ends_after(since, start if start is not None and start > since else None, timedelta(days=seminar.approval))
