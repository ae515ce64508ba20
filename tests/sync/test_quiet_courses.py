"""Between two full reads a pass asks only what is new: calls counted at the simulated servers, never seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.ledger import rulings
from kypek_sync.ledger import seats as seat_book
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

REPORT = {"core_reportbuilder_set_filters": 1, "core_reportbuilder_retrieve_report": 1}
LIGHT = "core_enrol_get_enrolled_users"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


class Day:
    """The passes of one daemon: one process, one memory, a pass every few minutes."""

    def __init__(self, both: TwoPlatforms, inst: Installation) -> None:
        self.both, self.inst = both, inst
        run_lane(inst, "att-a", "directory")

    def seats(self, minutes: float = 4, *, by_hand: bool = False) -> tuple[LaneReport, Counter[str]]:
        """A pass of the seats lane some minutes later, with the calls that it cost: Moodle's by function, eClass's
        together."""
        self.both.clock.turn(minutes=minutes)
        moodle, eclass = Counter(self.both.moodle.calls()), self.both.servers["eclass"].calls.total()
        report = run_lane(self.inst, "att-a", "seats", by_hand=by_hand)
        assert report.problems == []
        asked = Counter(self.both.moodle.calls()) - moodle
        return report, asked + Counter(eclass=self.both.servers["eclass"].calls.total() - eclass)

    def settled(self) -> None:
        """Until everything stands and was read in full: dates, seats, groups."""
        for _ in range(4):
            report, _ = self.seats(minutes=15)
        assert report.done == []
        assert report.counts["courses read"] > 0

    def states(self, code: str) -> dict[str, str]:
        """Everybody's seat in a seminar."""
        with self.inst.ledger.begin(keep=False) as connection:
            return {login: seat.state.value for login, seat in seat_book.decided(connection, "att-a")[code].items()}


def on_moodle(both: TwoPlatforms, courses: int, *, report: bool) -> list[tuple[str, int]]:
    """So many seminars with two seats and three applicants each: their codes and Moodle courses."""
    both.settings(report=both.moodle.add_participants_report() if report else 0)
    made = []
    for number in range(courses):
        course = both.moodle.add_course(f"Μάθημα {number}", f"m{number}", both.category, idnumber=f"SEM-{number}")
        both.moodle.enrol_manually("officer1", course, role=3)
        for login in PEOPLE[:3]:
            both.apply(login, course, minutes_ago=300)
        made.append((both.seminar(f"EKFE-26-{number:02}", course=both.address(course), day=3 + number), course))
    return made


@pytest.mark.parametrize("courses", [1, 4])
def test_with_the_report_two_calls_tell_that_nothing_is_new_in_any_number_of_courses(
    both: TwoPlatforms, courses: int
) -> None:
    on_moodle(both, courses, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        for _ in range(2):
            report, calls = day.seats(minutes=3)
            assert calls == REPORT
            assert report.counts["courses read"] == 0


@pytest.mark.parametrize("courses", [1, 4])
def test_without_the_report_one_light_call_a_course_tells_it(both: TwoPlatforms, courses: int) -> None:
    on_moodle(both, courses, report=False)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        assert day.seats()[1] == {LIGHT: courses}


@pytest.mark.parametrize("courses", [1, 4])
def test_on_eclass_one_list_a_course_tells_it(both: TwoPlatforms, courses: int) -> None:
    both.settings(courses="eclass")
    for number in range(courses):
        course = both.eclass_course(f"Μάθημα {number}")
        for login in PEOPLE[:3]:
            both.apply_in_eclass(login, course)
        both.seminar(f"EKFE-26-{number:02}", course=both.eclass_address(course), day=3 + number)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        assert day.seats()[1] == {"eclass": courses}


@pytest.mark.parametrize("report", [True, False])
def test_only_the_course_that_somebody_new_entered_is_read(both: TwoPlatforms, report: bool) -> None:
    _, (code, joined), _ = on_moodle(both, 3, report=report)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        both.moodle.self_enrol("t09", joined, both.clock.now + timedelta(minutes=3))
        found, calls = day.seats(minutes=4)
        assert found.counts["courses read"] == 1
        assert "t09" in day.states(code)
        assert calls["core_group_get_course_groups"] <= 2  # the course's own read, and before the change


def test_somebody_who_left_and_came_back_is_new(both: TwoPlatforms) -> None:
    ((_, course),) = on_moodle(both, 1, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        both.moodle.leave("t03", course)
        both.moodle.self_enrol("t03", course, both.clock.now + timedelta(minutes=2))
        assert day.seats(minutes=3)[0].counts["courses read"] == 1


def test_who_left_is_missed_at_the_next_full_read_and_no_later(both: TwoPlatforms) -> None:
    ((code, course),) = on_moodle(both, 1, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        leaver = next(login for login, state in day.states(code).items() if state == "granted")
        both.moodle.leave(leaver, course)
        assert day.seats(minutes=4)[1] == REPORT
        assert day.states(code)[leaver] == "granted"
        day.seats(minutes=11)
        assert day.states(code)[leaver] == "withdrawn"
        day.seats(minutes=2)
        assert day.seats(minutes=2)[1] == REPORT  # the report is not asked about them for ever


def test_a_pass_by_hand_reads_every_course(both: TwoPlatforms) -> None:
    on_moodle(both, 2, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        assert day.seats(by_hand=True)[0].counts["courses read"] == 2


def test_a_course_is_read_before_anything_is_written_there(both: TwoPlatforms) -> None:
    """The remembered read is some minutes old: the one who would be promoted has left since."""
    ((code, course),) = on_moodle(both, 1, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        waiting = next(login for login, state in day.states(code).items() if state == "waiting")
        both.moodle.leave(waiting, course)
        both.seminar(code, capacity=3)
        found, _ = day.seats(minutes=4)
        assert found.counts["courses read"] == 1
        assert day.states(code)[waiting] == "withdrawn"
        assert found.failed == []


def test_a_course_that_we_changed_is_read_at_the_next_pass(both: TwoPlatforms) -> None:
    ((code, _),) = on_moodle(both, 1, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        both.seminar(code, capacity=3)
        assert day.seats(minutes=2)[0].done != []
        assert day.seats(minutes=2)[0].counts["courses read"] == 1
        assert day.seats(minutes=2)[1] == REPORT


def test_a_report_that_shows_nobody_proves_nothing(both: TwoPlatforms) -> None:
    """M-10: an account that lost its sight is answered without an error."""
    on_moodle(both, 2, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        with both.moodle._state.transaction() as db:
            db.execute("update user_enrolments set timecreated = 0")
        assert day.seats()[0].counts["courses read"] == 2


def test_whoever_starts_anew_reads_everything(both: TwoPlatforms) -> None:
    on_moodle(both, 2, report=True)
    with both.installation() as inst:
        Day(both, inst).settled()
    with both.installation() as inst:
        assert Day(both, inst).seats()[0].counts["courses read"] == 2


# ------------------------------------------------------------------------- another process makes a pass in between


def by_hand_elsewhere(both: TwoPlatforms) -> LaneReport:
    """Somebody makes a pass from the command line a minute later; the daemon's memory knows nothing of it."""
    both.clock.turn(minutes=1)
    with both.installation() as other:
        return run_lane(other, "att-a", "seats", by_hand=True)


def test_a_place_that_another_process_made_since_stays_ours(both: TwoPlatforms) -> None:
    """Granted and taken back between two full reads: whoever was put into the group meanwhile is taken out again."""
    ((code, course),) = on_moodle(both, 1, report=True)
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        (waiting,) = (login for login, state in day.states(code).items() if state == "waiting")
        both.seminar(code, capacity=3)
        by_hand_elsewhere(both)
        assert waiting in both.group(course)
        with inst.ledger.begin() as connection:
            refused = Ruling(code, waiting, "", Word.REFUSE, "λάθος", both.clock.now)
            rulings.record(connection, "att-a", [refused], "officer1")
        day.seats(minutes=2)
        assert day.states(code)[waiting] == "refused"
        day.seats(minutes=15)
        assert waiting not in both.group(course)


def test_who_was_taken_out_of_a_mirror_for_good_stays_out_whatever_an_older_read_shows(both: TwoPlatforms) -> None:
    """Rule 4: restored once, removed again within 7 days and respected; another process saw the second time."""
    both.settings(courses="eclass", report=both.moodle.add_participants_report())
    course = both.eclass_course()
    both.apply_in_eclass("t01", course)
    code = both.seminar(course=both.eclass_address(course), mirrors="moodle")
    with both.installation() as inst:
        day = Day(both, inst)
        day.settled()
        mirror = both.made(code)
        assert "t01" in both.students(mirror)
        both.moodle.leave("t01", mirror, method="manual")
        day.settled()
        both.apply_in_eclass("t02", course)
        day.settled()
        assert both.students(mirror) == {"t01", "t02"}  # restored once
        both.moodle.leave("t01", mirror, method="manual")
        assert by_hand_elsewhere(both).counts["left out by hand"] == 1
        for minutes in (2, 15, 15):
            assert day.seats(minutes=minutes)[0].done == []
        assert "t01" not in both.students(mirror)
