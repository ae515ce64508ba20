"""What else courses carry because of seminars and seats: dates in calendars, announcements, people in cohorts.

Decided in the transaction of the pass, without a foreign call; nothing is said of what was not shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kypek_sync.contract import Capability, Change, CourseKey
from kypek_sync.ledger import bindings, course_notices, programmes, seats, todos
from kypek_sync.ledger.naming import is_forgotten
from kypek_sync.model import Seat, Seminar
from kypek_sync.seminar.by_hand import Kind, over
from kypek_sync.sync.courses.announcements import observed_announcements
from kypek_sync.sync.courses.cohorts import observed_cohorts
from kypek_sync.sync.courses.events import observed_dates
from kypek_sync.sync.courses.ownership import Key
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.announcements import plan_announcements, wished_announcements
from kypek_sync.sync.planning.cohorts import WishedCohort, cohorts_of, kept_by_others, plan_cohorts, wished_cohorts
from kypek_sync.sync.planning.desired import WishedCourse
from kypek_sync.sync.planning.events import plan_dates, wished_dates
from kypek_sync.sync.planning.plan import ObservedCourse
from kypek_sync.sync.seats.bare_names import bare_names
from kypek_sync.sync.seats.left_behind import left_behind
from kypek_sync.sync.seats.reading import SeatsRead


@dataclass(frozen=True, slots=True)
class Ground:
    """What a pass knows when it comes to the extras: approved seminars, the courses that should be and what was seen of
    them, seats by seminar and login, and whom we put into groups."""

    seminars: Sequence[Seminar]
    wished: Sequence[WishedCourse]
    observed: Mapping[Key, ObservedCourse]
    seats: Mapping[str, Mapping[str, Seat]]
    placed: Mapping[Key, frozenset[str]]


@dataclass
class Extras:
    """What is to be changed, and figures, problems and notes for the report. `looked` are spots that a pass could judge
    besides its courses, `unread` courses of which something was asked for in vain; `unnamed` are those, with their
    addresses, that the programme does not name any more, and in which something of ours stays."""

    changes: list[Change] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looked: set[Key] = field(default_factory=set)
    unread: set[Key] = field(default_factory=set)
    unnamed: Mapping[CourseKey, str] = field(default_factory=dict)


def decide(connection: Connection, inst: Installation, kypek: str, read: SeatsRead, ground: Ground) -> Extras:
    """Hold what was read against what the ledger knows, and plan."""
    found = Extras()
    _dates(connection, inst, kypek, read, ground, found)
    _announcements(connection, inst, kypek, read, ground, found)
    _cohorts(connection, inst, kypek, read, ground, found)
    wished = {wish.key for wish in ground.wished}
    told = left_behind(connection, kypek, ground.seminars, wished, inst.text, inst.clock())
    alive = {seminar.code for seminar in ground.seminars if not over(seminar, inst.clock())}
    left = {one.key for one in read.former}  # where people applied before: its address never stood among the mirrors
    named = [one for one in ground.wished if one.seminar in alive and one.key not in left]
    told |= bare_names(connection, kypek, named, inst.connectors.named, inst.text)
    _unnamed(connection, inst, kypek, told, found)
    return found


def _unnamed(
    connection: Connection, inst: Installation, kypek: str, told: Mapping[CourseKey, str], found: Extras
) -> None:
    """What is told of courses that the programme does not name any more, until somebody says that they saw to it."""
    done = todos.ticked(connection, kypek, Kind.UNNAMED)
    bound = bindings.known(connection, kypek, "course") if told else {}
    found.unnamed = {key: bound[key].address if key in bound else "" for key in told}
    how = inst.text("Seen to it, or left so on purpose? Then tick it off: `kypek-sync todos list`, `todos done`.")
    found.notes += [f"{note} {how}" for key, note in sorted(told.items()) if key not in done]


def _able(read: SeatsRead, ground: Ground, capability: Capability) -> list[WishedCourse]:
    return [wish for wish in ground.wished if capability in read.abilities.get(wish.system, frozenset())]


def _dates(
    connection: Connection, inst: Installation, kypek: str, read: SeatsRead, ground: Ground, found: Extras
) -> None:
    able = _able(read, ground, Capability.CALENDAR)
    wished = wished_dates(ground.seminars, able, inst.centre(kypek), inst.clock())
    seen = observed_dates(connection, kypek, wished, read.calendars.calendars, inst.text, inst.clock())
    found.counts["dates left out by hand"] = sum(len(one.left_out) for one in seen.values())
    found.unread |= read.calendars.unread
    found.changes += plan_dates(wished, ground.observed, seen)


def _announcements(
    connection: Connection, inst: Installation, kypek: str, read: SeatsRead, ground: Ground, found: Extras
) -> None:
    able = _able(read, ground, Capability.ANNOUNCEMENT)
    wished = wished_announcements(ground.seminars, able, inst.centre(kypek), inst.clock())
    seen = observed_announcements(connection, kypek, read.boards.boards, inst.text, inst.clock())
    out = course_notices.left_out(connection, kypek)
    found.counts["announcements left out by hand"] = sum(wish.key in out for wish in wished)
    found.unread |= read.boards.unread
    found.changes += plan_announcements(wished, ground.observed, seen)


def _cohorts(
    connection: Connection, inst: Installation, kypek: str, read: SeatsRead, ground: Ground, found: Extras
) -> None:
    text, entry = inst.text, inst.kypek(kypek)
    known = observed_cohorts(connection, kypek, read.cohorts.inside, inst.clock())
    seated = {
        code: {login: seat for login, seat in those.items() if not is_forgotten(login)}
        for code, those in (ground.seats.items() if cohorts_of(entry) else ())
    }
    courses = {(wish.system, wish.seminar) for wish in ground.wished}
    able = []
    for wish in wished_cohorts(entry, ground.seminars, courses, seated, ground.placed):
        system = wish.key[0]
        if Capability.COHORTS in read.abilities.get(system, frozenset()):
            able.append(wish)
            found.looked.add((system, ""))
        elif system in read.abilities:
            found.problems.append(
                f"{system}: Cohorts are named in the settings, and it puts nobody into any: write `cohorts: true` into "
                "its own settings, and give it what its setup lists."
            )
    found.counts["cohort members left out by hand"] = sum(len(one.left_out) for one in known.values())
    kept = _kept_by_others(connection, inst, kypek, {wish.key for wish in able})
    found.changes += plan_cohorts(able, known, text("has a seat in"), text("has no seat any more"), kept)


def _kept_by_others(
    connection: Connection, inst: Installation, kypek: str, keys: Collection[Key]
) -> dict[Key, frozenset[str]]:
    """Whom the other KYPEKs keep in these cohorts, by what the ledger knows of their seminars and seats."""
    wished: list[WishedCohort] = []
    for other, entry in inst.loaded.settings.kypeks.items():
        if other == kypek or not set(cohorts_of(entry)) & set(keys):
            continue
        seminars = [one.seminar for one in programmes.in_force(connection, other).values() if one.approved]
        courses = {(wish.system, wish.seminar) for wish in desired.courses(seminars, {}, inst.centre(other))}
        placed = bindings.claimed(connection, other, "membership")
        wished += wished_cohorts(entry, seminars, courses, seats.decided(connection, other), placed)
    return kept_by_others(wished)
