"""Somebody else got a login under which a seat was given: nobody gets, loses or inherits it until a person decides."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger import identities, outbox
from kypek_sync.ledger import seats as ledger_seats
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.journal import Kind
from kypek_sync.ledger.journal_reading import lines
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane, sync
from tests.ledger import whole_directory
from tests.sync.centre import TEACHERS, Centre, Teacher, ldif, open_centre, seats, sync_once

pytestmark = pytest.mark.slow


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


def reused(centre: Centre, capacity: int = 1) -> tuple[str, str]:
    """A seminar of one seat, which teacher1 has and teacher2 waits for (with more room both have one). Then teacher1
    was renamed to moved1, and a newcomer got the login. Its code and its course."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=capacity)
    for number in (1, 2):
        centre.apply(f"teacher{number}", course, 300 - number)
    sync_once(centre)
    assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting" if capacity == 1 else "granted"}
    centre.clock.turn(hours=7)
    centre.people(Teacher("moved1"), *TEACHERS[1:], Teacher("teacher1"))
    return code, course


def person_of(centre: Centre, code: str, login: str) -> str:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return ledger_seats.decided(connection, "att-a", code)[code][login].person


def places(centre: Centre, code: str) -> dict[str, int]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {login: seat.place for login, seat in ledger_seats.decided(connection, "att-a", code)[code].items()}


def decide(centre: Centre, verdict: Verdict, login: str = "teacher1") -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        doubt = identities.doubt(connection, "directory", login)
        assert doubt is not None
        identities.decide(connection, "directory", doubt, verdict, "officer1", "by telephone", inst.clock(), ["att-a"])
        assert identities.doubt(connection, "directory", login) is None


def test_the_seat_waits_for_an_administrator(centre: Centre) -> None:
    code, _ = reused(centre)
    holder = person_of(centre, code, "teacher1")
    for _ in range(2):
        centre.clock.turn(hours=1)
        report = sync_once(centre)["seats"]
        assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}
        assert person_of(centre, code, "teacher1") == holder
        assert any("teacher1" in note and "directory confirm teacher1" in note for note in report.notes)


def taken_over(centre: Centre, number: int = 612345, *, hidden: bool = False) -> None:
    """teacher1's entry stays where it is, and has neither their names nor their number any more. `hidden`: and nobody's
    number may be read."""
    centre.people(*TEACHERS)
    export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    entries = export.read_text(encoding="utf-8").split("\n\n")
    (mine,) = [one for one in entries if one.startswith("dn: uid=teacher1,")]
    other = re.sub("(sn|givenName|cn):: .*", r"\1: Other\1", mine)
    other = other.replace("employeeNumber: 700000", f"employeeNumber: {number}")
    text = "\n\n".join(other if one is mine else one for one in entries)
    export.write_text(re.sub("employeeNumber: .*\n", "", text) if hidden else text, encoding="utf-8")
    os.utime(export, (drawn, drawn))


@pytest.mark.parametrize(
    ("verdict", "then"),
    [
        (Verdict.SAME, {"teacher1": "granted", "teacher2": "waiting"}),
        (Verdict.OTHER, {"teacher1": "waiting", "teacher2": "granted"}),
    ],
)
def test_the_seat_under_an_entry_that_was_taken_over_waits_too(
    centre: Centre, verdict: Verdict, then: dict[str, str]
) -> None:
    """Also for as long as the former holder is leaving and after: the newcomer has the entry, and not the seat."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    for number in (1, 2):
        centre.apply(f"teacher{number}", course, 300 - number)
    sync_once(centre)
    holder = person_of(centre, code, "teacher1")
    for hours in (7, 7, 200, 7):
        centre.clock.turn(hours=hours)
        taken_over(centre)
        report = sync_once(centre)["seats"]
        assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}
        assert person_of(centre, code, "teacher1") == holder
        assert any("directory confirm teacher1" in note for note in report.notes)
    decide(centre, verdict)
    for _ in range(2):
        centre.clock.turn(hours=7)
        taken_over(centre)
        assert sync_once(centre)["seats"].notes == []
        assert seats(centre, code) == then
    assert (person_of(centre, code, "teacher1") == holder) is (verdict is Verdict.SAME)


@pytest.mark.parametrize("absent", [False, True], ids=["at once", "after reads without the former holder"])
def test_with_the_right_to_the_numbers_lost_the_entry_stays_the_newcomers(centre: Centre, absent: bool) -> None:
    """What was known of the entry was the former holder's, number and all, by the entryUUID whose owner is in doubt: it
    was theirs again, under the newcomer's names."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    centre.apply("teacher1", course, 300)
    sync_once(centre)
    holder = person_of(centre, code, "teacher1")
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        before = whole_directory.everybody(connection, "directory")[holder].person
    centre.clock.turn(hours=7)
    taken_over(centre)
    sync_once(centre)
    for hidden in (False, True, True, False) if absent else (True, True, False):
        centre.clock.turn(hours=7)
        taken_over(centre, hidden=hidden)
        problems = sync_once(centre)["directory"].problems
        assert any("people lost their registry number at once" in problem for problem in problems) is hidden
        with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            assert identities.doubt(connection, "directory", "teacher1") is not None
            assert whole_directory.everybody(connection, "directory")[holder].person == before
            assert whole_directory.by_login(connection, "directory")["teacher1"].id != holder
    assert seats(centre, code) == {"teacher1": "granted"}
    assert person_of(centre, code, "teacher1") == holder


def test_who_leaves_the_course_with_such_a_login_gives_nothing_back(centre: Centre) -> None:
    code, course = reused(centre)
    sync_once(centre)
    centre.world.unenrol("teacher1", course)
    for _ in range(3):
        centre.clock.turn(hours=1)
        report = sync_once(centre)["seats"]
        assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}
        assert any("directory confirm teacher1" in note for note in report.notes)
    centre.world.enrol("teacher1", course, "student", centre.clock.now)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}


def test_once_decided_the_seat_of_a_login_that_left_goes_to_the_next_one(centre: Centre) -> None:
    code, course = reused(centre)
    sync_once(centre)
    centre.world.unenrol("teacher1", course)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
    decide(centre, Verdict.OTHER)
    centre.clock.turn(hours=1)
    report = sync_once(centre)["seats"]
    assert seats(centre, code) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert report.notes == []


def test_the_doubt_outlives_the_former_holder(centre: Centre) -> None:
    """Once the former holder has gone the directory finds nothing odd any more; the seat is still no newcomer's."""
    code, _ = reused(centre)
    holder = person_of(centre, code, "teacher1")
    sync_once(centre)
    for hours in (7, 7, 200):
        centre.clock.turn(hours=hours)
        centre.people(Teacher("moved1"), *TEACHERS[1:], Teacher("teacher1"))
        export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
        blocks = export.read_text(encoding="utf-8").split("\n\n")
        left = [block for block in blocks if not block.startswith("dn: uid=moved1,")]
        export.write_text("\n\n".join(left), encoding="utf-8")
        os.utime(export, (drawn, drawn))
        sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert whole_directory.everybody(connection, "directory")[holder].gone_at is not None
    assert seats(centre, code)["teacher1"] == "granted"
    assert person_of(centre, code, "teacher1") == holder


def test_another_person_queues_anew_and_the_seat_goes_to_the_next_one(centre: Centre) -> None:
    code, _ = reused(centre)
    sync_once(centre)
    decide(centre, Verdict.OTHER)
    for _ in range(2):
        centre.clock.turn(hours=1)
        report = sync_once(centre)["seats"]
        assert seats(centre, code) == {"teacher1": "waiting", "teacher2": "granted"}
        assert report.notes == []
    with centre.installation() as inst:
        told = [line for line in lines(inst.ledger, "att-a") if line.kind == Kind.IDENTITY.value]
    assert [line.content["verdict"] for line in told if line.content] == ["other"]


def test_another_person_who_gets_a_seat_under_the_login_is_told_so(centre: Centre) -> None:
    """The former holder was told of the same under it."""
    code, _ = reused(centre, capacity=3)
    former = person_of(centre, code, "teacher1")
    sync_once(centre)
    decide(centre, Verdict.OTHER)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
    assert seats(centre, code)["teacher1"] == "granted"
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        those = sorted(outbox.listed(connection), key=lambda row: row.id)
        told = [n.person for n in (r.notice for r in those) if (n.login, n.kind) == ("teacher1", "seat-granted")]
    assert told == [former, person_of(centre, code, "teacher1")]
    assert len(set(told)) == 2


def test_who_had_the_seat_keeps_it_under_the_new_login(centre: Centre) -> None:
    code, course = reused(centre)
    centre.world.add_user("moved1", "Όνομα", "Moved1", "moved1@sch.example")
    centre.apply("moved1", course, 10)
    sync_once(centre)
    decide(centre, Verdict.OTHER)
    centre.clock.turn(hours=1)
    sync_once(centre)
    assert seats(centre, code)["moved1"] == "granted"
    assert seats(centre, code)["teacher2"] == "waiting"


def test_the_same_person_keeps_the_seat(centre: Centre) -> None:
    code, _ = reused(centre)
    holder = person_of(centre, code, "teacher1")
    sync_once(centre)
    decide(centre, Verdict.SAME)
    centre.clock.turn(hours=1)
    report = sync_once(centre)["seats"]
    assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}
    assert person_of(centre, code, "teacher1") != holder
    assert report.notes == []


@pytest.mark.parametrize(("first", "then"), [("teacher1", "teacher2"), ("teacher2", "teacher1")])
def test_two_people_who_swap_their_logins_lose_nothing_between_the_two_decisions(
    centre: Centre, first: str, then: str
) -> None:
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", course, 300 - number)
    sync_once(centre)
    before = {"teacher1": "granted", "teacher2": "waiting", "teacher3": "waiting"}
    assert seats(centre, code) == before
    has, waits = person_of(centre, code, "teacher1"), person_of(centre, code, "teacher2")
    centre.clock.turn(hours=7)
    centre.people(Teacher("teacher2"), Teacher("teacher1"), *TEACHERS[2:])
    sync_once(centre)
    decide(centre, Verdict.OTHER, first)
    for _ in range(2):
        centre.clock.turn(hours=1)
        report = sync_once(centre)["seats"]
        assert seats(centre, code) == before
        assert (person_of(centre, code, "teacher1"), person_of(centre, code, "teacher2")) == (has, waits)
        assert [f"directory confirm {then}" in note for note in report.notes] == [True]
    decide(centre, Verdict.OTHER, then)
    for _ in range(2):
        centre.clock.turn(hours=1)
        assert sync_once(centre)["seats"].notes == []
        assert seats(centre, code) == {"teacher1": "waiting", "teacher2": "granted", "teacher3": "waiting"}
        assert (person_of(centre, code, "teacher2"), person_of(centre, code, "teacher1")) == (has, waits)


def test_a_seat_in_doubt_is_not_counted_twice_when_its_owner_applies_under_the_new_login(centre: Centre) -> None:
    code, course = reused(centre)
    centre.world.add_user("moved1", "Όνομα", "Moved1", "moved1@sch.example")
    centre.apply("moved1", course, 10)
    sync_once(centre)
    centre.world.unenrol("teacher1", course)
    for _ in range(3):
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert seats(centre, code) == {"teacher1": "granted", "teacher2": "waiting"}
    decide(centre, Verdict.OTHER)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert seats(centre, code) == {"moved1": "granted", "teacher1": "withdrawn", "teacher2": "waiting"}


def test_who_gives_up_a_sure_login_beside_one_in_doubt_loses_nothing_before_the_decision(centre: Centre) -> None:
    """teacher2 applied under the old login too, which somebody else got; then the new one leaves the course."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    centre.apply("teacher2", course, 300)
    sync_once(centre)
    centre.clock.turn(hours=7)
    centre.people(TEACHERS[0], Teacher("moved2"), *TEACHERS[2:])
    centre.world.add_user("moved2", "Όνομα", "Moved2", "moved2@sch.example")
    centre.apply("moved2", course, 200)
    centre.apply("teacher3", course, 100)
    sync_once(centre)
    centre.world.unenrol("teacher2", course)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
    assert seats(centre, code) == {"moved2": "granted", "teacher2": "withdrawn", "teacher3": "waiting"}
    centre.apply("teacher2", course, 10)
    sync_once(centre)
    centre.clock.turn(hours=7)
    centre.people(TEACHERS[0], Teacher("moved2"), *TEACHERS[2:], Teacher("teacher2"))
    sync_once(centre)
    centre.world.unenrol("moved2", course)
    for _ in range(3):
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert {login: seats(centre, code)[login] for login in ("moved2", "teacher3")} == {
            "moved2": "granted",
            "teacher3": "waiting",
        }
    decide(centre, Verdict.OTHER, "teacher2")
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
    assert seats(centre, code) == {"moved2": "withdrawn", "teacher2": "waiting", "teacher3": "granted"}


def joining(centre: Centre, *teachers: Teacher) -> str:
    """teacher1 and teacher2 have a seat, teacher3 and teacher4 wait. Then the centre reads the directory that another
    KYPEK has read before, which shows these people. The seminar's code."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=2)
    for number in range(1, 5):
        centre.apply(f"teacher{number}", course, 300 - number)
    sync_once(centre)
    (centre.folder / "all.ldif").write_text(f"# another\n{ldif(teachers)}", encoding="utf-8")
    drawn = centre.clock.now.timestamp()
    os.utime(centre.folder / "all.ldif", (drawn, drawn))
    centre.connectors["all"] = "type: ldif, mode: apply, file: all.ldif, max_age: 400 days"
    centre.settings()
    settings = centre.folder / "kypek.yaml"
    words = settings.read_text(encoding="utf-8")
    words = words.replace("kypeks:\n", "kypeks:\n  att-v: {name: ΚΥΠΕΚ, directory: all}\n")
    settings.write_text(words, encoding="utf-8")
    with centre.installation() as inst:
        assert run_lane(inst, "att-v", "directory").problems == []
    centre.clock.turn(hours=1)
    settings.write_text(words.replace("directory: directory\n", "directory: all\n"), encoding="utf-8")
    centre.world.unenrol("teacher1", course)
    return code


def passes(centre: Centre) -> dict[str, LaneReport]:
    """The reports of the centre alone, by lane."""
    with centre.installation() as inst:
        return {report.lane: report for report in sync(inst) if report.kypek == "att-a"}


def test_a_centre_that_joins_a_directory_read_by_others_has_the_same_people(centre: Centre) -> None:
    """All were new there, so that each seat and each application was in doubt and nobody was given a place again."""
    code = joining(centre, *TEACHERS)
    reports = passes(centre)
    assert any("people who applied while another directory was read (4)" in note for note in reports["directory"].notes)
    for _ in range(2):
        centre.clock.turn(hours=1)
        reports = passes(centre)
        assert reports["directory"].notes == reports["seats"].notes == []
    now = {"teacher1": "withdrawn", "teacher2": "granted", "teacher3": "granted", "teacher4": "waiting"}
    assert seats(centre, code) == now
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        there = {one.person.login: one.id for one in whole_directory.everybody(connection, "all").values()}
    assert {login: person_of(centre, code, login) for login in now} == {login: there[login] for login in now}


def test_whoever_has_a_login_there_and_not_the_keys_is_not_taken_for_its_holder_here(centre: Centre) -> None:
    """Two have one another's logins there: neither comes into what the other has."""
    code = joining(centre, TEACHERS[0], TEACHERS[2], TEACHERS[1], *TEACHERS[3:])
    holder = person_of(centre, code, "teacher3")
    (note,) = passes(centre)["directory"].notes
    assert note == "all: people who applied while another directory was read (2) are recognised here by their keys."
    assert person_of(centre, code, "teacher3") == holder
    assert seats(centre, code)["teacher3"] == "waiting"


def test_a_place_in_the_queue_goes_along_to_the_new_login_after_the_decision(centre: Centre) -> None:
    """teacher1 waits first, teacher2 second. The newcomer under teacher1 leaves; who was it before applies anew."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    for number, login in enumerate(("teacher3", "teacher1", "teacher2")):
        centre.apply(login, course, 300 - number)
    sync_once(centre)
    assert places(centre, code) == {"teacher3": 0, "teacher1": 1, "teacher2": 2}
    centre.clock.turn(hours=7)
    centre.people(Teacher("moved1"), *TEACHERS[1:], Teacher("teacher1"))
    sync_once(centre)
    centre.world.add_user("moved1", "Όνομα", "Moved1", "moved1@sch.example")
    centre.apply("moved1", course, 10)
    centre.world.unenrol("teacher1", course)
    for _ in range(2):
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert places(centre, code) == {"teacher3": 0, "teacher1": 1, "teacher2": 2}
    decide(centre, Verdict.OTHER)
    centre.clock.turn(hours=1)
    sync_once(centre)
    assert seats(centre, code)["teacher1"] == "withdrawn"
    assert places(centre, code) == {"teacher3": 0, "moved1": 1, "teacher2": 2, "teacher1": 0}
