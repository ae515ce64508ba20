"""What the reads of a seminar's courses say of the applications made there: the doors through which people apply.

One transaction of the ledger, no foreign call. What a read proves is told by `seminar.applications`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Change, Member, Snapshot, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import bindings, decisions, seats
from kypek_sync.model import Application, Seat, SeatState, Seminar
from kypek_sync.seminar.applications import OWN_DOORS, Promoted, Sighting, absent, applicants, promoted, sight
from kypek_sync.settings import Limits
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.desired import Centre
from kypek_sync.sync.planning.guard import Held, given_back, withdrawals
from kypek_sync.sync.planning.rests import rests_on
from kypek_sync.sync.seats.registration import Registration
from kypek_sync.sync.seats.requests import fresh, marked


@dataclass(frozen=True, slots=True)
class Door:
    """What one read of a course says of the applications made there: those `seen` to stand or to be withdrawn, the
    withdrawn ones themselves (`gone`), the names `shown`, who was `promoted` to teach there, and withdrawals that wait
    for a person, or that one `refused`."""

    system: str
    part: str
    seen: Sighting
    gone: tuple[Application, ...]
    shown: Mapping[str, str]
    promoted: Promoted
    held: Held | None
    refused: Held | None


@dataclass(frozen=True)
class Doors:
    """What judging a read needs to know of the ledger. `standing` are the applications that stand, `enrolled` whom we
    enrolled in each course, and `since` when; `released` and `refused` are what people let pass and rejected;
    `announced` is the last day of the announced period whose `limits` these are; of `paused` seminars nobody is taken
    to have left, nor anybody whom we took out of a course (`put_out`)."""

    connection: Connection
    kypek: str
    centre: Centre
    now: datetime
    limits: Limits
    announced: date | None
    released: Collection[Change]
    refused: Collection[Change]
    paused: Collection[str]
    standing: Mapping[str, Mapping[seats.Door, Application]]
    enrolled: Mapping[tuple[str, str], frozenset[str]]
    since: Mapping[tuple[str, str], Mapping[str, datetime]] = field(default_factory=dict)
    put_out: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def of(
        self,
        seminar: Seminar,
        registration: Registration,
        former: Iterable[CourseRead],
        earlier: Mapping[str, Seat],
        vouched: Collection[str] = (),
    ) -> list[Door]:
        """What the reads of a seminar's courses say, those of registration courses first. Who is believed to have
        left one of them counts when the others are judged: the limit is the seminar's. `vouched` are logins that apply
        though they teach there: an officer said so, or it is not sure whose they are."""
        found: list[Door] = []
        for read, new in (*((one, True) for one in registration.reads), *((one, False) for one in former)):
            if read.members is not None:
                besides = sum(len(door.seen.withdrawn) for door in found)
                people = registration if new else None
                found.append(self._door(seminar, read, read.members, earlier, besides, people, vouched))
        return found

    def _door(
        self,
        seminar: Seminar,
        read: CourseRead,
        members: Snapshot[Member],
        earlier: Mapping[str, Seat],
        besides: int,
        registration: Registration | None,
        vouched: Collection[str],
    ) -> Door:
        """What one read says of the applications made in that course; `registration`: people apply there, and in the
        other courses of the seminar's parts, all of which must be seen before anybody is taken to have left."""
        system = read.task.system
        target = Target(system, seminar.code, part=read.task.part)
        stands = self.standing.get(seminar.code, {})
        mine = {login: a for (on, login, part), a in stands.items() if (on, part) == (system, read.task.part)}
        staff = frozenset(t.login for t in seminar.trainers) | self.centre.officers.get(seminar.structure, frozenset())
        ours = self.enrolled.get(read.task.key, frozenset())
        if registration is not None:  # whom we let in ourselves: who leaves the course gives the seat back
            let_in = self._let_in(seminar, read, members, ours)
            mine |= {
                login: a
                for (on, login, part), a in stands.items()
                if on in OWN_DOORS and part == read.task.part and login in ours and login not in mine
                if login not in let_in or a.at <= let_in[login]  # else we let them in for an earlier wish
            }
        present = applicants((*members.items, *self._asking(seminar, read)), ours, staff)
        if registration is None:
            present = {login: member for login, member in present.items() if login in mine}
        whole = members.complete and (registration is None or registration.whole)
        missing = (absent(mine, present, whole) & read.proven_gone) - self.put_out.get(read.task.key, frozenset())
        stay = frozenset(one for one in missing if given_back(target, one).bare in self.refused)
        leaving, paused = missing - stay, seminar.code in self.paused
        let_pass = self._let_pass(target)
        held = None if paused else self._too_many(target, leaving - let_pass, len(mine), earlier, besides)
        believed = frozenset() if paused else leaving & let_pass if held is not None else leaving
        if held is not None:
            text = self.centre.text
            reasons = (text("not in the course any more"), *rests_on((members,), text))
            held = held.because(seminar.source.said(text), *reasons)
        seen = sight(seminar.code, members, present, mine, believed, read.task.part)
        seen = replace(seen, standing=marked(seen.standing, members.items, read.asking))
        teach = Promoted() if paused else promoted(mine, members.items, earlier, vouched)
        over = {one.login for one in teach.over}
        seen = replace(seen, standing=tuple(one for one in seen.standing if one.login not in over))
        gone = tuple(mine[login] for login in sorted(seen.withdrawn))
        shown = {m.login: m.name for m in present.values()}
        return Door(system, read.task.part, seen, gone, shown, teach, held, _refused(target, stay))

    def _let_in(
        self, seminar: Seminar, read: CourseRead, members: Snapshot[Member], ours: frozenset[str]
    ) -> Mapping[str, datetime]:
        """Since when those whom we let into a course are known to be in it. Who gave the seat back, applied again
        before anything was done about it, and is seen in the course after that, is in it for the new wish: who leaves
        now gives that back."""
        let_in = self.since.get(read.task.key, {})
        inside = {member.login for member in members.items}
        anew = {
            login
            for (on, login, part), a in self.standing.get(seminar.code, {}).items()
            if on in OWN_DOORS and part == read.task.part and login in ours & inside
            if login in let_in and let_in[login] < a.at < members.as_of
        }
        bindings.date(self.connection, self.kypek, "enrolment", read.task.key, anew, members.as_of)
        return {**let_in, **dict.fromkeys(anew, members.as_of)}

    def _asking(self, seminar: Seminar, read: CourseRead) -> tuple[Member, ...]:
        """Who asks to be let into the course, old requests left out."""
        if not read.asking:
            return ()
        back = seats.given_back(self.connection, self.kypek, seminar.code, read.task.system, read.task.part)
        return fresh(read.asking, back)

    def _let_pass(self, course: Target) -> frozenset[str]:
        """The logins of a course whose withdrawal a person let pass, whoever else leaves meanwhile (rule 6)."""
        return frozenset(
            change.target.login
            for change in self.released
            if change.verb is Verb.WITHDRAW and replace(change.target, login="") == course
        )

    def _too_many(
        self, target: Target, leaving: frozenset[str], standing: int, earlier: Mapping[str, Seat], besides: int
    ) -> Held | None:
        """Withdrawals that wait for a person; `besides` were believed in this pass already."""
        if not leaving:
            return None
        return withdrawals(
            target,
            leaving,
            standing=standing,
            seats=sum(s.state is SeatState.GRANTED for s in earlier.values()),
            today=besides
            + decisions.withdrawn_since(self.connection, self.kypek, target.seminar, self.now - timedelta(days=1)),
            limits=self.limits,
            announced=self.announced,
        )


def _refused(course: Target, stay: frozenset[str]) -> Held | None:
    """Who left a course and keeps the seat, because a person rejected their withdrawal."""
    changes = tuple(given_back(course, login) for login in sorted(stay))
    return Held("withdrawals", course.seminar, course.system, changes, Sentence("")) if changes else None
