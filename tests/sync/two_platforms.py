"""A centre with eClass, Moodle and a helpdesk, all simulated, for what happens between platforms."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from kypek_sync.sandbox import eclass, moodle, request_tracker
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.desired import SEATED
from tests.sync.centre import Teacher, Turning, ldif

PEOPLE = tuple(f"t{n:02}" for n in range(1, 41))
STAFF = ("trainer1", "officer1")
STRANGER = "t40"
"""Never signed in to Moodle, so has no account there."""
TOKENS = {"eclass": "eclass_sandbox", "moodle": "0f" * 16, "rt": "rt_sandbox", "identity": "an invented key for tests"}
QUEUE = "KYPEK-ATT"

_SETTINGS = """\
school_year: 2026-2027
ledger: sqlite:///kypek.db
identity_key: file:identity
language: en
connectors:
  directory: {{type: ldif, mode: apply, file: directory.ldif, max_age: 400 days}}
  eclass: {{type: eclass, mode: {mode}, address: "{eclass}", token: "file:eclass", department: "3"}}
  moodle: {{type: moodle, mode: {mode}, address: "{moodle}", token: "file:moodle", category: "{category}",
           canary: officer1, calendar: {calendar}, announcements: {announcements},
           cohorts: {uses_cohorts}{dates}}}
  rt: {{type: request_tracker, mode: apply, address: "{rt}", token: "file:rt"}}
kypeks:
  att-a:
    name: ΚΥΠΕΚ Α΄ Αθήνας
    directory: directory
    courses: {courses}
    helpdesk: rt
    queue: {queue}
    cohorts: {cohorts}
    approval: false
    limits: {limits}
    structures:
      ekfe: {{name: ΕΚΦΕ, officers: [officer1], programme: ekfe.yaml, cohorts: {structure_cohorts}}}
"""
_SEMINAR = """\
  - κωδικός: {code}
    τίτλος: {title}
    μορφή: δια ζώσης
    θέσεις: {capacity}
    ειδικότητες: [ΠΕ86]
    επιμορφωτές: {trainer}
    πλατφόρμα: {platform}
    καθρέφτες: {mirrors}
    υπάρχον μάθημα: {course}
    κατάσταση: {status}
    αιτήσεις: {applications}
    περιγραφή: {about}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: {day}/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}}
"""


@dataclass
class TwoPlatforms:
    """The whole: `installation()` opens it anew, as another process would."""

    folder: Path
    clock: Turning
    faults: FaultBook
    servers: dict[str, Running]
    eclass: eclass.World
    moodle: moodle.World
    rt: request_tracker.World
    category: int
    seminars: dict[str, dict[str, str]] = field(default_factory=dict)

    def people(self, **specialties: str) -> None:
        """Draw the export anew: everybody teaches ΠΕ86 unless told otherwise."""
        teachers = tuple(Teacher(login, specialties.get(login, "ΠΕ86")) for login in (*PEOPLE, *STAFF))
        export, drawn = self.folder / "directory.ldif", self.clock.now
        export.write_text(f"# drawn {drawn}\n{ldif(teachers)}", encoding="utf-8")
        os.utime(export, (drawn.timestamp(), drawn.timestamp()))

    def settings(
        self,
        courses: str = "moodle",
        mode: str = "apply",
        limits: str = "{}",
        report: int = 0,
        *,
        calendar: bool = False,
        announcements: bool = False,
        cohort: str = "",
        structure_cohort: str = "",
    ) -> None:
        """Write kypek.yaml. With the number of a `report` Moodle tells when people enrolled; with `calendar` the dates
        of sessions stand in its calendars, with `announcements` one in each course; those with a seat are put into the
        `cohort` of the KYPEK and that of the structure, if one is named."""
        text = _SETTINGS.format(
            **{name: server.address for name, server in self.servers.items()},
            category=self.category,
            courses=courses,
            mode=mode,
            limits=limits,
            calendar=str(calendar).lower(),
            announcements=str(announcements).lower(),
            cohorts=f'{{moodle: "{cohort}"}}' if cohort else "{}",
            structure_cohorts=f'{{moodle: "{structure_cohort}"}}' if structure_cohort else "{}",
            uses_cohorts=str(bool(cohort or structure_cohort)).lower(),
            dates=f", report: {report}" if report else "",
            queue=QUEUE,
        )
        (self.folder / "kypek.yaml").write_text(text, encoding="utf-8")

    def seminar(self, code: str = "EKFE-26-01", **values: object) -> str:
        """Put a seminar into the programme, or change it."""
        plain = {
            "title": f"Σεμινάριο {code}",
            "capacity": 2,
            "trainer": "trainer1",
            "platform": '""',
            "mirrors": '""',
            "course": '""',
            "status": '""',
            "applications": '""',
            "about": '""',
            "day": 3 + len(self.seminars),
        }
        before = self.seminars.get(code, plain)
        self.seminars[code] = {k: str(v) for k, v in {**before, **values}.items()}
        rows = "".join(_SEMINAR.format(code=code, **row) for code, row in self.seminars.items())
        (self.folder / "ekfe.yaml").write_text(f"σεμινάρια:\n{rows}", encoding="utf-8")
        return code

    def installation(self) -> Installation:
        """Open it: settings, connectors, ledger."""
        return Installation.open(self.folder / "kypek.yaml", self.clock)

    # Moodle's side

    def course(self, title: str = "Υπάρχον μάθημα") -> int:
        """A Moodle course that an officer made by hand, open for self-enrolment; its number."""
        made = self.moodle.add_course(title, f"by-hand-{len(self.moodle.courses())}", self.category)
        self.moodle.enrol_manually("officer1", made, role=3)
        return made

    def address(self, course: int) -> str:
        """Where people open a Moodle course."""
        return f"{self.servers['moodle'].address}/course/view.php?id={course}"

    def apply(self, login: str, course: int, minutes_ago: float = 60) -> None:
        """A teacher enrols in a Moodle course by themselves."""
        self.moodle.self_enrol(login, course, self.clock.now - timedelta(minutes=minutes_ago))

    def made(self, code: str) -> int:
        """The one Moodle course that carries our reference of a seminar."""
        (found,) = (c for c in self.moodle.courses() if c.idnumber == f"kypek:att-a:{code}")
        return found.id

    def group(self, course: int, name: str = SEATED) -> set[str]:
        """Who is in the one group of that name."""
        (found,) = (g for g in self.moodle.groups(course) if g.name == name)
        return set(found.members)

    def students(self, course: int) -> set[str]:
        """Who is in a Moodle course as a student."""
        return {e.username for e in self.moodle.enrolments(course) if e.roles == (5,)}

    # eClass's side

    def eclass_course(self, title: str = "Υπάρχον μάθημα") -> str:
        """An eClass course that an officer made by hand; its code."""
        return self.eclass.add_course(title, 3, teacher="officer1")

    def eclass_address(self, course: str) -> str:
        """Where people open an eClass course."""
        return f"{self.servers['eclass'].address}/courses/{course}/"

    def apply_in_eclass(self, login: str, course: str, minutes_ago: float = 60) -> None:
        """A teacher enrols in an eClass course by themselves."""
        self.eclass.enrol(login, course, "student", self.clock.now - timedelta(minutes=minutes_ago))

    def writes(self) -> int:
        """How many requests changed something, on all servers."""
        return sum(server.calls["write"] for server in self.servers.values())


@contextmanager
def two_platforms(folder: Path, *, max_input_vars: int = 1000) -> Iterator[TwoPlatforms]:
    """Start the simulators and write the files."""
    clock, faults = Turning(), FaultBook()
    for name, secret in TOKENS.items():
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    states = {name: folder / f"{name}.sqlite" for name in ("eclass", "moodle", "rt")}
    apps = {
        "eclass": eclass.create_app(
            states["eclass"], version="newer", token=TOKENS["eclass"], faults=faults.of("eclass"), clock=clock
        ),
        "moodle": moodle.create_app(
            states["moodle"],
            token=TOKENS["moodle"],
            faults=faults.of("moodle"),
            clock=clock,
            max_input_vars=max_input_vars,
        ),
        "rt": request_tracker.create_app(states["rt"], token=TOKENS["rt"], faults=faults.of("rt"), clock=clock),
    }
    with ExitStack() as stack:
        servers = {}
        for name, app in apps.items():
            told = {"is_write": moodle.is_write} if name == "moodle" else {}
            servers[name] = serve(app, name, faults, **told)
            stack.callback(servers[name].stop)
        worlds = eclass.World(states["eclass"]), moodle.World(states["moodle"])
        worlds[0].add_department(3, "KYPEK", "ΚΥΠΕΚ")
        for login in (*PEOPLE, *STAFF):
            for world in worlds if login != STRANGER else worlds[:1]:
                world.add_user(login, "Όνομα", login.capitalize(), f"{login}@sch.example")
        tickets = request_tracker.World(states["rt"], clock=clock)
        for state in states.values():  # SQLite would tidy up after each request if nobody kept the file open
            stack.enter_context(closing(sqlite3.connect(state))).execute("SELECT 1 FROM sqlite_master").fetchone()
        category = worlds[1].add_category("Σεμινάρια")
        centre = TwoPlatforms(folder, clock, faults, servers, *worlds, tickets, category)
        centre.people()
        centre.settings()
        yield centre
