"""The cohorts of a pass: read once a day, written as the plan says, and what that teaches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import (
    Capability,
    Change,
    Cohorts,
    ConnectorError,
    Courses,
    Outcome,
    Receipt,
    SkipThis,
    Target,
    Verb,
)
from kypek_sync.ledger import cohorts as ledger
from kypek_sync.ledger import runs
from kypek_sync.ledger.cohorts import Key, Known
from kypek_sync.sync.applying.apply import Call
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.courses.ownership import CALLS


@dataclass(frozen=True, slots=True)
class CohortsRead:
    """Who of those whom the ledger knows is in which cohort, with the problems met."""

    inside: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    problems: tuple[ConnectorError, ...] = ()


def read_cohorts(
    keys: Iterable[Key],
    known: Mapping[Key, Known],
    platforms: Mapping[str, Courses],
    abilities: Mapping[str, frozenset[Capability]],
    still_ours: Callable[[], None],
) -> CohortsRead:
    """Look who is still in these cohorts."""
    inside: dict[Key, frozenset[str]] = {}
    problems: list[ConnectorError] = []
    for key in keys:
        platform = platforms.get(key[0])
        if Capability.COHORTS not in abilities.get(key[0], frozenset()) or not isinstance(platform, Cohorts):
            continue
        still_ours()
        try:
            one = known[key]
            found = platform.cohort_members(key[1], sorted(one.ours | one.there | one.asked))
        except ConnectorError as error:
            problems.append(error)
            continue
        if found.complete:
            inside[key] = frozenset(found.items)
    return CohortsRead(inside, tuple(problems))


def observed_cohorts(
    connection: Connection, kypek: str, inside: Mapping[Key, frozenset[str]], now: datetime
) -> dict[Key, Known]:
    """What the ledger knows of cohorts after what a pass read: of ours whom somebody took out is put back once, and
    then left out; who was in without us and is gone is put in like anybody else. Who was not in before a call of ours
    whose outcome nobody told us, and is in after it, is ours."""
    before, asked = ledger.known(connection, kypek), ledger.asked(connection, kypek)
    for key, present in inside.items():
        _learn(connection, kypek, key, asked.get(key, {}), present, now)
        one = before.get(key, Known())
        gone = one.ours - present
        ledger.release(connection, kypek, key, ledger.OURS, gone)
        ledger.claim(connection, kypek, key, ledger.LEFT_OUT, gone & one.restored, now)
        ledger.claim(connection, kypek, key, ledger.RESTORED, gone - one.restored, now)
        ledger.release(connection, kypek, key, ledger.THERE, one.there - present)
        ledger.saw(connection, kypek, key, now)
    return ledger.known(connection, kypek) if inside else before


def _learn(
    connection: Connection, kypek: str, key: Key, asked: Mapping[str, datetime], present: Collection[str], now: datetime
) -> None:
    """What became of those whom we `asked` for without a clear answer. Of who is not in nothing is known while the
    request may still be under way."""
    landed = asked.keys() & set(present)
    over = landed | {login for login, at in asked.items() if now - at >= CALLS}
    ledger.claim(connection, kypek, key, ledger.OURS, landed, now)
    ledger.release(connection, kypek, key, ledger.ASKED, over)
    for login in sorted(over):
        target = Target(key[0], "", key[1], login)
        runs.settle(connection, runs.unsettled(connection, kypek, Verb.JOIN_COHORT, target), now)


class CohortCalls:
    """The calls of cohorts. They need no course: a cohort belongs to the whole site."""

    def __init__(self, courses: CourseCalls) -> None:
        self.courses = courses
        self.kypek = courses.kypek

    def calls(self) -> dict[Verb, Call]:
        """A call for each verb."""
        return {Verb.JOIN_COHORT: self._join, Verb.LEAVE_COHORT: self._leave}

    def remember(self, connection: Connection, change: Change, receipt: Receipt) -> None:
        """Whom we put in is ours; who was in before we ever asked is not."""
        target, now = change.target, self.courses.clock()
        key, login = (target.system, target.object), (target.login,)
        if change.verb is Verb.LEAVE_COHORT and receipt.stands:
            ledger.release(connection, self.kypek, key, ledger.OURS, login)
        if change.verb is not Verb.JOIN_COHORT or receipt.outcome in (Outcome.LATER, Outcome.AMBIGUOUS):
            return
        asked = target.login in ledger.asked(connection, self.kypek).get(key, {})
        ledger.release(connection, self.kypek, key, ledger.ASKED, login)
        if not receipt.stands:
            return
        kind = ledger.OURS if receipt.outcome is Outcome.DONE or asked else ledger.THERE
        ledger.claim(connection, self.kypek, key, kind, login, now)
        if key not in ledger.seen(connection, self.kypek):
            ledger.saw(connection, self.kypek, key, now)

    def _join(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        """Before anybody is asked for it is noted who is not in: should nobody tell us what became of the call, those
        who are in afterwards are there by our doing (rule 4)."""
        platform, target = self._platform(changes[0]), changes[0].target
        logins = [change.target.login for change in changes]
        present = platform.cohort_members(target.object, logins)
        if present.complete:
            with self.courses.ledger.begin() as connection:
                missing = set(logins) - set(present.items)
                ledger.ask(connection, self.kypek, (target.system, target.object), missing, self.courses.clock())
        self.courses.still_ours()  # the look took its time
        return platform.join_cohort(target.object, logins)

    def _leave(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        return self._platform(changes[0]).leave_cohort(changes[0].target.object, [c.target.login for c in changes])

    def _platform(self, change: Change) -> Cohorts:
        platform = self.courses.platforms.get(change.target.system)
        if not isinstance(platform, Cohorts):
            raise SkipThis(change.target.system, "It has no cohorts.")
        return platform
