"""An eClass simulator with a connector on it, for the tests of the connector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from connectors.eclass import SPEC, EclassCourses, EclassSettings
from kypek_sync.contract import ConnectorContext
from kypek_sync.model import CourseRole, system_clock
from kypek_sync.sandbox.eclass import World, create_app
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from tests.connectors.eclass.tables import PASSWORD, Tables
from tests.contracts.courses_platform import Platform

Version = Literal["older", "newer"]

TOKEN = "eclass_" + "7f" * 32
OTHER_TOKEN = "eclass_" + "0a" * 32
DEPARTMENT = "4"
ROLES = {"student": CourseRole.STUDENT, "teacher": CourseRole.TRAINER, "teacher_assistant": CourseRole.ASSISTANT}
BY_DATABASE = frozenset({"members", "groups"})
"""Reads that an account of the database makes beside the API."""

Mirror = Callable[[], None]
"""Writes the simulator's state into a database, if there is one."""


def _no_mirror() -> None:
    """There is no database."""


@dataclass
class EclassWorld:
    """The contract's view of the simulator's state."""

    world: World
    mirror: Mirror = _no_mirror

    def add_person(self, login: str) -> None:
        self.world.add_user(login, "Ελένη", "Ιωάννου", f"{login}@sch.example")
        self.mirror()

    def add_course(self, title: str) -> str:
        made = self.world.add_course(title, int(DEPARTMENT))
        self.mirror()
        return made

    def self_enrol(self, login: str, course: str, at: datetime) -> None:
        self.world.enrol(login, course, "student", at)
        self.mirror()

    def leave(self, login: str, course: str) -> None:
        self.world.unenrol(login, course)
        self.mirror()

    def members(self, course: str) -> dict[str, CourseRole]:
        return {member.username: ROLES[member.role] for member in self.world.members(course)}

    def group_members(self, course: str, group: str) -> frozenset[str]:
        assert group in {str(one.id) for one in self.world.groups(course)}
        return frozenset(member.username for member in self.world.group_members(int(group)))

    def titles(self) -> tuple[str, ...]:
        return tuple(course.title for course in self.world.courses())


@dataclass
class Eclass:
    """A running simulator and what is needed to reach it."""

    running: Running
    world: World
    faults: FaultBook
    mirror: Mirror = _no_mirror
    database_url: str = ""

    def connector(self, token: str = TOKEN, clock: Any = system_clock, **settings: Any) -> EclassCourses:
        """A connector with its own connections and memory."""
        if self.database_url:
            settings = {"database_url": self.database_url} | settings
        made = EclassSettings(address=self.running.address, token=token, **{"department": DEPARTMENT} | settings)
        connector = SPEC.build(made, ConnectorContext("eclass", clock, Path(), lambda number: f"hash of {number}"))
        assert isinstance(connector, EclassCourses)
        return connector

    @property
    def platform(self) -> EclassWorld:
        """The same state in the contract's words."""
        return EclassWorld(self.world, self.mirror)


@contextmanager
def eclass(folder: Path, version: Version, tables: Tables | None = None) -> Iterator[Eclass]:
    """Start a simulator with one department and no people; with `tables` all that it writes stands there too before it
    answers, and the connectors have its database account."""
    state = folder / "eclass.sqlite"
    faults = FaultBook()
    app = create_app(state, version=version, token=TOKEN, faults=faults.of("eclass"), clock=lambda: datetime.now(UTC))
    world = World(state)
    world.add_department(1, "", "ΚΥΠΕΚ")
    world.add_department(int(DEPARTMENT), "TMA", "Σεμινάρια", 1)
    mirror = partial(tables.copy, state) if tables is not None else _no_mirror

    def mirrored(environ: Any, start_response: Any) -> list[bytes]:
        answer = list(app(environ, start_response))
        if environ["REQUEST_METHOD"] == "POST":
            mirror()
        return answer

    mirror()
    running = serve(mirrored, "eclass", faults)
    try:
        yield Eclass(running, world, faults, mirror, tables.url if tables is not None else "")
    finally:
        running.stop()


@contextmanager
def contract_platform(folder: Path, version: Version, tables: Tables | None = None) -> Iterator[Platform]:
    """What the contract suite asks for."""
    with eclass(folder, version, tables) as server:
        connectors = [server.connector(), server.connector(OTHER_TOKEN), server.connector(timeout=0.3)]
        try:
            yield Platform(
                courses=connectors[0],
                locked_out=connectors[1],
                hasty=connectors[2],
                world=server.platform,
                faults=server.faults,
                system="eclass",
                category=DEPARTMENT,
                unknown_course="TMA999",
                secrets=(TOKEN, OTHER_TOKEN, PASSWORD),
                beside=BY_DATABASE if tables is not None else frozenset(),
            )
        finally:
            for connector in connectors:
                connector.close()
