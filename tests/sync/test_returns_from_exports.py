"""What a CSV or LDIF export and LDAP, one after the other, may say of who took an entry over, left and came back
(design, rules 2 and 12; D-4)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Snapshot, whole_people, whole_units
from kypek_sync.ledger import identities
from kypek_sync.ledger.identities import Verdict
from kypek_sync.model import Person, PersonKey
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from tests.ledger import whole_directory
from tests.sync.centre import TEACHERS, Centre, open_centre, seats, sync_once
from tests.sync.test_identity_in_doubt import decide, person_of
from tests.sync.whole_reads import WholeRead, record

pytestmark = pytest.mark.slow

HEADING = "Όνομα χρήστη;Επώνυμο;Όνομα;Email;Α.Μ.;Ειδικότητα;Κωδικός μονάδας;Σχολείο"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


def read_from(centre: Centre, said: str) -> None:
    """The connector `directory` is this one from now on."""
    file = centre.folder / "kypek.yaml"
    lines = file.read_text("utf-8").split("\n")
    (at,) = [number for number, line in enumerate(lines) if line.startswith("  directory: {type:")]
    lines[at] = f"  directory: {said}"
    file.write_text("\n".join(lines), "utf-8")


def csv(centre: Centre, *without: str, teacher1: str = "teacher1;Teacher1;Όνομα;teacher1@sch.example;700000") -> None:
    """A CSV export of the same people, drawn now, without these; teacher1's row begins so."""
    rows = [HEADING]
    for number, one in enumerate(TEACHERS):
        mine = f"{one.login};{one.login.capitalize()};Όνομα;{one.login}@sch.example;{700000 + number}"
        mine = teacher1 if one.login == "teacher1" else mine
        mine = mine.replace("officer1@", f"officer1.{centre.clock.now:%d.%H}@")  # the same file again is no other read
        if one.login not in without:
            rows.append(f"{mine};{one.specialty};0501001;1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ")
    file, drawn = centre.folder / "people.csv", centre.clock.now
    file.write_text("".join(f"{row}\r\n" for row in rows), "utf-8")
    os.utime(file, (drawn.timestamp(), drawn.timestamp()))
    read_from(centre, "{type: csv, mode: apply, file: people.csv, directorate: att-a, max_age: 400 days}")


MARIA = "teacher1;Άλλη;Μαρία;other@sch.example;612345"
"""Who has teacher1's login in a newer export: neither the names nor the number are theirs who had it."""


def seated(centre: Centre) -> str:
    """A seminar of one seat, which teacher1 has and teacher2 waits for."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    for number in (1, 2):
        centre.apply(f"teacher{number}", course, 300 - number)
    sync_once(centre)
    assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}
    return code


def leaving(centre: Centre) -> dict[str, bool]:
    """Who is leaving, by login, each with whether they count as gone."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        those = whole_directory.everybody(connection, "directory").values()
    return {one.person.login: one.gone_at is not None for one in those if one.leaving_since is not None}


@pytest.mark.parametrize("before", ["ldif", "csv"])
@pytest.mark.parametrize(
    ("verdict", "then"),
    [
        (Verdict.SAME, {"teacher1": "granted", "teacher2": "waiting"}),
        (Verdict.OTHER, {"teacher1": "waiting", "teacher2": "granted"}),
    ],
)
def test_an_account_that_a_newer_csv_export_shows_taken_over_waits_for_a_person(
    centre: Centre, before: str, verdict: Verdict, then: dict[str, str]
) -> None:
    """Whether the entry was known with its entryUUID before, or from a CSV export too."""
    if before == "csv":
        csv(centre)
    code = seated(centre)
    holder = person_of(centre, code, "teacher1")
    for hours in (7, 7, 200, 7):
        centre.clock.turn(hours=hours)
        csv(centre, teacher1=MARIA)
        report = sync_once(centre)["seats"]
        assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}
        assert person_of(centre, code, "teacher1") == holder
        assert any("directory confirm teacher1" in note for note in report.notes)
    decide(centre, verdict)
    for _ in range(2):
        centre.clock.turn(hours=7)
        csv(centre, teacher1=MARIA)
        assert sync_once(centre)["seats"].notes == []
        assert seats(centre, code) == then
    assert (person_of(centre, code, "teacher1") == holder) is (verdict is Verdict.SAME)


def test_an_older_csv_export_after_the_takeover_gives_nothing_back(centre: Centre) -> None:
    csv(centre)
    code = seated(centre)
    centre.clock.turn(hours=7)
    csv(centre, teacher1=MARIA)
    sync_once(centre)
    csv(centre)
    drawn = (centre.clock.now - timedelta(hours=3)).timestamp()
    os.utime(centre.folder / "people.csv", (drawn, drawn))
    centre.clock.turn(hours=1)
    report = sync_once(centre)
    assert any("Nothing of it counts" in problem for problem in report["directory"].problems)
    assert any("directory confirm teacher1" in note for note in report["seats"].notes)
    assert seats(centre, code)["teacher1"] == "granted"


def in_ldap(inst: Installation, centre: Centre) -> WholeRead:
    """What LDAP shows of the people of the LDIF export, now, with entryUUIDs that the export had not."""
    directory = inst.connectors.directory("att-a")
    assert directory is not None

    def entry(person: Person) -> Person:
        keys = [key for key in person.keys if key.kind != "entry-uuid"]
        return replace(person, keys=(PersonKey("entry-uuid", f"u-{person.login}"), *keys))

    shown = tuple(map(entry, whole_people(directory).items))
    units = Snapshot("directory", "ou=units", centre.clock.now, whole_units(directory).items, complete=True)
    return WholeRead("directory", Snapshot("directory", "ou=people", centre.clock.now, shown, complete=True), units)


@pytest.mark.parametrize("gone", [False, True], ids=["leaving", "gone"])
def test_the_seat_of_who_left_the_export_and_is_back_by_ldap_is_theirs(centre: Centre, gone: bool) -> None:
    csv(centre)
    code = seated(centre)
    holder = person_of(centre, code, "teacher1")
    for hours in (7, 200) if gone else (7,):
        centre.clock.turn(hours=hours)
        csv(centre, "teacher1")
        with centre.installation() as inst:
            run_lane(inst, "att-a", "directory")
    assert leaving(centre) == {"teacher1": gone}
    centre.clock.turn(hours=7)
    centre.people()
    read_from(centre, "{type: ldif, mode: apply, file: directory.ldif, max_age: 400 days}")
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert record(connection, inst, in_ldap(inst, centre), LaneReport("att-a", "directory"))
        assert identities.doubt(connection, "directory", "teacher1") is None
    assert leaving(centre) == {}
    sync_once(centre, "seats")
    assert (seats(centre, code)["teacher1"], person_of(centre, code, "teacher1")) == ("granted", holder)


@pytest.mark.parametrize("kind", ["ldif", "csv"])
def test_an_export_of_beyond_its_age_proves_nobody_s_absence(centre: Centre, kind: str) -> None:
    """However often it is drawn again from what is that old."""
    if kind == "csv":
        csv(centre)
    code = seated(centre)
    aged = "{type: %s, mode: apply, file: %s, max_age: 2 days%s}"
    file = "directory.ldif" if kind == "ldif" else "people.csv"
    for days in (5, 10, 20):
        centre.clock.turn(days=days)
        if kind == "ldif":
            centre.people(*TEACHERS[1:])
        else:
            csv(centre, "teacher1")
        drawn = (centre.clock.now - timedelta(days=3)).timestamp()
        os.utime(centre.folder / file, (drawn, drawn))
        read_from(centre, aged % (kind, file, "" if kind == "ldif" else ", directorate: att-a"))
        report = sync_once(centre)
        assert leaving(centre) == {}, report["directory"].problems
        assert any("3 days old" in problem or "days" in problem for problem in report["directory"].problems)
        assert seats(centre, code)["teacher1"] == "granted"
