"""A Moodle simulator with a connector on it, for the tests of the connector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from connectors.moodle import SPEC, MoodleCourses, MoodleSettings
from kypek_sync.contract import ConnectorContext, Outcome, Receipt
from kypek_sync.model import CourseRole, system_clock
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.moodle import World, create_app, is_write
from kypek_sync.sandbox.serving import Running, serve
from tests.contracts.courses_platform import Platform

TOKEN = "0f" * 16
OTHER_TOKEN = "a7" * 16
CANARY = "kanarini"
NOW = datetime(2027, 4, 5, 9, 0, tzinfo=UTC)
"""The site's clock: after everybody of the suite has enrolled."""
ROLES = {3: CourseRole.TRAINER, 4: CourseRole.ASSISTANT, 5: CourseRole.STUDENT}


@dataclass
class MoodleWorld:
    """The contract's view of the simulator's state. A course made by hand has an ID number that is not ours."""

    world: World
    category: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add_person(self, login: str) -> None:
        self.world.add_user(login, "Ελένη", "Ιωάννου", f"{login}@sch.example")

    def add_course(self, title: str) -> str:
        number = next(self.numbers)
        return str(self.world.add_course(title, f"by-hand-{number}", self.category, idnumber=f"SEM-{number}"))

    def self_enrol(self, login: str, course: str, at: datetime) -> None:
        self.world.self_enrol(login, int(course), at)

    def leave(self, login: str, course: str) -> None:
        self.world.leave(login, int(course))

    def members(self, course: str) -> dict[str, CourseRole]:
        return {
            one.username: ROLES[min(role for role in one.roles if role in ROLES)]
            for one in self.world.enrolments(int(course))
        }

    def group_members(self, course: str, group: str) -> frozenset[str]:
        (found,) = (one for one in self.world.groups(int(course)) if str(one.id) == group)
        return frozenset(found.members)

    def titles(self) -> tuple[str, ...]:
        return tuple(course.fullname for course in self.world.courses())


@dataclass
class Moodle:
    """A running simulator and what is needed to reach it. `report` is 0 where none was made."""

    running: Running
    world: World
    faults: FaultBook
    platform: MoodleWorld
    report: int

    def connector(self, token: str = TOKEN, clock: Any = system_clock, **settings: Any) -> MoodleCourses:
        """A connector with its own connections and memory."""
        own = {"category": str(self.platform.category), "canary": CANARY, "report": self.report or None}
        made = MoodleSettings(address=self.running.address, token=token, **own | settings)
        connector = SPEC.build(made, ConnectorContext("moodle", clock, Path(), lambda number: f"hash of {number}"))
        assert isinstance(connector, MoodleCourses)
        return connector

    def people(self, *logins: str) -> tuple[str, ...]:
        """People with accounts."""
        for login in logins:
            self.platform.add_person(login)
        return logins

    def calls(self, function: str) -> int:
        """How often a function was called so far."""
        return self.world.calls().count(function)


@contextmanager
def moodle(folder: Path, *, report: bool = False, max_input_vars: int = 1000) -> Iterator[Moodle]:
    """Start a simulator with one category and nobody but the canary."""
    state = folder / "moodle.sqlite"
    faults = FaultBook()
    app = create_app(
        state,
        token=TOKEN,
        faults=faults.of("moodle"),
        clock=lambda: NOW,
        max_input_vars=max_input_vars,
    )
    world = World(state)
    platform = MoodleWorld(world, world.add_category("Σεμινάρια"))
    platform.add_person(CANARY)
    made = world.add_participants_report() if report else 0
    running = serve(app, "moodle", faults, is_write=is_write)
    try:
        yield Moodle(running, world, faults, platform, made)
    finally:
        running.stop()


@contextmanager
def contract_platform(folder: Path, *, report: bool, **settings: Any) -> Iterator[Platform]:
    """What the contract suite asks for. `settings` are those of the connector that is asked."""
    with moodle(folder, report=report) as server:
        connectors = [server.connector(**settings), server.connector(OTHER_TOKEN), server.connector(timeout=0.3)]
        try:
            yield Platform(
                courses=connectors[0],
                locked_out=connectors[1],
                hasty=connectors[2],
                world=server.platform,
                faults=server.faults,
                system="moodle",
                category=str(server.platform.category),
                unknown_course="999999",
                secrets=(TOKEN, OTHER_TOKEN),
            )
        finally:
            for connector in connectors:
                connector.close()


def asked(server: Moodle, work: Callable[[], object]) -> Counter[str]:
    """Which functions a piece of work called, and how often."""
    before = Counter(server.world.calls())
    work()
    return Counter(server.world.calls()) - before


def outcomes(receipts: Iterable[Receipt]) -> list[Outcome]:
    """What became of each."""
    return [receipt.outcome for receipt in receipts]
