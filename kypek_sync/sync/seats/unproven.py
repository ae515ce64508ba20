"""Who applied and is not in the course any more, while nothing proves that they left it: their account was deleted or
renamed, most often, or they only asked to be let in and that cannot be seen any more. What they have stands, so
somebody must hear of it, or the place stays empty; once a person has refused them there is nothing left to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kypek_sync.language import Text
from kypek_sync.model import Seat, SeatState
from kypek_sync.sync.courses.reading import CourseRead

_NAMED = 10
"""Logins that a sentence names."""
_OVER = (SeatState.REFUSED, SeatState.WITHDRAWN)
"""States in which nobody has a place that they could leave empty."""


def unproven(courses: Iterable[CourseRead], seats: Mapping[str, Mapping[str, Seat]], text: Text) -> list[str]:
    """A sentence for each course whose whole list lacks somebody who applied there and whose application is not over,
    by the `seats` of seminars as they are decided now."""
    said = []
    for read in courses:
        if read.members is None or not read.members.complete:
            continue
        shown = {member.login for member in (*read.members.items, *read.asking)}
        if read.hidden:
            said.append(
                text(
                    "Requests to enter the course of %(seminar)s on %(system)s cannot be seen any more as the "
                    "platform is set up now; whoever applied by one keeps what they have: %(logins)s.",
                    seminar=read.task.course,
                    system=read.task.system,
                    logins=_first(sorted(read.hidden)),
                )
            )
        over = {login for login, seat in seats.get(read.task.seminar, {}).items() if seat.state in _OVER}
        logins = sorted(read.task.applied - shown - read.proven_gone - read.hidden - over)
        if logins:
            said.append(
                text(
                    "Not in the list of the course of %(seminar)s on %(system)s any more: %(logins)s. Nothing proves "
                    "that they left it; perhaps their accounts there were deleted or renamed. Their applications "
                    "stand: ask whether they still come.",
                    seminar=read.task.course,
                    system=read.task.system,
                    logins=_first(logins),
                )
            )
    return said


def _first(logins: Sequence[str]) -> str:
    """Some of them by name."""
    return ", ".join(logins[:_NAMED]) + (" …" if len(logins) > _NAMED else "")
