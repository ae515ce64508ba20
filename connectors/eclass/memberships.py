"""Who is in a course and in its groups: reads, each with the proof of how much it saw (fact sheet eclass, E-22, E-27).

`[]` is unknown, never empty, until a second way of asking agrees (section 7, rule 4).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from zlib import crc32

import connectors.eclass.mapping as mapping
from connectors.eclass.accounts import Accounts
from connectors.eclass.client import EclassClient
from connectors.eclass.mapping import LTI_PREFIX, Account, GroupRow
from kypek_sync.contract import Group, Member, SkipThis, Snapshot, TryLater
from kypek_sync.model import Clock, CourseRole, Finding

X = TypeVar("X")
Y = TypeVar("Y")

ROLES_STAND = timedelta(hours=6)
"""After this the roles of those who are no students are asked for again: a list shows none (E-27), and somebody whom a
teacher has made a student since applies, or teaches there no more."""
_TURN, _TURNS = 3600, 24
"""Students are asked about in turns, an hour (in seconds) each; who has which turn is another one each day, so that
whoever is started at the same hour of each day comes round too."""


@dataclass(frozen=True, slots=True)
class _People:
    """A list of members; `doubt` says why it may not be whole, `proof` what agrees with it."""

    rows: tuple[Account, ...]
    doubt: str = ""
    proof: str = ""


class Memberships:
    """Reads memberships. What eClass refuses to show raises `TryLater` or makes a snapshot partial: never absent."""

    def __init__(self, client: EclassClient, accounts: Accounts, clock: Clock, parallel: int) -> None:
        self._client = client
        self._accounts = accounts
        self._clock = clock
        self._parallel = parallel
        self._system = client.system
        self._roles_asked: dict[str, datetime] = {}
        self._turns: dict[str, int] = {}
        self._in_doubt: set[str] = set()

    def listed(self, course: str, known: Mapping[str, Member]) -> Snapshot[Member]:
        """By the list of members (newer API), with role and date asked once for each unseen member, the role of those
        who are known once in a while."""
        as_of = self._clock()
        people = self._people(course, known.keys())
        if not people.rows and people.doubt:
            return replace(self.known(course, known), as_of=as_of, why_partial=people.doubt)
        known = self._with_roles(course, known, as_of)
        ours = [account for account in people.rows if not account.username.startswith(LTI_PREFIX)]
        self._accounts.learn(ours)
        found, left = self._unseen(course, [account for account in ours if account.login not in known])
        for account in ours:
            if account.login in known:
                found[account.login] = replace(known[account.login], name=account.name, mail=account.mail)
        self._roles_asked.setdefault(course, as_of)
        self._turns[course] = _turn(as_of)
        doubt = people.doubt or (f"{', '.join(left)} left while the list was read." if left else "")
        lti = len(people.rows) - len(ours)
        return Snapshot(
            self._system,
            course,
            as_of,
            tuple(found[login] for login in sorted(found)),
            complete=not doubt,
            why_partial=doubt,
            proofs=tuple(proof for proof in (people.proof, f"{lti} LTI accounts left out" if lti else "") if proof),
            findings=twins(ours),
        )

    def _unseen(self, course: str, accounts: Sequence[Account]) -> tuple[dict[str, Member], list[str]]:
        """Role and date of those whom nobody has seen before, by login; and who left since the list was read."""
        standings = self._all(lambda account: self._client.standing(course, account.username), accounts)
        pairs = list(zip(accounts, standings, strict=True))
        found = {account.login: mapping.member(account, standing) for account, standing in pairs if standing.registered}
        return found, [account.login for account, standing in pairs if not standing.registered]

    def _with_roles(self, course: str, known: Mapping[str, Member], now: datetime) -> Mapping[str, Member]:
        """Those whose role is known well enough: of the many students each is asked about once in a day, so that who
        was made a trainer by hand is seen; of the few others all after a while."""
        turn = _turn(now)
        first = max(self._turns.get(course, turn - 1), turn - _TURNS) + 1
        due = {(one // _TURNS + one) % _TURNS for one in range(first, turn + 1)}
        asked = self._roles_asked.get(course)
        stand = asked is not None and abs(now - asked) < ROLES_STAND
        if not stand:
            self._roles_asked.pop(course, None)
        return {
            login: member
            for login, member in known.items()
            if (crc32(f"{course}/{login}".encode()) % _TURNS not in due if member.role is CourseRole.STUDENT else stand)
        }

    def quiet(self, known: Mapping[str, Mapping[str, Member]]) -> frozenset[str]:
        """The courses whose list shows the `known` people and nobody else: one call for each, without any proof."""
        courses = list(known)
        listed = self._all(self._listed_logins, courses)
        return frozenset(
            course for course, people in zip(courses, listed, strict=True) if people == frozenset(known[course])
        )

    def _listed_logins(self, course: str) -> frozenset[str] | None:
        try:
            people = self._client.course_people(course)
        except SkipThis:
            return None  # the full read tells why
        return frozenset(one.login for one in people if not one.username.startswith(LTI_PREFIX))

    def known(self, course: str, known: Mapping[str, Member]) -> Snapshot[Member]:
        """Those of `known` who are in the course now, with their present role: all that the older API can tell."""
        as_of = self._clock()
        logins = sorted(known)
        try:
            standings = self._all(lambda login: self._client.standing(course, self._accounts.username(login)), logins)
            number = self._client.count(course)
        except SkipThis as error:
            raise TryLater(self._system, error.message, hint=error.hint) from error
        found = tuple(
            replace(known[login], role=standing.role, since=standing.since)
            for login, standing in zip(logins, standings, strict=True)
            if standing.registered
        )
        why = (
            f"This eClass shows no list of members: {len(found)} of {len(logins)} known people are in {course};"
            f" the registration count says {number}."
        )
        return Snapshot(self._system, course, as_of, found, complete=False, why_partial=why)

    def one(self, course: str, login: str) -> Member | None:
        """One person's membership. Not registered is believed only while course and person are both shown (E-22)."""
        account = self._accounts.fresh(login)
        if account is None:
            raise TryLater(self._system, f"eClass does not know {login}, so it cannot tell about {course}.")
        standing = self._client.standing(course, account.username)
        if standing.registered:
            return mapping.member(account, standing)
        if self._client.row(course) is None:
            raise TryLater(self._system, f"eClass shows no course {course}, so it cannot tell about {login}.")
        return None

    def groups(self, course: str, *, with_people: bool) -> Snapshot[Group]:
        """The groups, and their members where the API lists them. An empty list of a group counts only where the
        course's own list is known to be whole."""
        as_of = self._clock()
        try:
            rows = self._client.groups(course)
            lists = self._all(lambda row: self._client.group_people(str(row.id)), rows) if with_people else []
        except SkipThis as error:
            return Snapshot(self._system, course, as_of, (), complete=False, why_partial=error.message)
        self._accounts.learn(account for people in lists for account in people)
        doubt = "" if all(lists) else self._people(course).doubt
        groups = (
            tuple(_group(row, people, doubt) for row, people in zip(rows, lists, strict=True))
            if with_people
            else tuple(Group(str(row.id), row.name) for row in rows)
        )
        proofs = ("the course answered",)  # an unknown one is an error here, unlike elsewhere
        return Snapshot(self._system, course, as_of, groups, complete=not doubt, why_partial=doubt, proofs=proofs)

    def _people(self, course: str, known: Collection[str] = ()) -> _People:
        """The list of members, read twice at most: somebody may register between the list and the count.

        The count has no names: where one comes and another one goes in between, or a list that hides one person is
        read while another one leaves, it agrees by chance. So a list that lacks one of the `known`, or that was in
        doubt at the read before, counts only if it shows the same people twice, and nobody else."""
        people = self._people_once(course)
        doubted = course in self._in_doubt
        if people.doubt and people.rows:
            people = self._people_once(course)
        elif not people.doubt and (doubted or not {row.login for row in people.rows} >= set(known)):
            again = self._people_once(course)
            same = {row.id for row in people.rows} == {row.id for row in again.rows}
            changed = f"The list of {course} changed while it was read."
            people = again if same or again.doubt else replace(again, doubt=changed, proof="")
        (self._in_doubt.add if people.doubt else self._in_doubt.discard)(course)
        return people

    def _people_once(self, course: str) -> _People:
        try:
            rows = self._client.course_people(course)
            number, ids = self._client.count(course), {row.id for row in rows}
            exists = bool(rows) or self._client.row(course) is not None
        except SkipThis as error:
            return _People((), doubt=error.message)
        if len(ids) != number:
            return _People(
                rows,
                doubt=f"The list of {course} shows {len(ids)} members, the registration count says {number};"
                " the token may be limited to a department.",
            )
        if not exists:
            return _People(rows, doubt=f"eClass shows no course {course}.")
        return _People(rows, proof=f"registration count {number}")

    def _all(self, ask: Callable[[X], Y], items: Sequence[X]) -> list[Y]:
        """Ask about each, a few at a time, answers in order; the first error ends it."""
        if len(items) < 2:
            return [ask(item) for item in items]
        pool = ThreadPoolExecutor(self._parallel)
        try:
            return list(pool.map(ask, items))
        finally:
            pool.shutdown(cancel_futures=True)


def _turn(moment: datetime) -> int:
    return int(moment.timestamp()) // _TURN


def _group(row: GroupRow, people: tuple[Account, ...], doubt: str) -> Group:
    hidden = bool(doubt) and not people
    return Group(str(row.id), row.name, None if hidden else frozenset(account.login for account in people))


def twins(people: Iterable[Account]) -> tuple[Finding, ...]:
    """Accounts that are one login of ours: usernames are byte-exact, logins are not."""
    names: dict[str, str] = {}
    found: set[str] = set()
    for account in people:
        if names.setdefault(account.login, account.username) != account.username:
            found.add(account.login)
    return tuple(
        Finding(login, "username-twins", f"eClass has two accounts that differ from {login} only in capitals.")
        for login in sorted(found)
    )
