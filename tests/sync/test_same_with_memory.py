"""A pass that remembers what the last one came to decides just what a process that remembers nothing would decide.

Moves are played at random over a centre: people apply and leave, programmes and the directory change, seminars are
paused, somebody writes into the ledger, time goes by. At every pass all that follows from one and the same reading is
worked out twice, once without any memory; the decisions, the plan, the report and the whole ledger must be the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from kypek_sync.contract import Change
from kypek_sync.ledger import pauses, row_memory
from kypek_sync.ledger import seats as seat_book
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.tables import applications, seats
from kypek_sync.programme import Ground, read
from kypek_sync.programme.remembered import Readings
from kypek_sync.settings import Limits
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.seats import lane
from kypek_sync.sync.seats.deciding import Deciding
from kypek_sync.sync.seats.reading import SeatsRead
from kypek_sync.sync.seats.settled import Settled
from tests.sync.two_platforms import TwoPlatforms, two_platforms

_BY_CHANCE = ("journal", "journal_contents", "journal_people")
"""Tables with salts and ids that are drawn by lot."""
PEOPLE = ("t01", "t02", "t03", "t04", "t05")
COURSES = (0, 1, 2)

MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("apply"), st.sampled_from(PEOPLE), st.sampled_from(COURSES)),
        st.tuples(st.just("leave"), st.sampled_from(PEOPLE), st.sampled_from(COURSES)),
        st.tuples(st.just("capacity"), st.integers(1, 4), st.sampled_from(COURSES)),
        st.tuples(st.just("status"), st.sampled_from(("", "ακυρώθηκε")), st.sampled_from(COURSES)),
        st.tuples(st.just("specialty"), st.sampled_from(PEOPLE), st.sampled_from(("ΠΕ86", "ΠΕ03"))),
        st.tuples(st.just("pause"), st.booleans(), st.sampled_from(COURSES)),
        st.tuples(st.just("ledger"), st.sampled_from(PEOPLE), st.sampled_from(COURSES)),
        st.tuples(st.just("passes"), st.integers(1, 3), st.sampled_from((1, 4, 15))),
    ),
    min_size=4,
    max_size=10,
)


class BothWays:
    """Decides twice, and holds the one against the other. Counts the seminars that were not decided anew."""

    def __init__(self) -> None:
        self.served = 0
        self.compared = 0
        self._decide = lane.decide

    def decide(
        self,
        connection: Connection,
        inst: Installation,
        kypek: str,
        read: SeatsRead,
        number: int | None,
        limits: Limits,
        released: frozenset[Change],
        refused: frozenset[Change] = frozenset(),
    ) -> lane.SeatsDecided:
        rest = (kypek, read, number, limits, released, refused)
        with _nothing_remembered():
            point = connection.begin_nested()
            anew = self._decide(connection, replace(inst, settled=Settled()), *rest)
            ledger_anew = _ledger(connection)
            point.rollback()
        asked = _Asked(Deciding.seats_of)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Deciding, "seats_of", asked.seats_of())
            made = self._decide(connection, inst, *rest)
        assert _told(made) == _told(anew)
        assert _ledger(connection) == ledger_anew
        self.served += len(made.seats) - asked.count
        self.compared += 1
        return made


class _Asked:
    """Counts the seminars that are decided in full."""

    def __init__(self, original: Any) -> None:
        self.original, self.count = original, 0

    def seats_of(self) -> Any:
        def counted(deciding: Deciding, *words: Any) -> Any:
            self.count += 1
            return self.original(deciding, *words)

        return counted


@contextmanager
def _nothing_remembered() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_memory, "_MEMORIES", WeakKeyDictionary())
        yield


def _told(made: lane.SeatsDecided) -> dict[str, Any]:
    return {name: getattr(made, name) for name in made.__dataclass_fields__ if name not in ("settling", "sharing")}


def _ledger(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but those drawn by lot, of which there are as many."""
    return {
        table.name: [()] * len(rows) if table.name in _BY_CHANCE else sorted(map(tuple, rows), key=repr)
        for table in metadata.sorted_tables
        if (rows := connection.execute(select(table)).all()) is not None
    }


class _SameReadings(Readings):
    """Reads each programme a second time, without memory."""

    def read(self, file: Path, ground: Ground) -> Any:
        found = super().read(file, ground)
        assert found == read(file, ground)
        return found


class Day:
    """A centre with three seminars on Moodle, and the passes of one process."""

    def __init__(self, both: TwoPlatforms, more: str = "") -> None:
        self.both = both
        self.specialties: dict[str, str] = {}
        both.settings(report=both.moodle.add_participants_report())
        self.courses = [both.course(f"Μάθημα {number}") for number in COURSES]
        with (both.folder / "kypek.yaml").open("a", encoding="utf-8") as file:
            file.write(more)
        self.codes = [both.seminar(f"EKFE-26-{n:02}", course=both.address(self.courses[n])) for n in COURSES]
        self.inst = replace(both.installation(), readings=_SameReadings())

    def passes(self, count: int, minutes: float) -> None:
        run_lane(self.inst, "att-a", "directory")
        for _ in range(count):
            self.both.clock.turn(minutes=minutes)
            run_lane(self.inst, "att-a", "seats")

    def move(self, name: str, what: Any, which: Any) -> None:
        match name:
            case "apply":
                if what not in self.both.students(self.courses[which]):
                    self.both.apply(what, self.courses[which], minutes_ago=20)
            case "leave":
                if what in self.both.students(self.courses[which]):
                    self.both.moodle.leave(what, self.courses[which])
            case "capacity":
                self.both.seminar(self.codes[which], capacity=what)
            case "status":
                self.both.seminar(self.codes[which], status=what or '""')
            case "specialty":
                self.specialties[what] = which
                self.both.people(**self.specialties)
            case "pause":
                self._pause(self.codes[which], stop=what)
            case "ledger":
                self._written_by_somebody(what, self.codes[which])
            case "passes":
                self.passes(what, which)

    def _pause(self, code: str, *, stop: bool) -> None:
        thing = pauses.Thing(pauses.Kind.SEMINAR, code, "att-a", ("att-a",))
        with self.inst.ledger.begin() as connection:
            if stop:
                pauses.add(connection, thing, who="officer1", why="κλειστά", until=None, now=self.both.clock.now)
            else:
                pauses.resume(connection, thing, who="officer1", now=self.both.clock.now)

    def _written_by_somebody(self, login: str, code: str) -> None:
        """Another process puts an application's moment off, and takes what was told back."""
        with self.inst.ledger.begin() as connection:
            mine = (applications.c.login == login) & (applications.c.seminar == code)
            connection.execute(update(applications).where(mine).values(at=self.both.clock.now))
            connection.execute(update(seats).where(seats.c.login == login, seats.c.seminar == code).values(told=""))


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=MOVES)
def test_whatever_happened_a_pass_with_memory_decides_what_one_without_would(moves: list[tuple[str, Any, Any]]) -> None:
    both_ways = BothWays()
    with TemporaryDirectory() as folder, two_platforms(Path(folder)) as both, pytest.MonkeyPatch.context() as patch:
        patch.setattr(lane, "decide", both_ways.decide)
        day = Day(both)
        with day.inst:
            for login in PEOPLE[:3]:
                day.move("apply", login, 0)
            day.passes(2, 15)
            for move in moves:
                day.move(*move)
            day.passes(2, 4)
    assert both_ways.compared >= 4


def test_where_nothing_happened_no_seminar_is_decided_anew(tmp_path: Path) -> None:
    both_ways = BothWays()
    with two_platforms(tmp_path) as both, pytest.MonkeyPatch.context() as patch:
        patch.setattr(lane, "decide", both_ways.decide)
        day = Day(both)
        with day.inst:
            for login in PEOPLE[:3]:
                day.move("apply", login, 0)
            day.passes(4, 15)
            both_ways.served = 0
            day.passes(2, 3)
    assert both_ways.served >= len(COURSES)


def at_once(day: Day) -> None:
    """The second seminar meets when the first one does, with another trainer, in another room."""
    day.both.seminar(day.codes[1], day=3, trainer="officer1")
    file = day.both.folder / "ekfe.yaml"
    first, second = file.read_text(encoding="utf-8").split(f"  - κωδικός: {day.codes[1]}")
    second = second.replace("χώρος: ΕΚΦΕ", "χώρος: Βιβλιοθήκη", 1)
    file.write_text(f"{first}  - κωδικός: {day.codes[1]}{second}", encoding="utf-8")


def test_so_it_is_where_nobody_is_to_have_two_seats_at_the_same_hours(tmp_path: Path) -> None:
    both_ways = BothWays()
    with two_platforms(tmp_path) as both, pytest.MonkeyPatch.context() as patch:
        patch.setattr(lane, "decide", both_ways.decide)
        day = Day(both, "seats: {clashes: {hours: refuse, earlier_edition: refuse}}\n")
        at_once(day)
        with day.inst:
            for login in PEOPLE[:3]:
                day.move("apply", login, 0)
            for number in (1, 2):
                day.move("apply", "t04", number)
            day.passes(4, 15)
            served = both_ways.served
            day.passes(2, 3)
            assert both_ways.served > served
            assert _states(day, 0) == {"t01": "waiting", "t02": "granted", "t03": "granted"}
            day.move("apply", "t01", 1)
            day.passes(1, 15)  # as new as the read that shows it: the next one decides, as without any settings
            assert _states(day, 1) == {"t01": "under-review", "t04": "granted"}
            day.passes(1, 15)
            assert _states(day, 1) == {"t01": "granted", "t04": "granted"}
            assert _states(day, 0) == {"t01": "refused", "t02": "granted", "t03": "granted"}
            day.passes(2, 3)


def _states(day: Day, number: int) -> dict[str, str]:
    with day.inst.ledger.begin(keep=False) as connection:
        found = seat_book.decided(connection, "att-a", day.codes[number])[day.codes[number]]
    return {login: seat.state.value for login, seat in sorted(found.items())}
