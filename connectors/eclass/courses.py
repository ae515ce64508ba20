"""The Courses role on Open eClass. `Course.id` is the course's code (E-10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import connectors.eclass.database_probing as database_probing
import connectors.eclass.mapping as mapping
import connectors.eclass.reference as reference
from connectors.eclass.accounts import Accounts
from connectors.eclass.by_hand import WorkByHand
from connectors.eclass.client import EclassClient
from connectors.eclass.creation import Creation
from connectors.eclass.database import Database
from connectors.eclass.database_reading import DatabaseMemberships
from connectors.eclass.database_sessions import Teleconference, teleconferences
from connectors.eclass.enrolments import Enrolments
from connectors.eclass.mapping import CourseRow
from connectors.eclass.memberships import Memberships
from connectors.eclass.probing import Probing
from connectors.eclass.provisioning import Provisioning
from connectors.eclass.settings import EclassSettings
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    Course,
    CourseDraft,
    Enrolment,
    Group,
    Member,
    Outcome,
    Probe,
    Receipt,
    SkipThis,
    Snapshot,
    TryLater,
    Work,
)

X = TypeVar("X")

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_BY_DATABASE = frozenset(
    {
        Capability.MEMBER_LIST,
        Capability.END_MEMBERSHIP,
        Capability.MEMBER_DATES,
        Capability.GROUP_MEMBERS,
        Capability.COURSE_REQUESTS,
    }
)
_NO_UPDATE = "The API of eClass cannot change a course; a teacher of the course can."
_NO_SUSPENDING = "eClass cannot suspend a membership."
_NO_LEAVE = "The API of eClass cannot take anybody out of a group; a teacher of the course can."


class EclassCourses:
    """One Open eClass. Nothing is asked of the server before the first call; the version is probed once and kept."""

    def __init__(self, settings: EclassSettings, context: ConnectorContext) -> None:
        self.system = context.name
        self._client = EclassClient(context.name, settings)
        self._accounts = Accounts(self._client)
        self._probing = Probing(self._client, settings, context.clock)
        self._creation = Creation(self._client, settings.department)
        self._memberships = Memberships(self._client, self._accounts, context.clock, settings.parallel)
        provisioning = Provisioning(self._client, settings.create_accounts, self._probing)
        self._enrolments = Enrolments(self._client, self._accounts, provisioning)
        self._by_hand = WorkByHand(self._client, context.clock)
        self._ends = settings.last_day
        self.database = Database.of(context.name, settings, context.folder, context.clock)
        self._register = (
            DatabaseMemberships(
                self.database, self._client, self._accounts, self._memberships, context.clock, settings.parallel
            )
            if self.database is not None
            else None
        )
        self._clock = context.clock

    # Every connector

    def capabilities(self) -> frozenset[Capability]:
        """By the version and the database: never an update of courses, a removal from groups, a suspension, or a
        look-up that proves absence (E-19)."""
        able = self._probing.capabilities()
        if self._register is None:
            return able
        self._register.demand()
        return able | _BY_DATABASE

    def probe(self) -> Probe:
        """Address, API, token, version, abilities, clock, the token's last day, and the database."""
        probe = self._probing.probe()
        if self.database is None:
            return probe
        return database_probing.probed(probe, self.database, self._client, self._clock)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()
        if self.database is not None:
            self.database.close()

    def departments(self) -> tuple[mapping.Department, ...]:
        """Where courses can be made, for the command of that name."""
        found = self._client.departments() if self._register is None else self._register.departments()
        return tuple(sorted(found, key=lambda department: department.id))

    def teleconferences(self, course: str) -> tuple[Teleconference, ...]:
        """The sessions of a course by the database, for the command of that name. Raises `SkipThis` without one."""
        if self.database is None:
            raise SkipThis(self.system, "Only the database of eClass tells who was in a teleconference.")
        with self.database.reading() as reading:
            return teleconferences(reading, course)

    # Reading

    def expect(self, courses: Iterable[str]) -> None:
        """With the database all of them are read at once, when the first of them is asked for."""
        if self._register is not None:
            self._register.expect(courses)

    def find(self, ref: str) -> Course | None:
        """By the marker in the titles of the list, confirmed by the public code. None proves nothing: inactive courses
        are left out of the list (E-19)."""
        found = self._showing(lambda: self._creation.find(ref))
        return replace(self._course(found[0]), ref=ref, twins=self._creation.twins(found)) if found else None

    def at(self, address: str) -> Course:
        """`https://…/courses/CODE/`, a page of the course (`?course=CODE`), or the bare CODE."""
        code = self._code(address.strip())
        found = self._client.row(code) if code else None
        if found is None:
            raise SkipThis(
                self.system,
                f"There is no course of {self._client.address} behind {address.strip()[:200]!r}.",
                hint="Copy the course's address from the browser; capital and small letters of a code differ.",
            )
        return self._course(found)

    def named_by(self, address: str) -> str:
        """The code, of this server or bare; capital and small letters differ (E-10)."""
        return self._code(address.strip())

    def course(self, course: str) -> Course | None:
        """The course; None only if the call for groups, too, says that there is none: unlike an empty answer (E-20)
        that is a word on the course, and a token's scope is told apart from it."""
        if not _CODE.fullmatch(course):
            return None
        read = self._register.row(course) if self._register is not None else None
        found = read or self._showing(lambda: self._client.row(course))
        if found is not None:
            return self._course(found)
        if not self._client.unknown(course):
            raise TryLater(
                self.system,
                f"eClass does not show {course}, but does not say either that it is unknown.",
                hint="The token may be limited to other departments or courses.",
            )
        return None

    def members(self, course: str, known: Mapping[str, Member]) -> Snapshot[Member]:
        """With the database: all, with role and date. Newer API: its list, with role and date asked once for each
        unseen member, and the registration count as second proof. Otherwise those of `known` who are still in, marked
        partial. LTI accounts are left out (E-46)."""
        lists = Capability.MEMBER_LIST in self.capabilities()
        reader = self._register
        if reader is not None:
            return self._showing(lambda: reader.members(course, known))
        read = self._memberships.listed if lists else self._memberships.known
        return self._showing(lambda: read(course, known))

    def requests(self, course: str) -> Snapshot[Member]:
        """Who asked to be let into a closed course and waits for an answer: only the database tells."""
        reader = self._register
        if reader is None:
            raise SkipThis(self.system, "Only the database of eClass tells who asked to be let into a course.")
        return self._showing(lambda: reader.requests(course))

    def quiet(self, known: Mapping[str, Mapping[str, Member]]) -> frozenset[str]:
        """With the database by one look at it. Newer API: by the list of each course. The older one cannot tell of
        anybody new."""
        reader = self._register
        if reader is not None:
            return self._showing(lambda: reader.quiet(known))
        if Capability.MEMBER_LIST not in self.capabilities():
            return frozenset(known)
        return self._showing(lambda: self._memberships.quiet(known))

    def membership(self, course: str, login: str) -> Member | None:
        """By the status call. Not registered is believed only while course and person are both shown (E-22)."""
        return self._showing(lambda: self._memberships.one(course, login))

    def groups(self, course: str) -> Snapshot[Group]:
        """The groups; with the database or the newer API their members too."""
        with_people = Capability.GROUP_MEMBERS in self.capabilities()
        reader = self._register
        if reader is not None:
            return self._showing(lambda: reader.groups(course))
        return self._showing(lambda: self._memberships.groups(course, with_people=with_people))

    # By hand, and the token's end

    def credential_ends(self) -> date | None:
        """The token's last day, as the settings say; where they name the day it was made, a year later (E-2)."""
        return self._ends

    def work_page(self, course: str, work: Work) -> str:
        """The module of the course where it is done."""
        return self._by_hand.page(course, work)

    def work_shown(self, asked: Collection[tuple[str, Work]]) -> Mapping[tuple[str, Work], str]:
        """With the database announcements and dates; without it announcements, by the feed of a course that is open to
        all."""
        if self._register is None:
            return self._by_hand.shown(asked)
        return self._register.work_shown(asked)

    # Writing

    def create(self, draft: CourseDraft) -> Receipt:
        """Makes the course unless the list shows one with our reference."""
        return self._showing(lambda: self._creation.create(draft))

    def update(self, course: str, draft: CourseDraft) -> Receipt:
        """Refused: there is no such call."""
        return Receipt(Outcome.REFUSED, foreign_id=course, detail=_NO_UPDATE)

    def enrol(self, course: str, enrolments: Sequence[Enrolment]) -> tuple[Receipt, ...]:
        """The role read first and sent as a word, the result read back (E-24)."""
        return self._showing(lambda: self._enrolments.enrol(course, enrolments))

    def unenrol(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """The result read back; the older API leaves the person's groups as they are (E-26)."""
        return self._showing(lambda: self._enrolments.unenrol(course, logins))

    def create_group(self, course: str, name: str) -> Receipt:
        """Makes the group unless one of that name is there (E-28)."""
        return self._creation.create_group(course, name)

    def join_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Members only, with the role they have (E-24)."""
        inside = self._register.inside if self._register is not None else None
        if Capability.GROUP_MEMBERS in self._probing.capabilities():
            inside = self._enrolments.listed
        return self._showing(lambda: self._enrolments.join(course, group, logins, inside=inside))

    def leave_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Refused: there is no such call, and leaving the course for it would cost the seat."""
        return tuple(Receipt(Outcome.REFUSED, detail=_NO_LEAVE) for _ in logins)

    def suspend(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Refused: eClass knows no suspended members."""
        return tuple(Receipt(Outcome.REFUSED, detail=_NO_SUSPENDING) for _ in logins)

    def resume(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Refused: eClass knows no suspended members."""
        return tuple(Receipt(Outcome.REFUSED, detail=_NO_SUSPENDING) for _ in logins)

    # How it is done

    def _showing(self, ask: Callable[[], X]) -> X:
        """For what may not skip: what eClass refuses to show is unknown, not absent."""
        try:
            return ask()
        except SkipThis as error:
            raise TryLater(self.system, error.message, hint=error.hint) from error

    def _course(self, row: CourseRow) -> Course:
        self._by_hand.note(row.code, row.visible)
        ref, text = reference.read(row.public_code, row.description)
        return Course(row.code, row.title, self._creation.address(row.code), ref, text)

    def _code(self, address: str) -> str:
        """The code in an address of this server, or in a bare word; empty if there is none."""
        if _CODE.fullmatch(address):
            return address
        parts, own = urlsplit(address), urlsplit(self._client.address)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != own.netloc.lower():
            return ""
        within = re.match(rf"{re.escape(own.path)}/courses/([^/]+)", parts.path)
        code = within[1] if within else parse_qs(parts.query).get("course", [""])[0]
        return code if _CODE.fullmatch(code) else ""
