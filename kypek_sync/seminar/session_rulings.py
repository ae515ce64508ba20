"""What was decided of single sessions beside the programme: a strike, snow, a hall that is not free. Pure.

An officer hands in a file, and later cancels, moves or puts off a session by a command. The file stays as it was, and
is read again at every pass: what was decided stands above it for as long as the file says of that session what it said
then. A file that says something else of it is the later word, and counts; a file that says the same as the decision has
been brought into line. In both cases the decision is over, so that nothing old comes to life again. A place that was
not decided is the file's: a hall that gets its right name brings back no session that was cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from kypek_sync.model import ATHENS, Seminar, Session, Status, local

Span = tuple[datetime, datetime]


class SessionWord(StrEnum):
    """What was decided of a session."""

    MOVE = "move"
    CANCEL = "cancel"
    POSTPONE = "postpone"


class Ending(StrEnum):
    """Why a decision about a session is over."""

    IN_LINE = "in line"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class SessionRuling:
    """What was decided of one session. `was` is the session as the file says it, `now` as it was decided; `at` is
    aware, UTC; `batch` is shared by all that was decided by one command."""

    seminar: str
    number: int
    word: SessionWord
    was: Session
    now: Session
    why: str
    at: datetime
    batch: int = 0


def appearance(session: Session) -> tuple[object, ...]:
    """What a decision may change of a session. The rest (topic, form, part) the file goes on saying."""
    return session.starts, session.ends, session.status, session.place


def carried(session: Session, ruled: Session, instead: Session) -> Session:
    """The session of a file with what was decided of it: to be as `ruled` is, `instead` of this. Its own place where
    the two meet at the same one."""
    place = session.place if ruled.place == instead.place else ruled.place
    return replace(session, starts=ruled.starts, ends=ruled.ends, status=ruled.status, place=place)


def ending(session: Session, ruling: SessionRuling) -> Ending | None:
    """Whether a decision is over, by what a file says of its session."""
    if appearance(session) == appearance(carried(session, ruling.was, ruling.now)):
        return None
    ruled = carried(session, ruling.now, ruling.was)
    return Ending.IN_LINE if appearance(session) == appearance(ruled) else Ending.OVERRULED


def with_rulings(
    seminar: Seminar, rulings: Iterable[SessionRuling]
) -> tuple[Seminar, tuple[tuple[SessionRuling, Ending], ...]]:
    """A seminar of a file with what was decided of its sessions, and the decisions that are over by it. One of a
    session that the file does not name (any more) stands."""
    about = {ruling.number: ruling for ruling in rulings}
    over, sessions = [], []
    for session in seminar.sessions:
        ruling = about.get(session.number)
        end = ending(session, ruling) if ruling is not None else None
        if ruling is not None and end is not None:
            over.append((ruling, end))
        sessions.append(carried(session, ruling.now, ruling.was) if ruling is not None and end is None else session)
    return (replace(seminar, sessions=tuple(sessions)) if about else seminar), tuple(over)


def decided(session: Session, word: SessionWord, starts: datetime | None, ends: datetime | None, place: str) -> Session:
    """A session as it will be: moved to these moments (aware, UTC; None: as it is), cancelled, or put off. `place` is
    empty where it stays."""
    if word is SessionWord.CANCEL:
        return replace(session, status=Status.CANCELLED)
    if word is SessionWord.POSTPONE:
        return replace(session, status=Status.POSTPONED)
    return replace(
        session,
        starts=starts or session.starts,
        ends=ends or session.ends,
        place=place or session.place,
        status=Status.PLANNED,
    )


def standstill(rulings: Sequence[tuple[SessionRuling, datetime | None]], now: datetime) -> tuple[Span, ...]:
    """When the clocks of a seminar's offers stood still until `now`: on the day on which one of its sessions could not
    take place, from when that was decided; and as long as one is put off without a day. Each decision with when it was
    over (None: it stands)."""
    spans = []
    for ruling, lifted in rulings:
        until = min(lifted or now, now)
        begins, ends = _day(ruling.was.starts)
        since = ruling.at if ruling.word is SessionWord.POSTPONE else max(ruling.at, begins)
        till = until if ruling.word is SessionWord.POSTPONE else min(until, ends)
        if since < till:
            spans.append((since, till))
    return joined(spans)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same times, in order, none of which covers another."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        else:
            found.append((since, until))
    return tuple(found)


def _day(at: datetime) -> Span:
    """The day of a moment in Greece, from midnight to midnight."""
    day = local(at).date()
    begins, ends = (datetime.combine(one, time(), ATHENS) for one in (day, day + timedelta(days=1)))
    return begins.astimezone(at.tzinfo), ends.astimezone(at.tzinfo)


def by_seminar(rulings: Iterable[SessionRuling]) -> Mapping[str, tuple[SessionRuling, ...]]:
    """The same, by the codes of their seminars."""
    found: dict[str, tuple[SessionRuling, ...]] = {}
    for ruling in rulings:
        found[ruling.seminar] = (*found.get(ruling.seminar, ()), ruling)
    return found
