"""What a course platform brings to the contract suite: its connector, and a hand inside the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from kypek_sync.contract import Capability, CourseDraft, Courses
from kypek_sync.model import CourseRole
from kypek_sync.sandbox.faults import FaultBook

NO_ANSWERS = ("html-200", "server-error", "unavailable", "redirect", "refuse", "cut-body", "empty-200")
"""Wire faults after which nothing may be believed."""

SPRING = datetime(2027, 3, 8, 7, 30, 15, tzinfo=UTC)
"""A moment of winter time, half past nine in Athens."""

SUMMER = datetime(2026, 9, 21, 5, 0, 0, tzinfo=UTC)
"""A moment of summer time, eight o'clock in Athens."""

REF = "kypek:att-a:EKFE-27-03"


class World(Protocol):
    """The server from inside, past its interface: what people do by hand, and what is really there."""

    def add_person(self, login: str) -> None:
        """Somebody gets an account."""

    def add_course(self, title: str) -> str:
        """Somebody makes a course by hand that carries no reference of ours. Gives what `Course.id` is."""

    def self_enrol(self, login: str, course: str, at: datetime) -> None:
        """A person registers as a student by themselves. `at` is aware."""

    def leave(self, login: str, course: str) -> None:
        """A person's membership ends by hand."""

    def members(self, course: str) -> dict[str, CourseRole]:
        """Who is in a course, with the highest role of each."""

    def group_members(self, course: str, group: str) -> frozenset[str] | None:
        """Who is in a group, by login; None where nothing shows it. `group` is what `Group.id` is."""

    def titles(self) -> tuple[str, ...]:
        """The titles of all courses that were made since the test began."""


@dataclass(frozen=True)
class Platform:
    """One platform under test.

    `system` is its name in the fault book; `category` where new courses go; `unknown_course` an id as they are there
    that no course has; `secrets` what must never be seen. `locked_out` is the same connector with a wrong credential,
    `hasty` one that gives up soon: after at most `hasty_seconds` for one read, its own retries included. `ref` is the
    reference of the course that a test makes: one of its own where courses cannot be taken away. `backdates` says
    whether `world` enrols at the given moment, and not now. `beside` are the reads that go another way than those on
    which faults are played: by an account of the database.
    """

    courses: Courses
    locked_out: Courses
    hasty: Courses
    world: World
    faults: FaultBook
    system: str
    category: str
    unknown_course: str
    secrets: tuple[str, ...]
    hasty_seconds: float = 10.0
    ref: str = REF
    backdates: bool = True
    beside: frozenset[str] = frozenset()

    def can(self, capability: Capability) -> bool:
        """Whether the platform declares it."""
        return capability in self.courses.capabilities()

    def draft(self, ref: str = "", title: str = "Πειράματα φυσικής στην τάξη") -> CourseDraft:
        """A course as a programme wants it, with the test's own reference unless another one is given."""
        text = "Τρεις συνεδρίες.\n\nhttps://kypek.att-a.sch.gr/s/EKFE-27-03"
        return CourseDraft(ref or self.ref, title, self.category, text, SPRING, None)

    def people(self, *logins: str) -> tuple[str, ...]:
        """People with accounts."""
        for login in logins:
            self.world.add_person(login)
        return logins

    def shows(self, course: str, group: str, logins: Iterable[str]) -> bool:
        """Whether exactly these are in the group, as far as anything can tell."""
        return self.world.group_members(course, group) in (None, set(logins))

    @contextmanager
    def trouble(self, fault: str) -> Iterator[None]:
        """The server misbehaves for a while: `fault` as in the fault grammar, without the system."""
        self.faults.set(f"{self.system}:{fault}")
        try:
            yield
        finally:
            self.faults.lift(self.system)
