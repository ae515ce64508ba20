"""The roles a connector can fill, as Protocols. Any role may be absent from a centre's settings.

Reading methods raise `TryLater` (unreachable is not empty) or `StopConnector`; they never return less without saying
so in the snapshot. Writing methods take effect when they return a receipt that `stands`; they raise `TryLater` only
when nothing was changed, and `Ambiguous` when a request was sent and no proper answer came. Every creation carries our
reference in a field that can be searched, so that an ambiguous outcome is resolved by looking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from kypek_sync.contract.capabilities import Capability
from kypek_sync.contract.changes import Receipt
from kypek_sync.contract.directory_reading import Keeper, Known, PeopleDelta, Reading
from kypek_sync.contract.snapshots import Delta, Snapshot
from kypek_sync.model import CourseRole, Person, TicketState, Unit


class Role(StrEnum):
    """The kinds of foreign system."""

    DIRECTORY = "directory"
    COURSES = "courses"
    ROOMS = "rooms"
    HELPDESK = "helpdesk"
    MAIL = "mail"
    UNITS_REGISTER = "units-register"


# ------------------------------------------------------------------------------------------------ every connector


class ProbeLevel(StrEnum):
    """How a line of a probe is meant."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class ProbeLine:
    """One thing that `check` looked at: `subject` is a word (`address`, `token`, `version`, `clock`), `text` a
    sentence, `next_step` what to do about it (empty when fine). `asks` names a key of the connector's own settings that
    holds a day and is missing: `check` asks for it."""

    level: ProbeLevel
    subject: str
    text: str
    next_step: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a connector says of its system at `check` and at start. `readings` are how whole reads ended that were made
    for it, so that they can be held against the last good ones."""

    lines: tuple[ProbeLine, ...]
    version: str = ""
    readings: tuple[Reading, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether nothing stands in the way of using it."""
        return all(line.level is not ProbeLevel.PROBLEM for line in self.lines)


@runtime_checkable
class Connector(Protocol):
    """What every connector offers besides its role."""

    def capabilities(self) -> frozenset[Capability]:
        """What this system can do; probed once and kept. Raises `TryLater` or `StopConnector` when it must ask."""

    def probe(self) -> Probe:
        """Try address, credentials, permissions, version, clock; never raises a `ConnectorError`."""

    def close(self) -> None:
        """Let go of connections. Safe to call twice."""


# ------------------------------------------------------------------------------------------------ directory


@runtime_checkable
class Directory(Connector, Protocol):
    """People and units."""

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        """Everybody in the search base: teachers, staff, pupils, accounts of schools and services, marked by kind."""

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        """All schools and offices."""

    def person(self, login: str) -> Person | None:
        """One person by login; None when the directory says that there is none."""

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        """People changed since the `cursor` of a reading or an earlier delta, and who is gone; without `known` perhaps
        not all of the latter. Needs `PEOPLE_DELTA`."""


# ------------------------------------------------------------------------------------------------ courses


@dataclass(frozen=True, slots=True)
class Course:
    """A course as it stands. `id` is what the other calls take; `ref` is our reference (empty where it has or shows
    none); `address` is where people open it; `description` is plain text; `starts` and `ends` are aware UTC or None;
    `twins` are (id, address) of others that carry the reference by which it was found."""

    id: str
    title: str
    address: str
    ref: str = ""
    description: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    twins: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """A course as it should be. `ref` is our reference (`kypek:<kypek>:<seminar code>`); `category` a foreign id;
    `starts`, `ends` aware UTC or None; `description` plain text with the lasting address of the seminar's page. What is
    None in an update stays as it is there."""

    ref: str
    title: str
    category: str
    description: str | None = ""
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A membership of a course as it stands. `since` is None where the platform does not tell; `origin` is `self`,
    `manual` or empty where unknown; `active` is false for suspended members; `name`, `mail` as the platform shows."""

    login: str
    role: CourseRole
    since: datetime | None = None
    origin: str = ""
    active: bool = True
    name: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a course. `members` are logins, None where the platform does not tell (no `GROUP_MEMBERS`)."""

    id: str
    name: str
    members: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A membership to be made: the role is always given as a word (E-24, M-22). The names and the address are those of
    the directory, for platforms that may make an account; empty where nobody knows them."""

    login: str
    role: CourseRole
    given_name: str = ""
    surname: str = ""
    mail: str = ""


@runtime_checkable
class Courses(Connector, Protocol):
    """Courses with their members and groups. `course` is always `Course.id`."""

    def find(self, ref: str) -> Course | None:
        """The course that carries our reference. None is proof of absence only with `COURSE_LOOKUP`."""

    def at(self, address: str) -> Course:
        """The course behind an address or code that an officer wrote, for adoption; else raises `SkipThis`."""

    def course(self, course: str) -> Course | None:
        """One course; None when the platform shows that it has none with this id (a canary answered)."""

    def members(self, course: str, known: Mapping[str, Member]) -> Snapshot[Member]:
        """All members. `known` are those of earlier reads, by login: where role and date cost a call for each, they are
        taken from there (E-27). Without `MEMBER_LIST` the snapshot is partial: what could be verified of `known`."""

    def membership(self, course: str, login: str) -> Member | None:
        """One person's membership by a second way of asking (rule 3). None: the platform shows that course and person
        exist and the person is not in it. Raises `TryLater` when it cannot tell."""

    def groups(self, course: str) -> Snapshot[Group]:
        """The groups of a course."""

    def create(self, draft: CourseDraft) -> Receipt:
        """Create the course, after a look for `draft.ref` where that is proof; the receipt has its id and address."""

    def update(self, course: str, draft: CourseDraft) -> Receipt:
        """Set title, description and dates. Needs `COURSE_UPDATE`."""

    def enrol(self, course: str, enrolments: Sequence[Enrolment]) -> tuple[Receipt, ...]:
        """Make memberships: one receipt for each, in order; one bad element never spoils the others. A trainer is never
        demoted (E-24). A person unknown to the platform is `REFUSED` with a sentence that says so, and `unknown`."""

    def unenrol(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """End memberships; one receipt each. The engine asks only for those that the ledger says we added. Who has
        another role than a student's by now is `REFUSED` and stays: the engine may know an older one (E-27)."""

    def suspend(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Shut students out for a while (needs `SUSPEND`): membership, role and work stay. Who is not in the course,
        has another role by now or is let in by another method too is `REFUSED`."""

    def resume(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Let suspended students in again (needs `SUSPEND`); who is not in the course is `REFUSED`."""

    def create_group(self, course: str, name: str) -> Receipt:
        """A group of that name; an existing one is `ALREADY` with its id (duplicates are possible there: E-28)."""

    def join_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Put members of the course into a group, their role unchanged (E-24); one receipt each."""

    def leave_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Take people out of a group; one receipt each. Needs `GROUP_REMOVE`."""


# ------------------------------------------------------------------------------------------------ rooms


@dataclass(frozen=True, slots=True)
class RoomDraft:
    """A room that should exist. `ref` is our reference, 1 to 200 of `[A-Za-z0-9_-]` (B-11); `minutes` bounds its life,
    counted from its creation (B-16); 0: unbounded."""

    ref: str
    title: str
    minutes: int = 0
    welcome: str = ""
    record: bool = False


@dataclass(frozen=True, slots=True)
class Occupant:
    """One connection of somebody to a room. `who` is the opaque id given at joining (never a login)."""

    who: str
    name: str
    moderator: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A room that exists. `incarnation` tells one life of the same `ref` from the next; `created` is aware UTC."""

    ref: str
    incarnation: str
    created: datetime
    occupants: tuple[Occupant, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """Who enters: `who` is our opaque, stable id of the person (rule 12); `name` is shown in the room."""

    who: str
    name: str
    moderator: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a room; `length` in minutes, `published` as the server says."""

    id: str
    ref: str
    address: str
    published: bool
    minutes: int


@runtime_checkable
class Rooms(Connector, Protocol):
    """Meeting rooms."""

    def open(self, draft: RoomDraft) -> Room:
        """Make sure that the room exists and return its present incarnation. Calling twice is calling once (B-12)."""

    def join_link(self, room: Room, join: Join) -> str:
        """A fresh personal link into this incarnation. It is a secret: never stored, logged or published (B-44)."""

    def rooms(self) -> Snapshot[Room]:
        """All rooms of the server that are running, with who is inside. "No meetings" is complete only where the
        server is known to list them (B-40)."""

    def end(self, ref: str) -> Receipt:
        """Ask for the end of a room; it may linger for a while (B-17)."""

    def recordings(self, refs: Sequence[str]) -> Snapshot[Recording]:
        """Recordings of these rooms. Needs `RECORDINGS`."""


# ------------------------------------------------------------------------------------------------ helpdesk


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket that should exist. `ref` is `kypek:<kind>:<stable id>`; `queue` as in settings; `requester` an e-mail
    address or empty; `seminar` a code or empty; `body` plain text."""

    ref: str
    queue: str
    subject: str
    body: str
    requester: str = ""
    seminar: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands. `native_state` in the helpdesk's own word; `updated` is aware UTC; `version` is opaque."""

    id: str
    ref: str
    subject: str
    state: TicketState
    native_state: str
    updated: datetime
    version: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """Something that happened to a ticket. `at` is aware UTC; `by` the account; `kind` a word of ours (`state`, `note`,
    `reply`, `other`)."""

    ticket: str
    at: datetime
    by: str
    kind: str
    text: str = ""


@runtime_checkable
class Helpdesk(Connector, Protocol):
    """Tickets (fact sheet helpdesk, section 3.3)."""

    def ensure(self, draft: TicketDraft) -> Receipt:
        """Exactly one ticket with this reference, whatever happens: `DONE` created it, `ALREADY` found it (H-17)."""

    def find(self, ref: str) -> tuple[Ticket, ...]:
        """The tickets that carry a reference, lowest id first; closed ones too."""

    def get(self, ticket: str) -> Ticket | None:
        """One ticket by its id; None when the helpdesk shows that there is none."""

    def note(self, ticket: str, note_ref: str, text: str, *, public: bool = False) -> Receipt:
        """Add a note once: `note_ref` is our key for it, looked up first where the system has `NOTE_REFERENCE`."""

    def set_state(self, ticket: str, state: TicketState, *, expected: str = "") -> Receipt:
        """Set the state, then read it back: a receipt that stands was verified (H-3, H-24). `expected` is a version;
        if the ticket has another by now and the system has `STATE_LOCK`, the answer is `REFUSED`."""

    def changes(self, cursor: str) -> Delta[TicketEvent]:
        """What others did since `cursor` (empty: from now on). Needs `CHANGES`; our own writes are left out."""


# ------------------------------------------------------------------------------------------------ mail


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `message_id` is stable for the same outbox row, so that a repeated delivery can be recognised (rule
    15); `attachments` are (file name, MIME type, content). `unsubscribe` is an address of ours at which the person ends
    letters of this kind by one click (RFC 8058); empty: they cannot be ended."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    unsubscribe: str = ""


@runtime_checkable
class Mail(Connector, Protocol):
    """Sends mail: at least once, with the same Message-ID (no look-up exists)."""

    def send(self, letter: Letter) -> Receipt:
        """Hand the letter over. `REFUSED`: the server will never take it (an address that does not exist)."""
