"""Who should be in the cohorts that a centre and its structures name, and what differs from it. Pure.

Somebody leaves a cohort only after they have left the group of seats of every seminar that put them in: so whatever the
guards hold back there holds them here too, and no seat is counted twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from kypek_sync.contract import Cause, Change, Target, Verb, seminar_of
from kypek_sync.ledger.cohorts import Key, Known
from kypek_sync.model import Seat, SeatState, Seminar, Status
from kypek_sync.settings.shape import KypekEntry
from kypek_sync.sync.planning.announcements import AGAIN
from kypek_sync.sync.planning.desired import SEATED

NOBODY = Known()


@dataclass(frozen=True, slots=True)
class WishedCohort:
    """Who should be in one cohort: logins with the codes of the seminars in which they have a seat; `staying` are those
    who still stand in the group of one of its seminars, or have a seat in one that has no course there any more;
    `lost` are those who had a seat in one with a course there, and have none in it now: that was judged where the seat
    was lost."""

    key: Key
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    staying: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()


def cohorts_of(entry: KypekEntry) -> tuple[Key, ...]:
    """The cohorts that the settings of a KYPEK name."""
    named = [*entry.cohorts.items()]
    named += [key for structure in entry.structures.values() for key in structure.cohorts.items()]
    return tuple(sorted({(system, cohort) for system, cohort in named if cohort}))


def wished_cohorts(
    entry: KypekEntry,
    seminars: Iterable[Seminar],
    courses: Collection[Key],
    seats: Mapping[str, Mapping[str, Seat]],
    placed: Mapping[Key, frozenset[str]],
) -> tuple[WishedCohort, ...]:
    """The cohorts that the settings name, each with those who have a seat in a seminar that is planned and has a course
    on that system. `courses` are those by (system, seminar), `placed` whom we put into groups by (system,
    `CODE/group`)."""
    members: dict[Key, dict[str, tuple[str, ...]]] = {key: {} for key in cohorts_of(entry)}
    if not members:
        return ()
    staying: dict[Key, set[str]] = {key: set() for key in members}
    seated_in = _in_groups_of_seats(placed)
    lost: dict[Key, set[str]] = {key: set() for key in members}
    for seminar in sorted(seminars, key=lambda one: one.code):
        known, cancelled = seats.get(seminar.code, {}), seminar.cancelled_parts
        planned = seminar.status is not Status.CANCELLED
        seated = {
            login
            for login, seat in known.items()
            if planned and seat.state is SeatState.GRANTED and seat.part not in cancelled
        }
        named = {*entry.cohorts.items(), *_of(entry, seminar)}
        for key in sorted(one for one in named if one[1]):
            if (key[0], seminar.code) not in courses:  # its mirror was taken out of the programme
                staying[key] |= seated
                continue
            staying[key] |= seated_in.get((key[0], seminar.code), set())
            lost[key] |= known.keys() - seated
            for login in seated:
                members[key][login] = (*members[key].get(login, ()), seminar.code)
    return tuple(
        WishedCohort(key, members[key], frozenset(staying[key]), frozenset(lost[key])) for key in sorted(members)
    )


def _in_groups_of_seats(placed: Mapping[Key, frozenset[str]]) -> dict[Key, set[str]]:
    """Whom we put into the groups of those with a seat, by system and seminar."""
    found: dict[Key, set[str]] = {}
    for (system, place), logins in placed.items():
        course, _, group = place.rpartition("/")
        if group.startswith(SEATED):
            found.setdefault((system, seminar_of(course)), set()).update(logins)
    return found


def kept_by_others(wished: Iterable[WishedCohort]) -> dict[Key, frozenset[str]]:
    """Who is kept in which cohort by the wishes of other KYPEKs that name the same one of the same connector."""
    found: dict[Key, frozenset[str]] = {}
    for wish in wished:
        found[wish.key] = found.get(wish.key, frozenset()) | wish.members.keys() | wish.staying
    return found


def due(wished: Iterable[Key], known: Mapping[Key, Known], seen: Mapping[Key, datetime], now: datetime) -> list[Key]:
    """The cohorts in which it is time to look: once a day whether somebody was taken out by hand, and at once where
    nobody told us what became of somebody whom we asked for."""
    peopled = [key for key in wished if (one := known.get(key)) is not None and one.ours | one.there | one.asked]
    return [key for key in peopled if known[key].asked or key not in seen or now - seen[key] >= AGAIN]


def plan_cohorts(
    wished: Iterable[WishedCohort],
    known: Mapping[Key, Known],
    has_seat: str,
    lost_seat: str,
    kept: Mapping[Key, frozenset[str]] = MappingProxyType({}),
) -> list[Change]:
    """The changes that make the cohorts as wished. `has_seat` and `lost_seat` are the reasons, in the reader's
    language; `kept` are those whom other KYPEKs keep in."""
    changes: list[Change] = []
    for wish in wished:
        system, cohort = wish.key
        one = known.get(wish.key, NOBODY)
        fact = (("cohort", cohort),)
        for login in sorted(one.ours - wish.members.keys() - wish.staying - kept.get(wish.key, frozenset())):
            target = Target(system, "", cohort, login)
            cause = Cause.DECIDED if login in wish.lost else Cause.INFERRED  # nobody decided it: the limits count it
            changes.append(Change(Verb.LEAVE_COHORT, target, fact, (), (lost_seat,), cause))
        for login in sorted(wish.members.keys() - one.ours - one.there - one.left_out):
            because = (f"{has_seat}: {', '.join(wish.members[login])}",)
            changes.append(Change(Verb.JOIN_COHORT, Target(system, "", cohort, login), (), fact, because))
    return changes


def _of(entry: KypekEntry, seminar: Seminar) -> Iterable[Key]:
    structure = entry.structures.get(seminar.structure)
    return structure.cohorts.items() if structure is not None else ()
