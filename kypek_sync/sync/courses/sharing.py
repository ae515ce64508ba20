"""Courses that several seminars use: who stays is decided by the claims of all of them together (design, rule 4).

Each seminar writes its own claims. One whose reason is over keeps the claim, marked so (`OVER`), while the membership
is there: what we added stays ours. A person is taken out only when no seminar, of any KYPEK, has a reason left, and
then by the seminar that lost its reason last. Who is in by the doing of one seminar is claimed by every other one that
wants them too, so that it does not matter who came first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import Change, Outcome, Receipt, Verb
from kypek_sync.ledger import bindings, runs, shared_courses
from kypek_sync.ledger.bindings import Claim
from kypek_sync.ledger.shared_courses import OVER, Owned, Place, User
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.desired import WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse

Key = tuple[str, str]
SUSPENDED = "suspended"


@dataclass(frozen=True)
class Sharing:
    """The courses of one KYPEK's pass that others use too. `users` has those of each, ours and the others', by our key;
    courses of one seminar alone are left out."""

    kypek: str
    users: Mapping[Key, tuple[User, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        connection: Connection,
        kypek: str,
        keys: Iterable[Key],
        courses: Mapping[Key, CourseRead],
        now: datetime,
    ) -> Sharing:
        """Who shares what of our courses `keys`. A course that was found by its address, and is about to be adopted,
        counts as ours from `now` on."""
        bound = bindings.known(connection, kypek, "course")
        places: dict[Place, list[User]] = {}
        for key in keys:
            read = courses.get(key)
            if key in bound:
                places.setdefault((key[0], bound[key].foreign_id), [])
            elif read is not None and read.course is not None:
                places.setdefault((key[0], read.course.id), []).append(User(kypek, *key, now))
        everybody = shared_courses.users(connection, places.keys())
        found: dict[Key, tuple[User, ...]] = {}
        for place, mine in places.items():
            those = (*everybody.get(place, ()), *mine)
            if len(those) > 1:
                found |= {user.key: those for user in those if user.kypek == kypek}
        return cls(kypek, found)

    def partners(self, key: Key) -> tuple[User, ...]:
        """The others that use the course."""
        return tuple(user for user in self.users.get(key, ()) if (user.kypek, user.key) != (self.kypek, key))

    # ----------------------------------------------------------------------------------------------- deciding

    def renew(
        self,
        connection: Connection,
        wished: Mapping[Key, WishedCourse],
        courses: Mapping[Key, CourseRead],
        now: datetime,
    ) -> None:
        """Bring our claims in shared courses up to date: one on whom another seminar brought in and we want too; `OVER`
        for whom we do not want any more. Whom we let in again by wanting them is not shut out."""
        for key in sorted(self.users):
            wish, read = wished.get(key), courses.get(key)
            if wish is None:
                continue
            claims = shared_courses.owned(connection, self.users[key])
            inside = {member.login for member in read.members.items} if read is not None and read.members else set()
            for word, those in (("seat", wish.students), ("staff", wish.staff)):
                known = {login for login in those & inside if login in claims and not self._mine(claims[login], key)}
                made = [Claim(key[0], "enrolment", key[1], login, word) for login in sorted(known)]
                bindings.claim(connection, self.kypek, made, now)
            for login, owned in sorted(claims.items()):
                mine = self._mine(owned, key)
                if mine is not None and mine.live and login not in wish.students | wish.staff:
                    bindings.release(connection, self.kypek, Claim(key[0], "enrolment", key[1], login, ""))
                    bindings.claim(connection, self.kypek, [Claim(key[0], "enrolment", key[1], login, OVER)], now)
            self._let_in(connection, key, wish, read)

    def _let_in(self, connection: Connection, key: Key, wish: WishedCourse, read: CourseRead | None) -> None:
        """Who was shut out on behalf of one seminar, and is let in because of another, is shut out no more."""
        if read is None or read.members is None:
            return
        active = {member.login for member in read.members.items if member.active}
        shut = {
            login
            for login, owned in shared_courses.owned(connection, self.partners(key), SUSPENDED).items()
            if all(at <= read.members.as_of for one in owned for at in one.reasons.values())
        }  # whom a read shows that is older than that was not shut out yet when it was made
        for login in sorted(shut & active & wish.students):
            shared_courses.release(connection, self.users[key], (SUSPENDED,), login)

    def seen(
        self, connection: Connection, sight: ObservedCourse, wish: WishedCourse, grace_over: datetime
    ) -> ObservedCourse:
        """What a read showed of a shared course, with what the others' claims mean for it: who is `kept`, and whom any
        of them shut out. Its facts are nobody's alone."""
        key = wish.key
        claims = shared_courses.owned(connection, self.users[key])
        wanted = wish.students | wish.staff
        kept = {
            login
            for login, owned in claims.items()
            if login not in wanted and self._mine(owned, key) is not None and not self._ours_to_end(owned, key)
        }
        shut = {
            login: min(at for one in owned for at in one.reasons.values())
            for login, owned in shared_courses.owned(connection, self.users[key], SUSPENDED).items()
        }
        return replace(
            sight,
            theirs=True,
            kept=frozenset(kept),
            suspended=sight.suspended | shut.keys(),
            due=sight.due | {login for login, since in shut.items() if since <= grace_over},
        )

    def _ours_to_end(self, owned: Collection[Owned], key: Key) -> bool:
        """Whether nobody else has a reason, and of our own seminars this one was the last to lose it."""
        if any(one.live for one in owned if (one.user.kypek, one.user.key) != (self.kypek, key)):
            return False
        ended = [one for one in owned if one.user.kypek == self.kypek]
        last = max(max(one.reasons.values()) for one in ended)
        return min(one.user.key for one in ended if max(one.reasons.values()) == last) == key

    def _mine(self, owned: Collection[Owned], key: Key) -> Owned | None:
        return next((one for one in owned if (one.user.kypek, one.user.key) == (self.kypek, key)), None)

    def enrolled(self, connection: Connection, key: Key, login: str) -> list[datetime]:
        """When any seminar enrolled a person in the course, oldest first."""
        if key in self.users:
            return runs.enrolled_by(connection, [(one.kypek, *one.key) for one in self.users[key]], login)
        return runs.enrolled(connection, self.kypek, *key, login)

    # ----------------------------------------------------------------------------------------------- carrying out

    def kept_by_others(self, connection: Connection, key: Key) -> frozenset[str]:
        """Whom any other seminar has a reason to keep in the course, as the ledger says now."""
        claims = shared_courses.owned(connection, self.partners(key))
        return frozenset(login for login, owned in claims.items() if any(one.live for one in owned))

    def remember(self, connection: Connection, change: Change, receipt: Receipt, now: datetime) -> None:
        """What a receipt teaches besides: a membership that is ended is nobody's any more, one that another seminar
        made is ours too, and who is let in is shut out by nobody."""
        key, login = change.target.key, change.target.login
        if key not in self.users or not receipt.stands:
            return
        if change.verb is Verb.UNENROL:
            shared_courses.release(connection, self.partners(key), ("enrolment", SUSPENDED), login)
        elif change.verb is Verb.RESUME:
            shared_courses.release(connection, self.partners(key), (SUSPENDED,), login)
        elif receipt.outcome is Outcome.ALREADY and change.verb is Verb.ENROL and self._others(connection, key, login):
            word = "staff" if change.wanted("role") == CourseRole.TRAINER.value else "seat"
            bindings.claim(connection, self.kypek, [Claim(key[0], "enrolment", key[1], login, word)], now)

    def _others(self, connection: Connection, key: Key, login: str) -> bool:
        """Whether another seminar brought a person in."""
        return login in shared_courses.owned(connection, self.partners(key))
