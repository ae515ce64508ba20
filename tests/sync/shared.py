"""Two seminars, and a second KYPEK if wanted, taught in one course of a platform on which nobody applies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kypek_sync.contract import Change
from kypek_sync.ledger import bindings
from kypek_sync.sync.planning.desired import SEATED
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import sync
from tests.sync.two_platforms import TwoPlatforms

ONE, TWO = "EKFE-26-01", "EKFE-26-02"

_SECOND = """\
  att-v:
    name: ΚΥΠΕΚ Β΄ Αθήνας
    directory: directory
    courses: {courses}
    approval: false
    structures:
      ekfe: {{name: ΕΚΦΕ, officers: [officer1], programme: other.yaml}}
"""
_SEMINAR = """\
σεμινάρια:
  - κωδικός: {code}
    τίτλος: Του άλλου κέντρου
    μορφή: δια ζώσης
    θέσεις: 20
    ειδικότητες: [ΠΕ86]
    επιμορφωτές: trainer1
    υπάρχον μάθημα: {course}
    καθρέφτες: {mirrors}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: 24/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}}
"""


def group_of(code: str, kypek: str = "") -> str:
    """What the group of a seminar is called in the shared course; with the KYPEK's name where there are two."""
    if kypek == "att-v":
        return f"{SEATED} – Του άλλου κέντρου (ΚΥΠΕΚ Β΄ Αθήνας)"
    return f"{SEATED} – Σεμινάριο {code}" + (" (ΚΥΠΕΚ Α΄ Αθήνας)" if kypek else "")


@dataclass
class Shared:
    """Seminars that register on `where` (`eclass`, `moodle`) in courses of their own and are taught on the other
    platform; `there` is the course there that they share."""

    both: TwoPlatforms
    where: str = "eclass"
    doors: dict[str, str | int] = field(default_factory=dict)
    there: str = ""

    @classmethod
    def of(cls, both: TwoPlatforms, where: str = "eclass", **settings: bool) -> Shared:
        """Nobody has applied yet; both seminars name the course."""
        both.settings(courses=where, report=both.moodle.add_participants_report(), **settings)
        it = cls(both, where)
        it.there = it._made("Κοινό μάθημα")
        for code in (ONE, TWO):
            it.door(code)
            it.seminar(code, it.address())
        return it

    def _made(self, title: str) -> str:
        """An existing course on the platform where nobody applies. In Moodle it has an ID number: without one the
        report cannot tell when people came (M-35), so what a crash left unclear would be nobody's."""
        if self.where == "moodle":
            return self.both.eclass_course(title)
        course = self.both.moodle.add_course(title, "shared", self.both.category, idnumber="shared-2026")
        self.both.moodle.enrol_manually("officer1", course, role=3)
        return str(course)

    def door(self, code: str) -> None:
        """A course in which people apply for a seminar."""
        title = f"Αιτήσεις {code}"
        self.doors[code] = self.both.eclass_course(title) if self.where == "eclass" else self.both.course(title)

    def seminar(self, code: str, mirrors: str, **values: object) -> None:
        """A seminar of the first KYPEK with these mirrors; of its own platform it needs none."""
        self.both.seminar(code, course=self._door_address(code), mirrors=mirrors, **{"capacity": 20, **values})

    def _door_address(self, code: str) -> str:
        door = self.doors[code]
        return self.both.eclass_address(str(door)) if self.where == "eclass" else self.both.address(int(door))

    def address(self, more: str = "") -> str:
        """Where people open the shared course."""
        if self.where == "eclass":
            return f"{self.both.address(int(self.there))}{more}"
        return self.both.eclass_address(self.there)

    def apply(self, code: str, *logins: str) -> None:
        """They apply for a seminar, one after the other."""
        for number, login in enumerate(logins):
            if self.where == "eclass":
                self.both.apply_in_eclass(login, str(self.doors[code]), minutes_ago=60 - number)
            else:
                self.both.apply(login, int(self.doors[code]), minutes_ago=60 - number)

    def leave(self, code: str, login: str) -> None:
        """Somebody gives their application back."""
        if self.where == "eclass":
            self.both.eclass.unenrol(login, str(self.doors[code]))
        else:
            self.both.moodle.leave(login, int(self.doors[code]))

    def second_kypek(self, code: str = ONE) -> None:
        """Another KYPEK with one seminar, perhaps of the same code, in the same course."""
        settings = self.both.folder / "kypek.yaml"
        settings.write_text(settings.read_text(encoding="utf-8") + _SECOND.format(courses=self.where), encoding="utf-8")
        self.door("b")
        self.other(code, self.address())

    def other(self, code: str, mirrors: str) -> None:
        """The second KYPEK's seminar."""
        text = _SEMINAR.format(code=code, course=self._door_address("b"), mirrors=mirrors)
        (self.both.folder / "other.yaml").write_text(text, encoding="utf-8")

    def sync(self, *kypeks: str, minutes: float = 15) -> dict[str, LaneReport]:
        """A pass of directory and seats some time later, as a process of its own; the seats' reports by KYPEK."""
        self.both.clock.turn(minutes=minutes)
        with self.both.installation() as inst:
            reports = sync(inst, kypeks=kypeks, lanes=("directory", "seats"))
        return {report.kypek: report for report in reports if report.lane == "seats"}

    def settle(self) -> dict[str, LaneReport]:
        """Two passes: what people applied for shortly before the first is decided in the second."""
        self.sync()
        return self.sync()

    # what is there

    def people(self) -> set[str]:
        """Who is in the shared course without a trainer's role."""
        if self.where == "eclass":
            return self.both.students(int(self.there))
        return {m.username for m in self.both.eclass.members(self.there) if m.role == "student"}

    def group(self, code: str, kypek: str = "") -> set[str]:
        """Who is in the group of a seminar's people."""
        name = group_of(code, kypek)
        if self.where == "eclass":
            return self.both.group(int(self.there), name)
        (found,) = (group for group in self.both.eclass.groups(self.there) if group.name == name)
        return {member.username for member in self.both.eclass.group_members(found.id)}

    def groups(self) -> list[str]:
        """The names of the groups."""
        if self.where == "eclass":
            return sorted(group.name for group in self.both.moodle.groups(int(self.there)))
        return sorted(group.name for group in self.both.eclass.groups(self.there))

    def claims(self, login: str, kypek: str = "att-a") -> dict[str, frozenset[str]]:
        """Why a person is ours in the shared course, by seminar."""
        system = "moodle" if self.where == "eclass" else "eclass"
        with self.both.installation() as inst, inst.ledger.begin(keep=False) as connection:
            found = bindings.reasons(connection, kypek, "enrolment")
        return {course: mine[login] for (on, course), mine in found.items() if on == system and login in mine}


def about(changes: Iterable[tuple[Change, object]], login: str) -> list[tuple[str, str]]:
    """What was done about a person: (verb, seminar)."""
    return [(change.verb.value, change.target.seminar) for change, _ in changes if change.target.login == login]
