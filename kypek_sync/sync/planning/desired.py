"""What the foreign systems should hold, from seminars and seats. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kypek_sync.contract import CourseDraft, OfCourse, RoomDraft, course_name
from kypek_sync.language import Text, speaker
from kypek_sync.model import PLACES, Enforcement, Form, Part, Seat, SeatState, Seminar, Status, local
from kypek_sync.seminar.reasons import reason, state_word

SEATED = "Συμμετέχοντες"
"""The group of those with a seat. A fixed name in the platform's own text, not a message of ours."""
WAITING = "Αναμονή"
"""The group of the waiting, only where a platform can take people out of a group again."""
CANCELLED = "ΑΚΥΡΩΘΗΚΕ: "
"""What stands in front of the title of a course of ours whose seminar, or part, was cancelled."""

STAYING = ("registration-not-open", "seminar-cancelled", "part-cancelled")
"""Rules by which somebody is refused and stays in the course all the same: they were there before registration opened,
or what they applied for is cancelled for everybody."""

BEFORE = timedelta(minutes=30)
"""A room opens this long before its session."""
AFTER = timedelta(minutes=60)
"""A room is ended this long after its session."""


@dataclass(frozen=True, slots=True)
class WishedCourse(OfCourse):
    """A course as it should be on one system.

    `adopt` is the address of an existing one; `staff` are logins with the trainer's role; `groups` are logins by group
    name; `students` are those to enrol ourselves: in a `mirror` only, since in a registration course people enrol
    themselves. Nobody waits in a mirror. `part` is the id of the seminar's part whose course it is.
    `because` are reasons for people, by what they explain: `course`, or a login. `refused` are those whose membership
    should end because they were refused: in the registration course of a seminar that is set to `restrict`; `opens` is
    when its registration opened: whoever was in the course before stays (rule 4).
    """

    system: str
    seminar: str
    draft: CourseDraft
    adopt: str = ""
    staff: frozenset[str] = frozenset()
    groups: tuple[tuple[str, frozenset[str]], ...] = ()
    students: frozenset[str] = frozenset()
    mirror: bool = False
    cancelled: bool = False
    because: tuple[tuple[str, str], ...] = ()
    part: str = ""
    refused: frozenset[str] = frozenset()
    opens: datetime | None = None

    @property
    def seats_group(self) -> str:
        """The name of the group of those with a seat: `SEATED`, or longer where other seminars have theirs beside."""
        return next((name for name, _ in self.groups if name != WAITING), SEATED)

    @property
    def seated(self) -> frozenset[str]:
        """Who should be in that group."""
        return dict(self.groups).get(self.seats_group, frozenset())


@dataclass(frozen=True, slots=True)
class WishedRoom:
    """A room that should be open now."""

    system: str
    seminar: str
    session: int
    draft: RoomDraft
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Centre:
    """What the wishes need to know of a KYPEK: its id, its default platform and room server, who runs a structure,
    where its courses go, where its pages are, and the language in which reasons are given."""

    kypek: str
    platform: str
    room_server: str
    page: str
    officers: Mapping[str, frozenset[str]]
    categories: Mapping[tuple[str, str], str]
    text: Text = field(default_factory=lambda: speaker("en"))


def restricts(seminar: Seminar) -> bool:
    """Whether whoever is refused does not stay in the course."""
    return seminar.enforcement is Enforcement.RESTRICT


def reference(kypek: str, course: str) -> str:
    """Our reference of a course, from our name of it: `kypek:<kypek>:<code>`, of a part
    `kypek:<kypek>:<code>/<part>`."""
    return f"kypek:{kypek}:{course}"


def room_reference(kypek: str, seminar: str, session: int) -> str:
    """Our reference of a session's room, of `[A-Za-z0-9_-]` only (B-11): other letters as hexadecimal numbers."""
    words = "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" if c != "-" else c for c in seminar)
    return f"{kypek}-{words}-{session}"[:200]


def courses(
    seminars: Iterable[Seminar], seats: Mapping[str, Iterable[Seat]], centre: Centre
) -> tuple[WishedCourse, ...]:
    """The courses that should exist: the registration course and the mirrors of every seminar, in a stable order."""
    wished = []
    for seminar in sorted(seminars, key=lambda s: s.code):
        platform = seminar.platform or centre.platform
        if not platform:
            continue
        mine = list(seats.get(seminar.code, ()))
        systems = (platform, *(m for m in seminar.mirrors if m != platform))
        wished += [
            _course(seminar, part, system, mine, centre, mirror=system != platform)
            for system in systems
            for part in seminar.courses
        ]
    return tuple(wished)


def rooms(seminars: Iterable[Seminar], centre: Centre, now: datetime) -> tuple[WishedRoom, ...]:
    """The rooms that should be open at `now`: those of online sessions from a little before to a little after."""
    wished = []
    for seminar in sorted(seminars, key=lambda s: s.code):
        for session in seminar.sessions:
            online = session.form is not Form.IN_PERSON and seminar.status is session.status is Status.PLANNED
            if not centre.room_server or not online or not session.starts - BEFORE <= now < session.ends + AFTER:
                continue
            minutes = int((session.ends + AFTER - now) / timedelta(minutes=1)) + 1
            draft = RoomDraft(
                ref=room_reference(centre.kypek, seminar.code, session.number),
                title=f"{seminar.title} ({session.number})",
                minutes=minutes,
            )
            when = f"{local(session.starts):%d/%m/%Y %H:%M}"
            said = centre.text("session %(number)s, %(when)s", number=session.number, when=when)
            because = (seminar.source.said(centre.text), said)
            wished.append(WishedRoom(centre.room_server, seminar.code, session.number, draft, because))
    return tuple(wished)


def _course(
    seminar: Seminar, part: Part, system: str, seats: list[Seat], centre: Centre, *, mirror: bool
) -> WishedCourse:
    seminar, divided = seminar.of_part(part.id), bool(seminar.parts)
    seats = [one for one in seats if one.part == part.id or not divided]
    starts = min((s.starts for s in seminar.sessions), default=None)
    ends = max((s.ends for s in seminar.sessions), default=None)
    page = f"{centre.page}/s/{seminar.code}"
    cancelled = seminar.status is Status.CANCELLED
    granted = frozenset(s.login for s in seats if s.state is SeatState.GRANTED)
    waiting = frozenset(s.login for s in seats if s.state in PLACES) - granted
    staff = frozenset(t.login for t in seminar.trainers if t.login) | centre.officers.get(
        seminar.structure, frozenset()
    )
    source = seminar.source.said(centre.text)
    reasons = [("course", source)]
    reasons += [("staff", source), ("staff", centre.text("trainer or officer"))]
    reasons += [("nobody", centre.text("has no seat any more"))]
    restrict = restricts(seminar) and not (mirror or cancelled)
    refused = frozenset(s.login for s in seats if s.state is SeatState.REFUSED and s.rule not in STAYING)
    if restrict:
        reasons += [("refused", centre.text("whoever is refused does not stay in the course (enforcement: restrict)"))]
    reasons += [(s.login, f"{state_word(s.state, centre.text)}: {reason(s, centre.text)} ({source})") for s in seats]
    return WishedCourse(
        system=system,
        seminar=seminar.code,
        draft=CourseDraft(
            ref=reference(centre.kypek, course_name(seminar.code, part.id)),
            title=f"{CANCELLED}{seminar.title}" if cancelled else seminar.title,
            category=centre.categories.get((seminar.structure, system), ""),
            description="\n".join(part for part in (seminar.description, page) if part),
            starts=starts,
            ends=ends,
        ),
        adopt=dict(seminar.mirror_addresses).get(system, "") if mirror else part.course_address,
        staff=staff,
        groups=((SEATED, granted),) if mirror else ((SEATED, granted), (WAITING, waiting)),
        students=granted - staff if mirror else frozenset(),
        mirror=mirror,
        cancelled=cancelled,
        because=tuple(reasons),
        part=part.id,
        refused=refused if restrict else frozenset(),
        opens=seminar.registration_opens,
    )
