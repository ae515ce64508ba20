"""The way back from dates in calendars: what still stands as the run left it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from kypek_sync.contract import CalendarEvent, Capability, Change, Courses, Verb
from kypek_sync.ledger import course_dates
from kypek_sync.ledger.runs import Deed
from kypek_sync.sync.courses.events import CalendarsRead, by_id, read_calendars, reconcile
from kypek_sync.sync.courses.ownership import Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.events import facts

EVENTS = (Verb.ADD_EVENT, Verb.REMOVE_EVENT)


class DatesBack:
    """Reads the calendars that some deeds are about, and judges what still holds."""

    def __init__(self, inst: Installation, kypek: str, deeds: Sequence[Deed]) -> None:
        self.inst = inst
        self.kypek = kypek
        self._keys = {deed.change.target.key for deed in deeds if deed.change.verb in EVENTS}
        self._read = CalendarsRead()
        self._ours: dict[tuple[str, str], CalendarEvent] = {}

    def look(
        self,
        courses: Mapping[Key, CourseRead],
        platforms: Mapping[str, Courses],
        abilities: Mapping[str, frozenset[Capability]],
        still_ours: Callable[[], None],
    ) -> list[str]:
        """Read the calendars; the problems met, in sentences."""
        with self.inst.ledger.begin(keep=False) as connection:
            known = course_dates.known(connection, self.kypek)
        self._read = read_calendars(sorted(self._keys), courses, known, platforms, abilities, still_ours)
        return [str(problem) for problem in self._read.problems]

    def prepare(self, connection: Connection) -> None:
        """Close what was not clear, so that the ledger knows which events are ours now."""
        reconcile(connection, self.kypek, self._read.calendars, self.inst.clock())
        bound = course_dates.known(connection, self.kypek)
        for key, calendar in self._read.calendars.items():
            for (system, ref), one in bound.items():
                course, _, session = ref.rpartition("/")
                event = by_id(calendar, one.foreign_id, self.kypek, course, session)
                if (system, course) == key and event is not None:
                    self._ours[system, ref] = event

    def fallen(self, change: Change, along: frozenset[Change]) -> str:
        """Why a change does not hold any more; an empty word if it does. `along` are the others of the same way back: a
        moved date goes before the earlier one comes."""
        text, target = self.inst.text, change.target
        calendar = self._read.calendars.get(target.key)
        if calendar is None or not calendar.complete:
            return text("the calendar of the course could not be read")
        event = self._ours.get((target.system, course_dates.place(target.course, target.object)))
        if change.verb is Verb.ADD_EVENT:
            goes = any(other.verb is Verb.REMOVE_EVENT and other.target == target for other in along)
            return text("the date is in the calendar again already") if event is not None and not goes else ""
        if event is None:
            return text("the date is not in the calendar any more")
        if "event" not in dict(change.before) and not _alike(facts(event), change.before):
            return text("somebody changed the date since")
        return ""


def _alike(seen: tuple[tuple[str, str], ...], left: tuple[tuple[str, str], ...]) -> bool:
    """Whether an event is as the run left it, whatever platforms make of spaces."""
    words = [[(key, " ".join(value.split())) for key, value in pairs] for pairs in (seen, left)]
    return words[0] == words[1]
