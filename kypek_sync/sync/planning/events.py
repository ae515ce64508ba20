"""The dates of sessions in the calendars of courses: what should stand there, and what differs from it. Pure.

Only sessions that are not over are spoken of. A session that is missing from the programme is no cancellation (rule
20). An event cannot be changed, so a moved session is a removal and then a new event: a crash in between leaves one
that is wanted and not there, never two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kypek_sync.contract import CalendarEvent, Cause, Change, CourseKey, EventDraft, Target, Verb
from kypek_sync.language import Text, speaker
from kypek_sync.model import Form, Seminar, Session, Status, local
from kypek_sync.sync.planning.desired import Centre, WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse

Facts = tuple[tuple[str, str], ...]
Key = tuple[str, str]

_FORMS = {Form.IN_PERSON: "in person", Form.ONLINE: "online", Form.BLENDED: "in person and online"}


@dataclass(frozen=True, slots=True)
class WishedDates:
    """The dates of one seminar in one of its courses on one system, by the session's number. `cancelled` are those
    that do not take place; `because` explains each number."""

    system: str
    course: str
    dates: Mapping[int, EventDraft] = field(default_factory=dict)
    cancelled: frozenset[int] = frozenset()
    because: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> CourseKey:
        """System, and our name of the course."""
        return CourseKey(self.system, self.course)


@dataclass(frozen=True, slots=True)
class ObservedDates:
    """What a complete read showed: `ours` by the session's number, `surplus` further events that carry the reference of
    one of ours, `left_out` the sessions whose event somebody deleted twice. `written` is what we wrote into an event,
    by its id."""

    ours: Mapping[int, CalendarEvent] = field(default_factory=dict)
    surplus: tuple[tuple[int, CalendarEvent], ...] = ()
    left_out: frozenset[int] = frozenset()
    written: Mapping[str, Facts] = field(default_factory=dict)
    shown_by: tuple[str, ...] = ()


def event_reference(course: str, session: int | str) -> str:
    """Our reference of a session's event, from that of the course: `kypek:<kypek>:<code>:<number>`."""
    return f"{course}:{session}"


def wished_dates(
    seminars: Iterable[Seminar], courses: Iterable[WishedCourse], centre: Centre, now: datetime
) -> tuple[WishedDates, ...]:
    """What the calendars should say, for every course of a seminar with a session that is not over."""
    by_code = {seminar.code: seminar for seminar in seminars}
    found = []
    for course in courses:
        seminar = by_code[course.seminar].of_part(course.part)
        ahead = [session for session in seminar.sessions if session.ends > now]
        if not ahead:
            continue
        takes_place = {s.number for s in ahead if s.status is seminar.status is Status.PLANNED}
        found.append(
            WishedDates(
                course.system,
                course.course,
                {s.number: _draft(seminar, s, course, centre) for s in ahead if s.number in takes_place},
                frozenset(s.number for s in ahead) - takes_place,
                {s.number: (seminar.source.said(centre.text), _session(s, centre.text)) for s in ahead},
            )
        )
    return tuple(found)


def plan_dates(
    wished: Iterable[WishedDates], courses: Mapping[Key, ObservedCourse], observed: Mapping[Key, ObservedDates]
) -> list[Change]:
    """The changes that make the calendars as wished; nothing for a course that is gone, not seen, or was not to be
    made. A course that is yet to be made has an empty calendar."""
    changes: list[Change] = []
    for wish in wished:
        course = courses.get(wish.key)
        if course is None or not course.readable or course.gone:
            continue
        sight = observed.get(wish.key)
        if sight is None and course.course is None and not course.bound:
            sight = ObservedDates()
        if sight is not None:
            changes += _dates(wish, sight)
    return changes


def behind(
    wished: Iterable[WishedDates],
    events: Mapping[Key, str],
    written: Mapping[Key, Facts],
    left_out: Collection[Key],
) -> frozenset[Key]:
    """The courses whose calendars do not say what they should as far as the ledger knows, as (system, course): they
    are read although nobody new is to be seen there. `events` are the ids of ours by (system, `COURSE/NUMBER`),
    `written` what we wrote by (system, id)."""
    found = set()
    for wish in wished:
        for number in {*wish.dates, *wish.cancelled}:
            place = wish.system, f"{wish.course}/{number}"
            event, draft = events.get(place), wish.dates.get(number)
            if (draft is None and event is None) or place in left_out:
                continue
            last = written.get((wish.system, event)) if event is not None else ()
            if draft is None or (last is not None and _says(last) != _says(facts(draft))):
                found.add(wish.key)
    return frozenset(found)


def facts(event: EventDraft | CalendarEvent) -> Facts:
    """An event in the words of a change."""
    return (
        ("description", event.description),
        ("ends", event.ends.isoformat()),
        ("starts", event.starts.isoformat()),
        ("title", event.title),
    )


def _dates(wish: WishedDates, sight: ObservedDates) -> list[Change]:
    changes = []
    for number, draft in sorted(wish.dates.items()):
        event = sight.ours.get(number)
        if event is None and number in sight.left_out:
            continue
        if event is not None and _says(sight.written.get(event.id, facts(event))) == _says(facts(draft)):
            continue  # as we wrote it: what somebody changed in it since is theirs, until the programme changes
        if event is not None:
            changes.append(_away(wish, number, event, sight))
        because = (*wish.because[number], *sight.shown_by)
        changes.append(Change(Verb.ADD_EVENT, _target(wish, number), (), facts(draft), because))
    changes += [_away(wish, number, sight.ours[number], sight) for number in sorted(wish.cancelled & sight.ours.keys())]
    changes += [_away(wish, number, event, sight, surplus=True) for number, event in sight.surplus]
    return changes


def _away(
    wish: WishedDates, number: int, event: CalendarEvent, sight: ObservedDates, *, surplus: bool = False
) -> Change:
    """The removal of an event, decided by whoever moved or cancelled the session."""
    which = (("event", event.id),) if surplus else ()
    because = (*wish.because.get(number, ()), *sight.shown_by)
    return Change(
        Verb.REMOVE_EVENT, _target(wish, number), (*which, *facts(event)), because=because, cause=Cause.DECIDED
    )


def _target(wish: WishedDates, number: int) -> Target:
    return Target(wish.system, wish.key.seminar, str(number), "", wish.key.part)


def _says(words: Facts) -> list[tuple[str, str]]:
    """Facts without what platforms make of spaces and empty lines."""
    return [(key, " ".join(value.split())) for key, value in words]


def _draft(seminar: Seminar, session: Session, course: WishedCourse, centre: Centre) -> EventDraft:
    """What everybody in the course reads: Greek, in whatever language the programme speaks to its officers."""
    text = speaker("el")
    lines = [
        text("How: %(form)s", form=text(_FORMS[session.form])),
        text("Where: %(place)s", place=session.place) if session.place else "",
        text("Topic: %(topic)s", topic=session.topic) if session.topic else "",
        text("The page of the seminar: %(page)s", page=f"{centre.page}/s/{seminar.code}"),
    ]
    return EventDraft(
        ref=event_reference(course.draft.ref, session.number),
        title=_short(text("Session %(number)s: %(title)s", number=session.number, title=seminar.title)),
        description="\n".join(line for line in lines if line),
        starts=session.starts.replace(microsecond=0),
        ends=session.ends.replace(microsecond=0),
    )


def _short(title: str) -> str:
    """One line, at most 200 letters."""
    words = " ".join(title.split())
    return words if len(words) <= 200 else f"{words[:199].rstrip()}…"


def _session(session: Session, text: Text) -> str:
    return text("session %(number)s, %(when)s", number=session.number, when=f"{local(session.starts):%d/%m/%Y %H:%M}")
