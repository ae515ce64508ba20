"""Those with a seat in the cohorts that the settings name, through the whole engine, on a real wire (sheet, section
3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from connectors.moodle.needs import EXTRAS, PERMISSIONS
from kypek_sync.contract import Capability, Verb
from kypek_sync.ledger import seats as ledger
from kypek_sync.ledger.cohorts import Known
from kypek_sync.model import SeatState
from kypek_sync.settings.shape import Mode
from kypek_sync.sync.planning.cohorts import WishedCohort, plan_cohorts
from kypek_sync.sync.planning.guard import Ground, guard
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane, sync
from kypek_sync.sync.undo.undo import Order, undo
from tests.sync.centre import done, seats, sync_once
from tests.sync.test_course_dates import Death, Strike
from tests.sync.test_on_moodle import lose
from tests.sync.two_platforms import STRANGER, TwoPlatforms, two_platforms

ADD, TAKE = "core_cohort_add_cohort_members", "core_cohort_delete_cohort_members"
READS = ("core_cohort_get_cohorts", "core_cohort_get_cohort_members")
CENTRE, STRUCTURE = "KYPEK ΑΤΤ-Α", "ΕΚΦΕ"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        it.moodle.add_cohort("Όλα τα σεμινάρια", CENTRE)
        it.moodle.add_cohort("Του ΕΚΦΕ", STRUCTURE)
        it.settings(courses="eclass", cohort=CENTRE, structure_cohort=STRUCTURE)
        yield it


def seated(both: TwoPlatforms, *logins: str, code: str = "EKFE-26-01") -> str:
    """A seminar registered in eClass with a mirror in Moodle, in which these people have a seat; its eClass course."""
    here = both.eclass_course()
    for number, login in enumerate(logins):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    both.seminar(code, course=both.eclass_address(here), mirrors="[moodle]", capacity=20)
    sync_once(both)
    assert set(seats(both, code).values()) <= {"granted"}
    return here


def inside(both: TwoPlatforms, cohort: str = CENTRE) -> set[str]:
    (found,) = (one for one in both.moodle.cohorts() if one.idnumber == cohort)
    return set(found.members)


def number(both: TwoPlatforms, cohort: str = CENTRE) -> int:
    return next(one.id for one in both.moodle.cohorts() if one.idnumber == cohort)


def later(both: TwoPlatforms, minutes: float = 65) -> LaneReport:
    both.clock.turn(minutes=minutes)
    both.people()
    return sync_once(both, "seats")["seats"]


def tomorrow(both: TwoPlatforms) -> LaneReport:
    return later(both, minutes=24 * 60)


def steps(report: LaneReport) -> list[tuple[str, str, str]]:
    """What a pass did to cohorts: verb, login and outcome."""
    return [(verb, who, outcome) for verb, _, who, outcome in done(report) if verb.startswith("cohort.")]


def test_those_with_a_seat_are_in_the_cohorts_of_the_centre_and_of_the_structure(both: TwoPlatforms) -> None:
    seated(both, "t01", "t02")
    assert inside(both) == inside(both, STRUCTURE) == {"t01", "t02"}
    assert both.moodle.calls().count(ADD) == 2  # one call for each cohort
    before, wrote = [both.moodle.calls().count(name) for name in READS], both.writes()
    assert later(both).done == []
    assert both.writes() == wrote
    assert [both.moodle.calls().count(name) for name in READS] == before  # looked at once a day
    assert tomorrow(both).done == []
    assert [both.moodle.calls().count(name) for name in READS] == [count + 2 for count in before]


def test_whoever_has_no_seat_any_more_leaves_unless_another_seminar_keeps_them(both: TwoPlatforms) -> None:
    first = seated(both, "t01", "t02")
    second = seated(both, "t02", code="EKFE-26-02")
    for login in ("t01", "t02"):
        both.eclass.unenrol(login, first)
    later(both)
    later(both)
    assert inside(both) == {"t02"}
    both.eclass.unenrol("t02", second)
    later(both)
    later(both)
    assert inside(both) == inside(both, STRUCTURE) == set()


def test_whoever_has_a_seat_in_another_kypek_s_seminar_stays_in_the_cohort_of_both(both: TwoPlatforms) -> None:
    """The cohort belongs to the site: two KYPEKs may name the same one."""
    both.settings(courses="eclass", cohort=CENTRE)
    first, second = both.eclass_course("Α"), both.eclass_course("Β")
    both.apply_in_eclass("t01", first, minutes_ago=300)
    both.apply_in_eclass("t01", second, minutes_ago=290)
    both.seminar("EKFE-26-01", course=both.eclass_address(first), mirrors="[moodle]")
    programme = (both.folder / "ekfe.yaml").read_text(encoding="utf-8").replace("EKFE-26-01", "EKB-26-01")
    theirs = programme.replace(both.eclass_address(first), both.eclass_address(second))
    (both.folder / "ekfe2.yaml").write_text(theirs, encoding="utf-8")
    settings = both.folder / "kypek.yaml"
    text = settings.read_text(encoding="utf-8")
    other = text[text.index("  att-a:") :].replace("  att-a:", "  att-v:").replace("ekfe.yaml", "ekfe2.yaml")
    settings.write_text(text + other.replace("Α΄ Αθήνας", "Β΄ Αθήνας"), encoding="utf-8")

    def everybody() -> None:
        both.clock.turn(minutes=65)
        both.people()
        with both.installation() as inst:
            sync(inst)

    everybody()
    assert inside(both) == {"t01"}
    both.eclass.unenrol("t01", first)
    for _ in range(3):
        everybody()
        assert inside(both) == {"t01"}
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert ledger.decided(connection, "att-a")["EKFE-26-01"]["t01"].state is SeatState.WITHDRAWN
    both.eclass.unenrol("t01", second)
    for _ in range(3):
        everybody()
    assert inside(both) == set()


def test_nobody_is_taken_out_whom_we_did_not_put_in(both: TwoPlatforms) -> None:
    """Rule 4."""
    for login in ("t01", "t09"):
        both.moodle.put_into_cohort(login, number(both))
    here = seated(both, "t01", "t02")
    for login in ("t01", "t02"):
        both.eclass.unenrol(login, here)
    later(both)
    later(both)
    assert inside(both) == {"t01", "t09"}


def test_what_the_guards_hold_back_in_the_course_is_held_back_here(both: TwoPlatforms) -> None:
    """Rule 5: a seat is not lost twice, and nobody leaves a cohort before the course's group."""
    people = tuple(f"t{n:02}" for n in range(1, 13))
    seated(both, *people)
    lose(both, "EKFE-26-01", people)
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert [(held.guard, {change.target.seminar for change in held.changes}) for _, held in report.held] == [
        ("run-limit", {"EKFE-26-01"})
    ]
    assert steps(report) == []
    assert inside(both) == set(people)


def test_those_with_a_seat_stay_when_the_mirror_is_taken_out_of_the_programme(both: TwoPlatforms) -> None:
    people = tuple(f"t{n:02}" for n in range(1, 13))
    seated(both, *people)
    seated(both, "t30", code="EKFE-26-02")
    both.seminar("EKFE-26-01", mirrors="[]")
    for _ in range(2):
        assert steps(later(both)) == []
    assert inside(both) == {*people, "t30"}
    assert inside(both, STRUCTURE) == {*people, "t30"}


def test_who_would_leave_without_a_lost_seat_counts_in_the_limits() -> None:
    """Rule 5."""
    key, people = ("moodle", CENTRE), frozenset(f"t{n:02}" for n in range(1, 31))
    known = {key: Known(ours=people | {"t31"})}
    changes = plan_cohorts([WishedCohort(key, lost=frozenset({"t31"}))], known, "has a seat in", "has no seat")
    divided = guard(changes, Ground({"moodle": Mode.APPLY}))
    assert [change.target.login for change in divided.passed] == ["t31"]
    assert [(one.guard, {change.target.login for change in one.changes}) for one in divided.held] == [
        ("run-limit", set(people))
    ]


def test_whom_somebody_took_out_is_put_back_once_and_then_left_out(both: TwoPlatforms) -> None:
    """Rule 4."""
    seated(both, "t01", "t02")
    both.moodle.take_out_of_cohort("t01", number(both))
    assert steps(tomorrow(both)) == [("cohort.add", "t01", "done")]
    both.moodle.take_out_of_cohort("t01", number(both))
    report = tomorrow(both)
    assert steps(report) == []
    assert report.counts["cohort members left out by hand"] == 1
    assert inside(both) == {"t02"}


def test_somebody_without_an_account_costs_the_others_nothing(both: TwoPlatforms) -> None:
    """Each for itself, with a warning: unknown people are told by name, and the others are in."""
    seated(both, "t01", STRANGER)
    assert inside(both) == {"t01"}
    with both.installation() as inst:
        dry = run_lane(inst, "att-a", "seats", dry=True, by_hand=True)
    assert any(one.change.target.login == STRANGER for one in dry.aside)  # refused, and rests


@pytest.mark.parametrize("moment", ["before", "after", "no answer"])
def test_a_call_that_breaks_off_is_made_good(both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Rule 8, M-11."""
    strike = Strike(ADD, moment).played(monkeypatch)
    with suppress(Death):
        seated(both, "t01", "t02")
    assert strike.struck
    later(both)
    later(both)
    assert inside(both) == inside(both, STRUCTURE) == {"t01", "t02"}


@pytest.mark.parametrize("soon", [True, False])
@pytest.mark.parametrize("moment", ["before", "after", "no answer"])
def test_whom_a_call_put_in_that_broke_off_leaves_again_and_nobody_else(
    both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch, moment: str, soon: bool
) -> None:
    """Rules 4 and 8: who was not in before our call and is in after it is there by our doing, also when they lose their
    seat before (`soon`) a pass has looked."""
    both.moodle.put_into_cohort("t02", number(both))
    here = both.eclass_course()
    for login in ("t01", "t02"):
        both.apply_in_eclass(login, here, minutes_ago=300)
    both.seminar(course=both.eclass_address(here), mirrors="[moodle]", capacity=20)
    strike = Strike(ADD, moment).played(monkeypatch)
    with suppress(Death):
        sync_once(both)
    assert strike.struck
    if not soon:
        later(both)
        assert inside(both) == inside(both, STRUCTURE) == {"t01", "t02"}
    for login in ("t01", "t02"):
        both.eclass.unenrol(login, here)
    later(both)
    later(both)
    assert (inside(both), inside(both, STRUCTURE)) == ({"t02"}, set())


def test_whom_somebody_put_in_after_a_call_of_ours_was_refused_is_not_ours(both: TwoPlatforms) -> None:
    """Rule 4: without an account when we asked, and put in by hand once they had one."""
    here = seated(both, STRANGER)
    assert inside(both) == set()
    both.moodle.add_user(STRANGER, "Νέα", "Πρόσωπο", f"{STRANGER}@sch.example")
    both.moodle.put_into_cohort(STRANGER, number(both))
    tomorrow(both)
    both.eclass.unenrol(STRANGER, here)
    later(both)
    later(both)
    assert STRANGER in inside(both)


def test_a_cohort_that_is_not_there_stops_nothing_else(both: TwoPlatforms) -> None:
    both.settings(courses="eclass", cohort="ΑΛΛΗ", structure_cohort=STRUCTURE)
    seated(both, "t01")
    assert inside(both, STRUCTURE) == {"t01"}
    report = later(both)
    assert any("ΑΛΛΗ" in receipt.detail for _, receipt in report.failed) or report.aside


def test_without_the_permission_nothing_is_believed_gone(both: TwoPlatforms) -> None:
    """M-10: here Moodle refuses aloud."""
    seated(both, "t01")
    both.moodle.add_token("weak", capabilities={*PERMISSIONS, "moodle/cohort:assign"})
    token, strong = both.folder / "moodle", (both.folder / "moodle").read_text()
    token.write_text("weak")
    report = tomorrow(both)
    assert steps(report) == []
    assert report.problems
    token.write_text(strong)
    assert steps(tomorrow(both)) == []
    assert inside(both) == {"t01"}


def test_the_permissions_that_setup_lists_are_enough(both: TwoPlatforms) -> None:
    able = {*PERMISSIONS, *EXTRAS[Capability.COHORTS].permissions}
    both.moodle.add_token("able", capabilities=able)
    (both.folder / "moodle").write_text("able")
    seated(both, "t01")
    assert inside(both) == {"t01"}


def test_they_are_held_like_any_other_change_and_a_dry_run_makes_none(both: TwoPlatforms) -> None:
    both.settings(courses="eclass", mode="propose", cohort=CENTRE)
    here = both.eclass_course()
    both.apply_in_eclass("t01", here, minutes_ago=300)
    both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
    report = sync_once(both)["seats"]
    assert Verb.JOIN_COHORT in {change.verb for _, held in report.held for change in held.changes}
    both.settings(courses="eclass", cohort=CENTRE)
    with both.installation() as inst:
        dry = run_lane(inst, "att-a", "seats", dry=True)
    assert Verb.JOIN_COHORT in {change.verb for change in dry.waiting}
    assert inside(both) == set()


def test_taking_a_run_back_takes_out_whom_it_put_in(both: TwoPlatforms) -> None:
    """Rule 9."""
    both.moodle.put_into_cohort("t02", number(both))
    here = both.eclass_course()
    for login in ("t01", "t02"):
        both.apply_in_eclass(login, here, minutes_ago=300)
    both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
    sync_once(both, "directory")
    run = sync_once(both, "seats")["seats"].run
    assert run is not None
    assert inside(both) == {"t01", "t02"}
    with both.installation() as inst:
        undo(inst, Order(run, "officer1"))
    assert inside(both) == {"t02"}
    assert inside(both, STRUCTURE) == set()
    later(both)
    assert inside(both) == {"t02"}


def test_a_cohort_named_without_the_switch_is_told(both: TwoPlatforms) -> None:
    file = both.folder / "kypek.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("cohorts: true", "cohorts: false"), encoding="utf-8")
    seated(both, "t01")
    assert any("cohorts: true" in problem for problem in later(both).problems)
    assert inside(both) == set()
