"""What people have to do by hand in a course, because its platform cannot be asked to: which, in what words. Pure.

Three readers: a teacher of the course (trainer or officer) for what a teacher can do, with a text ready to paste; a
person who has to sign in somewhere once; and, in one ticket for each platform, those who look after it, for what is
left: people to be taken out of a group, and courses in which nobody teaches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from kypek_sync.contract import Capability, Course, Work
from kypek_sync.language import Text
from kypek_sync.model import Seminar, Session, Status, local

TITLE_SHOWN = 60
"""Letters of a title that a platform shows in any case: some cut long ones."""


_MARKER = re.compile(r" \[[^\[\]]*\]$")
"""Our sign at the end of a title, on platforms that are searched by titles."""


class Kind(StrEnum):
    """What is to be done."""

    TITLE = "title"
    """Give the course its title."""
    PAGE = "page"
    """Put the address of the seminar's page into the course's description."""
    ANNOUNCEMENT = "announcement"
    DATES = "dates"
    SIGN_IN = "sign-in"
    LEAVE_GROUP = "leave-group"
    TEACHER = "teacher"
    """Make somebody of the staff a teacher of the course."""
    UNNAMED = "unnamed"
    """See to what stays of ours in a course that the programme does not name any more."""


FOR_TEACHERS = (Kind.TITLE, Kind.PAGE, Kind.ANNOUNCEMENT, Kind.DATES)
"""What a teacher of the course can do, in the order in which it is shown."""
FOR_OFFICERS = (Kind.UNNAMED,)
"""What the officers of the structure see to, or leave as it is: either way they say so."""
FOR_ADMINISTRATORS = (Kind.TEACHER, Kind.LEAVE_GROUP)
WORK = {
    Kind.TITLE: Work.DETAILS,
    Kind.PAGE: Work.DETAILS,
    Kind.ANNOUNCEMENT: Work.ANNOUNCEMENT,
    Kind.DATES: Work.DATES,
    Kind.LEAVE_GROUP: Work.GROUPS,
}
"""Where each is done."""


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to do in a course. `login` is whom it concerns, empty where it concerns the course; `link` where it is
    done; `text` what to paste. `seen`: whether the platform shows that it is done, None where it does not tell."""

    kind: Kind
    login: str = ""
    link: str = ""
    text: str = ""
    seen: bool | None = None

    @property
    def digest(self) -> str:
        """Which version of it this is: another text is to be done anew."""
        return sha256(self.text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Sight:
    """A course as a pass saw it. `title` is what we would call it; `adopted`: people made it, so its title is theirs;
    `page` is the address of the seminar's page; `shown` what the platform shows of some work; `taught`: whether one of
    the staff teaches there, None where nobody knows; `stale` are people in the group of seats who have none."""

    seminar: Seminar
    course: Course
    title: str
    page: str
    can: frozenset[Capability]
    adopted: bool = False
    links: Mapping[Work, str] = field(default_factory=dict)
    shown: Mapping[Work, str | None] = field(default_factory=dict)
    taught: bool | None = None
    stale: frozenset[str] = frozenset()


def wanted(sight: Sight, now: datetime, text: Text) -> tuple[Todo, ...]:
    """Everything to be done by hand in a course at `now`; what the platform itself can do is not among it."""
    found = []
    if not over(sight.seminar, now):
        found += [one for rule in _RULES if (one := rule(sight, text)) is not None]
        if sight.taught is False:
            found.append(Todo(Kind.TEACHER, link=sight.course.address, seen=False))
        if Capability.GROUP_REMOVE not in sight.can:
            link = _link(sight, Kind.LEAVE_GROUP)
            found += [Todo(Kind.LEAVE_GROUP, login, link, seen=False) for login in sorted(sight.stale)]
    return tuple(found)


def over(seminar: Seminar, now: datetime) -> bool:
    """Whether a seminar's last session is past, a cancelled one's too: nobody reads its announcements any more."""
    return bool(seminar.sessions) and max(session.ends for session in seminar.sessions) < now


def _title(sight: Sight, text: Text) -> Todo | None:
    """A course of ours that is called otherwise: the seminar was renamed, or cancelled."""
    del text
    if sight.adopted or Capability.COURSE_UPDATE in sight.can:
        return None
    there, asked = _level(sight.course.title), _level(sight.title)
    sign = _MARKER.search(there)  # what a platform is searched by stays
    bare = there[: sign.start()] if sign else there
    if bare == asked or (len(asked) > TITLE_SHOWN and bare.startswith(asked[:TITLE_SHOWN])):
        return None
    return Todo(Kind.TITLE, "", _link(sight, Kind.TITLE), f"{asked}{sign[0] if sign else ''}", seen=False)


def _page(sight: Sight, text: Text) -> Todo | None:
    cancelled = sight.seminar.status is Status.CANCELLED
    if cancelled or Capability.COURSE_UPDATE in sight.can or sight.page in sight.course.description:
        return None
    paste = text("Everything about the seminar: %(page)s", page=sight.page)
    return Todo(Kind.PAGE, "", _link(sight, Kind.PAGE), paste, seen=False)


def _announcement(sight: Sight, text: Text) -> Todo | None:
    seminar = sight.seminar
    if Capability.ANNOUNCEMENT in sight.can:
        return None
    if seminar.status is Status.CANCELLED:
        lines = [text("The seminar «%(title)s» has been cancelled.", title=seminar.title)]
    elif planned := planned_sessions(seminar):
        lines = [text("The seminar «%(title)s»: sessions", title=seminar.title), *map(line_of, planned)]
    else:
        return None
    lines.append(text("Everything about the seminar: %(page)s", page=sight.page))
    needed = [lines[0] if seminar.status is Status.CANCELLED else "", *lines[1:]]
    seen = _seen(sight.shown.get(Work.ANNOUNCEMENT), needed)
    return Todo(Kind.ANNOUNCEMENT, "", _link(sight, Kind.ANNOUNCEMENT), "\n".join(lines), seen)


def _dates(sight: Sight, text: Text) -> Todo | None:
    planned = planned_sessions(sight.seminar)
    if Capability.CALENDAR in sight.can:
        return None
    if sight.seminar.status is Status.CANCELLED:
        return _no_dates(sight, text)
    if not planned:
        return None
    lines = [f"{line_of(one)} · {sight.seminar.title} ({one.number})" for one in planned]
    seen = _seen(sight.shown.get(Work.DATES), [moment_of(one.starts) for one in planned])
    return Todo(Kind.DATES, "", _link(sight, Kind.DATES), "\n".join(lines), seen)


def _no_dates(sight: Sight, text: Text) -> Todo | None:
    """The dates of a cancelled seminar are to be taken out, where the platform shows that some are there."""
    shown = sight.shown.get(Work.DATES)
    there = [one for one in sight.seminar.sessions if shown and moment_of(one.starts) in shown]
    if not there:
        return None
    lines = [text("To be taken out:"), *map(line_of, there)]
    return Todo(Kind.DATES, "", _link(sight, Kind.DATES), "\n".join(lines), seen=False)


_RULES: tuple[Callable[[Sight, Text], Todo | None], ...] = (_title, _page, _announcement, _dates)


def planned_sessions(seminar: Seminar) -> tuple[Session, ...]:
    """The sessions that take place, in their order; none of a cancelled seminar."""
    if seminar.status is Status.CANCELLED:
        return ()
    planned = (one for one in seminar.sessions if one.status is Status.PLANNED)
    return tuple(sorted(planned, key=lambda one: (one.starts, one.number)))


def moment_of(at: datetime) -> str:
    """A moment on a clock in Greece, as `ByHand.work_shown` writes it."""
    return f"{local(at):%d/%m/%Y %H:%M}"


def line_of(session: Session) -> str:
    """A session in one line: day, hours, place."""
    place = f", {session.place}" if session.place else ""
    return f"{moment_of(session.starts)}–{local(session.ends):%H:%M}{place}"


def _seen(shown: str | None, needed: Iterable[str]) -> bool | None:
    """Whether all of it stands there, whatever became of spaces and empty lines."""
    if shown is None:
        return None
    there = _level(shown)
    return all(_level(one) in there for one in needed)


def _link(sight: Sight, kind: Kind) -> str:
    return sight.links.get(WORK[kind]) or sight.course.address


def _level(text: str) -> str:
    return " ".join(text.split())
