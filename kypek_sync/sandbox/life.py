"""What goes on while the sandbox runs: more teachers apply, some leave. The same seed brings the same moves."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kypek_sync.sandbox.scenario import STRUCTURES
from kypek_sync.sandbox.simulators import Worlds

_DEPARTMENTS = frozenset(structure.department for structure in STRUCTURES)
_TAKES_MEMBERS = (1, 2)


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody applied in a course or left it."""

    what: str
    platform: str
    course: str
    login: str


@dataclass(frozen=True)
class Life:
    """Makes moves in the worlds of one sandbox.

    `logins` are the directory's teachers, `registration` the Moodle courses open to self-enrolment (`moodle` → ids);
    on eClass every course of a structure that takes members counts, those made since too. `counter` is the file that
    numbers the moves, so that each start goes on where the last one stopped.
    """

    worlds: Worlds
    logins: Sequence[str]
    registration: Mapping[str, Sequence[str]]
    seed: int
    clock: Callable[[], datetime]
    counter: Path

    def go(self, *, apply: int = 0, leave: int = 0) -> tuple[Move, ...]:
        """`apply` more teachers apply now, then `leave` of those who applied by themselves leave; fewer when there are
        no more of them. Raises `ValueError` for negative numbers."""
        if apply < 0 or leave < 0:
            raise ValueError("a number of people cannot be negative")
        number = json.loads(self.counter.read_text("ascii")) if self.counter.exists() else 0
        moves: list[Move] = []
        for step in [self._apply] * apply + [self._leave] * leave:
            move = step(random.Random(f"life {self.seed} {number}"))
            number += 1
            if move is not None:
                moves.append(move)
        self.counter.write_text(json.dumps(number), "ascii")
        return tuple(moves)

    def _apply(self, rng: random.Random) -> Move | None:
        """Somebody with an account there who is not in the course yet."""
        courses = self._courses()
        rng.shuffle(courses)
        for platform, course in courses:
            candidates = sorted(set(self.logins) & self._known(platform) - set(self._members(platform, course)))
            if candidates:
                login = rng.choice(candidates)
                if platform == "eclass":
                    self.worlds.eclass.enrol(login, course, "student", self.clock())
                else:
                    self.worlds.moodle.self_enrol(login, int(course), self.clock())
                return Move("apply", platform, course, login)
        return None

    def _leave(self, rng: random.Random) -> Move | None:
        """Somebody who is a student there by their own doing; every such membership is as likely."""
        students = [
            (platform, course, login)
            for platform, course in self._courses()
            for login in self._members(platform, course, leaving=True)
        ]
        if not students:
            return None
        platform, course, login = rng.choice(students)
        if platform == "eclass":
            self.worlds.eclass.unenrol(login, course)
        else:
            self.worlds.moodle.leave(login, int(course))
        return Move("leave", platform, course, login)

    def _courses(self) -> list[tuple[str, str]]:
        on_eclass = [
            ("eclass", course.code)
            for course in self.worlds.eclass.courses()
            if course.visible in _TAKES_MEMBERS and set(course.departments) & _DEPARTMENTS
        ]
        return [*on_eclass, *(("moodle", course) for course in self.registration.get("moodle", ()))]

    def _known(self, platform: str) -> set[str]:
        world = self.worlds.eclass if platform == "eclass" else self.worlds.moodle
        return {user.username for user in world.users()}

    def _members(self, platform: str, course: str, *, leaving: bool = False) -> list[str]:
        """Everybody in the course; when `leaving`, only those who may go by themselves."""
        if platform == "eclass":
            members = self.worlds.eclass.members(course)
            return [member.username for member in members if not leaving or member.role == "student"]
        enrolments = self.worlds.moodle.enrolments(int(course))
        return sorted({each.username for each in enrolments if not leaving or each.method == "self"})
