"""A run is taken back on real wires: what it did goes, what people did since stays, and the next pass leaves it alone
(design, rule 9)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Outcome, Verb
from kypek_sync.ledger import bindings, holds, pins, runs
from kypek_sync.ledger.holds import HoldState
from kypek_sync.sync.planning.aside import Reason
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.run import LANES, sync
from kypek_sync.sync.undo.undo import NoSuchRun, Order, Undone, undo
from kypek_sync.sync.undo.undoing import Lost, Stays
from tests.sync.centre import Centre, Teacher, done, ldif, seats, sync_once
from tests.sync.services import with_helpdesk, with_rooms
from tests.sync.two_platforms import PEOPLE, STAFF, TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow

CODE = "EKFE-26-01"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    """People apply in eClass; the course is mirrored in Moodle."""
    with two_platforms(tmp_path) as it:
        it.settings(courses="eclass")
        here = it.eclass_course()
        for number, login in enumerate(PEOPLE[:4]):
            it.apply_in_eclass(login, here, minutes_ago=300 - number)
        it.seminar(CODE, course=it.eclass_address(here), mirrors="[moodle]", capacity=3)
        yield it


def settle(centre: TwoPlatforms | Centre, lane: str = "") -> dict[str, LaneReport]:
    centre.clock.turn(minutes=15)
    with centre.installation() as inst:
        return {report.lane: report for report in sync(inst, lanes=(lane,) if lane else LANES)}


def back(centre: TwoPlatforms | Centre, run: int | None, *, dry: bool = False, **how: object) -> Undone:
    assert run is not None
    with centre.installation() as inst:
        return undo(inst, Order(run, "anna", **how), dry=dry)  # type: ignore[arg-type]


def pinned(centre: TwoPlatforms | Centre) -> set[tuple[str, str]]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {(pin.aspect, pin.target.login or pin.target.object) for pin in pins.listed(connection, "att-a")}


def release(centre: TwoPlatforms | Centre) -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pins.release(connection, [pin.id for pin in pins.listed(connection)], "anna", centre.clock())


def claims(centre: TwoPlatforms, kind: str = "enrolment") -> set[str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = bindings.claimed(connection, "att-a", kind)
    return {login for (system, _), logins in found.items() if system == "moodle" for login in logins if login in PEOPLE}


STUDENTS = {"t01", "t02", "t03"}


# ------------------------------------------------------------------------------------------------ the seats lane


def test_a_mirror_is_emptied_and_the_next_sync_leaves_it_so(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    course = both.made(CODE)
    assert (both.students(course), both.group(course)) == (STUDENTS, STUDENTS)
    result = back(both, first.run)
    assert exit_code([result.report]) == 0
    assert (both.students(course), both.group(course)) == (set(), set())
    writes = both.writes()
    report = settle(both)["seats"]
    assert (report.done, both.writes()) == ([], writes)
    assert {one.reason for one in report.aside} == {Reason.PINNED}
    assert {(one.change.verb, one.change.target.login) for one in report.aside} == {
        (verb, login) for verb in (Verb.ENROL, Verb.JOIN_GROUP) for login in STUDENTS
    }
    assert f"--run {result.report.run}" in report.aside[0].why


def test_once_the_pins_are_released_the_next_sync_does_it_again(both: TwoPlatforms) -> None:
    back(both, settle(both)["seats"].run)
    settle(both)
    release(both)
    settle(both)
    course = both.made(CODE)
    assert (both.students(course), both.group(course)) == (STUDENTS, STUDENTS)
    assert settle(both)["seats"].done == []


def test_the_undo_is_a_run_that_names_the_one_it_takes_back(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    result = back(both, first.run)
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        kept = runs.get(connection, result.report.run or 0)
    assert kept is not None
    assert (kept.undoes, kept.lane, kept.outcome) == (first.run, "seats", "done")


def test_what_stays_is_said_before_anything_is_done(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    writes = both.writes()
    result = back(both, first.run, dry=True)
    assert both.writes() == writes
    assert len(result.report.waiting) == 6
    stays = {(why, deed.change.target.system) for deed, why in result.undoing.stays}
    assert stays >= {(Stays.COURSE, "moodle"), (Stays.ADOPTED, "eclass"), (Stays.GROUP, "moodle")}
    assert stays >= {(Stays.TRAINER, "eclass"), (Stays.IN_GROUP, "eclass")}
    assert {decision.login for decision in result.decisions} == {"t01", "t02", "t03", "t04"}
    assert len(result.mail) == 4
    assert pinned(both) == set()


def test_only_one_person_can_be_taken_back(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    back(both, first.run, login="t02")
    assert both.students(both.made(CODE)) == {"t01", "t03"}
    assert pinned(both) == {("enrolment", "t02"), ("membership", "t02")}


def test_claims_follow(both: TwoPlatforms) -> None:
    """Rule 4: what we took out is not ours any more, what we put back is."""
    first = settle(both)["seats"]
    assert claims(both) == STUDENTS
    result = back(both, first.run)
    assert (claims(both), claims(both, "membership")) == (set(), set())
    back(both, result.report.run)
    assert (claims(both), claims(both, "membership")) == (STUDENTS, STUDENTS)


def test_the_undo_of_an_undo_puts_everything_back_and_releases_its_pins(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    second = back(both, first.run)
    third = back(both, second.report.run)
    course = both.made(CODE)
    assert (both.students(course), both.group(course)) == (STUDENTS, STUDENTS)
    assert (pinned(both), third.releases) == (set(), 6)
    assert settle(both)["seats"].done == []
    fourth = back(both, third.report.run)  # and once more: it is pinned again
    assert both.students(course) == set()
    assert len(pinned(both)) == len(fourth.pins) == 6


def test_what_people_did_by_hand_since_is_not_touched(both: TwoPlatforms) -> None:
    """One left, one was made a trainer; somebody else joined by themselves."""
    first = settle(both)["seats"]
    course = both.made(CODE)
    both.moodle.leave("t01", course, "manual")
    both.moodle.assign_role("t02", course, 3)
    both.moodle.enrol_manually("t09", course, role=5)
    result = back(both, first.run)
    assert exit_code([result.report]) == 1
    assert {(c.verb, c.target.login) for c, _ in result.fallen} >= {(Verb.UNENROL, "t01"), (Verb.UNENROL, "t02")}
    assert any("t01" in problem for problem in result.report.problems)
    assert {e.username for e in both.moodle.enrolments(course)} >= {"t02", "t09"}
    assert "t03" not in {e.username for e in both.moodle.enrolments(course)}


def test_a_course_that_cannot_be_read_is_left_as_it_is(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    course = both.made(CODE)
    both.servers["moodle"].stop()
    result = back(both, first.run)
    assert exit_code([result.report]) == 1
    assert result.report.done == []
    assert pinned(both) == set()
    assert both.students(course) == STUDENTS


def test_an_undo_that_was_done_in_part_can_be_made_again(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    partly = back(both, first.run, login="t01")
    assert both.students(both.made(CODE)) == STUDENTS - {"t01"}
    assert exit_code([partly.report]) == 0
    again = back(both, first.run)
    assert {change.target.login for change in again.already} == {"t01"}
    assert both.students(both.made(CODE)) == set()
    assert exit_code([again.report]) == 0
    third = back(both, first.run)
    assert (third.report.done, third.fallen, len(third.already)) == ([], [], 6)
    assert exit_code([third.report]) == 0


def test_an_undo_without_answers_is_pinned_and_found_done(both: TwoPlatforms) -> None:
    """Each write is done and its answer lost: the next pass looks, does not do it again, and nothing is refused."""
    first = settle(both)["seats"]
    both.faults.set("moodle:reset-after-write")
    lost = back(both, first.run)
    both.faults.lift()
    assert {receipt.outcome for _, receipt in lost.report.done} <= {Outcome.AMBIGUOUS, Outcome.LATER, Outcome.DONE}
    settle(both)
    again = back(both, first.run)
    assert both.students(both.made(CODE)) == set()
    assert (again.fallen, exit_code([again.report])) == ([], 0)
    assert settle(both)["seats"].done == []
    assert claims(both) == set()


def test_what_a_later_run_changed_is_that_runs_to_take_back(both: TwoPlatforms) -> None:
    first = settle(both)["seats"]
    here = next(c.code for c in both.eclass.courses())
    both.eclass.unenrol("t01", here)
    later = settle(both)["seats"]
    assert ("enrolment.remove", CODE, "t01", "done") in done(later)
    result = back(both, first.run)
    assert [why for c, why in result.fallen if c.target.login == "t01" and c.verb is Verb.UNENROL] == [
        f"run {later.run} changed it since: take that one back"
    ]
    assert both.students(both.made(CODE)) == {"t04"}


def test_somebody_who_was_taken_out_is_put_back_with_the_loss_told(both: TwoPlatforms) -> None:
    settle(both)
    here = next(c.code for c in both.eclass.courses())
    both.eclass.unenrol("t01", here)
    later = settle(both)["seats"]
    result = back(both, later.run, login="t01")
    course = both.made(CODE)
    assert "t01" in both.students(course)
    assert "t01" in both.group(course)
    assert {what for _, what in result.undoing.lost} == {Lost.DATE}
    assert settle(both)["seats"].done == []
    assert "t01" in both.students(course)


def test_who_was_shut_out_is_let_in_again_and_stays_so(both: TwoPlatforms) -> None:
    """A departure from the directory shuts out of the mirror first; taken back, no pass shuts out again."""
    settle(both)
    course = both.made(CODE)
    export = ldif(tuple(Teacher(login) for login in (*PEOPLE, *STAFF)))
    rest = "\n\n".join(entry for entry in export.split("\n\n") if "uid=t01," not in entry)
    for number in range(4):
        both.clock.turn(days=3)
        (both.folder / "directory.ldif").write_text(f"# export {number}\n{rest}", encoding="utf-8")
        moment = both.clock.now.timestamp()
        os.utime(both.folder / "directory.ldif", (moment, moment))
        sync_once(both, "directory")  # type: ignore[arg-type]
    gone = settle(both, "seats")["seats"]
    assert ("enrolment.suspend", CODE, "t01", "done") in done(gone)
    result = back(both, gone.run, login="t01")
    assert ("enrolment.resume", CODE, "t01", "done") in done(result.report)
    assert not next(e.suspended for e in both.moodle.enrolments(course) if e.username == "t01")
    later = settle(both, "seats")["seats"]
    assert [c for c, _ in later.done if c.target.login == "t01"] == []
    again = back(both, gone.run, login="t01")
    assert (again.report.done, again.fallen, exit_code([again.report])) == ([], [], 0)


def test_where_every_change_waits_the_undo_waits_too_and_survives_other_passes(both: TwoPlatforms) -> None:
    """Mode `propose`: a hold, approved by a person, made by the undo when it is run again."""
    first = settle(both)["seats"]
    both.settings(courses="eclass", mode="propose")
    result = back(both, first.run)
    assert exit_code([result.report]) == 2
    assert pinned(both) == set()
    ((number, _),) = result.report.held
    settle(both)
    with both.installation() as inst, inst.ledger.begin() as connection:
        hold = holds.get(connection, number or 0)
        assert hold is not None
        assert (hold.state, hold.guard) == (HoldState.OPEN, "undo")
        holds.decide(connection, hold.id, HoldState.APPROVED, "vera", both.clock(), both.clock() + timedelta(days=1))
    settle(both)
    result = back(both, first.run)
    assert exit_code([result.report]) == 0
    assert both.students(both.made(CODE)) == set()
    assert len(pinned(both)) == 6


def test_there_is_no_way_back_from_the_directory_and_from_mail(both: TwoPlatforms) -> None:
    reports = settle(both)
    for lane in ("directory", "mail"):
        result = back(both, reports[lane].run)
        assert not result.possible
        assert result.report.done == []


def test_a_run_that_never_was_is_refused(both: TwoPlatforms) -> None:
    with pytest.raises(NoSuchRun):
        back(both, 999)


def test_a_course_in_eclass_as_the_mirror(tmp_path: Path) -> None:
    """People apply in Moodle, eClass follows: enrolments go, and the seats stand."""
    with two_platforms(tmp_path) as it:
        course = it.course()
        for number, login in enumerate(PEOPLE[:2]):
            it.apply(login, course, minutes_ago=300 - number)
        it.clock.turn(minutes=20)
        it.seminar(CODE, course=it.address(course), mirrors="[eclass]")
        settle(it)
        runs_of = [settle(it)["seats"] for _ in range(2)]
        run = next(
            r for r in runs_of if any(c.target.system == "eclass" and c.target.login == "t01" for c, _ in r.done)
        )
        mirror = next(c.code for c in it.eclass.courses())

        def students() -> set[str]:
            return {m.username for m in it.eclass.members(mirror) if m.username in PEOPLE}

        assert students() == {"t01", "t02"}
        back(it, run.run)
        assert students() == set()
        assert [c for c, _ in settle(it)["seats"].done if c.target.system == "eclass"] == []
        assert set(seats(it, CODE).values()) == {"granted"}  # type: ignore[arg-type]
        release(it)
        settle(it)
        assert students() == {"t01", "t02"}


def test_a_title_that_we_changed_gets_its_old_words_back(both: TwoPlatforms) -> None:
    settle(both)
    both.seminar(CODE, title="Άλλος τίτλος")
    report = settle(both)["seats"]
    course = both.made(CODE)
    assert next(c.fullname for c in both.moodle.courses() if c.id == course) == "Άλλος τίτλος"
    back(both, report.run)
    assert next(c.fullname for c in both.moodle.courses() if c.id == course) == f"Σεμινάριο {CODE}"
    assert settle(both)["seats"].done == []


# ------------------------------------------------------------------------------------------------ rooms and tickets


@pytest.fixture
def centre_with_room(centre: Centre) -> Centre:
    centre.seminar(CODE, form="εξ αποστάσεως")
    sync_once(centre)
    centre.clock.now = centre.clock.now.replace(year=2027, month=3, day=3, hour=14, minute=50)
    return centre


def test_a_room_that_nobody_was_in_is_ended(centre_with_room: Centre) -> None:
    centre = centre_with_room
    with with_rooms(centre) as (world, _):
        report = sync_once(centre, "rooms")["rooms"]
        assert done(report) == [("room.open", CODE, "1", "done")]
        centre.clock.turn(minutes=1)
        result = back(centre, report.run)
        assert done(result.report) == [("room.end", CODE, "1", "done")]
        for _ in range(3):
            centre.clock.turn(minutes=1)
            later = sync_once(centre, "rooms")["rooms"]
            assert later.done == []
        assert [one.reason for one in later.aside] == [Reason.PINNED]
        release(centre)
        centre.clock.turn(minutes=1)
        assert done(sync_once(centre, "rooms")["rooms"]) == [("room.open", CODE, "1", "done")]
        del world


def test_a_room_with_people_in_it_stays_open(centre_with_room: Centre) -> None:
    centre = centre_with_room
    with with_rooms(centre) as (world, _):
        report = sync_once(centre, "rooms")["rooms"]
        (meeting,) = world.meetings()
        world.enter(meeting.meeting_id, "Μαρία", user_id="person-1")
        result = back(centre, report.run)
        assert result.report.done == []
        assert [why for _, why in result.fallen] == ["στην αίθουσα βρίσκονται ή βρέθηκαν άνθρωποι"]
        assert world.living(meeting.meeting_id) is not None


def test_a_ticket_is_closed_with_a_note_and_opened_again_by_the_undo_of_that(centre: Centre) -> None:
    with with_helpdesk(centre) as (world, _):
        course = centre.course()
        centre.world.add_user("stranger", "Άγνωστη", "Ξένου", "stranger@sch.example")
        centre.apply("stranger", course)
        centre.seminar(CODE, course=centre.address(course))
        report = sync_once(centre)["tickets"]
        (ticket,) = world.tickets()
        result = back(centre, report.run)
        assert [verb for verb, *_ in done(result.report)] == ["ticket.close"]
        assert world.tickets()[0].status == "resolved"
        assert any("anna" in note.text for note in world.transactions(ticket.id) if note.text)
        later = sync_once(centre, "tickets")["tickets"]
        assert (later.done, [one.reason for one in later.aside]) == ([], [Reason.PINNED])
        back(centre, result.report.run)
        assert world.tickets()[0].status == "open"
        assert sync_once(centre, "tickets")["tickets"].done == []
