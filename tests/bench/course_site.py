"""Simulated course platforms in a process of their own: `python -m tests.bench.course_site FOLDER PLATFORM COURSES
SEATS`.

An eClass and two Moodles are served over HTTP on loopback as `kypek-sync sandbox` serves them. On PLATFORM are COURSES
courses made by hand, with SEATS people in each who enrolled by themselves last week. Prints one line of JSON with the
addresses; then answers each line of words on standard input with one line of JSON: `calls` (requests by platform,
functions of Moodle, seconds of the processor used so far), `change PLATFORM COUNT` (one person joins and one leaves in
each of so many courses), `join PLATFORM COUNT` (one joins).
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kypek_sync.sandbox import eclass, moodle
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import serve

TOKENS = {"eclass": "eclass_bench", "moodle": "0f" * 16, "teaching": "0f" * 16}
TEACHERS, STAFF = 2000, ("trainer1", "officer1")
"""People with accounts on both; each is in several courses."""
FREE = 1000
"""So many of them, the last ones, are in no course at first."""


def login(number: int) -> str:
    """The n-th teacher's."""
    return f"t{number:04}"


def applicants(course: int, seats: int) -> Iterator[tuple[str, datetime]]:
    """Who enrolled in the n-th course, and when: all before today."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=7)
    for place in range(seats):
        yield login((course * seats + place) % (TEACHERS - FREE)), begin + timedelta(minutes=course, seconds=place)


class Site:
    """The platforms with their courses: `teaching` is a Moodle without any."""

    def __init__(self, folder: Path, platform: str, courses: int, seats: int, stack: ExitStack) -> None:
        self.seats, self.moves = seats, 0
        states = {name: folder / f"{name}.sqlite" for name in TOKENS}
        apps: dict[str, Any] = {
            name: made.create_app(
                states[name],
                token=TOKENS[name],
                faults=FaultBook().of(name),
                clock=lambda: datetime.now(UTC),
                **({"version": "newer"} if name == "eclass" else {}),
            )
            for name, made in (("eclass", eclass), ("moodle", moodle), ("teaching", moodle))
        }
        self.servers = {
            name: serve(app, name, **({} if name == "eclass" else {"is_write": moodle.is_write}))
            for name, app in apps.items()
        }
        for name, server in self.servers.items():
            stack.callback(server.stop)
            held = stack.enter_context(
                closing(sqlite3.connect(states[name]))
            )  # else SQLite tidies up after each request
            held.execute("SELECT 1 FROM sqlite_master").fetchone()
        self.eclass = eclass.World(states["eclass"])
        self.moodle, self.teaching = moodle.World(states["moodle"]), moodle.World(states["teaching"])
        self.eclass.add_department(3, "KYPEK", "ΚΥΠΕΚ")
        for site in (self.moodle, self.teaching):
            self.category, self.report = site.add_category("Σεμινάρια"), site.add_participants_report()
            site.set_welcome_message(False)
        for person in (*map(login, range(TEACHERS)), *STAFF):
            for world in (self.eclass, self.moodle, self.teaching):
                world.add_user(person, "Όνομα", person.capitalize(), f"{person}@sch.example")
        self.here = {platform: [self._course(platform, number) for number in range(courses)]}

    def _course(self, platform: str, number: int) -> str:
        if platform == "moodle":
            made = str(
                self.moodle.add_course(f"Μάθημα {number}", f"m{number}", self.category, idnumber=f"SEM-{number}")
            )
        else:
            made = self.eclass.add_course(f"Μάθημα {number}", 3)
        for person, at in applicants(number, self.seats):
            self._join(platform, made, person, at)
        return made

    def _join(self, platform: str, course: str, person: str, at: datetime) -> None:
        if platform == "moodle":
            self.moodle.self_enrol(person, int(course), at)
        else:
            self.eclass.enrol(person, course, "student", at)

    def change(self, platform: str, count: int, *, leave: bool) -> int:
        """One person joins (and one leaves) in each of the first `count` courses."""
        now = datetime.now(UTC)
        for number, course in enumerate(self.here[platform][:count]):
            self._join(platform, course, login(TEACHERS - FREE + self.moves % FREE), now)
            if leave:
                gone = login((number * self.seats + self.moves) % (TEACHERS - FREE))
                if platform == "moodle":
                    self.moodle.leave(gone, int(course))
                else:
                    self.eclass.unenrol(gone, course)
        self.moves += 1
        return count

    def calls(self) -> dict[str, Any]:
        """What was asked so far."""
        asked = {name: dict(server.calls) for name, server in self.servers.items()}
        return {
            "asked": asked,
            "functions": Counter((*self.moodle.calls(), *self.teaching.calls())),
            "cpu": time.process_time(),
        }


def main(folder: Path, platform: str, courses: int, seats: int) -> None:
    """Serve until standard input ends."""
    with ExitStack() as stack:
        site = Site(folder, platform, courses, seats, stack)
        addresses = {name: server.address for name, server in site.servers.items()}
        said = {"addresses": addresses, "courses": site.here, "category": site.category, "report": site.report}
        print(json.dumps(said), flush=True)
        for line in sys.stdin:
            words = line.split()
            answer: object = site.calls() if words[0] == "calls" else None
            if words[0] in ("change", "join"):
                answer = site.change(words[1], int(words[2]), leave=words[0] == "change")
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
