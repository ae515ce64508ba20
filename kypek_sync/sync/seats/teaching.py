"""Who applied in a course and teaches there by now: a person made them trainer by hand, or the programme names them.

Whoever runs a course is no applicant (`seminar.applications.promoted`). A place that was told is taken from nobody by a
rule (design, rules 4 and 13): it stands, and is told until a person decides or makes them a student there again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import CourseKey
from kypek_sync.language import Text
from kypek_sync.ledger import bindings, reads
from kypek_sync.ledger.lookups import Wish
from kypek_sync.model import PLACES, Seat, Seminar
from kypek_sync.seminar.applications import TEACHING
from kypek_sync.seminar.by_hand import over
from kypek_sync.sync.seats.registration import Registration


def teaching(
    seminar: Seminar,
    registration: Registration,
    seats: Mapping[str, Seat],
    vouched: Collection[str],
    text: Text,
    now: datetime,
) -> list[str]:
    """A sentence for each course of a seminar with somebody who has a place and teaches there. `vouched` are those
    about whom an officer has decided already."""
    said = []
    for read in registration.reads if not over(seminar, now) else ():
        teach = {one.login for one in read.members.items if one.role in TEACHING} if read.members is not None else set()
        logins = sorted(
            login
            for login in teach - set(vouched)
            if (seat := seats.get(login)) is not None and seat.state in PLACES and seat.part == read.task.part
        )
        if logins:
            said.append(
                text(
                    "%(system)s: in the course of %(seminar)s these teach by now and have a place as participants too: "
                    "%(logins)s. Their place stands, and who waits does not move up: make them students there again, "
                    "or decide by `kypek-sync seats refuse %(code)s LOGIN --why TEXT`.",
                    system=read.task.system,
                    seminar=read.task.course,
                    logins=", ".join(logins),
                    code=seminar.code,
                )
            )
    return said


def teaches_in(connection: Connection, kypek: str, wishes: Iterable[Wish]) -> tuple[str, ...]:
    """The platforms on which whoever had these wishes teaches in the course where they applied, by its last read."""
    bound = bindings.known(connection, kypek, "course")
    found = set()
    for wish in wishes:
        course = bound.get(CourseKey.of(wish.system, wish.seminar, wish.part))
        if course is None:
            continue
        known = reads.known_members(connection, wish.system, [course.foreign_id]).get(course.foreign_id, {})
        if (member := known.get(wish.login)) is not None and member.role in TEACHING:
            found.add(wish.system)
    return tuple(sorted(found))
