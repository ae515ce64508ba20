"""Whatever happens to a centre, in whatever order, the engine keeps what it promises (`promises`).

`HYPOTHESIS_PROFILE=deep` plays for a long while; the usual run is short.
"""

from __future__ import annotations

import os
from collections import deque
from datetime import timedelta
from unittest import mock

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kypek_sync.ledger import holds, pauses, pins, reads, runs
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.pins import Spot
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses import reading
from kypek_sync.sync.planning.aside import Reason
from kypek_sync.sync.planning.desired import SEATED, reference
from tests.sync.machine import promises
from tests.sync.machine.fate import Fault, Look
from tests.sync.machine.platforms import HAND, SELF, Platform, Room
from tests.sync.machine.services import Human
from tests.sync.machine.village import ADOPTED, KYPEK, MADE, PEOPLE, STAFF, SYSTEMS, Village

pytestmark = pytest.mark.slow

WHO = st.integers(0, PEOPLE - 1)
CODES = st.sampled_from((MADE, ADOPTED))
FAULTS = st.lists(st.sampled_from(tuple(Fault)), min_size=1, max_size=4)
LOOKS = st.lists(st.sampled_from(tuple(Look)), min_size=1, max_size=4)
LANE_SETS = st.sampled_from(((), ("directory",), ("seats",), ("seats",), ("seats", "mail"), ("tickets",), ("rooms",)))
PATIENCE = 40
"""Passes within which the engine comes to rest once nothing happens any more."""


class Centre(RuleBasedStateMachine):
    """Rules are what happens; invariants are looked at after each."""

    def __init__(self) -> None:
        super().__init__()
        self.one_at_a_time = mock.patch.object(reading, "AT_ONCE", 1)  # the n-th moment is the same at every replay
        self.one_at_a_time.start()
        structlog.configure(
            processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
        )
        self.granted: dict[str, frozenset[str]] = {}
        self.pinned: dict[Spot, int] = {}
        self.paused: dict[str, int] = {}
        self.village: Village | None = None
        self.steps = 0  # since the last rest
        self.looked = 0  # after how many syncs

    @initialize(mirror_mode=st.sampled_from(("apply", "apply", "apply", "propose")), applied=st.integers(0, 4))
    def opens(self, mirror_mode: str, applied: int) -> None:
        self.village = Village(mirror_mode)
        self.v.sync()
        for who in range(applied):
            self.applies(who, MADE)
        self.v.clock.now += timedelta(minutes=10)
        self.v.sync("seats")

    @property
    def v(self) -> Village:
        assert self.village is not None
        return self.village

    def teardown(self) -> None:
        if self.village is not None:
            try:
                self.comes_to_rest()
            finally:
                self.village.close()
                self.one_at_a_time.stop()

    def _human(self, who: int) -> Human:
        return self.v.directory.humans[who + 1]

    def _registration(self, code: str) -> Room | None:
        return self.v.eclass.room(reference(KYPEK, code)) if code == MADE else self.v.eclass.rooms["1"]

    def _course(self, mirror: bool, code: str) -> tuple[Platform, Room | None]:
        if mirror:
            return self.v.moodle, self.v.moodle.room(reference(KYPEK, MADE))
        return self.v.eclass, self._registration(code)

    # What people do

    @rule(who=WHO, code=CODES)
    def applies(self, who: int, code: str) -> None:
        if room := self._registration(code):
            self.v.eclass.joins(room, self._human(who).logins[-1], SELF)

    @rule(who=WHO, code=CODES)
    def leaves(self, who: int, code: str) -> None:
        room = self._registration(code)
        for login in self._human(who).logins:
            if room and login in room.members:
                self.v.eclass.leaves(room, login)
                return

    @rule(code=CODES, many=st.integers(2, 6))
    def many_leave_at_once(self, code: str, many: int) -> None:
        for who in range(many):
            self.leaves(who, code)

    # What teachers and officers do by hand

    @rule(who=WHO, mirror=st.booleans(), code=CODES)
    def a_teacher_adds(self, who: int, mirror: bool, code: str) -> None:
        platform, room = self._course(mirror, code)
        if room:
            platform.joins(room, self._human(who).logins[-1], HAND)

    @rule(pick=st.integers(0, 9), mirror=st.booleans(), code=CODES)
    def a_teacher_removes(self, pick: int, mirror: bool, code: str) -> None:
        platform, room = self._course(mirror, code)
        those = sorted(room.members.keys() - set(STAFF)) if room else []
        if room and those:
            platform.leaves(room, those[pick % len(those)])

    @rule(pick=st.integers(0, 9), mirror=st.booleans(), code=CODES)
    def a_teacher_puts_into_the_group(self, pick: int, mirror: bool, code: str) -> None:
        _, room = self._course(mirror, code)
        circle = next((c for c in room.circles.values() if c.name == SEATED), None) if room else None
        those = sorted(room.members.keys() - set(STAFF)) if room else []
        if circle and those:
            circle.members.setdefault(those[pick % len(those)], HAND)

    @rule(pick=st.integers(0, 9), mirror=st.booleans(), code=CODES)
    def a_teacher_takes_out_of_the_group(self, pick: int, mirror: bool, code: str) -> None:
        _, room = self._course(mirror, code)
        circle = next((c for c in room.circles.values() if c.name == SEATED), None) if room else None
        if circle and circle.members:
            del circle.members[sorted(circle.members)[pick % len(circle.members)]]

    @rule(mirror=st.booleans(), code=CODES)
    def a_teacher_deletes_the_group(self, mirror: bool, code: str) -> None:
        _, room = self._course(mirror, code)
        for circle in list(room.circles.values()) if room else []:
            if circle.name == SEATED:
                del room.circles[circle.id]

    @rule(pick=st.integers(0, 9))
    def somebody_is_made_a_trainer_of_the_mirror(self, pick: int) -> None:
        _, room = self._course(True, MADE)
        those = sorted(room.members.keys() - set(STAFF)) if room else []
        if room and those:
            room.members[those[pick % len(those)]].role = CourseRole.TRAINER

    @rule(code=CODES, capacity=st.integers(0, 5))
    def the_capacity_changes(self, code: str, capacity: int) -> None:
        row = self.v.rows[code]
        row.capacity = max(1, capacity)
        self.v.row(row)

    @rule(code=CODES)
    def the_seminar_is_cancelled_or_takes_place_again(self, code: str) -> None:
        row = self.v.rows[code]
        row.cancelled = not row.cancelled
        self.v.row(row)

    @rule(approve=st.booleans(), pick=st.integers(0, 3))
    def a_hold_is_decided(self, approve: bool, pick: int) -> None:
        with self.v.ledger.begin() as connection:
            open_ones = holds.listed(connection, KYPEK)
            if open_ones:
                state = HoldState.APPROVED if approve else HoldState.REJECTED
                until = self.v.clock() + timedelta(days=2) if approve else None
                holds.decide(connection, open_ones[pick % len(open_ones)].id, state, "officer1", self.v.clock(), until)

    @rule(pick=st.integers(0, 2), at=st.sampled_from((0, 0, 0, 4, 9, 15)))
    def an_officer_takes_a_run_back(self, pick: int, at: int) -> None:
        with self.v.book() as connection:
            those = runs.recent(connection, kypek=KYPEK, lane="seats", changed=True, limit=3)
        if those:
            self.v.clock.now += timedelta(minutes=2)
            self.v.undo(those[pick % len(those)].id, at)
            if self.paused:
                self.paused = {system: len(self._platform(system).deeds) for system in self.paused}

    @rule()
    def pins_are_released(self) -> None:
        with self.v.ledger.begin() as connection:
            those = [pin.id for pin in pins.listed(connection, KYPEK)]
            pins.release(connection, those, "officer1", self.v.clock())
            self.pinned = {}

    @rule(system=st.sampled_from(("eclass", "moodle")))
    def a_connector_is_paused_or_resumed(self, system: str) -> None:
        if system in self.paused:
            self._resume(system)
            return
        with self.v.ledger.begin() as connection:
            what = pauses.Thing(pauses.Kind.CONNECTOR, system, "", (KYPEK,))
            pauses.add(connection, what, who="officer1", why="", until=None, now=self.v.clock())
        self.paused[system] = len(self._platform(system).deeds)

    def _resume(self, system: str) -> None:
        with self.v.ledger.begin() as connection:
            what = pauses.Thing(pauses.Kind.CONNECTOR, system, "", (KYPEK,))
            pauses.resume(connection, what, who="officer1", now=self.v.clock())
        del self.paused[system]

    def _platform(self, system: str) -> Platform:
        return self.v.eclass if system == "eclass" else self.v.moodle

    # What happens in the directory

    @rule(who=WHO)
    def departs_or_returns(self, who: int) -> None:
        self.v.directory.remember()
        human = self._human(who)
        self.v.directory.humans[human.number] = Human(human.number, human.logins, human.specialty, not human.listed)

    @rule(who=WHO)
    def is_renamed(self, who: int) -> None:
        self.v.directory.remember()
        human = self._human(who)
        login = f"{human.logins[0]}r{len(human.logins)}"
        renamed = Human(human.number, (*human.logins, login), human.specialty, human.listed)
        self.v.directory.humans[human.number] = renamed
        self.v.eclass.users.add(login)
        self.v.moodle.users.add(login)

    @rule(who=WHO, specialty=st.sampled_from(("ΠΕ86", "ΠΕ02")))
    def changes_specialty(self, who: int, specialty: str) -> None:
        human = self._human(who)
        self.v.directory.humans[human.number] = Human(human.number, human.logins, specialty, human.listed)

    # What goes wrong

    @rule(system=st.sampled_from(SYSTEMS), faults=FAULTS)
    def writes_will_fail(self, system: str, faults: list[Fault]) -> None:
        self.v.fate.faults[system] = deque(faults)

    @rule(system=st.sampled_from(SYSTEMS), looks=LOOKS)
    def reads_will_fail(self, system: str, looks: list[Look]) -> None:
        self.v.fate.looks[system] = deque(looks)

    # Time

    @rule(minutes=st.sampled_from((1, 6, 15, 60, 400)))
    def time_passes(self, minutes: int) -> None:
        self.v.clock.now += timedelta(minutes=minutes)

    @rule(days=st.integers(1, 8))
    def days_pass(self, days: int) -> None:
        self.v.clock.now += timedelta(days=days)

    @rule(seconds=st.sampled_from((5, 50, 200)))
    def the_clock_is_set_back(self, seconds: int) -> None:
        self.v.clock.now -= timedelta(seconds=seconds)

    # What the engine does

    @rule(lanes=LANE_SETS)
    def syncs(self, lanes: tuple[str, ...]) -> None:
        self.v.clock.now += timedelta(minutes=2)
        self.v.sync(*lanes)

    @rule()
    def syncs_as_every_quarter_of_an_hour(self) -> None:
        self.v.clock.now += timedelta(minutes=15)
        self.v.sync("directory", "seats")

    @rule(lanes=LANE_SETS, at=st.integers(1, 90))
    def dies(self, lanes: tuple[str, ...], at: int) -> None:
        self.v.clock.now += timedelta(minutes=2)
        self.v.sync(*lanes, die_at=at)

    @rule(at=st.integers(1, 40), pick=st.integers(0, 9), what=st.integers(0, 5), mirror=st.booleans())
    def somebody_acts_in_the_middle_of_a_pass(self, at: int, pick: int, what: int, mirror: bool) -> None:
        deeds = (
            lambda: self.applies(pick, MADE),
            lambda: self.leaves(pick, MADE),
            lambda: self.a_teacher_adds(pick, mirror, MADE),
            lambda: self.a_teacher_removes(pick, mirror, MADE),
            lambda: self.a_teacher_puts_into_the_group(pick, mirror, MADE),
            lambda: self.a_teacher_takes_out_of_the_group(pick, mirror, MADE),
        )
        self.v.clock.now += timedelta(minutes=6)
        self.v.fate.meanwhile[at] = deeds[what]
        self.v.sync("seats")
        self.v.fate.meanwhile.clear()

    @precondition(lambda self: self.steps > 12)
    @rule()
    def comes_to_rest(self) -> None:
        """Nothing happens any more, and what waits is approved: the engine finishes, and then does nothing."""
        self.steps = 0
        self.v.fate.lift()
        for system in list(self.paused):
            self._resume(system)
        quiet = 0
        for _ in range(PATIENCE):
            before = self.v.writes()
            resting = any(one.reason is Reason.RESTING for report in self.v.reports for one in report.aside)
            self.v.clock.now += timedelta(hours=25) if resting else timedelta(minutes=10 if quiet else 200)
            self.v.sync()
            with self.v.ledger.begin() as connection:
                waiting = holds.listed(connection, KYPEK)
                for hold in waiting:
                    until = self.v.clock() + timedelta(days=1)
                    holds.decide(connection, hold.id, HoldState.APPROVED, "officer1", self.v.clock(), until)
                small = [one for one in reads.all_last(connection, "directory") if one.doubt == reads.SIZE]
                for one in small:  # so many left that a person has to say that they did
                    reads.accept(connection, one, "officer1", "they left", self.v.clock())
            resting = any(one.reason is Reason.RESTING for report in self.v.reports for one in report.aside)
            quiet = quiet + 1 if self.v.writes() == before and not (waiting or small or resting) else 0
            if quiet == 3:
                break
        else:
            raise AssertionError(f"it never comes to rest: {self.told()}")
        assert not [p for r in self.v.reports for p in r.problems], self.told()
        promises.the_platforms_are_as_wished(self.v)
        promises.nobody_has_a_seat_who_has_left(self.v)
        promises.the_journal_explains_every_change(self.v)

    def told(self) -> str:
        """What the last sync did, for whoever reads a failure."""
        deeds = {
            r.lane: [(c.verb.value, c.target, o.outcome.value, o.detail) for c, o in r.done] for r in self.v.reports
        }
        return f"{[(r.lane, r.outcome, r.problems) for r in self.v.reports]} {deeds}"

    # What is promised

    @invariant()
    def promises_are_kept(self) -> None:
        self.steps += 1
        if self.village is None or self.village.syncs == self.looked:
            return
        self.looked = self.village.syncs
        promises.nobody_loses_what_we_did_not_give(self.v)
        promises.nobody_loses_a_seat_without_having_left(self.v)
        promises.nobody_is_gone_too_early(self.v)
        promises.a_renamed_login_makes_no_second_person(self.v)
        promises.nothing_exists_twice(self.v)
        promises.every_deed_was_intended(self.v)
        self.pinned = promises.what_was_undone_is_not_redone(self.v, self.pinned)
        promises.what_is_paused_stays(self.v, self.paused)
        self.granted = promises.no_seat_is_sold_twice(self.v, self.granted)


DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
"""Many more and longer plays; a failure is told as it was found, since shortening one of these takes minutes. Run it
again with the usual profile and the printed blob (`@reproduce_failure`) to have it shortened."""

Centre.TestCase.settings = settings(
    max_examples=int(os.environ.get("EXAMPLES", "2000")) if DEEP else 30,
    stateful_step_count=50 if DEEP else 30,
    phases=(Phase.explicit, Phase.reuse, Phase.generate) if DEEP else tuple(Phase),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestCentre = Centre.TestCase
