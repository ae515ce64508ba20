"""Seats that become free shortly before a seminar are offered, and not given: until when an offer stands. Pure.

Until some days before the start whoever waits moves up at once. From then on people have made other plans: they are
asked, and silence passes the seat on. Once the seminar has begun nobody moves up any more. All moments are aware, UTC;
the night is one in Greece.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from kypek_sync.model import Seat, Seminar, Status, local

OFFERED, ACCEPTED, LAPSED, BEGUN = "offer", "offer-accepted", "offer-lapsed", "begun"
"""The rules by which such seats are as they are (`Seat.rule`)."""
MADE, UNTIL = "made", "until"
"""The facts of an offer: when it was made, and until when it stands at least (ISO 8601)."""

EVENING, MORNING, NINE = 22, 8, 9
"""An offer that would end between these hours ends at nine."""

Span = tuple[datetime, datetime]


class Phase(Enum):
    """What becomes of a seat that becomes free, for those who wait: it is theirs at once, it is offered, or they go on
    waiting because the seminar has begun."""

    AT_ONCE = "at once"
    OFFERS = "offers"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Terms:
    """From how long before the start seats are offered (None: who waits always moves up at once), and how long an offer
    stands at most."""

    before: timedelta | None = timedelta(days=7)
    lasts: timedelta = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the time of offers depends on. `letters`, by login: when the letter with the offer went out; None while it
    is still to go; who is not among them will get none. `stopped`: when the seminar was
    paused, or a session of it could not take place (`session_rulings.standstill`)."""

    now: datetime
    terms: Terms = Terms()
    letters: Mapping[str, datetime | None] = field(default_factory=dict)
    stopped: tuple[Span, ...] = ()


def begins(seminar: Seminar, part: str) -> datetime | None:
    """When the first session of a part starts that is not cancelled; None while there is none."""
    starts = (s.starts for s in seminar.sessions if s.status is Status.PLANNED and s.part in (None, part))
    return min(starts, default=None)


def phase(seminar: Seminar, part: str, clock: Clock | None) -> Phase:
    """How those who wait for a seat in a part get one now. Without a clock nothing is ever offered."""
    start, before = begins(seminar, part), clock.terms.before if clock is not None else None
    if clock is None or start is None or before is None or clock.now < start - before:
        return Phase.AT_ONCE
    return Phase.OFFERS if clock.now < start else Phase.OVER


def has_begun(seminar: Seminar, part: str, clock: Clock | None) -> bool:
    """Whether the first session of a part has started: then nobody is asked any more."""
    start = begins(seminar, part)
    return clock is not None and start is not None and clock.now >= start


def offer(seminar: Seminar, part: str, clock: Clock) -> tuple[tuple[str, str], ...]:
    """The facts of an offer made now."""
    until = ends_after(clock.now, begins(seminar, part), clock.terms.lasts)
    return (MADE, clock.now.isoformat()), (UNTIL, until.isoformat())


def made(seat: Seat) -> datetime | None:
    """When the offer was made that stands in a seat's facts; None without one."""
    said = dict(seat.facts).get(MADE)
    return datetime.fromisoformat(said) if said else None


def stands_until(seat: Seat, seminar: Seminar, clock: Clock) -> datetime | None:
    """When an offer lapses: never before its letter has been out as long as an offer lasts, and not while the seminar
    is paused; at the latest at the start. None: nobody can say yet, the letter has not gone out and no start is known.
    """
    facts, start = dict(seat.facts), begins(seminar, seat.part)
    until = datetime.fromisoformat(facts[UNTIL])
    since = datetime.fromisoformat(facts[MADE])
    letter = clock.letters.get(seat.login, since)
    if letter is None:
        return start
    if letter > since:
        since = letter
        until = max(until, ends_after(since, start, clock.terms.lasts))
    until = _awake(until + overlap((since, clock.now), clock.stopped), start)
    return until if start is None else min(until, start)


def lapsed(seat: Seat, seminar: Seminar, clock: Clock) -> bool:
    """Whether an offer is over without an answer."""
    until = stands_until(seat, seminar, clock)
    return until is not None and clock.now >= until


def ends_after(since: datetime, start: datetime | None, lasts: timedelta) -> datetime:
    """When what is asked at that moment is over: half of what is left before the start, at most `lasts`; by day."""
    return _awake(since + (lasts if start is None else min(lasts, max((start - since) / 2, timedelta(0)))), start)


def _awake(until: datetime, start: datetime | None) -> datetime:
    """Not in the night, unless morning would be too late."""
    by_day = _by_day(until)
    return until if start is not None and by_day >= start else by_day


def _by_day(at: datetime) -> datetime:
    here = local(at)
    if MORNING <= here.hour < EVENING:
        return at
    morning = here.replace(hour=NINE, minute=0, second=0, microsecond=0, fold=0)
    if here.hour >= EVENING:
        morning += timedelta(days=1)  # on the clock on the wall, also in the nights when it is put forward or back
    return morning.astimezone(at.tzinfo)


def overlap(span: Span, those: tuple[Span, ...]) -> timedelta:
    """How much of a span the others cover; they do not cover each other."""
    parts = (min(span[1], ends) - max(span[0], starts) for starts, ends in those)
    return sum((one for one in parts if one > timedelta(0)), timedelta(0))
