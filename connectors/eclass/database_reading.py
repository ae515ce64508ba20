"""Who is in courses and groups, and who asked to be, from the database: snapshots, each with its proof.

All courses of a pass are read at one moment, by one question of each kind. What was read is whole if the database's own
count agrees; that it is the platform's database, and not an old copy of it, is proven by the API: the count and the id
of a few courses of each pass, of all of them where the server is a copy that follows another or a few did not agree.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import connectors.eclass.mapping as mapping
from connectors.eclass.accounts import Accounts
from connectors.eclass.client import EclassClient
from connectors.eclass.database import Database
from connectors.eclass.database_glance import Asked, glance, glances
from connectors.eclass.database_members import Belonging, CourseFacts, courses, departments, group_people
from connectors.eclass.mapping import LTI_PREFIX, CourseRow, Department
from connectors.eclass.memberships import Memberships, twins
from kypek_sync.contract import Group, Member, SkipThis, Snapshot
from kypek_sync.model import Clock

PROOFS = 2
"""Courses of a pass that are held against the API; the next pass takes others."""
GOOD_FOR = timedelta(minutes=10)
"""How long what was read for a whole pass is handed out."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A course as it was seen. `facts` are None where the database has no such course."""

    as_of: datetime
    facts: CourseFacts | None
    doubt: str
    proof: str = ""


@dataclass
class _Pass:
    """The courses of a pass: read at the first question about one of them, each answer handed out once."""

    courses: frozenset[str]
    seen: dict[str, _Seen] | None = None
    handed: set[tuple[str, str]] = field(default_factory=set)


class DatabaseMemberships:
    """Reads by the database. What it does not show raises `TryLater` or makes a snapshot partial: never absent."""

    def __init__(
        self,
        database: Database,
        client: EclassClient,
        accounts: Accounts,
        others: Memberships,
        clock: Clock,
        parallel: int,
    ) -> None:
        self._database = database
        self._client = client
        self._accounts = accounts
        self._others = others
        self._clock = clock
        self._parallel = parallel
        self._system = client.system
        self._lock = threading.Lock()
        self._pass = _Pass(frozenset())
        self._asked: dict[str, Asked] = {}
        self._turn = 0
        self._usable = False

    def demand(self) -> None:
        """Raises `StopConnector` or `TryLater` where the account cannot be used. Looks once, if all is well."""
        if not self._usable:
            with self._database.reading():
                self._usable = True

    def expect(self, codes: Iterable[str]) -> None:
        """A pass is about to read these courses. Nothing is asked yet."""
        with self._lock:
            self._pass = _Pass(frozenset(codes))

    def members(self, course: str, known: Mapping[str, Member]) -> Snapshot[Member]:
        """All members with role and date. LTI accounts are left out (E-46). Where the database lacks the course: those
        of `known` whom the API shows in it, marked partial."""
        seen = self._seen(course, "members")
        if seen.facts is None:
            return replace(self._others.known(course, known), as_of=seen.as_of, why_partial=seen.doubt)
        people = [one for one in seen.facts.members if not one.account.username.startswith(LTI_PREFIX)]
        self._accounts.learn(one.account for one in people)
        found = {one.account.login: mapping.member(one.account, one.standing) for one in people}
        lti = len(seen.facts.members) - len(people)
        proofs = (seen.proof, f"{lti} LTI accounts left out" if lti else "")
        return Snapshot(
            self._system,
            course,
            seen.as_of,
            tuple(found[login] for login in sorted(found)),
            complete=not seen.doubt,
            why_partial=seen.doubt,
            proofs=() if seen.doubt else tuple(proof for proof in proofs if proof),
            findings=twins(one.account for one in people),
        )

    def requests(self, course: str) -> Snapshot[Member]:
        """Who asked to be let into a closed course and got no answer yet: each asking with its moment. Members are no
        applicants any more, whatever became of their request."""
        seen = self._seen(course, "requests")
        found = _asking(seen.facts) if seen.facts is not None else ()
        items = tuple(mapping.member(one.account, one.standing) for one in found)
        with self._lock:
            self._asked[course] = frozenset((item.login, item.since) for item in items)
        proofs = () if seen.doubt else (seen.proof,)
        return Snapshot(
            self._system, course, seen.as_of, items, complete=not seen.doubt, why_partial=seen.doubt, proofs=proofs
        )

    def groups(self, course: str) -> Snapshot[Group]:
        """The groups with everybody who is in them, orphans too (E-26)."""
        seen = self._seen(course, "groups")
        if seen.facts is None:
            return Snapshot(self._system, course, seen.as_of, (), complete=False, why_partial=seen.doubt)
        groups = tuple(Group(str(row.id), row.name, seen.facts.inside[row.id]) for row in seen.facts.groups)
        proofs = () if seen.doubt else ("the course answered",)
        return Snapshot(
            self._system, course, seen.as_of, groups, complete=not seen.doubt, why_partial=seen.doubt, proofs=proofs
        )

    def row(self, course: str) -> CourseRow | None:
        """The course, if this pass has read it; None: ask the API."""
        with self._lock:
            if course not in self._pass.courses:
                return None
        seen = self._seen(course, "row")
        return seen.facts.row if seen.facts is not None and not seen.doubt else None

    def quiet(self, known: Mapping[str, Mapping[str, Member]]) -> frozenset[str]:
        """Those of these courses where the database shows the same members and requests as before: a look at one row
        for each, without any proof."""
        with self._lock:
            asked = dict(self._asked)
        with self._database.reading() as reading:
            found = glances(reading, known)
        return frozenset(
            course
            for course, before in known.items()
            if course in asked and found.get(course) == glance(before, asked[course])
        )

    def inside(self, group: str) -> frozenset[str]:
        """The logins of one group, as it is now."""
        with self._database.reading() as reading:
            return group_people(reading, mapping.whole(group))

    def departments(self) -> tuple[Department, ...]:
        """Every department."""
        with self._database.reading() as reading:
            return departments(reading)

    def _seen(self, course: str, kind: str) -> _Seen:
        with self._lock:
            this = self._pass
            if course in this.courses and (course, kind) not in this.handed:
                if this.seen is None:
                    this.seen = self._read(this.courses, PROOFS)
                one = this.seen[course]
                if self._clock() - one.as_of < GOOD_FOR:
                    this.handed.add((course, kind))
                    return one
        return self._read(frozenset({course}), 1)[course]

    def _read(self, codes: frozenset[str], proofs: int) -> dict[str, _Seen]:
        as_of = self._clock()
        facts, follows = self._ask(codes)
        there = sorted(facts)
        sample = there if follows else self._sample(there, proofs)
        differing = self._differing(facts, sample)
        if differing and len(sample) < len(there):
            differing |= self._differing(facts, sorted(set(there) - set(sample)))
            sample = there
        if differing:  # somebody may have registered in between
            facts |= self._ask(differing.keys())[0]
            differing = self._differing(facts, sorted(differing))
        absent = f"The database {self._database.place} has no course {{}}."
        return {
            code: self._one(as_of, code, facts[code], differing.get(code, ""), checked=code in sample)
            if code in facts
            else _Seen(as_of, None, absent.format(code))
            for code in codes
        }

    def _ask(self, codes: Collection[str]) -> tuple[dict[str, CourseFacts], bool]:
        with self._database.reading() as reading:
            return courses(reading, list(codes)), reading.server().follows

    def _one(self, as_of: datetime, code: str, facts: CourseFacts, doubt: str, *, checked: bool) -> _Seen:
        listed = len(facts.members) + facts.nameless
        if not doubt and listed != facts.counted:
            doubt = f"The database {self._database.place} lists {listed} members of {code}, and counts {facts.counted}."
        if not doubt and facts.nameless:
            doubt = (
                f"{facts.nameless} members of {code} have no account any more;"
                " the administrators of eClass can delete their registrations."
            )
        proof = f"registration count {listed}" if checked else f"the database's own count {listed}"
        return _Seen(as_of, facts, doubt, "" if doubt else proof)

    def _sample(self, codes: Sequence[str], number: int) -> list[str]:
        """A few of them, others each time."""
        if len(codes) <= number:
            return list(codes)
        start = self._turn % len(codes)
        self._turn += number
        return [codes[(start + step) % len(codes)] for step in range(number)]

    def _differing(self, facts: Mapping[str, CourseFacts], codes: Sequence[str]) -> dict[str, str]:
        """What the API says otherwise, by course."""
        if len(codes) < 2:
            said = [self._difference(facts[code]) for code in codes]
        else:
            pool = ThreadPoolExecutor(self._parallel)
            try:
                said = list(pool.map(lambda code: self._difference(facts[code]), codes))
            finally:
                pool.shutdown(cancel_futures=True)
        return {code: words for code, words in zip(codes, said, strict=True) if words}

    def _difference(self, facts: CourseFacts) -> str:
        code, place = facts.row.code, self._database.place
        try:
            shown, number = self._client.row(code), self._client.count(code)
        except SkipThis as error:
            return error.message
        if shown is None:
            return f"eClass shows no course {code}, the database {place} has one."
        if shown.id != facts.row.id:
            return (
                f"The course {code} is another one in the database {place}: that is not of this eClass, or an old copy."
            )
        if number != facts.counted:
            return (
                f"The database {place} shows {facts.counted} members of {code}, the registration count of eClass says"
                f" {number}: it lags behind."
            )
        return ""


def _lti(one: Belonging) -> bool:
    return one.account.username.startswith(LTI_PREFIX)


def _asking(facts: CourseFacts) -> tuple[Belonging, ...]:
    """Pending requests of people who are not in, by login."""
    members = {one.account.id for one in facts.members}
    found = [one for one in facts.requests if one.account.id not in members and not _lti(one)]
    return tuple(sorted(found, key=lambda one: (one.account.login, str(one.standing.since))))
