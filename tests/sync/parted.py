"""A seminar that meets in two parts, in the morning and in the afternoon, each with a course of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from kypek_sync.ledger import bindings, seats
from kypek_sync.sync.planning.desired import SEATED, WAITING
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import sync
from tests.sync.two_platforms import TwoPlatforms

CODE = "EKFE-26-01"
MORNING, AFTERNOON = "proino", "apogeymatino"
NAMES = {MORNING: "πρωινό", AFTERNOON: "απογευματινό"}

_SEMINAR = """\
σεμινάρια:
  - κωδικός: {code}
    τίτλος: Ρομποτική
    μορφή: δια ζώσης
    θέσεις: {capacity}
    ειδικότητες: [ΠΕ86]
    επιμορφωτές: trainer1
    τμήματα: {parts}
    καθρέφτες: {mirrors}
    υπάρχον μάθημα: {course}
    κατάσταση: {status}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: 3/3/2027, ώρα έναρξης: "10:00", ώρα λήξης: "13:00", χώρος: ΕΚΦΕ, τμήμα: {first}}}
      - {{αριθμός: 2, ημερομηνία: 3/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ, τμήμα: {second}}}
      - {{αριθμός: 3, ημερομηνία: 10/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}}
"""


@dataclass
class Parted:
    """Registers on `where` (`eclass`, `moodle`), in a course by hand for each part; taught on `mirrors` too."""

    both: TwoPlatforms
    where: str = "moodle"
    doors: dict[str, str | int] = field(default_factory=dict)
    row: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, both: TwoPlatforms, where: str = "moodle", mirrors: str = '""', **settings: bool) -> Parted:
        """Nobody has applied yet; one seat in the morning and two in the afternoon."""
        both.settings(courses=where, **settings)
        it = cls(both, where)
        for part in NAMES:
            it.doors[part] = both.eclass_course(NAMES[part]) if where == "eclass" else both.course(NAMES[part])
        it.seminar(mirrors=mirrors)
        return it

    def seminar(self, **values: str) -> None:
        """Write the programme, or change it."""
        course = "{" + ", ".join(f'{NAMES[part]}: "{self.address(part)}"' for part in self.doors) + "}"
        plain = {"parts": '"πρωινό (1); απογευματινό (2)"', "capacity": '""', "mirrors": '""', "status": '""'}
        plain |= {"first": "πρωινό", "second": "απογευματινό", "course": course, "code": CODE}
        self.row = {**plain, **self.row, **values}
        (self.both.folder / "ekfe.yaml").write_text(_SEMINAR.format(**self.row), encoding="utf-8")

    def address(self, part: str) -> str:
        """Where people apply for a part."""
        door = self.doors[part]
        return self.both.eclass_address(str(door)) if self.where == "eclass" else self.both.address(int(door))

    def apply(self, part: str, *logins: str, ago: float = 60) -> None:
        """They apply for a part, one after the other, beginning so many minutes ago."""
        for number, login in enumerate(logins):
            if self.where == "eclass":
                self.both.apply_in_eclass(login, str(self.doors[part]), minutes_ago=ago - number)
            else:
                self.both.apply(login, int(self.doors[part]), minutes_ago=ago - number)

    def leave(self, part: str, login: str) -> None:
        """Somebody leaves the course of a part."""
        if self.where == "eclass":
            self.both.eclass.unenrol(login, str(self.doors[part]))
        else:
            self.both.moodle.leave(login, int(self.doors[part]))

    def sync(self, minutes: float = 15) -> LaneReport:
        """A pass of directory and seats some time later, as a process of its own; the report of the seats."""
        self.both.clock.turn(minutes=minutes)
        with self.both.installation() as inst:
            reports = sync(inst, lanes=("directory", "seats"))
        return next(report for report in reports if report.lane == "seats")

    def settle(self) -> LaneReport:
        """Two passes: what people applied for shortly before the first is decided in the second."""
        self.sync()
        return self.sync()

    def quiet(self) -> None:
        """Another pass has nothing to do and writes nothing."""
        before = self.both.writes()
        report = self.sync()
        assert (report.done, report.problems, self.both.writes()) == ([], [], before)

    # what is there

    def seats(self) -> dict[str, str]:
        """By login: state, place and part."""
        with self.both.installation() as inst, inst.ledger.begin(keep=False) as connection:
            those = seats.decided(connection, "att-a", CODE).get(CODE, {})
        return {login: f"{one.state.value}{one.place or ''} {one.part}".strip() for login, one in those.items()}

    def group(self, part: str, name: str = SEATED) -> set[str]:
        """Who is in a group of the course where people apply for a part."""
        if self.where == "moodle":
            return self.both.group(int(self.doors[part]), name)
        (found,) = (group for group in self.both.eclass.groups(str(self.doors[part])) if group.name == name)
        return {member.username for member in self.both.eclass.group_members(found.id)}

    def waiting(self, part: str) -> set[str]:
        """Who waits, where the platform has a group for them."""
        return self.group(part, WAITING)

    def taught(self, part: str) -> int:
        """The number of the course that we made in Moodle for a part."""
        return self.both.made(f"{CODE}/{part}" if part else CODE)

    def bound(self) -> dict[tuple[str, str], str]:
        """Which course is which, by system and our name of it."""
        with self.both.installation() as inst, inst.ledger.begin(keep=False) as connection:
            return {key: one.foreign_id for key, one in bindings.known(connection, "att-a", "course").items()}

    def claims(self, login: str) -> set[tuple[str, str]]:
        """The courses in which somebody is by our doing."""
        with self.both.installation() as inst, inst.ledger.begin(keep=False) as connection:
            found = bindings.claimed(connection, "att-a", "enrolment")
        return {key for key, logins in found.items() if login in logins}
