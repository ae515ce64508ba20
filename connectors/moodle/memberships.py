"""Who is in a course and in its groups: reads, each with the proof of how much it saw (M-10, M-27).

A list of members is believed when Moodle's own count of them agrees; an empty one when a list by another call is empty
too, the course is shown and the canary is seen. Separate groups or a lost permission make a list shorter in silence.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import connectors.moodle.mapping as mapping
from connectors.moodle.accounts import Accounts
from connectors.moodle.catalogue import Catalogue
from connectors.moodle.client import MoodleClient
from connectors.moodle.feed import Enrolled, Feed
from connectors.moodle.groups_ahead import GroupsAhead
from connectors.moodle.mapping import Account, MemberRow, Roles
from kypek_sync.contract import Group, Member, Snapshot, TryLater
from kypek_sync.model import Clock, CourseRole

PAGE = 500
"""Members asked for in one call: about half a second of the server's time."""
RECENT = 2000
"""Courses whose last list is kept in mind, by its numbers."""
LATELY = timedelta(minutes=5)
"""So long a list with its proof vouches for the second look, which comes when the pass has read its courses."""
GROUPS = 100
"""Groups whose members are asked for in one call."""
_FIELDS = "id,username,fullname,email,roles"
_EVERYBODY_MAY = "moodle/course:viewparticipants"
_ENROLLED = "core_enrol_get_enrolled_users"
_WHOLE_LIST = (_EVERYBODY_MAY, "moodle/site:accessallgroups")
"""With these capabilities the list of members has everybody."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The members of a course. `inactive` are ids of those suspended, expired or not begun; `doubt` says why the list
    may not be whole, `proof` what agrees with it."""

    rows: tuple[MemberRow, ...]
    inactive: frozenset[int] = frozenset()
    doubt: str = ""
    proof: str = ""

    def by_login(self) -> dict[str, MemberRow]:
        """The rows by login."""
        return {row.username: row for row in self.rows}


class Memberships:
    """Reads memberships. What Moodle refuses to show is raised or makes a snapshot partial: never absent."""

    def __init__(
        self,
        client: MoodleClient,
        accounts: Accounts,
        catalogue: Catalogue,
        roles: Roles,
        feed: Feed | None,
        clock: Clock,
    ) -> None:
        self._client = client
        self._accounts = accounts
        self._catalogue = catalogue
        self._roles = roles
        self._feed = feed
        self._clock = clock
        self._system = client.system
        self._homes: dict[str, str] = {}
        self._proven: dict[str, tuple[datetime, frozenset[int]]] = {}
        self._lock = threading.Lock()
        self._ahead = GroupsAhead(self.inside, clock)

    def members(self, course: str, known: Mapping[str, Member], *, dated: bool) -> Snapshot[Member]:
        """All members. With `dated` moment and origin come from the report, else from `known`."""
        as_of = self._clock()
        roster = self.roster(course)
        self._keep(course, roster, as_of)
        rows = roster.by_login()
        told = self._told(course, rows, known=known, whole=not roster.doubt) if dated else {}
        items = [self._member(row, roster, told.get(login), known.get(login)) for login, row in sorted(rows.items())]
        return Snapshot(
            self._system,
            course,
            as_of,
            tuple(items),
            complete=not roster.doubt,
            why_partial=roster.doubt,
            proofs=("end of pages", roster.proof) if roster.proof else (),
        )

    def expect(self, courses: Iterable[str]) -> None:
        """A pass is about to read these courses."""
        self._ahead.expect(courses)

    def _keep(self, course: str, roster: Roster, as_of: datetime) -> None:
        """Remember who a list with its proof has shown, for the second look."""
        with self._lock:
            self._proven.pop(course, None)
            if roster.proof and not roster.doubt and roster.rows:
                self._proven[course] = as_of, frozenset(row.id for row in roster.rows)
            while len(self._proven) > RECENT:
                del self._proven[next(iter(self._proven))]

    def logins(self, course: str) -> frozenset[str]:
        """Who is in a course, by one call without any proof; a number that no list has shown stands for itself."""
        words = {"courseid": course, "options": _options(userfields="id")}
        numbers = self._client.read(_ENROLLED, mapping.ids, words)
        names = self._accounts.remembered(numbers)
        return frozenset(names.get(number, f"#{number}") for number in numbers)

    def one(self, course: str, login: str) -> Member | None:
        """One person's membership: the list read again the other way round, and the person's own courses. None only if
        both lack it while account, canary and the whole course are shown. Raises `TryLater` when they disagree."""
        account = self._accounts.lookup([login]).get(login)
        if account is None:
            raise TryLater(self._system, f"Moodle does not know {login}, so it cannot tell about {course}.")
        attends = int(course) in self._counts(account.id) if course.isdigit() else False
        shown, roster = self._again(course)
        if account.id in shown:
            roster = roster or self.roster(course, backwards=True)
            if (row := next((one for one in roster.rows if one.id == account.id), None)) is not None:
                return self._member(row, roster, None, None)
        doubt = roster.doubt if roster is not None else ""
        if doubt or attends or account.id in shown:
            why = doubt or "Their own list of courses has it, the course's list of members lacks them."
            raise TryLater(self._system, f"Whether {login} is in the course {course} is not certain. {why}")
        return None

    def several(self, course: str, logins: Sequence[str]) -> dict[str, Member | None]:
        """`one` for each of these people; only the courses of those whom the list lacks are asked for one by one. Left
        out are those who have no account, or of whom the proofs do not agree or could not be had."""
        down: list[TryLater] = []

        def attended(user: int) -> frozenset[int] | None:
            try:
                return None if down else self.attended(user)
            except TryLater as error:
                down.append(error)  # a server that went away is not asked about each: what was proven stands
                return None

        return self.told_of(course, self._accounts.lookup(logins), attended)

    def told_of(
        self, course: str, accounts: Mapping[str, Account], attended: Callable[[int], Collection[int] | None]
    ) -> dict[str, Member | None]:
        """What the list the other way round and people's own courses tell of these accounts, by login. `attended` gives
        the courses of one of them, or None where that could not be told. Left out is whoever stays uncertain."""
        shown, roster = self._again(course)
        found: dict[str, Member | None] = {}
        for login, account in sorted(accounts.items()):
            if account.id in shown:
                roster = roster or self.roster(course, backwards=True)
                row = next((one for one in roster.rows if one.id == account.id), None)
                if row is not None:
                    found[login] = self._member(row, roster, None, None)
                continue
            if roster is not None and roster.doubt:
                continue
            own = attended(account.id)
            if own is not None and not (course.isdigit() and int(course) in own):
                found[login] = None
        return found

    def attended(self, user: int) -> frozenset[int]:
        """The numbers of the courses in which somebody is active, by their own list."""
        return frozenset(self._counts(user))

    def groups(self, course: str) -> Snapshot[Group]:
        """The groups with their members. Both calls refuse an account that may not see them, so empty is empty."""
        rows = self.group_rows(course)
        as_of, inside = self._ahead.inside(course, [row.id for row in rows])
        names = self._accounts.names(frozenset().union(*inside.values()))
        groups = tuple(
            Group(str(row.id), row.name, frozenset(names[one] for one in inside[row.id] if one in names))
            for row in rows
        )
        nameless = sorted(frozenset().union(*inside.values()) - set(names))
        why = f"Moodle does not show who the accounts {', '.join(map(str, nameless))} are." if nameless else ""
        proofs = ("the course answered",)
        return Snapshot(self._system, course, as_of, groups, complete=not why, why_partial=why, proofs=proofs)

    def group_rows(self, course: str) -> tuple[mapping.GroupRow, ...]:
        """The groups of a course. Raises `Refused` for one that is unknown or may not be entered."""
        rows = self._client.read("core_group_get_course_groups", mapping.groups, {"courseid": course})
        self._homes |= {str(row.id): course for row in rows}
        return rows

    def at_home(self, course: str, group: str) -> bool:
        """Whether a group was ever listed as one of this course: it never moves to another."""
        return self._homes.get(group) == course

    def inside(self, groups: list[int]) -> dict[int, frozenset[int]]:
        """User ids by group; raises `TryLater` when a group is left out of the answer."""
        found: dict[int, frozenset[int]] = {}
        for start in range(0, len(groups), GROUPS):
            words = {"groupids": groups[start : start + GROUPS]}
            found |= self._client.read("core_group_get_group_members", mapping.group_members, words)
        if set(groups) - set(found):
            raise TryLater(self._system, "Moodle left groups out of its answer about their members.")
        return {group: found[group] for group in groups}

    def roster(self, course: str, *, backwards: bool = False) -> Roster:
        """The list of members with its proof, read twice at most: somebody may enrol between list and count."""
        first = self._roster(course, backwards=backwards)
        roster = self._roster(course, backwards=backwards) if first.doubt and first.rows else first
        self._accounts.learn(roster.rows)
        return roster

    def _again(self, course: str) -> tuple[frozenset[int], Roster | None]:
        """Whom the list shows the other way round, by number. One that shows just whom a list with its proof has shown
        lately is as whole as that one; else it comes with its own proof, or doubt."""
        with self._lock:
            proven = self._proven.pop(course, None)
        if proven is not None and self._clock() - proven[0] < LATELY:
            bare = _options(userfields="id", sortby="id", sortdirection="DESC")
            numbers = self._client.read(_ENROLLED, mapping.ids, {"courseid": course, "options": bare})
            if numbers == proven[1]:
                return numbers, None
        roster = self.roster(course, backwards=True)
        return frozenset(row.id for row in roster.rows), roster

    def present(self, course: str) -> Roster:
        """The list of members without a proof: who is in it is in the course, who is not may be too."""
        rows = self._pages(course, backwards=False)
        self._accounts.learn(rows)
        return Roster(rows, self._inactive(course) if rows else frozenset())

    def sure_roster(self, course: str) -> Roster:
        """The list of members if it is whole. Raises `TryLater` otherwise: nothing is written on such ground."""
        roster = self.roster(course)
        if roster.doubt:
            raise TryLater(self._system, roster.doubt, hint="Nothing is written on such ground.")
        return roster

    def listed(self, course: str, logins: Iterable[str]) -> dict[str, MemberRow]:
        """Members by login, these people among them as far as they are members: the list needs a proof only where it
        lacks one of them. Raises `TryLater` where it has none."""
        rows = {row.username: row for row in self._pages(course, backwards=False)}
        self._accounts.learn(rows.values())
        return rows if rows.keys() >= set(logins) else self.sure_roster(course).by_login()

    def _roster(self, course: str, *, backwards: bool) -> Roster:
        rows = self._pages(course, backwards=backwards)
        if not rows:
            return self._empty(course)
        inactive = self._inactive(course)
        active = [row for row in rows if row.id not in inactive]
        if not active:
            again = self._pages(course, backwards=not backwards)
            same = {row.id for row in again} == {row.id for row in rows}
            doubt = "" if same else f"Two lists of the members of {course} differ."
            return Roster(rows, inactive, doubt, "the same list in the other order" if same else "")
        counted = self._counts(self._lightest(active).id).get(int(course))
        if counted == len(rows):
            return Roster(rows, inactive, proof=f"Moodle counts {counted} members")
        if counted is None and self._shown_whole(course, rows, backwards=backwards):
            return Roster(rows, inactive, proof="the same list in the other order")
        doubt = (
            f"The list of {course} shows {len(rows)} members, Moodle counts {'none' if counted is None else counted};"
            " with separate groups the account needs moodle/site:accessallgroups."
        )
        return Roster(rows, inactive, doubt)

    def _inactive(self, course: str) -> frozenset[int]:
        """Those suspended, expired or not begun (M-27)."""
        only_suspended = _options(onlysuspended="1", userfields="id")
        return self._client.read(_ENROLLED, mapping.ids, {"courseid": course, "options": only_suspended})

    def _shown_whole(self, course: str, rows: Sequence[MemberRow], *, backwards: bool) -> bool:
        """Whether the list is the same the other way round, and the account may see the members of all groups there:
        Moodle leaves a hidden course out of its students' own lists, and so the count that stands in them."""
        if not self._catalogue.allows(course, _WHOLE_LIST):
            return False
        return {row.id for row in self._pages(course, backwards=not backwards)} == {row.id for row in rows}

    def _empty(self, course: str) -> Roster:
        """An empty list is unknown until another call, the course and the canary agree (M-10)."""
        asked = {"courseid": course, "capabilities": [_EVERYBODY_MAY]}
        words = {"coursecapabilities": [asked], "options": _options(userfields="id")}
        others = self._client.read("core_enrol_get_enrolled_users_with_capability", mapping.able, words)
        if others:
            return Roster((), doubt=f"The list of {course} is empty, another shows {len(others)} members.")
        if self._catalogue.shown(course) is None:
            return Roster((), doubt=f"Moodle shows no course {course}.")
        self._accounts.prove_sight()
        return Roster((), proof="empty by two calls, course and canary seen")

    def _pages(self, course: str, *, backwards: bool) -> tuple[MemberRow, ...]:
        rows: dict[int, MemberRow] = {}
        start = 0
        while True:
            options = _options(
                userfields=_FIELDS,
                limitfrom=str(start),
                limitnumber=str(PAGE),
                sortby="id",
                sortdirection="DESC" if backwards else "ASC",
            )
            page = self._client.read(_ENROLLED, mapping.members, {"courseid": course, "options": options})
            rows |= {row.id: row for row in page}
            if len(page) < PAGE:
                return tuple(rows.values())
            start += PAGE

    def _lightest(self, active: list[MemberRow]) -> MemberRow:
        """Whose courses are asked for, for the count that stands in them: a student has fewer than a trainer."""
        students = [row for row in active if self._roles.highest(row) is CourseRole.STUDENT]
        return (students or active)[-1]

    def _counts(self, user: int) -> dict[int, int | None]:
        """The courses that somebody attends now, each with how many people it has; suspended ones are left out."""
        return self._client.read("core_enrol_get_users_courses", mapping.counts, {"userid": user})

    def _told(
        self, course: str, logins: Iterable[str], *, known: Mapping[str, Member], whole: bool
    ) -> dict[str, Enrolled]:
        """What the report tells of these members; read anew when it lacks one of whom nothing is known. With `whole`
        they are all of the course."""
        reference = self._catalogue.reference(course)
        if self._feed is None or not reference:
            return {}
        if whole:
            self._feed.stay(reference, frozenset(logins))
        unseen = {login for login in logins if login not in known or known[login].since is None}
        return self._feed.of(reference, unseen)

    def _member(self, row: MemberRow, roster: Roster, told: Enrolled | None, known: Member | None) -> Member:
        since = told.since if told else known.since if known else None
        origin = told.origin if told else known.origin if known else ""
        return Member(
            row.username, self._roles.highest(row), since, origin, row.id not in roster.inactive, row.name, row.mail
        )


def _options(**named: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in named.items()]
