"""An installation in front of simulated course platforms: settings, directory, programme, and its passes counted."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from tests.bench.course_site import STAFF, TEACHERS, TOKENS, login
from tests.bench.jobs import ROOT
from tests.bench.measuring import timed
from tests.sync.centre import Teacher, ldif

_SETTINGS = """\
school_year: 2026-2027
ledger: sqlite:///kypek.db
identity_key: file:identity
language: en
connectors:
  directory: {{type: ldif, mode: apply, file: directory.ldif}}
  eclass: {{type: eclass, mode: apply, address: "{eclass}", token: "file:eclass", department: "3"{database}}}
  moodle: {{type: moodle, mode: apply, address: "{moodle}", token: "file:moodle", category: "{category}",
           canary: officer1{report}}}
  teaching: {{type: moodle, mode: apply, address: "{teaching}", token: "file:teaching", category: "{category}",
             canary: officer1}}
kypeks:
  att-a:
    name: ΚΥΠΕΚ Α΄ Αθήνας
    directory: directory
    courses: {courses}
    approval: false
    structures:
      ekfe: {{name: ΕΚΦΕ, officers: [officer1], programme: ekfe.yaml}}
"""
_SEMINAR = """\
  - κωδικός: EKFE-26-{number:03}
    τίτλος: Σεμινάριο {number}
    μορφή: δια ζώσης
    θέσεις: {seats}
    ειδικότητες: [ΠΕ86]
    επιμορφωτές: trainer1
    υπάρχον μάθημα: {course}
    καθρέφτες: {mirrors}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: {day}, ώρα έναρξης: "{begin}:00", ώρα λήξης: "{begin}:45", χώρος: ΕΚΦΕ}}
"""


@dataclass(frozen=True)
class Made:
    """What one pass took: wall seconds, seconds of the processor of ours and of the simulators, reads and writes by
    platform, calls of Moodle by function, and its report."""

    seconds: float
    own: float
    servers: float
    asked: dict[str, dict[str, int]]
    functions: dict[str, int]
    report: LaneReport

    @property
    def calls(self) -> int:
        """All requests."""
        return sum(sum(one.values()) for one in self.asked.values())

    @property
    def writes(self) -> int:
        """Those that may change something."""
        return sum(one.get("write", 0) for one in self.asked.values())


@dataclass
class Place:
    """The installation, in one process with one memory as the daemon has it. Its clock is `ahead` of the real one."""

    folder: Path
    site: subprocess.Popen[str]
    said: dict[str, Any]
    seats: int
    ahead: timedelta = timedelta(0)
    inst: Installation = field(init=False)

    def clock(self) -> datetime:
        """Now, aware UTC."""
        return datetime.now(UTC) + self.ahead

    def write(self, courses: str, *, report: bool, number: int, mirrors: str = '""', database: str = "") -> None:
        """Settings and programme: `number` seminars, registered on this platform in the courses made by hand; `mirrors`
        may be `teaching`, another Moodle; `database` is the address of eClass's, if it is to be read."""
        for name, secret in (*TOKENS.items(), ("identity", "an invented key for the bench"), ("database", database)):
            (self.folder / name).write_text(secret)
            (self.folder / name).chmod(0o600)
        addresses = self.said["addresses"]
        text = _SETTINGS.format(
            **addresses,
            category=self.said["category"],
            courses=courses,
            database=", database_url: file:database" if database else "",
            report=f", report: {self.said['report']}" if report else "",
        )
        (self.folder / "kypek.yaml").write_text(text, encoding="utf-8")
        teachers = tuple(Teacher(one) for one in (*map(login, range(TEACHERS)), *STAFF))
        (self.folder / "directory.ldif").write_text(ldif(teachers), encoding="utf-8")
        today = datetime.now(UTC).date()
        rows = [
            _SEMINAR.format(
                number=one,
                seats=self.seats,
                course=f"{addresses[courses]}/course/view.php?id={course}"
                if courses == "moodle"
                else f"{addresses[courses]}/courses/{course}/",
                mirrors=mirrors,
                day=f"{today + timedelta(days=30 + one % 60):%d/%m/%Y}",
                begin=16 + one // 60,  # a trainer is in one place at a time
            )
            for one, course in enumerate(self.said["courses"][courses][:number])
        ]
        (self.folder / "ekfe.yaml").write_text(f"σεμινάρια:\n{''.join(rows)}", encoding="utf-8")

    def ask(self, words: str) -> Any:
        """A word to the simulators' process."""
        _pipe(self.site.stdin).write(f"{words}\n")
        _pipe(self.site.stdin).flush()
        return json.loads(_pipe(self.site.stdout).readline())

    def reopen(self) -> None:
        """Read the settings anew, as after a restart."""
        self.inst.close()
        self.inst = Installation.open(self.folder / "kypek.yaml", self.clock)

    def people(self) -> None:
        """Read the directory."""
        run_lane(self.inst, "att-a", "directory")

    def made(self, *, whole: bool = False, minutes: float = 5) -> Made:
        """One pass of the seats lane, so many minutes after the last one: as the daemon makes it, or everything read in
        full. Raises `RuntimeError` for a pass that told of a problem: it would be no figure."""
        self.ahead += timedelta(minutes=minutes)
        before = self.ask("calls")

        def work() -> tuple[float, LaneReport]:
            begun = time.process_time()  # not before: the stopwatch collects garbage of all that was ever made
            report = run_lane(self.inst, "att-a", "seats", by_hand=whole)
            return time.process_time() - begun, report

        seconds, (own, report) = timed(work)
        after = self.ask("calls")
        if trouble := [*report.problems, *report.notes, *(receipt.detail for _, receipt in report.failed)]:
            raise RuntimeError(f"the pass told of a problem: {trouble[0]}")
        asked = {
            name: {kind: count - before["asked"][name].get(kind, 0) for kind, count in kinds.items()}
            for name, kinds in after["asked"].items()
        }
        functions = {name: n - before["functions"].get(name, 0) for name, n in after["functions"].items()}
        made = Made(seconds, own, after["cpu"] - before["cpu"], asked, functions, report)
        told = (
            f"{seconds:.1f} s, {own:.1f} s own, {made.servers:.1f} s theirs, {made.calls} calls, {report.changed} made"
        )
        print(told, {name: n for name, n in functions.items() if n}, file=sys.stderr)
        return made


@contextmanager
def place(courses: int, seats: int, platform: str, *, report: bool = True) -> Iterator[Place]:
    """The simulators with so many courses, all of them registration courses, and an installation that knows who people
    are."""
    with TemporaryDirectory(prefix="kypek-bench-") as name:
        folder = Path(name)
        words = [sys.executable, "-m", "tests.bench.course_site", name, platform, str(courses), str(seats)]
        with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as site:
            try:
                said = json.loads(_pipe(site.stdout).readline())
                made = Place(folder, site, said, seats)
                made.write(platform, report=report, number=courses)
                made.inst = Installation.open(folder / "kypek.yaml", made.clock)
                try:
                    made.people()
                    yield made
                finally:
                    made.inst.close()
            finally:
                _pipe(site.stdin).close()


def _pipe(end: IO[str] | None) -> IO[str]:
    if end is None:
        raise RuntimeError("the simulators' process has no pipes")
    return end
