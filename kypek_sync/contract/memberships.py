"""What a course platform may offer besides its role: asking about several people at the price of about one, and about
all courses at the price of about one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from kypek_sync.contract.changes import Receipt
from kypek_sync.contract.roles import Member
from kypek_sync.contract.snapshots import Snapshot


@runtime_checkable
class ManyMemberships(Protocol):
    """Several looks in one. Whoever reads a course asks so where it is offered, else one by one (rule 3)."""

    def memberships(self, course: str, logins: Sequence[str]) -> Mapping[str, Member | None]:
        """`Courses.membership` of each of these people, by login, by the same proofs. Who is left out of the answer
        could not be told about. Raises `TryLater` when nothing can be told."""


@runtime_checkable
class MembershipsAcross(Protocol):
    """Second looks in several courses at the price of about one for each. Whoever reads courses asks so where it is
    offered, when it has read them (rule 3)."""

    def memberships_across(self, asked: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, Member | None]]:
        """`Courses.membership` of these people, by `Course.id` and login, by the same proofs. Who is left out of the
        answer could not be told about. Raises `TryLater` when nothing can be told."""


class GroupPlace(NamedTuple):
    """Somebody's place in a group: `Course.id`, `Group.id`, login."""

    course: str
    group: str
    login: str


@runtime_checkable
class ManyGroups(Protocol):
    """Places in groups of several courses by one call. Whoever changes courses asks so where it is offered, else course
    by course."""

    def join_groups(self, places: Sequence[GroupPlace]) -> Sequence[Receipt]:
        """`Courses.join_group` for each of these places, by the same rules; one receipt each, in order. What cannot be
        done in one course costs the others nothing. Raises what `join_group` raises, and `SkipThis` where it has to be
        asked for in smaller parts; only before anything was sent."""

    def leave_groups(self, places: Sequence[GroupPlace]) -> Sequence[Receipt]:
        """`Courses.leave_group` for each of these places, likewise."""


@runtime_checkable
class CourseNews(Protocol):
    """A light look at many courses, for passes between two full reads."""

    def quiet(self, known: Mapping[str, Mapping[str, Member]]) -> frozenset[str]:
        """Those of these courses, by `Course.id` with their members as last read in full, in which nobody new is to be
        seen. A hint (a `Delta`, not a `Snapshot`): who left, changed roles or groups may go unseen, so nothing may be
        written on it, and everything is read in full now and then. Raises `TryLater` or `StopConnector` when nothing
        can be told."""


@runtime_checkable
class ManyCourses(Protocol):
    """Many courses read at the price of one."""

    def expect(self, courses: Iterable[str]) -> None:
        """A pass is about to read these courses (`Course.id`), one after the other. Asks nothing and raises nothing:
        the first reading of one of them may read all of them."""


@runtime_checkable
class CourseRequests(Protocol):
    """Applications to courses that nobody can enter by themselves. Asked only with `COURSE_REQUESTS`."""

    def requests(self, course: str) -> Snapshot[Member]:
        """Who asked to be let in, got no answer yet and is no member: `since` is the moment of asking. Who asked twice
        is there twice."""


@runtime_checkable
class CourseAddresses(Protocol):
    """Addresses of courses as people write them, told apart without asking the server."""

    def named_by(self, address: str) -> str:
        """The `Course.id` that an address names, whether or not there is such a course; empty where it names none."""
