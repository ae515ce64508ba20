"""The calendars of courses: read together, and held against what the ledger says of them (design, rules 1, 4, 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import (
    CalendarEvent,
    Capability,
    ConnectorError,
    CourseCalendar,
    Courses,
    Snapshot,
    Verb,
)
from kypek_sync.language import Text
from kypek_sync.ledger import course_dates, runs
from kypek_sync.ledger.bindings import Binding
from kypek_sync.ledger.runs import Deed
from kypek_sync.sync.courses.ownership import CALLS, Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.desired import reference
from kypek_sync.sync.planning.events import ObservedDates, WishedDates, event_reference
from kypek_sync.sync.planning.rests import rests_on

Calendar = Snapshot[CalendarEvent]
_VERBS = (Verb.ADD_EVENT, Verb.REMOVE_EVENT)


@dataclass(frozen=True, slots=True)
class CalendarsRead:
    """The calendars that were read, by (system, course), with the problems met; `unread` were asked for in vain."""

    calendars: Mapping[Key, Calendar] = field(default_factory=dict)
    problems: tuple[ConnectorError, ...] = ()
    unread: frozenset[Key] = frozenset()


def read_calendars(
    keys: Iterable[Key],
    courses: Mapping[Key, CourseRead],
    known: Mapping[Key, Binding],
    platforms: Mapping[str, Courses],
    abilities: Mapping[str, frozenset[Capability]],
    still_ours: Callable[[], None],
) -> CalendarsRead:
    """Read the calendars of these courses, those of one system together. `known` are our events by (system,
    `COURSE/NUMBER`). Courses that were not read themselves are left out."""
    by_system: dict[str, dict[Key, str]] = {}
    for key in keys:
        read = courses.get(key)
        if read is not None and read.course is not None and Capability.CALENDAR in abilities.get(key[0], frozenset()):
            by_system.setdefault(key[0], {})[key] = read.course.id
    ours = _by_course(known)
    calendars: dict[Key, Calendar] = {}
    problems: list[ConnectorError] = []
    unread: set[Key] = set()
    for system, mine in sorted(by_system.items()):
        platform = platforms[system]
        if not isinstance(platform, CourseCalendar):
            continue
        still_ours()
        ids: dict[str, frozenset[str]] = dict.fromkeys(mine.values(), frozenset())
        for key, course in mine.items():
            ids[course] |= ours.get(key, set())
        try:
            found = platform.events(ids)
        except ConnectorError as error:
            problems.append(error)
            unread |= mine.keys()
            continue
        calendars |= {key: found[course] for key, course in mine.items() if course in found}
        unread |= {key for key, course in mine.items() if course not in found or not found[course].complete}
    return CalendarsRead(calendars, tuple(problems), frozenset(unread))


def observed_dates(
    connection: Connection,
    kypek: str,
    wished: Iterable[WishedDates],
    calendars: Mapping[Key, Calendar],
    text: Text,
    now: datetime,
) -> dict[Key, ObservedDates]:
    """What the calendars show of our events, by (system, course); only where they were shown whole. Closes what never
    got a clear answer, and remembers what somebody deleted by hand."""
    wishes: dict[Key, WishedDates] = {wish.key: wish for wish in wished}
    whole = {key: calendar for key, calendar in calendars.items() if calendar.complete}
    reconcile(connection, kypek, whole, now)
    known = course_dates.known(connection, kypek)
    written = course_dates.written(connection, kypek) if whole else {}
    matched = {}
    for key, calendar in whole.items():
        if (wish := wishes.get(key)) is not None:
            matched[key] = _matched(connection, kypek, wish, calendar, known, now)
    left_out = course_dates.left_out(connection, kypek)
    return {
        key: ObservedDates(
            ours,
            surplus,
            frozenset(n for n in wishes[key].dates if (key[0], course_dates.place(key[1], n)) in left_out),
            {event.id: found for event in ours.values() if (found := written.get((key[0], event.id)))},
            rests_on((whole[key],), text),
        )
        for key, (ours, surplus) in matched.items()
    }


def reconcile(connection: Connection, kypek: str, calendars: Mapping[Key, Calendar], now: datetime) -> None:
    """Close the intents that never got a clear answer, by what the calendars show. An event that may still be on its
    way is waited for: nothing is made in its place meanwhile (`event_calls`)."""
    known = course_dates.known(connection, kypek)
    settled = []
    for deed in runs.open_intents(connection, kypek, _VERBS):
        target = deed.change.target
        calendar = calendars.get(target.key)
        if calendar is None or not calendar.complete:
            continue
        ref = course_dates.place(target.course, target.object)
        bound = known.get((target.system, ref))
        shown = _shown(kypek, deed, calendar, bound)
        if shown is None and now - deed.opened < CALLS:
            continue
        if shown and deed.change.verb is Verb.ADD_EVENT:
            course_dates.learn(connection, kypek, target.system, ref, shown, now)
        elif shown and bound is not None and bound.foreign_id == shown:
            course_dates.forget(connection, kypek, target.system, ref)
        settled.append(deed.intent)
    runs.settle(connection, settled, now)


def _shown(kypek: str, deed: Deed, calendar: Calendar, bound: Binding | None) -> str | None:
    """The id of the event that a calendar shows to be made, or to be gone, as a change asked; None if it does not."""
    target = deed.change.target
    if deed.change.verb is Verb.ADD_EVENT:
        alike = _alike(calendar, kypek, target.course, target.object)
        return next((one.id for one in alike if bound is None or one.id != bound.foreign_id), None)
    event = dict(deed.change.before).get("event") or (bound.foreign_id if bound is not None else "")
    return event if event and by_id(calendar, event, kypek, target.course, target.object) is None else None


def _matched(
    connection: Connection,
    kypek: str,
    wish: WishedDates,
    calendar: Calendar,
    known: Mapping[Key, Binding],
    now: datetime,
) -> tuple[dict[int, CalendarEvent], tuple[tuple[int, CalendarEvent], ...]]:
    """Our event of each session, by its binding, else by its reference; and what carries the same reference beside.
    What has the id that we know, and is not ours any more, is as good as gone by hand."""
    mine: dict[int, CalendarEvent] = {}
    surplus: list[tuple[int, CalendarEvent]] = []
    for number in sorted({*wish.dates, *wish.cancelled}):
        ref = course_dates.place(wish.course, number)
        bound = known.get((wish.system, ref))
        alike = _alike(calendar, kypek, wish.course, number)
        same = by_id(calendar, bound.foreign_id, kypek, wish.course, number) if bound is not None else None
        if same is not None:
            mine[number] = same
        elif alike:
            mine[number] = alike[0]
            course_dates.learn(connection, kypek, wish.system, ref, alike[0].id, now)
        elif bound is not None:
            course_dates.forget(connection, kypek, wish.system, ref)
            if number in wish.dates:
                course_dates.deleted_by_hand(connection, kypek, wish.system, ref, now)
        surplus += [(number, event) for event in alike if event.id != mine[number].id]
    return mine, tuple(surplus)


def by_id(calendar: Calendar, event: str, kypek: str, course: str, session: int | str) -> CalendarEvent | None:
    """The event that we know by its id, if it is still the one of this session."""
    ref = event_reference(reference(kypek, course), session)
    return next((one for one in calendar.items if one.id == event and one.still(ref)), None)


def _alike(calendar: Calendar, kypek: str, course: str, session: int | str) -> list[CalendarEvent]:
    """The events that carry our reference of a session, the oldest first."""
    ref = event_reference(reference(kypek, course), session)
    found = [event for event in calendar.items if event.ref == ref]
    return sorted(found, key=lambda event: (len(event.id), event.id))


def _by_course(known: Mapping[Key, Binding]) -> dict[Key, set[str]]:
    """The ids of our events by (system, course)."""
    found: dict[Key, set[str]] = {}
    for (system, ref), one in known.items():
        found.setdefault((system, ref.rpartition("/")[0]), set()).add(one.foreign_id)
    return found
