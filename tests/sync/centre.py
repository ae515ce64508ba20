"""A small centre for the engine's tests: a few people, one programme, an eClass simulator, a clock to turn."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kypek_sync.ledger import seats as seat_book
from kypek_sync.sandbox import eclass
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.desired import SEATED
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import LANES, sync

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SCHOOL = "ou=1gym-athinas,ou=att-a,ou=units,dc=sch,dc=gr"


@dataclass
class Turning:
    """A clock that stands until it is turned."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Teacher:
    login: str
    specialty: str = "ΠΕ86"
    kind: str = "Teacher"


TEACHERS = (*(Teacher(f"teacher{n}") for n in range(1, 9)), Teacher("trainer1"), Teacher("officer1"))


def _line(name: str, value: str) -> str:
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"


def ldif(teachers: tuple[Teacher, ...]) -> str:
    """A directory export with one school and these people, none of whom exists."""
    entries = ["version: 1", "", "dn: dc=sch,dc=gr\nobjectClass: top\nobjectClass: dcObject\ndc: sch\n"]
    for ou, parent in (("people", ""), ("units", ""), ("att-a", "ou=units,"), ("1gym-athinas", "ou=att-a,ou=units,")):
        lines = [
            f"dn: ou={ou},{parent}dc=sch,dc=gr",
            "objectClass: top",
            "objectClass: organizationalUnit",
            f"ou: {ou}",
        ]
        if ou == "1gym-athinas":
            lines += ["objectClass: gsnUnit", _line("description", "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ"), "gsnUnitCode: 0501001"]
            lines += [
                "gsnRegistryCode: 1000001",
                _line("accountStatus", "ΕΝΕΡΓΗ"),
                _line("businessCategory", "ΣΧΟΛΕΙΟ ΔΕ"),
            ]
            lines += ["umdObject: schunit", _line("title", "ΓΥΜΝΑΣΙΟ")]
        entries.append("\n".join(lines) + "\n")
    for number, teacher in enumerate(teachers):
        lines = [
            f"dn: uid={teacher.login},ou=people,dc=sch,dc=gr",
            "objectClass: top",
            "objectClass: inetOrgPerson",
            "objectClass: gsnUser",
            f"uid: {teacher.login}",
            _line("cn", f"Όνομα {teacher.login}"),
            _line("sn", teacher.login.capitalize()),
            _line("givenName", "Όνομα"),
            f"mail: {teacher.login}@sch.example",
            _line("gsnBranch", teacher.specialty),
            f"umdObject: {teacher.kind}",
            f"employeeNumber: {700000 + number}",
            "accountStatus: active",
            f"l: {SCHOOL}",
            f"eduPersonOrgUnitDN: {SCHOOL}",
            f"entryUUID: 00000000-0000-4000-8000-{number:012d}",
        ]
        entries.append("\n".join(lines) + "\n")
    return "\n".join(entries)


SEMINAR = """\
  - κωδικός: {code}
    τίτλος: {title}
    μορφή: {form}
    θέσεις: {capacity}
    ειδικότητες: [{specialties}]
    επιμορφωτές: {trainer}
    υπάρχον μάθημα: {course}
    κατάσταση: {status}
    έναρξη εγγραφών: {opens}
    λήξη εγγραφών: {closes}{more}
    αιτήσεις: {applications}
    τμήματα: {parts}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: {day}/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}}
"""


@dataclass
class Centre:
    """The whole: `installation()` opens it anew, as another process would."""

    folder: Path
    clock: Turning
    faults: FaultBook
    server: Running
    world: eclass.World
    seminars: dict[str, dict[str, str]] = field(default_factory=dict)
    connectors: dict[str, str] = field(default_factory=dict)
    """More connectors for kypek.yaml: name → the rest of its block."""
    services: dict[str, str] = field(default_factory=dict)
    """More keys of the KYPEK: `post: mail`, …"""
    top: str = ""
    """More blocks at the end of kypek.yaml."""

    def people(self, *teachers: Teacher) -> None:
        """Replace the export; it was drawn now, by the centre's clock."""
        export, drawn = self.folder / "directory.ldif", self.clock.now
        export.write_text(f"# drawn {drawn}\n{ldif(teachers or TEACHERS)}", encoding="utf-8")
        os.utime(export, (drawn.timestamp(), drawn.timestamp()))

    def seminar(self, code: str = "EKFE-26-01", **values: object) -> str:
        """Put a seminar into the programme, or change it."""
        day = 3 + len(self.seminars)
        known = {
            "day": day,
            "title": f"Σεμινάριο {code}",
            "trainer": "trainer1",
            "form": "δια ζώσης",
            "capacity": 2,
            "specialties": "ΠΕ86",
            "course": '""',
            "status": '""',
            "opens": '""',
            "closes": '""',
            "more": "",
            "applications": '""',
            "parts": '""',
        }
        before: Mapping[str, object] = self.seminars.get(code, known)
        self.seminars[code] = {k: str(v) for k, v in {**before, **values}.items()}
        self._write()
        return code

    def without(self, code: str) -> None:
        """Take a seminar's rows out of the file."""
        del self.seminars[code]
        self._write()

    def _write(self) -> None:
        rows = "".join(SEMINAR.format(code=code, **values) for code, values in self.seminars.items())
        (self.folder / "ekfe.yaml").write_text(f"σεμινάρια:\n{rows}", encoding="utf-8")

    def settings(self, **replace: str) -> None:
        """Write kypek.yaml, with parts replaced."""
        quiet = "{quiet_from: 0, quiet_until: 0, reminders: []}"
        parts = {"letters": quiet, "mode": "apply", "approval": "false", "token": "file:token", **replace}
        connectors = "".join(f"  {name}: {{{rest}}}\n" for name, rest in self.connectors.items())
        services = "".join(f"    {key}: {value}\n" for key, value in self.services.items())
        (self.folder / "kypek.yaml").write_text(
            f"""\
school_year: 2026-2027
ledger: sqlite:///kypek.db
identity_key: file:identity
letters: {parts["letters"]}
connectors:
  directory: {{type: ldif, mode: apply, file: directory.ldif, max_age: 400 days}}
  eclass:
    type: eclass
    mode: {parts["mode"]}
    address: "{self.server.address}"
    token: "{parts["token"]}"
    department: "3"
{connectors}kypeks:
  att-a:
    name: ΚΥΠΕΚ Α΄ Αθήνας
    directory: directory
    courses: eclass
    approval: {parts["approval"]}
{services}    structures:
      ekfe: {{name: ΕΚΦΕ, officers: [officer1], programme: ekfe.yaml}}
{self.top}""",
            encoding="utf-8",
        )

    def installation(self) -> Installation:
        """Open it: settings, connectors, ledger."""
        return Installation.open(self.folder / "kypek.yaml", self.clock)

    def course(self, title: str = "Υπάρχον μάθημα") -> str:
        """A course that an officer made by hand; its code."""
        return self.world.add_course(title, 3, teacher="officer1")

    def address(self, course: str) -> str:
        """Where people open it."""
        return f"{self.server.address}/courses/{course}/"

    def apply(self, login: str, course: str, minutes_ago: float = 60) -> None:
        """A teacher enrols in a course by themselves."""
        self.world.enrol(login, course, "student", self.clock.now - timedelta(minutes=minutes_ago))


def open_centre(folder: Path, version: str = "newer") -> Centre:
    """Start the simulator and write the files. The caller stops `server`."""
    clock, faults = Turning(), FaultBook()
    state = folder / "eclass.db"
    for name, secret in (("token", "eclass_sandbox"), ("identity", "an invented key for tests")):
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    app = eclass.create_app(
        state,
        version="older" if version == "older" else "newer",
        token="eclass_sandbox",
        faults=faults.of("eclass"),
        clock=clock,
    )
    world = eclass.World(state)
    world.add_department(3, "KYPEK", "ΚΥΠΕΚ")
    for teacher in TEACHERS:
        world.add_user(teacher.login, "Όνομα", teacher.login.capitalize(), f"{teacher.login}@sch.example")
    centre = Centre(folder, clock, faults, serve(app, "eclass", faults), world)
    centre.people()
    centre.settings()
    return centre


def sync_once(centre: Centre, lane: str = "") -> dict[str, LaneReport]:
    """One sync as a process of its own would make it: reports by lane."""
    with centre.installation() as inst:
        reports = sync(inst, lanes=(lane,) if lane else LANES)
    return {report.lane: report for report in reports}


def done(report: LaneReport) -> list[tuple[str, str, str, str]]:
    """What a pass made: (verb, seminar, login or object, outcome)."""
    return [
        (c.verb.value, c.target.seminar, c.target.login or c.target.object, r.outcome.value) for c, r in report.done
    ]


def seats(centre: Centre, code: str) -> dict[str, str]:
    """The decided seats of a seminar, in words."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = seat_book.decided(connection, "att-a").get(code, {})
    return {login: seat.state.value for login, seat in sorted(found.items())}


def group(centre: Centre, course: str, name: str = SEATED) -> set[str]:
    """Who is in a group of a course, as the server really holds it."""
    return {
        member.username
        for one in centre.world.groups(course)
        if one.name == name
        for member in centre.world.group_members(one.id)
    }
