"""The announcement that stands at the top of each course: what it should say, and what differs from it. Pure.

Nothing is announced of a seminar that is over, and a seminar that was cancelled is only told of where it had been
announced: whoever never heard of it need not hear that it will not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kypek_sync.contract import Announcement, AnnouncementDraft, Change, CourseKey, Target, Verb
from kypek_sync.language import speaker
from kypek_sync.model import Seminar, Status
from kypek_sync.seminar.by_hand import line_of, over, planned_sessions
from kypek_sync.sync.planning.desired import Centre, WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse

Facts = tuple[tuple[str, str], ...]
Key = tuple[str, str]

AGAIN = timedelta(hours=23)
"""How long after it was looked at an announcement is looked at again, if its words have not changed."""


@dataclass(frozen=True, slots=True)
class WishedAnnouncement:
    """What should stand in one course. `cancelled`: only where something of ours stands already."""

    key: CourseKey
    draft: AnnouncementDraft
    cancelled: bool = False
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservedAnnouncement:
    """What a complete read showed: `ours`, None where it does not stand; `left_out`: somebody deleted it twice;
    `written` is what we wrote into it last."""

    ours: Announcement | None = None
    left_out: bool = False
    written: Facts = ()
    shown_by: tuple[str, ...] = field(default=())


def announcement_reference(course: str) -> str:
    """Our reference of a course's announcement, from that of the course."""
    return f"{course}:announcement"


def wished_announcements(
    seminars: Iterable[Seminar], courses: Iterable[WishedCourse], centre: Centre, now: datetime
) -> tuple[WishedAnnouncement, ...]:
    """What should stand in every course of a seminar that is not over."""
    by_code = {seminar.code: seminar for seminar in seminars}
    found = []
    for course in courses:
        seminar = by_code[course.seminar].of_part(course.part)
        if not seminar.sessions or over(seminar, now):
            continue
        found.append(
            WishedAnnouncement(
                course.key,
                AnnouncementDraft(
                    announcement_reference(course.draft.ref),
                    _title(course.draft.title),
                    _text(seminar, f"{centre.page}/s/{seminar.code}"),
                ),
                seminar.status is Status.CANCELLED,
                (seminar.source.said(centre.text),),
            )
        )
    return tuple(found)


def due(
    wished: Iterable[WishedAnnouncement],
    ours: Mapping[Key, str],
    written: Mapping[Key, Facts],
    left_out: frozenset[Key],
    seen: Mapping[Key, datetime],
    now: datetime,
) -> frozenset[Key]:
    """The courses to look into: those that do not say what they should as far as the ledger knows, and once a day the
    others, since anybody who teaches there may delete it. `ours` are ids by (system, seminar), `written` by (system,
    id)."""
    found = set()
    for wish in wished:
        if wish.key in left_out:
            continue
        mine = ours.get(wish.key)
        last = written.get((wish.key[0], mine), ()) if mine is not None else ()
        late = not wish.cancelled if mine is None else _says(last) != _says(facts(wish.draft))
        if late or (mine is not None and (wish.key not in seen or now - seen[wish.key] >= AGAIN)):
            found.add(wish.key)
    return frozenset(found)


def plan_announcements(
    wished: Iterable[WishedAnnouncement],
    courses: Mapping[Key, ObservedCourse],
    observed: Mapping[Key, ObservedAnnouncement],
) -> list[Change]:
    """The changes that make the announcements as wished; nothing for a course that is gone or was not seen. A course
    that is yet to be made has none."""
    changes: list[Change] = []
    for wish in wished:
        course = courses.get(wish.key)
        if course is None or not course.readable or course.gone:
            continue
        sight = observed.get(wish.key)
        if sight is None and course.course is None and not course.bound:
            sight = ObservedAnnouncement()
        if sight is None or (sight.ours is None and (sight.left_out or wish.cancelled)):
            continue
        target, because = _target(wish.key), (*wish.because, *sight.shown_by)
        wanted = facts(wish.draft)
        if sight.ours is None:
            changes.append(Change(Verb.ANNOUNCE, target, (), wanted, because))
        elif _says(sight.written) != _says(wanted):  # where we know of none, the platform says what is so already
            changes.append(Change(Verb.REVISE, target, facts(sight.ours), wanted, because))
    return changes


def _target(key: CourseKey) -> Target:
    return Target(key.system, key.seminar, part=key.part)


def facts(one: AnnouncementDraft | Announcement) -> Facts:
    """An announcement in the words of a change."""
    return (("text", one.text), ("title", one.title))


def _says(words: Facts) -> list[tuple[str, str]]:
    """Facts without what platforms make of spaces and empty lines."""
    return [(key, " ".join(value.split())) for key, value in words]


def _title(title: str) -> str:
    """One line, at most 200 letters."""
    words = " ".join(title.split())
    return words if len(words) <= 200 else f"{words[:199].rstrip()}…"


def _text(seminar: Seminar, page: str) -> str:
    """What everybody in the course reads: Greek, in whatever language the programme speaks to its officers."""
    text = speaker("el")
    if seminar.status is Status.CANCELLED:
        lines = [text("The seminar has been cancelled.")]
    else:
        lines = [text("The sessions:"), *map(line_of, planned_sessions(seminar))]
        lines += ["", text("Who has a seat and who waits is shown on the page of the seminar.")]
    return "\n".join([*lines, text("Everything about the seminar: %(page)s", page=page)])
