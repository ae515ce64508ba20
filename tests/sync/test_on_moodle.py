"""The main job on Moodle, and between eClass and Moodle, on a real wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.contract import Cause, Verb
from kypek_sync.ledger import bindings, holds, lookups, outbox
from kypek_sync.ledger import seats as seat_book
from kypek_sync.ledger.holds import HoldState
from kypek_sync.model import SeatState
from kypek_sync.sync.planning.desired import SEATED, WAITING
from kypek_sync.sync.report import LaneReport, exit_code
from tests.sync.centre import done, seats, sync_once
from tests.sync.two_platforms import PEOPLE, STRANGER, TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def applicants(both: TwoPlatforms, count: int = 4, **values: object) -> tuple[str, int]:
    """A seminar with two seats whose existing Moodle course some teachers have joined, in the order of their names."""
    course = both.course()
    for number, login in enumerate(PEOPLE[:count]):
        both.apply(login, course, minutes_ago=300 - number)
        both.clock.turn(minutes=10)
    code = both.seminar(course=both.address(course), **values)
    return code, course


def settle(both: TwoPlatforms, minutes: float = 15) -> dict[str, LaneReport]:
    """Some time later, one sync. Without the report of section 3.1 an application's moment is when it was seen."""
    both.clock.turn(minutes=minutes)
    return sync_once(both)


def seated(both: TwoPlatforms, code: str, state: str = "granted") -> set[str]:
    return {login for login, word in seats(both, code).items() if word == state}


def quiet(both: TwoPlatforms) -> None:
    """Another sync has nothing to do."""
    before = both.writes()
    reports = settle(both)
    assert [c for r in reports.values() for c in r.done] == []
    assert both.writes() == before


def test_a_new_course_carries_our_reference_and_has_its_staff_and_groups(both: TwoPlatforms) -> None:
    code = both.seminar("EKFE-26-02")
    reports = sync_once(both)
    assert exit_code(list(reports.values())) == 0
    course = both.made(code)
    assert both.moodle.members(course) == ["officer1", "trainer1"]
    assert {e.roles for e in both.moodle.enrolments(course)} == {(3,)}
    assert sorted(g.name for g in both.moodle.groups(course)) == sorted([SEATED, WAITING])
    quiet(both)


def test_a_moved_session_and_a_new_description_reach_the_course(both: TwoPlatforms) -> None:
    """Dates once stayed as they were on the day of creation, so Moodle showed teachers a seminar of last month."""
    code = both.seminar("EKFE-26-02", about="Πρώτη ύλη.", day=3)
    sync_once(both)
    course = both.made(code)
    before = both.moodle.course_row(course)
    both.seminar(code, about="Νέα ύλη.", day=24)
    reports = settle(both)
    assert [c.verb for c, _ in reports["seats"].done] == [Verb.UPDATE_COURSE]
    after = both.moodle.course_row(course)
    assert after["enddate"] - before["enddate"] == 21 * 24 * 3600
    assert "Νέα ύλη." in after["summary"]
    assert f"/s/{code}" in after["summary"]
    quiet(both)


def test_a_description_that_the_trainer_improved_stays(both: TwoPlatforms) -> None:
    code = both.seminar("EKFE-26-02", about="Πρώτη ύλη.")
    sync_once(both)
    course = both.made(code)
    both.moodle.describe(course, "<p>Πρώτη ύλη. Φέρτε <b>λευκή ποδιά</b>.</p>")
    quiet(both)
    both.seminar(code, about="Νέα ύλη.")
    settle(both)
    assert "λευκή ποδιά" in both.moodle.course_row(course)["summary"]


def test_those_who_enrol_themselves_get_seats_or_wait_each_in_a_group(both: TwoPlatforms) -> None:
    code, course = applicants(both)
    sync_once(both)
    assert set(seats(both, code).values()) == {"under-review"}  # seen just now, younger than the watermark
    settle(both)
    granted, waiting = seated(both, code), seated(both, code, "waiting")
    assert (len(granted), len(waiting)) == (2, 2)
    assert both.group(course) == granted
    assert both.group(course, WAITING) == waiting
    quiet(both)


def test_a_promotion_moves_from_the_waiting_group_to_that_of_the_seats(both: TwoPlatforms) -> None:
    code, course = applicants(both)
    sync_once(both)
    settle(both)
    leaver = min(seated(both, code))
    both.moodle.leave(leaver, course)
    report = settle(both)["seats"]
    granted, waiting = seated(both, code), seated(both, code, "waiting")
    assert len(granted) == 2
    assert leaver not in granted
    assert both.group(course) == granted
    assert both.group(course, WAITING) == waiting
    promoted = {c.target.login for c, _ in report.done if c.verb is Verb.LEAVE_GROUP and c.target.object == WAITING}
    assert promoted == granted & promoted
    assert len(promoted) == 1
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        kinds = [(r.notice.login, r.notice.kind) for r in outbox.listed(connection, "att-a")]
    assert (leaver, "seat-withdrawn") in kinds
    assert (next(iter(promoted)), "seat-granted") in kinds
    assert len(set(kinds)) == len(kinds)
    quiet(both)


def test_a_course_joined_again_is_a_new_application_at_the_end_of_the_queue(both: TwoPlatforms) -> None:
    code, course = applicants(both, count=3)
    sync_once(both)
    settle(both)
    leaver = min(seated(both, code))
    both.moodle.leave(leaver, course)
    settle(both)
    both.apply(leaver, course, minutes_ago=0)
    settle(both)
    settle(both)
    assert seats(both, code)[leaver] == "waiting"
    assert both.group(course, WAITING) == {leaver}
    quiet(both)


def test_a_title_that_changed_in_the_programme_changes_on_moodle(both: TwoPlatforms) -> None:
    code = both.seminar("EKFE-26-02", title='"Οπτική & ήχος: α < β"')
    sync_once(both)
    quiet(both)  # M-8: what Moodle shows is not what it stores
    both.seminar(code, title="Νέος τίτλος")
    assert ("course.update", code, "", "done") in done(settle(both)["seats"])
    (course,) = both.moodle.courses()
    assert course.fullname == "Νέος τίτλος"
    quiet(both)


# ------------------------------------------------------------------------- registration in eClass, mirror in Moodle


def mirrored(both: TwoPlatforms, count: int = 4, capacity: int = 2) -> tuple[str, str, int]:
    """A seminar registered in eClass and mirrored in Moodle, after a sync; its code, eClass course, Moodle course."""
    both.settings(courses="eclass")
    here = both.eclass_course()
    for number, login in enumerate(PEOPLE[:count]):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here), mirrors="[moodle]", capacity=capacity)
    sync_once(both)
    return code, here, both.made(code)


def test_a_mirror_enrols_those_with_a_seat(both: TwoPlatforms) -> None:
    code, _, there = mirrored(both)
    assert both.students(there) == {"t01", "t02"} == seated(both, code)
    assert both.group(there) == {"t01", "t02"}
    assert [g.name for g in both.moodle.groups(there)] == [SEATED]
    quiet(both)


def test_a_mirror_follows_a_seat_given_back_and_a_promotion(both: TwoPlatforms) -> None:
    code, here, there = mirrored(both)
    both.eclass.unenrol("t01", here)
    report = settle(both)["seats"]
    assert seated(both, code) == {"t02", "t03"}
    assert both.students(there) == {"t02", "t03"}
    assert both.group(there) == {"t02", "t03"}
    (removal,) = (c for c, _ in report.done if c.verb is Verb.UNENROL)
    assert (removal.target.login, removal.cause) == ("t01", Cause.WITHDRAWN)
    quiet(both)


def test_those_whom_somebody_put_into_the_mirror_by_hand_stay(both: TwoPlatforms) -> None:
    _, here, there = mirrored(both)
    both.moodle.enrol_manually("t30", there)
    both.moodle.enrol_manually("t31", there, role=4)
    both.eclass.unenrol("t01", here)
    settle(both)
    assert {"t30", "t31", "officer1", "trainer1"} <= set(both.moodle.members(there))
    assert "t01" not in both.moodle.members(there)
    quiet(both)


def test_somebody_of_ours_who_was_let_go_and_put_in_by_hand_stays(both: TwoPlatforms) -> None:
    """Rule 4: the claim went with the enrolment."""
    _, here, there = mirrored(both)
    both.eclass.unenrol("t01", here)
    settle(both)
    both.moodle.enrol_manually("t01", there)
    quiet(both)
    assert "t01" in both.moodle.members(there)


def test_an_enrolment_that_somebody_ended_is_restored_once_and_then_respected(both: TwoPlatforms) -> None:
    """Rule 4."""
    code, _, there = mirrored(both)
    both.moodle.leave("t01", there, "manual")
    settle(both)
    assert "t01" in both.moodle.members(there)
    both.moodle.leave("t01", there, "manual")
    both.clock.turn(days=6)
    report = settle(both)["seats"]
    assert "t01" not in both.moodle.members(there)
    assert report.counts["left out by hand"] == 1
    assert seats(both, code)["t01"] == "granted"
    both.clock.turn(days=30)
    quiet(both)
    assert "t01" not in both.moodle.members(there)


def test_ended_again_only_long_after_it_is_restored_again(both: TwoPlatforms) -> None:
    _, _, there = mirrored(both)
    for _ in range(2):
        both.moodle.leave("t01", there, "manual")
        settle(both)
        assert "t01" in both.moodle.members(there)
        both.clock.turn(days=8)
        both.people()
    quiet(both)


def test_a_teacher_without_a_moodle_account_keeps_the_seat_and_is_one_case(both: TwoPlatforms) -> None:
    """Rule 14: a target that fails for good never costs the seat."""
    both.settings(courses="eclass")
    here = both.eclass_course()
    both.apply_in_eclass(STRANGER, here)
    both.apply_in_eclass("t01", here)
    code = both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
    first = sync_once(both)
    assert ("enrolment.add", code, STRANGER, "refused") in done(first["seats"])
    assert seated(both, code) == {STRANGER, "t01"}
    assert both.students(both.made(code)) == {"t01"}
    for _ in range(2):
        settle(both)
    (ticket,) = both.rt.tickets()
    assert ticket.status in ("new", "open")
    both.faults.set("moodle:unavailable")
    settle(both)  # a pass that cannot ask cures nothing
    assert both.rt.ticket(ticket.id).status == ticket.status
    both.faults.lift()
    both.moodle.add_user(STRANGER, "Όνομα", "Νέα", "n@sch.example")
    both.clock.turn(hours=4)  # a refusal rests
    settle(both)
    assert both.students(both.made(code)) == {STRANGER, "t01"}
    assert both.rt.ticket(ticket.id).status == "resolved"
    quiet(both)


def test_a_seminar_whose_platform_changes_keeps_its_applications(both: TwoPlatforms) -> None:
    """Rule 3: withdrawn is who is proven withdrawn, wherever they applied; two doors are one application."""
    both.settings(courses="eclass")
    here = both.eclass_course()
    for number, login in enumerate(PEOPLE[:3]):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here))
    sync_once(both)
    before = seats(both, code)
    assert before == {"t01": "granted", "t02": "granted", "t03": "waiting"}
    both.settings(courses="moodle")
    both.seminar(course='""')
    settle(both)
    there = both.made(code)
    both.moodle.set_method(there, "self", enabled=True)
    for login in ("t04", "t03", "t01"):
        both.apply(login, there, minutes_ago=1)
    settle(both)
    settle(both)
    assert seats(both, code) == {**before, "t04": "waiting"}
    assert both.group(there) == {"t01"}
    assert both.group(there, WAITING) == {"t03", "t04"}
    quiet(both)


# ------------------------------------------------------------------------- what must wait, what proves nothing


def test_twelve_seats_given_back_in_a_day_wait_for_a_person_once(both: TwoPlatforms) -> None:
    """Rule 5: max(5, 30 %) of a seminar's seats in a day; once approved the mirror follows without another question."""
    code, here, there = mirrored(both, count=30, capacity=30)
    for login in PEOPLE[:12]:
        both.eclass.unenrol(login, here)
    report = settle(both)["seats"]
    assert len(seated(both, code)) == 30
    assert len(both.students(there)) == 30
    assert {h.guard for _, h in report.held} == {"withdrawals"}
    assert exit_code([report]) == 2
    (number,) = {n for n, _ in report.held}
    assert number is not None
    with both.installation() as inst, inst.ledger.begin() as connection:
        assert holds.decide(connection, number, HoldState.APPROVED, "officer1", both.clock(), None)
    settle(both)
    assert len(seated(both, code)) == 18
    assert len(both.students(there)) == 18
    quiet(both)


def lose(both: TwoPlatforms, code: str, logins: tuple[str, ...]) -> None:
    """Seats that are lost without a word of theirs: as another rule would decide, once they teach something else."""
    both.people(**dict.fromkeys(logins, "ΠΕ70"))
    with both.installation() as inst, inst.ledger.begin() as connection:
        before = seat_book.decided(connection, "att-a")[code]
        refused = [seat_refused(before[login]) for login in logins]
        seat_book.record_seats(connection, "att-a", refused, before, None, both.clock())


def seat_refused(seat):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(seat, state=SeatState.REFUSED, rule="specialty", place=0)


def test_twelve_seats_lost_at_once_wait_for_a_person(both: TwoPlatforms) -> None:
    """Rule 5: removals inferred from changed data."""
    code, course = applicants(both, count=20, capacity=20)
    sync_once(both)
    settle(both)
    assert len(both.group(course)) == 20
    lose(both, code, PEOPLE[:12])
    report = settle(both)["seats"]
    assert len(both.group(course)) == 20
    assert [(h.guard, len(h.changes)) for _, h in report.held] == [("run-limit", 12)]
    assert not [c for c, _ in report.done if c.removes]
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        told = {r.notice.login for r in outbox.listed(connection, "att-a") if r.notice.kind == "seat-refused"}
    assert told == set()  # nobody is told of what is held


def test_three_seats_lost_at_once_pass(both: TwoPlatforms) -> None:
    code, course = applicants(both, count=20, capacity=20)
    sync_once(both)
    settle(both)
    lose(both, code, PEOPLE[:2])
    settle(both)
    assert both.group(course) == set(PEOPLE[2:20])
    quiet(both)


@pytest.mark.parametrize(
    "fault", ["no-permission", "empty-members", "cut-body", "html-200", "maintenance", "empty-200"]
)
def test_what_moodle_does_not_show_is_not_gone(both: TwoPlatforms, fault: str) -> None:
    """M-10, and all that looks like an answer."""
    code, course = applicants(both)
    sync_once(both)
    settle(both)
    before, groups = seats(both, code), {g.name: g.members for g in both.moodle.groups(course)}
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        owned = bindings.claimed(connection, "att-a", "membership")
    both.faults.set(f"moodle:{fault}")
    report = settle(both)["seats"]
    assert seats(both, code) == before
    assert not [c for c, r in report.done if r.stands]
    assert {g.name: g.members for g in both.moodle.groups(course)} == groups
    assert report.problems or report.counts["courses partly read"]
    both.faults.lift()
    quiet(both)
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert bindings.claimed(connection, "att-a", "membership") == owned


def test_a_server_that_drops_variables_loses_nobody_in_silence(tmp_path: Path) -> None:
    """M-12: with the function last a cut call fails as a whole; whoever is not enrolled is told, never forgotten."""
    with two_platforms(tmp_path, max_input_vars=60) as both:
        code, _, there = mirrored(both, count=30, capacity=30)
        for _ in range(3):
            settle(both)
        assert both.students(there) == seated(both, code)
        quiet(both)


def test_a_write_without_an_answer_is_not_done_twice(both: TwoPlatforms) -> None:
    """M-11: looked up at the next pass, and ours."""
    both.settings(courses="eclass")
    here = both.eclass_course()
    both.apply_in_eclass("t01", here)
    code = both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
    both.faults.set("moodle:reset-after-write@8")
    for _ in range(8):
        settle(both)
    both.faults.lift()
    settle(both)
    there = both.made(code)
    assert both.students(there) == {"t01"}
    quiet(both)
    both.eclass.unenrol("t01", here)
    settle(both)
    assert both.students(there) == set()


def test_two_logins_of_one_person_are_one_application(both: TwoPlatforms) -> None:
    """Rule 12: eClass cannot rename, so the old account stays beside the new one."""
    both.settings(courses="eclass")
    here = both.eclass_course()
    for number, login in enumerate(("t01", "t02", "t03")):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here))
    sync_once(both)
    both.eclass.add_user("renamed", "Όνομα", "T02", "r@sch.example")
    both.apply_in_eclass("renamed", here, minutes_ago=20)
    both.clock.turn(hours=1)
    both.people()
    export = both.folder / "directory.ldif"
    text = (
        export.read_text(encoding="utf-8").replace("uid=t02,", "uid=renamed,").replace("uid: t02\n", "uid: renamed\n")
    )
    export.write_text(text, encoding="utf-8")
    settle(both)
    assert seats(both, code) == {"t01": "granted", "t02": "granted", "t03": "waiting"}
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        known = lookups.person(connection, "directory", "renamed")
        assert known is not None
        assert lookups.logins(connection, known.id) == ["t02", "renamed"]
