"""A school network in small for the incidents: a real slapd with 1,243 people, and a seminar that 30 of them applied
for, registered in eClass and mirrored in Moodle; 20 have a seat.

Everybody is invented. The numbers are small so that a story is told in seconds; each docstring tells the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kypek_sync.contract import Change
from kypek_sync.sync.planning.desired import SEATED
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import sync
from tests.contracts.directory_people import PEOPLE, UNITS, entry, person, school
from tests.ledger import whole_directory
from tests.servers.slapd import PASSWORD, READER, MakeSlapd, Slapd
from tests.sync.centre import seats
from tests.sync.two_platforms import PEOPLE as TEACHERS
from tests.sync.two_platforms import STAFF, TwoPlatforms, two_platforms

OTHERS = tuple(f"x{number:04}" for number in range(1, 1201))
"""Everybody else in the directory: not one of them has anything to do with the seminar."""
EVERYBODY = (*STAFF, *TEACHERS, *OTHERS)
SEATS, APPLIED = 20, 30
SCHOOL = f"ou=1gym-athinas,ou=att-a,{UNITS}"
MANAGED = ("access to attrs=userPassword by anonymous auth", f'access to * by dn.exact="{READER}" manage by * none')
"""The usual rights, with which the test may also change entries as the directory's own administrator would."""

NO_LIMIT = (f'limits dn.exact="{READER}" size.soft=unlimited size.hard=unlimited',)
"""Without a line of its own slapd gives 500 entries and no more."""

_LDIF = "  directory: {type: ldif, mode: apply, file: directory.ldif, max_age: 400 days}\n"
_LDAP = """\
  directory: {{type: ldap, mode: apply, address: "{address}", bind_dn: "{bind_dn}", password: "file:ldap",
              ca_file: "{ca_file}", timeout: 5, page_size: 100}}
"""


def population() -> str:
    """The entries: teachers of one school, in the order in which a server gives them."""
    head = (
        entry(PEOPLE, objectClass=("top", "organizationalUnit"), ou="people"),
        entry(UNITS, objectClass=("top", "organizationalUnit"), ou="units"),
        entry(f"ou=att-a,{UNITS}", objectClass=("top", "organizationalUnit"), ou="att-a"),
        school(SCHOOL, "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ", "0501001", "1000001"),
    )
    return "\n".join([*head, *(teacher(login, number) for number, login in enumerate(EVERYBODY))])


def teacher(login: str, number: int) -> str:
    """One entry; everybody has a number of their own."""
    return person(
        login,
        cn=f"Όνομα {login}",
        sn=login.capitalize(),
        sn__lang_en=(),
        givenName="Όνομα",
        givenName__lang_en=(),
        l=SCHOOL,
        eduPersonOrgUnitDN=SCHOOL,
        gsnBranch="ΠΕ86",
        employeeNumber=str(700000 + number),
    )


@dataclass(frozen=True)
class Standing:
    """What people have: seats in our ledger, memberships and groups on the servers themselves, and who is known with
    which specialties, gone or leaving."""

    seats: dict[str, str]
    registered: set[str]
    mirrored: set[str]
    grouped: tuple[set[str], set[str]]
    known: dict[str, tuple[str, ...]]
    leaving: set[str]
    gone: set[str]


@dataclass
class School:
    """The whole story's ground; `made` are all changes of all passes since the last `forget`."""

    centre: TwoPlatforms
    slapd: Slapd
    code: str
    here: str
    there: int = 0
    made: list[Change] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def sync(self, **later: float) -> dict[str, LaneReport]:
        """Some time later, a pass of directory and seats as a process of its own would make it; reports by lane."""
        self.centre.clock.turn(**later)
        with self.centre.installation() as inst:
            reports = {report.lane: report for report in sync(inst, lanes=("directory", "seats"))}
        self.made += [change for report in reports.values() for change, _ in report.done]
        self.made += [change for report in reports.values() for _, held in report.held for change in held.changes]
        self.said += reports["directory"].problems
        return reports

    def reads_with(self, library: str) -> None:
        """Read the directory with `ldap3` or `python-ldap`."""
        file = self.centre.folder / "kypek.yaml"
        text = file.read_text(encoding="utf-8")
        assert "page_size: 100}" in text
        file.write_text(text.replace("page_size: 100}", f"page_size: 100, library: {library}}}"), encoding="utf-8")

    def forget(self) -> None:
        """What was made and said until now belongs to another chapter."""
        self.made.clear()
        self.said.clear()

    def standing(self) -> Standing:
        """What everybody has now."""
        with self.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            everyone = whole_directory.everybody(connection, "directory").values()
        return Standing(
            seats=seats(self.centre, self.code),  # type: ignore[arg-type]  # both centres open the same way
            registered={member.username for member in self.centre.eclass.members(self.here)},
            mirrored=self.centre.students(self.there),
            grouped=(group(self.centre, self.here), self.centre.group(self.there)),
            known={one.person.login: one.person.specialties for one in everyone},
            leaving={one.person.login for one in everyone if one.leaving_since and not one.gone_at},
            gone={one.person.login for one in everyone if one.gone_at},
        )

    def removed(self) -> list[Change]:
        """Everything that was taken from anybody, or would have been but for a hold."""
        return [change for change in self.made if change.removes or change.verb.value == "application.withdraw"]


def group(centre: TwoPlatforms, course: str) -> set[str]:
    """Who is in the group of seats of an eClass course."""
    (found,) = (one for one in centre.eclass.groups(course) if one.name == SEATED)
    return {member.username for member in centre.eclass.group_members(found.id)}


@contextmanager
def open_school(folder: Path, make_slapd: MakeSlapd, **slapd: tuple[str, ...]) -> Iterator[School]:
    """Start everything. Nothing was synced yet."""
    server = make_slapd(population(), **{"access": MANAGED, "limits": NO_LIMIT, **slapd})
    with two_platforms(folder) as centre:
        secret = folder / "ldap"
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        centre.settings(courses="eclass")
        file = folder / "kypek.yaml"
        words = {"address": server.address, "bind_dn": READER, "ca_file": server.certificates.ca}
        text = file.read_text(encoding="utf-8")
        assert _LDIF in text
        every_pass = "\ndirectory_rules: {full_every: 1 minute}\n"  # each of these stories is one of reads in full
        file.write_text(text.replace(_LDIF, _LDAP.format(**words)) + every_pass, encoding="utf-8")
        here = centre.eclass_course()
        for number, login in enumerate(TEACHERS[:APPLIED]):
            centre.apply_in_eclass(login, here, minutes_ago=300 - number)
        code = centre.seminar(course=centre.eclass_address(here), mirrors="[moodle]", capacity=SEATS)
        yield School(centre, server, code, here)


def settled(school: School) -> Standing:
    """Two quiet passes: 20 have a seat and are in the mirror, 10 wait."""
    school.sync()
    school.there = school.centre.made(school.code)
    school.sync(hours=7)
    before = school.standing()
    assert {login for login, word in before.seats.items() if word == "granted"} == set(TEACHERS[:SEATS])
    assert before.mirrored == set(TEACHERS[:SEATS])
    assert sum(word == "waiting" for word in before.seats.values()) == APPLIED - SEATS
    assert set(before.known) == set(EVERYBODY)
    assert before.leaving == before.gone == set()
    school.forget()
    return before


def nobody_lost_anything(school: School, before: Standing) -> None:
    """Not a seat, not a place in the queue, not a membership, not even the name in the book."""
    assert school.standing() == before
    assert school.removed() == []


def over_nine_days(school: School) -> None:
    """Three syncs while it lasts: now, seven hours later (a second absence), and when any grace would be over."""
    school.sync(minutes=15)
    school.sync(hours=7)
    school.sync(days=9)


def healed(school: School, before: Standing) -> None:
    """The next sync finds everything as it was, and has nothing to do and nothing to say."""
    school.forget()
    reports = school.sync(minutes=15)
    nobody_lost_anything(school, before)
    assert school.said == []
    assert [change for report in reports.values() for change, _ in report.done] == []


def a_real_departure_leaves_slowly(school: School) -> None:
    """Guards that believe nothing are no guards: the entry of one teacher is deleted, and a week later the seat is
    free for the next one."""
    gone, following = TEACHERS[0], TEACHERS[SEATS]
    school.slapd.change(f"dn: uid={gone},{PEOPLE}\nchangetype: delete\n")
    for hours in (0.25, 7):
        school.sync(hours=hours)
        now = school.standing()
        assert (now.seats[gone], now.seats[following]) == ("granted", "waiting")
        assert now.leaving == {gone}
        assert gone in now.mirrored
    school.sync(days=8)
    now = school.standing()
    assert now.gone == {gone}
    assert (now.seats[gone], now.seats[following]) == ("under-identification", "granted")
    assert following in now.mirrored
