"""A whole centre in memory: its people, two course platforms, a desk, rooms and post, and an installation that is real.

The programme is a file, the ledger a real SQLite database (in memory-backed storage where there is some), the lanes are
those of the product. A process is opened for each sync, as cron would.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Connection

from kypek_sync.contract import Connector, ConnectorContext, ConnectorSettings, ConnectorSpec, Role
from kypek_sync.ledger import open_ledger
from kypek_sync.model import CourseRole
from kypek_sync.plugins import Connectors, load
from kypek_sync.settings import Loaded
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import LANES, run_lane
from kypek_sync.sync.undo.undo import Order, undo
from tests.sync.machine.fate import Death, Fate, MortalLedger
from tests.sync.machine.platforms import HAND, MIRROR, REGISTRATION, CoursesConnector, Inside, Platform
from tests.sync.machine.services import (
    Desk,
    Directory,
    DirectoryConnector,
    HelpdeskConnector,
    House,
    Human,
    MailConnector,
    Post,
    RoomsConnector,
)

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KYPEK = "att-a"
MADE, ADOPTED = "EKFE-26-01", "EKFE-26-02"
"""A seminar whose course we make, with a mirror; and one whose course an officer made by hand."""
PEOPLE = 10
STAFF = ("trainer1", "officer1")
LEASE = timedelta(seconds=91)
SYSTEMS = ("directory", "eclass", "moodle", "desk", "post", "rooms")

_SETTINGS = """\
school_year: 2026-2027
ledger: sqlite:///kypek.db
identity_key: file:identity
language: en
connectors:
  directory: {type: village-directory, mode: apply}
  eclass: {type: village-courses, mode: apply}
  moodle: {type: village-courses, mode: MIRROR_MODE}
  desk: {type: village-desk, mode: apply}
  rooms: {type: village-rooms, mode: apply}
  post: {type: village-post, mode: apply}
directory_rules: {smallest_share: 0.6}
kypeks:
  att-a:
    name: ΚΥΠΕΚ Α΄ Αθήνας
    directory: directory
    courses: eclass
    rooms: rooms
    helpdesk: desk
    queue: KYPEK
    post: post
    approval: false
    limits: {withdrawals_per_day: 2, withdrawals_per_day_share: 0}
    structures:
      ekfe: {name: ΕΚΦΕ, officers: [officer1], programme: ekfe.yaml}
"""
_ROW = """\
  - κωδικός: {code}
    τίτλος: Σεμινάριο {code}
    μορφή: εξ αποστάσεως
    θέσεις: {capacity}
    ειδικότητες: [ΠΕ86]
    επιμορφωτές: trainer1
    καθρέφτες: {mirrors}
    υπάρχον μάθημα: {course}
    κατάσταση: {status}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: {day}/11/2026, ώρα έναρξης: "17:00", ώρα λήξης: "20:00"}}
"""


class NoSettings(ConnectorSettings):
    """These connectors have none."""


class Clock:
    """Stands until it is turned."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Row:
    """A seminar as its row of the programme says."""

    code: str
    capacity: int
    day: int
    mirrors: str = '""'
    course: str = '""'
    cancelled: bool = False


@cache
def _migrated() -> Path:
    """An empty ledger, migrated once."""
    folder = _folder()
    open_ledger("sqlite:///kypek.db", folder).close()
    return folder / "kypek.db"


def _folder() -> Path:
    memory = Path("/dev/shm")
    return Path(mkdtemp(prefix="kypek-machine-", dir=memory if memory.is_dir() else None))


@dataclass
class Village:
    """Everything. `mirror_mode` is the mode of the mirror's connector."""

    mirror_mode: str = "apply"
    clock: Clock = field(default_factory=Clock)
    fate: Fate = field(default_factory=Fate)
    folder: Path = field(default_factory=_folder)

    def __post_init__(self) -> None:
        self.directory = Directory(self.clock)
        self.eclass = Platform("eclass", REGISTRATION, self.clock)
        self.moodle = Platform("moodle", MIRROR, self.clock)
        self.desk, self.house, self.post = Desk(self.clock), House(self.clock), Post()
        self.rows: dict[str, Row] = {}
        for number in range(1, PEOPLE + 1):
            self.comes(f"t{number:02}")
        for login in STAFF:
            self.comes(login)
        by_hand = self.eclass.open("Του γραφείου", "")
        by_hand.members["officer1"] = Inside(HAND, CourseRole.TRAINER, START)
        self.row(Row(MADE, 2, 27, mirrors="[moodle]"))
        self.row(Row(ADOPTED, 2, 6, course=f'"https://eclass.example/{by_hand.id}"'))
        shutil.copy(_migrated(), self.folder / "kypek.db")
        (self.folder / "identity").write_text("an invented key for tests")
        (self.folder / "identity").chmod(0o600)
        (self.folder / "kypek.yaml").write_text(_SETTINGS.replace("MIRROR_MODE", self.mirror_mode), encoding="utf-8")
        self.loaded: Loaded = load(self.folder / "kypek.yaml", specs=self.specs())
        self.reports: list[LaneReport] = []
        self.syncs = 0
        self.ledger = open_ledger("sqlite:///kypek.db", self.folder)  # its connections are of one transaction each

    def close(self) -> None:
        """Nothing is left on the disk."""
        self.ledger.close()
        shutil.rmtree(self.folder)

    # People

    def comes(self, login: str, specialty: str = "ΠΕ86") -> None:
        """Somebody new: in the directory, and with an account on both platforms."""
        number = len(self.directory.humans) + 1
        self.directory.humans[number] = Human(number, (login,), specialty)
        self.eclass.users.add(login)
        self.moodle.users.add(login)

    def human(self, login: str) -> Human | None:
        """Whose login it is, or was."""
        return next((h for h in self.directory.humans.values() if login in h.logins), None)

    # The programme

    def row(self, row: Row) -> None:
        """Put a seminar into the programme, or change it."""
        self.rows[row.code] = row
        text = "".join(
            _ROW.format(
                code=r.code,
                capacity=r.capacity,
                mirrors=r.mirrors,
                course=r.course,
                status="ΑΚΥΡΩΘΗΚΕ" if r.cancelled else '""',
                day=r.day,
            )
            for r in self.rows.values()
        )
        (self.folder / "ekfe.yaml").write_text(f"σεμινάρια:\n{text}", encoding="utf-8")

    # Processes of ours

    def specs(self) -> Mapping[str, ConnectorSpec]:
        """The village's connectors, as an entry point would give them."""

        def spec(kind: str, role: Role) -> ConnectorSpec:
            return ConnectorSpec(f"village-{kind}", kind, frozenset({role}), NoSettings, self._build)

        kinds = (
            ("directory", Role.DIRECTORY),
            ("courses", Role.COURSES),
            ("desk", Role.HELPDESK),
            ("rooms", Role.ROOMS),
            ("post", Role.MAIL),
        )
        return {f"village-{kind}": spec(kind, role) for kind, role in kinds}

    def _build(self, _settings: NoSettings, context: ConnectorContext) -> Connector:
        match context.name:
            case "directory":
                return DirectoryConnector(self.directory, self.fate)
            case "desk":
                return HelpdeskConnector(self.desk, self.fate)
            case "rooms":
                return RoomsConnector(self.house, self.fate)
            case "post":
                return MailConnector(self.post, self.fate)
            case name:
                return CoursesConnector(self.eclass if name == "eclass" else self.moodle, self.fate)

    @contextmanager
    def process(self) -> Iterator[Installation]:
        """A process of ours from its start to its end, which may come early."""
        connectors = Connectors(self.loaded, self.clock, specs=self.specs())
        try:
            yield Installation(self.loaded, connectors, MortalLedger(self.ledger, self.fate), self.clock)
        finally:
            connectors.close()

    def sync(self, *lanes: str, die_at: int = 0) -> bool:
        """One process makes a pass of these lanes (none: all). False if it died on the way."""

        def work(inst: Installation) -> None:
            for lane in lanes or LANES:
                self._pass(inst, lane)

        return self._live(work, die_at)

    def undo(self, run: int, die_at: int = 0) -> bool:
        """An officer takes a run back. False if the process died on the way."""

        def work(inst: Installation) -> None:
            self.reports.append(undo(inst, Order(run, "officer1")).report)

        self.eclass.ordered = self.moodle.ordered = True
        try:
            return self._live(work, die_at)
        finally:
            self.eclass.ordered = self.moodle.ordered = False

    def _live(self, work: Callable[[Installation], None], die_at: int) -> bool:
        self.fate.die_at, self.fate.moments, self.fate.dead = die_at, 0, False
        self.reports = []
        self.syncs += 1
        try:
            with self.process() as inst:
                work(inst)
        except Death:
            self.clock.now += LEASE  # the next one waits until its leases have run out
            return False
        finally:
            self.fate.die_at, self.fate.dead = 0, False
        return True

    def _pass(self, inst: Installation, lane: str) -> None:
        platforms = [c for n in ("eclass", "moodle") if isinstance(c := inst.connectors.courses(n), CoursesConnector)]
        for one in platforms:
            one.absent.clear()
        report = run_lane(inst, KYPEK, lane)
        self.reports.append(report)
        if lane == "seats" and not report.skipped:
            for one in platforms:
                one.there.may_be_ours -= one.absent

    @contextmanager
    def book(self) -> Iterator[Connection]:
        """The ledger, to look into."""
        with self.ledger.begin(keep=False) as connection:
            yield connection

    def writes(self) -> int:
        """How much was ever changed in foreign systems by us."""
        return (
            len(self.eclass.deeds)
            + len(self.moodle.deeds)
            + self.desk.writes
            + self.house.writes
            + len(self.post.letters)
        )
