"""Ownership is a set of claims: what we added stays as long as one of its reasons holds (design, rule 4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.contract import Course, CourseDraft, Member, Snapshot, Verb
from kypek_sync.ledger import Ledger, bindings, open_ledger
from kypek_sync.ledger.bindings import Claim
from kypek_sync.sync.courses.ownership import let_go, renew, respected
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from kypek_sync.sync.planning.desired import WishedCourse
from tests.sync.centre import START, sync_once
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

KEY = ("moodle", "EKFE-26-01")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    it = open_ledger(f"sqlite:///{tmp_path}/kypek.db", tmp_path)
    yield it
    it.close()


def claims(ledger: Ledger, students: set[str], staff: set[str], *before: str) -> dict[str, frozenset[str]]:
    """Why we own memberships once the claims `before` (`login/reason`) are held against these wishes."""
    draft = CourseDraft("kypek:att-a:EKFE-26-01", "…", "")
    wish = WishedCourse(*KEY, draft, students=frozenset(students), staff=frozenset(staff))
    with ledger.begin() as connection:
        made = [Claim(KEY[0], "enrolment", KEY[1], *one.split("/")) for one in before]
        bindings.claim(connection, "att-a", made, START)
        renew(connection, "att-a", {KEY: wish}, START)
        renew(connection, "att-a", {KEY: wish}, START)
        return bindings.reasons(connection, "att-a", "enrolment").get(KEY, {})


def test_each_reason_is_a_claim_of_its_own(ledger: Ledger) -> None:
    assert claims(ledger, {"anna"}, {"anna"}, "anna/seat") == {"anna": {"seat", "staff"}}
    assert claims(ledger, set(), {"anna"}) == {"anna": {"staff"}}
    assert claims(ledger, {"anna"}, set()) == {"anna": {"seat"}}


def test_the_last_claim_stays_in_the_book_until_the_membership_has_gone(ledger: Ledger) -> None:
    assert claims(ledger, set(), set(), "anna/seat", "dora/seat", "dora/staff") == {
        "anna": {"seat"},
        "dora": {"seat", "staff"},
    }


def test_nobody_becomes_ours_by_being_wanted(ledger: Ledger) -> None:
    assert claims(ledger, {"anna"}, {"dora"}) == {}


@pytest.mark.parametrize(
    ("wanted", "proven", "still_ours"),
    [(True, False, True), (True, True, False), (False, False, True), (False, True, False)],
)
def test_whom_a_list_leaves_out_is_ours_until_a_second_proof(
    ledger: Ledger, wanted: bool, proven: bool, still_ours: bool
) -> None:
    """A list that called itself whole lacked one of ours: we disowned her, enrolled her again, were told that she was
    in already, and could never take her out of the mirror again."""
    draft = CourseDraft("kypek:att-a:EKFE-26-01", "…", "")
    wishes = {KEY: WishedCourse(*KEY, draft, students=frozenset({"anna"} if wanted else ()))}
    members: Snapshot[Member] = Snapshot("moodle", "12", START, (), complete=True)
    gone = frozenset({"anna"} if proven else ())
    task = CourseTask(*KEY, "12", ours=frozenset({"anna"}))
    courses = {KEY: CourseRead(task, Course("12", "…", ""), members=members, proven_gone=gone)}
    with ledger.begin() as connection:
        bindings.claim(connection, "att-a", [Claim(KEY[0], "enrolment", KEY[1], "anna", "seat")], START)
        let_go(connection, "att-a", wishes, courses)
        respected(connection, "att-a", wishes, courses, START)
        assert bool(bindings.claimed(connection, "att-a", "enrolment").get(KEY)) is still_ours


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def owned(both: TwoPlatforms, code: str) -> dict[str, frozenset[str]]:
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return bindings.reasons(connection, "att-a", "enrolment").get(("moodle", code), {})


@pytest.mark.slow
def test_who_has_a_seat_in_a_mirror_and_teaches_there_stays_for_either_reason(both: TwoPlatforms) -> None:
    both.settings(courses="eclass")
    here = both.eclass_course()
    for number, login in enumerate(PEOPLE[:3]):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
    sync_once(both)
    there = both.made(code)
    assert owned(both, code)["t01"] == {"seat"}
    both.clock.turn(minutes=15)
    both.seminar(code, trainer="t01")
    sync_once(both)
    assert owned(both, code)["t01"] == {"staff"}
    both.eclass.unenrol("t01", here)
    both.clock.turn(minutes=15)
    sync_once(both)
    assert "t01" in both.moodle.members(there)
    both.seminar(code, trainer="trainer1")
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert "t01" in both.moodle.members(there)  # a trainer by now: never demoted, never taken out (E-24)
    assert [c for c, _ in report.done if c.verb in (Verb.UNENROL, Verb.SUSPEND) and c.target.login == "t01"] == []


@pytest.mark.slow
def test_adoption_is_explicit_and_recorded(both: TwoPlatforms) -> None:
    """A course that exists is ours only if the programme names it; the book says that it was adopted, and its members
    stay as they were."""
    course = both.course()
    both.moodle.enrol_manually("t05", course)
    code = both.seminar(course=both.address(course))
    other = both.seminar("EKFE-26-02")
    sync_once(both)
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = bindings.reasons(connection, "att-a", "course")
    assert {key: why[""] for key, why in found.items()} == {
        ("moodle", code): {"adopted"},
        ("moodle", other): {"created"},
    }
    assert "t05" not in owned(both, code)
    assert "t05" in both.moodle.members(course)
