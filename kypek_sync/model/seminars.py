"""Seminars: their sessions and parts, whom they are for and who goes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Form(StrEnum):
    """How a seminar or session meets: δια ζώσης, εξ αποστάσεως, μεικτό."""

    IN_PERSON = "in-person"
    ONLINE = "online"
    BLENDED = "blended"


class Status(StrEnum):
    """Whether a seminar or session takes place, as its programme says. `POSTPONED`: a session that is put off, and
    whose new day is not known yet; only a decision says so (`seminar.session_rulings`)."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where something was stated: the file, its sheet (empty for YAML) and the row or line, from 1."""

    file: str
    sheet: str
    row: int

    def __str__(self) -> str:
        place = f"{self.sheet}, row {self.row}" if self.sheet else f"line {self.row}"
        return f"{self.file}: {place}"

    def said(self, text: Callable[..., str]) -> str:
        """The same in a language (`kypek_sync.language.Text`)."""
        if self.sheet:
            return text("%(file)s: %(sheet)s, row %(row)s", file=self.file, sheet=self.sheet, row=self.row)
        return text("%(file)s: line %(row)s", file=self.file, row=self.row)


@dataclass(frozen=True, slots=True)
class Trainer:
    """Who teaches: a login, or a name and e-mail of somebody without a school-network account."""

    login: str = ""
    name: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a seminar is for. Every non-empty criterion must be met; one value of it is enough (any unit, any role).
    Each is met by itself: one unit may meet one criterion and another unit the next.

    `specialties` are families: `ΠΕ04` covers `ΠΕ04.01`. `directorates` are labels, with `/ΠΕ` or `/ΔΕ` for one level
    of them (`att-a/ΔΕ`). `unit_kinds` as in `Unit.kind`; `units` are codes, or names where the directory was not known
    when the programme was read; `roles` as in `UnitRole.role`. `people` are logins admitted whatever the rest says.
    """

    specialties: tuple[str, ...] = ()
    directorates: tuple[str, ...] = ()
    unit_kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trait:
    """One way to belong to a group: to meet an audience and, where `newcomer`, to have had no seat in an earlier
    edition of the seminar's series."""

    audience: Audience = Audience()
    newcomer: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Some of those whom a seminar is for, as its programme names them: who has any of the `traits`. `name` is what
    stands there, and what people read."""

    name: str
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class Reserved:
    """How many seats are kept for a group, and until when (aware, UTC)."""

    group: Group
    seats: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting of a seminar, matched for ever by its number within it. `starts` and `ends` are aware, UTC. `part` is
    the id of the part that meets; None: all of them."""

    number: int
    starts: datetime
    ends: datetime
    form: Form = Form.IN_PERSON
    place: str = ""
    topic: str = ""
    status: Status = Status.PLANNED
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A group of a seminar that meets apart, in the morning or in the afternoon, with a course of its own.

    `id` is what it is matched by for ever: Latin letters, digits, hyphens. An empty one is the course that the seminar
    had before it had parts. `name` is what people read, empty where the programme does not say which part that course
    is. `capacity` is None where only the seminar's counts; `course_address` adopts an existing course. `missing`: the
    programme does not name it any more, and it stays until somebody says what becomes of it (rule 20). `status`: it may
    be cancelled by itself, while the others take place.
    """

    id: str
    name: str
    capacity: int | None = None
    course_address: str = ""
    missing: bool = False
    status: Status = Status.PLANNED


class TakenAt(StrEnum):
    """Where people apply for a seminar: on its platform, or on its own page besides."""

    PLATFORM = "platform"
    PAGE = "page"


class Enforcement(StrEnum):
    """What becomes of whoever was refused and is in the course: they stay (`mark`), or their membership ends
    (`restrict`, only on a platform that can do it; design, rule 4)."""

    MARK = "mark"
    RESTRICT = "restrict"


@dataclass(frozen=True, slots=True)
class Seminar:
    """One offering, matched for ever by its code.

    `platform` names the connector that holds its registration course (empty: the KYPEK's default); `course_address`
    adopts an existing course; `mirrors` name connectors where it also teaches, `mirror_addresses` the existing courses
    there that it teaches in, as (connector, address). `capacity` is None when unlimited.
    Registration moments are aware, UTC; None: always open. `leave_by`: until when a seat is given up in time (aware,
    UTC; None: no deadline). `parts` are the groups that meet apart, each with a
    course of its own on every platform; most seminars have none. `applications`: whether the seminar's page takes
    applications though its platform does; where that tells nobody who applies the page takes them anyway.
    `enforcement`: what becomes of whoever was refused and is in the course.

    `series` names what it is an edition of; empty: what has the same title. `priority` are the groups that go before
    the others, in that order, when all that applied by `judged_at` are decided together; `reserved` are seats kept for
    some. `approval`: within how many days the structure's officer says yes or no to whoever would get a seat; 0: seats
    need no approval.
    """

    code: str
    structure: str
    title: str
    form: Form
    source: SourceRow
    sessions: tuple[Session, ...] = ()
    trainers: tuple[Trainer, ...] = ()
    audience: Audience = Audience()
    description: str = ""
    capacity: int | None = None
    minimum: int = 0
    hours: float = 0.0
    registration_opens: datetime | None = None
    registration_closes: datetime | None = None
    leave_by: datetime | None = None
    platform: str = ""
    course_address: str = ""
    mirrors: tuple[str, ...] = ()
    mirror_addresses: tuple[tuple[str, str], ...] = ()
    status: Status = Status.PLANNED
    parts: tuple[Part, ...] = ()
    applications: TakenAt = TakenAt.PLATFORM
    enforcement: Enforcement = Enforcement.MARK
    series: str = ""
    priority: tuple[Group, ...] = ()
    decide_at: datetime | None = None
    reserved: tuple[Reserved, ...] = ()
    approval: int = 0

    @property
    def judged_at(self) -> datetime | None:
        """Until when applications are gathered and then decided together: `decide_at`, with a priority else the end of
        registration. None: each is decided as it comes."""
        return self.decide_at or (self.registration_closes if self.priority else None)

    def session(self, number: int) -> Session | None:
        """The session of that number, if there is one."""
        return next((s for s in self.sessions if s.number == number), None)

    @property
    def courses(self) -> tuple[Part, ...]:
        """The parts, each of which has a course on a platform; without parts the one course of the seminar."""
        return self.parts or (Part("", "", None, self.course_address),)

    def of_part(self, part: str) -> Seminar:
        """The seminar as the people of a part see it: its name is in the title, the sessions are theirs, and it is
        cancelled if their part is."""
        if not self.parts:
            return self
        name = self.part_name(part)
        title = f"{self.title} – {name}" if name else self.title
        sessions = tuple(one for one in self.sessions if one.part in (None, part))
        status = Status.CANCELLED if part in self.cancelled_parts else self.status
        return replace(self, title=title, sessions=sessions, status=status)

    @property
    def cancelled_parts(self) -> frozenset[str]:
        """The ids of the parts that are cancelled by themselves."""
        if not self.parts:
            return frozenset()
        return frozenset(one.id for one in self.parts if one.status is Status.CANCELLED)

    def part_name(self, part: str) -> str:
        """What people call a part; empty for the course of a seminar without parts."""
        return next((one.name for one in self.parts if one.id == part), "")
