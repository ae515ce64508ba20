"""Seats that are given up after the deadline that the programme sets («Αποχώρηση έως»). Pure.

The seat becomes free all the same, and goes to the next one; it is only told, and kept, that it came late. Only who
had a seat can be late. Whoever left on the platform is late only where they were still seen there after the deadline:
nobody is blamed for what we read late.
"""

from __future__ import annotations

from datetime import datetime

from kypek_sync.language import Text
from kypek_sync.model import Seat, SeatState, Seminar, local
from kypek_sync.seminar.eligibility import Facts

LATE = "late"
"""The fact of a withdrawn seat that was given up after the deadline: that deadline (ISO 8601)."""


def late(seminar: Seminar, earlier: Seat | None, at: datetime | None) -> Facts:
    """That a seat was given up late. `earlier` is what they had, or the withdrawal as it was told before; `at`: when
    they still had it for sure (aware, UTC; None: nobody knows)."""
    if earlier is None:
        return ()
    if earlier.state is SeatState.WITHDRAWN:
        return tuple(pair for pair in earlier.facts if pair[0] == LATE)
    deadline = seminar.leave_by
    if earlier.state is not SeatState.GRANTED or deadline is None or at is None or at <= deadline:
        return ()
    return ((LATE, deadline.isoformat()),)


def is_late(seat: Seat) -> bool:
    """Whether a seat was given up after the deadline."""
    return seat.state is SeatState.WITHDRAWN and LATE in dict(seat.facts)


def late_words(seat: Seat, text: Text) -> str:
    """That it was late, in a sentence; empty where it was not."""
    if not is_late(seat):
        return ""
    deadline = datetime.fromisoformat(dict(seat.facts)[LATE])
    return text("That was after %(deadline)s, until when a seat can be given up in time.", deadline=clock(deadline))


def clock(moment: datetime) -> str:
    """A moment on a Greek clock."""
    return f"{local(moment):%d/%m/%Y %H:%M}"
