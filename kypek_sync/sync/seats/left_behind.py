"""Dates and announcements of ours in courses that their seminars have left: told, since nobody keeps them any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import seminar_of
from kypek_sync.language import Text
from kypek_sync.ledger import course_dates, course_notices
from kypek_sync.model import Seminar
from kypek_sync.seminar.by_hand import over
from kypek_sync.sync.courses.ownership import Key


def left_behind(
    connection: Connection, kypek: str, seminars: Iterable[Seminar], wished: Collection[Key], text: Text, now: datetime
) -> list[str]:
    """A sentence for each course with something of ours that the programme does not name any more. `wished` are the
    courses that it names, by (system, course); of a seminar that is over nothing is said."""
    alive = {seminar.code for seminar in seminars if not over(seminar, now)}
    ours = {(system, ref.rpartition("/")[0]) for system, ref in course_dates.known(connection, kypek)}
    ours |= course_notices.known(connection, kypek).keys()
    return [
        text(
            "%(system)s: the seminar %(seminar)s moved away, and its dates or its announcement still stand in its "
            "course there. They are not kept up any more: delete them there.",
            system=system,
            seminar=course,
        )
        for system, course in sorted(ours - set(wished))
        if seminar_of(course) in alive
    ]
