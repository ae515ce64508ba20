"""Who is in courses and groups, and who asked to be, from the database: snapshots, each with its proof.

All courses of a pass are read at one moment, by one question for all of them. What was read is whole if the database's
own count, of the same moment, agrees. That it is the platform's database, and not an old copy of it, is proven by the
API, which is asked only where that may be in doubt: at the first read and then once in a while (`PROVEN_FOR`) about a
few courses, others each time (of one that a limited token does not show only the number of members is asked); about
every course that lost somebody since its last read, or did not agree then; about all of them where the server is a copy
that follows another, or one of them does not agree.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import connectors.eclass.database_glance as database_glance
import connectors.eclass.database_members as database_members
import connectors.eclass.database_work as database_work
import connectors.eclass.mapping as mapping
from connectors.eclass.accounts import Accounts
from connectors.eclass.client import EclassClient
from connectors.eclass.database import Database, Reading
from connectors.eclass.database_glance import Asked, glance, glances
from connectors.eclass.database_members import Belonging, CourseFacts, courses, departments, group_people
from connectors.eclass.database_question import Answers, Part, together
from connectors.eclass.database_work import FetchedAlong
from connectors.eclass.mapping import LTI_PREFIX, CourseRow, Department
from connectors.eclass.memberships import Memberships, twins
from kypek_sync.contract import Group, Member, SkipThis, Snapshot, Work
from kypek_sync.model import Clock

PROOFS = 2
"""Courses of a read that are held against the API; the next such read takes others."""
PROVEN_FOR = timedelta(hours=1)
"""How long the API's word stands that the database is the platform's."""
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
        self._inside: dict[str, frozenset[int]] = {}
        self._work = FetchedAlong(clock)
        self._differed: frozenset[str] = frozenset()
        self._hidden: set[str] = set()
        self._turn = 0
        self._proven: datetime | None = None
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
        if not known:
            return frozenset()
        with self._lock:
            asked = dict(self._asked)
        with self._database.reading() as reading:
            answers = self._together(reading, database_glance.PARTS, known)
            found = glances(reading, answers.rows)
        return frozenset(
            course
            for course, before in known.items()
            if course in asked and found.get(course) == glance(before, asked[course])
        )

    def inside(self, group: str) -> frozenset[str]:
        """The logins of one group, as it is now."""
        with self._database.reading() as reading:
            return group_people(reading, mapping.whole(group))

    def work_shown(self, asked: Collection[tuple[str, Work]]) -> dict[tuple[str, Work], str]:
        """What these courses show of work that teachers do by hand."""
        found = self._work.take(asked)
        if found is None:
            parts, values = database_work.asked(asked)
            with self._database.reading() as reading:
                found = database_work.shown(reading, together(reading, parts, **values).rows, asked)
        return found

    def departments(self) -> tuple[Department, ...]:
        """Every department."""
        with self._database.reading() as reading:
            return departments(reading)

    def _seen(self, course: str, kind: str) -> _Seen:
        with self._lock:
            this = self._pass
            if course in this.courses and (course, kind) not in this.handed:
                if this.seen is None:
                    this.seen = self._read(this.courses)
                one = this.seen[course]
                if self._clock() - one.as_of < GOOD_FOR:
                    this.handed.add((course, kind))
                    return one
        return self._read(frozenset({course}))[course]

    def _read(self, codes: frozenset[str]) -> dict[str, _Seen]:
        as_of = self._clock()
        facts, follows = self._ask(codes)
        there = sorted(facts)
        due = self._proven is None or abs(as_of - self._proven) >= PROVEN_FOR
        few = self._sample(there, PROOFS) if due else []
        sample = there if follows else sorted({*few, *self._shrunk(facts), *(self._differed & facts.keys())})
        differing = self._differing(facts, sample)
        if differing and len(sample) < len(there):
            differing |= self._differing(facts, sorted(set(there) - set(sample)))
            sample = there
        if differing:  # somebody may have registered in between
            facts |= self._ask(differing.keys())[0]
            differing = self._differing(facts, sorted(differing))
        self._differed = self._differed - set(sample) | differing.keys()
        vouched = due and bool(set(sample) - self._hidden)
        self._proven = None if differing else as_of if vouched else self._proven
        seen = {
            code: self._one(as_of, code, one, differing.get(code, ""), checked=code in sample)
            for code, one in facts.items()
        }
        self._inside |= {code: _ids(facts[code]) for code, one in seen.items() if not one.doubt}
        absent = f"The database {self._database.place} has no course {{}}."
        return {code: seen.get(code) or _Seen(as_of, None, absent.format(code)) for code in codes}

    def _ask(self, codes: Collection[str]) -> tuple[dict[str, CourseFacts], bool]:
        with self._database.reading() as reading:
            answers = self._together(reading, database_members.PARTS, codes)
            return courses(reading, answers.rows, frozenset(codes)), answers.follows

    def _together(self, reading: Reading, parts: Sequence[Part], codes: Iterable[str]) -> Answers:
        """These parts for these courses, and along with them what teachers were asked to do."""
        as_of, work = self._clock(), self._work.wanted()
        besides, values = database_work.asked(work)
        answers = together(reading, (*parts, *besides), codes=sorted(codes), **values)
        self._work.keep(database_work.shown(reading, answers.rows, work), as_of)
        return answers

    def _shrunk(self, facts: Mapping[str, CourseFacts]) -> set[str]:
        """The courses that lack somebody who was in at their last read."""
        return {code for code, one in facts.items() if self._inside.get(code, frozenset()) - _ids(one)}

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
        shown = self._shown(code)
        if shown is None and self._client.unknown(code):
            return f"eClass shows no course {code}, the database {place} has one."
        (self._hidden.add if shown is None else self._hidden.discard)(code)
        try:
            number = self._client.count(code)
        except SkipThis as error:
            return error.message
        if shown is not None and shown.id != facts.row.id:
            return (
                f"The course {code} is another one in the database {place}: that is not of this eClass, or an old copy."
            )
        if number != facts.counted:
            return (
                f"The database {place} shows {facts.counted} members of {code}, the registration count of eClass says"
                f" {number}: it lags behind."
            )
        return ""

    def _shown(self, code: str) -> CourseRow | None:
        """The course by the API. A limited token does not see all of them: of the others only the number of members is
        compared. To be unseen is no objection, or a course would be whole in one read and partial in the next."""
        try:
            return self._client.row(code)
        except SkipThis:
            return None


def _ids(facts: CourseFacts) -> frozenset[int]:
    return frozenset(one.account.id for one in facts.members)


def _lti(one: Belonging) -> bool:
    return one.account.username.startswith(LTI_PREFIX)


def _asking(facts: CourseFacts) -> tuple[Belonging, ...]:
    """Pending requests of people who are not in, by login."""
    members = {one.account.id for one in facts.members}
    found = [one for one in facts.requests if one.account.id not in members and not _lti(one)]
    return tuple(sorted(found, key=lambda one: (one.account.login, str(one.standing.since))))
