"""Several seminars taught in one course: each keeps its people, nobody loses the course while one of them has a reason,
and the course itself is left as its owners made it (design, rule 4)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kypek_sync.contract import Verb
from kypek_sync.ledger import bindings
from kypek_sync.sync.planning.desired import SEATED
from kypek_sync.sync.undo.undo import Order, undo
from tests.sync.shared import ONE, TWO, Shared, about, group_of
from tests.sync.test_departures import without
from tests.sync.two_platforms import TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


@pytest.fixture(params=["eclass", "moodle"])
def it(both: TwoPlatforms, request: pytest.FixtureRequest) -> Shared:
    """People apply on one platform and are taught on the other, in both directions."""
    return Shared.of(both, request.param)


@pytest.fixture
def on_moodle(both: TwoPlatforms) -> Shared:
    """People apply in eClass; the shared course is in Moodle, which can do everything."""
    return Shared.of(both, "eclass")


def test_each_seminar_brings_its_people_and_has_a_group_of_its_own(it: Shared) -> None:
    it.apply(ONE, "t01", "t02")
    it.apply(TWO, "t02", "t03")
    report = it.settle()["att-a"]
    assert report.problems == []
    assert it.people() == {"t01", "t02", "t03"}
    assert it.groups() == [group_of(ONE), group_of(TWO)]
    assert (it.group(ONE), it.group(TWO)) == ({"t01", "t02"}, {"t02", "t03"})
    assert it.claims("t02") == {ONE: {"seat"}, TWO: {"seat"}}  # whoever came first


def test_a_second_sync_writes_nothing(it: Shared) -> None:
    it.apply(ONE, "t01", "t02")
    it.apply(TWO, "t02", "t03")
    it.settle()
    before = it.both.writes()
    report = it.sync()["att-a"]
    assert (report.done, report.problems, it.both.writes()) == ([], [], before)


@pytest.mark.parametrize("both_gone", [False, True], ids=["shut out by the first", "shut out by both"])
def test_after_somebody_was_let_in_again_by_another_seminar_nothing_more_is_written(
    it: Shared, *, both_gone: bool
) -> None:
    """Shut out when they left the directory (in eClass: taken out), and back with a seat in the second seminar."""
    it.seminar(ONE, it.address(), capacity=1)
    it.apply(ONE, "t02")
    it.sync()  # Moodle does not tell when people applied: who is seen first was first
    it.apply(ONE, "t03")
    it.apply(TWO, *(["t02"] if both_gone else []), "t04")
    it.settle()
    for hours in (1, 7, 9 * 24):
        it.both.clock.turn(hours=hours)
        without(it.both, "t02")
        it.sync()
    it.both.clock.turn(hours=1)
    it.both.people()
    it.apply(TWO, "t02")
    it.settle()
    assert it.claims("t02")[TWO] == {"seat"}
    assert "t02" in it.people() & it.group(TWO)
    before = it.both.writes()
    report = it.sync()["att-a"]
    assert (report.done, report.problems, it.both.writes()) == ([], [], before)


@pytest.mark.parametrize(("first", "last"), [(ONE, TWO), (TWO, ONE)])
def test_who_leaves_one_seminar_stays_by_the_other_and_leaves_with_the_last(
    on_moodle: Shared, first: str, last: str
) -> None:
    it = on_moodle
    it.apply(ONE, "t01", "t02")
    it.apply(TWO, "t02", "t03")
    it.sync()
    it.leave(first, "t02")
    done = it.sync()["att-a"].done
    assert about(done, "t02") == [("membership.remove", first)]
    assert "t02" in it.people()
    assert it.claims("t02") == {first: {"over"}, last: {"seat"}}
    it.leave(last, "t02")
    done = it.sync()["att-a"].done
    assert about(done, "t02") == [("enrolment.remove", last), ("membership.remove", last)]
    assert it.people() == {"t01", "t03"}
    assert it.claims("t02") == {}
    assert it.sync()["att-a"].done == []


def test_who_gives_up_both_seminars_at_once_leaves_once(it: Shared) -> None:
    it.apply(ONE, "t01", "t02")
    it.apply(TWO, "t02", "t03")
    it.settle()
    it.leave(ONE, "t02")
    it.leave(TWO, "t02")
    report = it.sync()["att-a"]
    assert [verb for verb, _ in about(report.done, "t02")].count("enrolment.remove") == 1
    assert it.people() == {"t01", "t03"}
    assert it.claims("t02") == {}
    assert it.sync()["att-a"].done == []


def test_who_was_put_in_by_hand_stays_after_both(on_moodle: Shared) -> None:
    """Nobody of ours is a reason to take away what others gave."""
    it = on_moodle
    it.both.moodle.enrol_manually("t02", int(it.there))
    it.apply(ONE, "t02")
    it.apply(TWO, "t02")
    it.sync()
    assert it.claims("t02") == {}
    it.leave(ONE, "t02")
    it.leave(TWO, "t02")
    it.sync()
    assert it.people() == {"t02"}


def test_neither_title_nor_dates_of_the_course_are_those_of_one_seminar(on_moodle: Shared) -> None:
    it = on_moodle
    before = next(c for c in it.both.moodle.courses() if c.id == int(it.there))
    it.sync()
    it.seminar(ONE, it.address(), title="Άλλος τίτλος", about="Άλλη περιγραφή")
    report = it.sync()["att-a"]
    assert [c for c, _ in report.done if c.target.system == "moodle" and c.verb is Verb.UPDATE_COURSE] == []
    assert next(c for c in it.both.moodle.courses() if c.id == int(it.there)) == before


def test_a_cancelled_seminar_leaves_the_course_to_the_other(on_moodle: Shared) -> None:
    it = on_moodle
    it.apply(ONE, "t01")
    it.apply(TWO, "t03")
    it.sync()
    it.seminar(ONE, it.address(), status="ΑΚΥΡΩΘΗΚΕ")
    report = it.sync()["att-a"]
    assert [c for c, _ in report.done if c.target.system == "moodle"] == []
    assert {course.fullname for course in it.both.moodle.courses()} == {"Κοινό μάθημα"}
    it.apply(TWO, "t04")
    it.sync()
    assert it.group(TWO) == {"t03", "t04"}


def test_a_course_of_our_own_becomes_shared_and_is_alone_again(both: TwoPlatforms) -> None:
    """The first seminar's course was made by us. It keeps its group when a second one comes, its title stops being ours
    to change, and nothing happens to anybody when the second one goes to another course."""
    it = Shared.of(both)
    it.seminar(ONE, "[moodle]")
    it.seminar(TWO, '""')
    it.apply(ONE, "t01", "t02")
    it.apply(TWO, "t02", "t03")
    it.sync()
    it.there = str(both.made(ONE))
    assert it.groups() == [SEATED]
    it.seminar(TWO, it.address())
    it.sync()
    assert it.groups() == [SEATED, group_of(TWO)]
    assert both.group(int(it.there)) == {"t01", "t02"}
    assert it.people() == {"t01", "t02", "t03"}
    it.seminar(ONE, "[moodle]", title="Με άλλον τίτλο")
    assert [c.verb for c, _ in it.sync()["att-a"].done if c.target.system == "moodle"] == []
    writes = both.writes()
    it.seminar(TWO, '""')
    report = it.sync()["att-a"]
    assert (report.done, both.writes()) == ([], writes)
    it.leave(ONE, "t02")
    it.sync()
    assert it.people() == {"t01", "t02", "t03"}  # the second one's people are still claimed


def test_an_address_that_is_cleared_leaves_the_seminar_where_it_is(on_moodle: Shared) -> None:
    it = on_moodle
    it.apply(ONE, "t01")
    it.sync()
    writes = it.both.writes()
    it.seminar(ONE, "[moodle]", title="Με άλλον τίτλο")
    it.sync()
    assert it.both.writes() == writes
    assert it.group(ONE) == {"t01"}


def test_the_undo_of_one_seminar_leaves_the_others_people(on_moodle: Shared) -> None:
    it = on_moodle
    it.apply(ONE, "t01", "t02")
    first = it.sync()["att-a"]
    it.apply(TWO, "t02", "t03")
    it.sync()
    assert first.run is not None
    with it.both.installation() as inst:
        undone = undo(inst, Order(first.run, "anna", seminar=ONE))
    assert it.people() == {"t02", "t03"}
    assert [change.target.login for change, _ in undone.fallen if change.verb is Verb.UNENROL] == ["t02"]
    assert it.sync()["att-a"].done == []
    assert (it.people(), it.group(TWO)) == ({"t02", "t03"}, {"t02", "t03"})


def test_whom_people_take_out_twice_is_respected_by_every_seminar(on_moodle: Shared) -> None:
    it = on_moodle
    it.apply(ONE, "t01")
    it.apply(TWO, "t01")
    it.sync()
    it.both.moodle.leave("t01", int(it.there), "manual")
    it.sync()
    assert it.people() == {"t01"}  # restored once
    it.both.moodle.leave("t01", int(it.there), "manual")
    report = it.sync()["att-a"]
    assert (it.people(), about(report.done, "t01")) == (set(), [])
    assert it.sync()["att-a"].done == []


# ------------------------------------------------------------------------------------------------ two KYPEKs


@pytest.fixture
def two_kypeks(both: TwoPlatforms) -> Shared:
    """Both KYPEKs have a seminar of the same code."""
    it = Shared.of(both)
    it.second_kypek()
    return it


def test_seminars_of_two_kypeks_have_groups_of_their_own_even_with_one_code(two_kypeks: Shared) -> None:
    it = two_kypeks
    it.apply(ONE, "t01", "t02")
    it.apply("b", "t02", "t03")
    reports = it.sync()
    assert [report.problems for report in reports.values()] == [[], []]
    assert (it.group(ONE, "att-a"), it.group(ONE, "att-v")) == ({"t01", "t02"}, {"t02", "t03"})
    assert it.people() == {"t01", "t02", "t03"}
    writes = it.both.writes()
    it.sync()
    assert it.both.writes() == writes


@pytest.mark.parametrize("order", [("att-a", "att-v"), ("att-v", "att-a")])
def test_nobody_is_taken_out_while_another_kypek_has_a_reason(two_kypeks: Shared, order: tuple[str, str]) -> None:
    it = two_kypeks
    door = {"att-a": ONE, "att-v": "b"}
    it.apply(ONE, "t01", "t02")
    it.apply("b", "t02", "t03")
    it.sync()
    for kypek, left in zip(order, ({"t01", "t02", "t03"}, {"t01", "t03"}), strict=True):
        it.leave(door[kypek], "t02")
        it.sync()
        assert it.people() == left
    assert (it.claims("t02", "att-a"), it.claims("t02", "att-v")) == ({}, {})


# ------------------------------------------------------------------------------------------------ one registration


def test_a_course_where_people_apply_is_refused_to_another_however_its_address_is_written(on_moodle: Shared) -> None:
    """The programme could not see that it is the same one; the platform shows it."""
    it = on_moodle
    it.apply(ONE, "t01")
    it.sync()
    it.both.seminar("EKFE-26-03", course=it.address("&section=1"), platform="moodle", capacity=20)
    report = it.sync()["att-a"]
    assert [p for p in report.problems if "EKFE-26-03" in p and ONE in p]
    assert [c for c, _ in report.done if c.target.seminar == "EKFE-26-03"] == []
    with it.both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        from kypek_sync.ledger import seats

        assert seats.decided(connection, "att-a").get("EKFE-26-03", {}) == {}  # nobody of the course applied for it


def test_a_seminar_that_is_refused_its_course_is_not_carried_out_on_its_mirror(both: TwoPlatforms) -> None:
    """Neither before anything of it was made, nor when it had people there already: they stay, nobody comes."""
    it = Shared.of(both)
    it.seminar(TWO, "[moodle]")
    it.apply(ONE, "t01")
    it.apply(TWO, "t03")
    it.settle()
    taught = both.made(TWO)
    assert both.students(taught) == {"t03"}
    with both.installation() as inst, inst.ledger.begin() as connection:  # two addresses were one course all the time
        door = bindings.known(connection, "att-a", "course")["eclass", ONE]
        bindings.learn(connection, "att-a", replace(door, ref=TWO), both.clock())
    both.seminar("EKFE-26-03", course=f"{it.both.eclass_address(str(it.doors[ONE]))}?x=1", mirrors="[moodle]")
    it.apply(ONE, "t05")
    it.apply(TWO, "t06")
    reports = [it.sync()["att-a"], it.sync()["att-a"]]
    for code in (TWO, "EKFE-26-03"):
        (said,) = {problem for problem in reports[1].problems if f"for {code} is the one" in problem}
        assert said.endswith("Until then nothing is done in the seminar's other courses either.")
    assert {change.target.seminar for report in reports for change, _ in report.done} == {ONE}
    assert both.students(taught) == both.group(taught) == {"t03"}
    assert not [course for course in both.moodle.courses() if course.idnumber.endswith("EKFE-26-03")]


def test_two_kypeks_cannot_take_applications_in_one_course(two_kypeks: Shared) -> None:
    it = two_kypeks
    it.apply(ONE, "t01")
    it.sync()
    it.doors["b"] = it.doors[ONE]
    it.other("B-NEW-1", '""')
    reports = it.sync()
    assert [p for p in reports["att-v"].problems if "B-NEW-1" in p and "att-a" in p]
    assert reports["att-a"].problems == []
    assert [c for c, _ in reports["att-v"].done if c.target.seminar == "B-NEW-1"] == []


# ------------------------------------------------------------------------------------------------ dates, announcements


def test_each_seminar_has_its_dates_and_its_announcement_there(both: TwoPlatforms) -> None:
    it = Shared.of(both, calendar=True, announcements=True)
    it.sync()
    course = int(it.there)
    titles = sorted(event.name for event in both.moodle.events() if event.course == course)
    assert [ONE in title or TWO in title for title in titles] == [True, True]
    writes = both.writes()
    it.sync()
    assert both.writes() == writes
    it.seminar(ONE, it.address(), status="ΑΚΥΡΩΘΗΚΕ")
    report = it.sync()["att-a"]
    done = {(c.verb, c.target.seminar) for c, _ in report.done if c.target.system == "moodle"}
    assert done == {(Verb.REMOVE_EVENT, ONE), (Verb.REVISE, ONE)}


# ------------------------------------------------------------------------------------------------ names of groups


def forgotten(it: Shared) -> None:
    """The ledger does not know the groups any more, as if the answer to their making had been lost."""
    with closing(sqlite3.connect(it.both.folder / "kypek.db")) as ledger:
        ledger.execute("DELETE FROM bindings WHERE kind = 'group'")
        ledger.commit()


def test_a_group_is_called_as_its_seminar_and_is_not_doubled_when_that_is_renamed(it: Shared) -> None:
    it.apply(ONE, "t01")
    it.apply(TWO, "t03")
    it.settle()
    forgotten(it)
    it.sync()
    for code in (ONE, TWO):
        it.seminar(code, it.address(), title=f"Νέος τίτλος του {code}")
    it.settle()
    assert it.groups() == [group_of(ONE), group_of(TWO)]
    assert (it.group(ONE), it.group(TWO)) == ({"t01"}, {"t03"})


@pytest.mark.parametrize("known", [False, True])
def test_a_group_that_an_earlier_version_made_is_taken_over(it: Shared, *, known: bool) -> None:
    """Called by the seminar's code."""
    it.apply(ONE, "t01")
    it.settle()
    old = f"{SEATED} {ONE}"
    table = "course_groups" if it.where == "eclass" else '"group"'
    file = "moodle.sqlite" if it.where == "eclass" else "eclass.sqlite"
    with closing(sqlite3.connect(it.both.folder / file)) as state:
        state.execute(f"UPDATE {table} SET name = ? WHERE name = ?", (old, group_of(ONE)))
        state.commit()
    with closing(sqlite3.connect(it.both.folder / "kypek.db")) as ledger:
        ledger.execute("UPDATE bindings SET ref = ? WHERE ref = ?", (f"{ONE}/{old}", f"{ONE}/{group_of(ONE)}"))
        ledger.execute("UPDATE claims SET object = ? WHERE object = ?", (f"{ONE}/{old}", f"{ONE}/{group_of(ONE)}"))
        ledger.commit()
    if not known:
        forgotten(it)
    writes = it.both.writes()
    it.settle()
    assert (it.groups(), it.both.writes()) == ([old, group_of(TWO)], writes)
