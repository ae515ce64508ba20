"""A seminar that moves to another platform: what was its mirror becomes the course in which people register."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Capability, Cause, CourseDraft, Member, Verb
from kypek_sync.language import speaker
from kypek_sync.ledger import holds
from kypek_sync.ledger.bindings import Binding
from kypek_sync.model import Application, CourseRole, Form, Seminar, Session, SourceRow
from kypek_sync.sync.planning.desired import SEATED, WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse, plan_courses
from kypek_sync.sync.seats.former import former_courses, unseen
from tests.sync.centre import START, seats, sync_once
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

KEY = ("moodle", "EKFE-26-01")


def changes(seen: ObservedCourse) -> list[tuple[Verb, str, Cause]]:
    """What is planned for a registration course in which Anna has a seat."""
    wish = WishedCourse(*KEY, CourseDraft("ref", "…", ""), groups=((SEATED, frozenset({"anna"})),))
    made = plan_courses([wish], {KEY: seen}, {"moodle": frozenset({Capability.SUSPEND})}, {})
    return [(c.verb, c.target.login, c.cause) for c in made if c.verb not in (Verb.CREATE_GROUP, Verb.JOIN_GROUP)]


def seen(**active: bool) -> ObservedCourse:
    """A course in which we enrolled these people while it was a mirror."""
    members = {login: Member(login, CourseRole.STUDENT, active=is_in) for login, is_in in active.items()}
    ours = frozenset(members)
    shut_out = frozenset(login for login, is_in in active.items() if not is_in)
    return ObservedCourse(*KEY, bound=True, members=members, members_complete=True, enrolled=ours, suspended=shut_out)


def test_whom_we_enrolled_stays_while_there_is_a_seat_and_goes_with_it() -> None:
    assert changes(seen(anna=True)) == []
    assert changes(seen(anna=True, dora=True)) == [(Verb.SUSPEND, "dora", Cause.INFERRED)]


def test_whom_we_had_shut_out_and_who_has_a_seat_is_let_in_again() -> None:
    assert changes(seen(anna=False)) == [(Verb.RESUME, "anna", Cause.NONE)]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


@pytest.mark.slow
def test_three_teachers_with_seats_keep_their_course_when_their_seminar_moves_and_moves_back(
    both: TwoPlatforms,
) -> None:
    both.settings(courses="eclass")
    old = both.eclass_course()
    for number, login in enumerate(PEOPLE[:3]):
        both.apply_in_eclass(login, old, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(old), platform="eclass", mirrors="[moodle]", capacity=5)
    sync_once(both)
    new = both.made(code)
    everybody = set(PEOPLE[:3])
    assert both.students(new) == everybody
    for platform, mirrors in (("moodle", "[eclass]"), ("eclass", "[moodle]")):
        both.seminar(code, course='""', platform=platform, mirrors=mirrors)
        for days in (0, 9):  # beyond the grace: whoever was shut out would be taken out by now
            both.clock.turn(days=days, hours=1)
            both.people()
            sync_once(both)
            assert both.students(new) == both.group(new) == everybody
            assert not any(e.suspended for e in both.moodle.enrolments(new))
        assert set(seats(both, code).values()) == {"granted"}
    both.clock.turn(hours=1)
    assert sync_once(both)["seats"].done == []


def moved(both: TwoPlatforms, *, people: int = 3, course: str = '""', mirrors: str = '""') -> tuple[str, str]:
    """Teachers applied in eClass for two seats; then registration moved to Moodle. The seminar's code and the eClass
    course."""
    old = both.eclass_course()
    for number, login in enumerate(PEOPLE[:people]):
        both.apply_in_eclass(login, old, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(old), platform="eclass")
    sync_once(both)
    assert list(seats(both, code).values()) == ["granted", "granted", *["waiting"] * (people - 2)]
    both.seminar(code, course=course, platform="moodle", mirrors=mirrors)
    both.clock.turn(minutes=15)
    sync_once(both)
    return code, old


@pytest.mark.slow
@pytest.mark.parametrize("mirrors", ['""', "[eclass]"])
def test_who_leaves_the_course_in_which_they_applied_gives_the_seat_back_although_registration_has_moved(
    both: TwoPlatforms, mirrors: str
) -> None:
    """The seminar had moved from eClass to Moodle. A teacher left the eClass course, nobody looked there any more, and
    her seat stayed empty while another one waited."""
    code, old = moved(both, mirrors=mirrors)
    both.eclass.unenrol("t01", old)
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert seats(both, code) == {"t01": "withdrawn", "t02": "granted", "t03": "granted"}
    assert report.problems == report.notes == []
    if mirrors == '""':
        assert [c for c, _ in report.done if c.target.system == "eclass"] == []
    both.clock.turn(minutes=15)
    assert sync_once(both)["seats"].done == []


@pytest.mark.slow
def test_nobody_new_is_taken_from_a_course_that_registration_has_left(both: TwoPlatforms) -> None:
    code, old = moved(both)
    both.apply_in_eclass("t04", old, minutes_ago=600)
    both.clock.turn(minutes=15)
    sync_once(both)
    assert "t04" not in seats(both, code)


@pytest.mark.slow
def test_a_former_course_that_shows_almost_nobody_once_costs_nobody_the_seat(both: TwoPlatforms) -> None:
    """Too many at once wait for a person, there as everywhere."""
    code, old = moved(both, people=5)
    for login in PEOPLE[:4]:
        both.eclass.unenrol(login, old)
    before = seats(both, code)
    for _ in range(2):  # a list that shrank so much is doubted at the first read
        both.clock.turn(minutes=15)
        report = sync_once(both)["seats"]
        assert seats(both, code) == before
    ((number, held),) = report.held
    assert (held.guard, held.system, len(held.changes)) == ("withdrawals", "eclass", 4)
    both.clock.turn(minutes=15)
    assert [one for one, _ in sync_once(both)["seats"].held] == [number]
    for login in PEOPLE[:4]:
        both.apply_in_eclass(login, old)
    both.clock.turn(minutes=15)
    assert sync_once(both)["seats"].held == []
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert holds.listed(connection, "att-a") == []  # nobody wants it any more, and the pass could tell


@pytest.mark.slow
def test_withdrawals_in_two_courses_count_together(both: TwoPlatforms) -> None:
    """The limit of a day is the seminar's: two courses are no way around it."""
    both.settings(limits="{withdrawals_per_day: 1, withdrawals_per_day_share: 0}")
    new = both.course()
    code, old = moved(both, course=both.address(new))
    both.apply("t04", new, minutes_ago=10)
    both.clock.turn(minutes=15)
    sync_once(both)
    both.moodle.leave("t04", new)
    both.eclass.unenrol("t02", old)
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert seats(both, code)["t02"] == "granted"
    assert [(held.guard, held.system) for _, held in report.held] == [("withdrawals", "eclass")]


@pytest.mark.slow
def test_a_former_course_that_is_gone_takes_no_seat_and_the_officer_is_told(both: TwoPlatforms) -> None:
    """The course that the seminar has left was deleted: nobody withdrew, and nobody can any more."""
    old = both.course()
    both.apply("t01", old)
    code = both.seminar(course=both.address(old), platform="moodle")
    sync_once(both)
    both.seminar(code, course='""', platform="eclass")
    both.clock.turn(minutes=15)
    sync_once(both)
    with closing(sqlite3.connect(both.folder / "moodle.sqlite")) as state:
        state.execute("DELETE FROM courses WHERE id = ?", (old,))
        state.commit()
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert seats(both, code) == {"t01": "granted"}
    assert report.notes == [
        f"Withdrawals from {code} on moodle, from where it moved: the course there does not exist any more. "
        "Applications made there that stand: 1; ask those people whether they still come."
    ]
    both.clock.turn(days=200)  # the seminar is over
    both.people()
    assert sync_once(both)["seats"].notes == []


def test_a_platform_that_has_left_the_settings_is_told_too() -> None:
    """Who applied there stands, and the officer knows that nobody can withdraw."""
    session = Session(1, START + timedelta(days=9), START + timedelta(days=9, hours=3))
    seminar = Seminar(KEY[1], "ekfe", "…", Form.IN_PERSON, SourceRow("ekfe.yaml", "", 1), (session,))
    wish = WishedCourse(*KEY, CourseDraft("ref", "…", ""))
    there = {("eclass", "anna", ""): Application(seminar.code, "anna", "", START, True, "eclass")}
    bound = {("eclass", seminar.code): Binding("eclass", "course", seminar.code, "7", "…")}

    def said(platforms: set[str], *, days: float = 0, known: dict[tuple[str, str], Binding] = bound) -> list[str]:
        now = START + timedelta(days=days)
        return unseen(
            former_courses([seminar], [wish], {seminar.code: there}, known, platforms, now), {}, speaker("en")
        )

    assert said({"eclass", "moodle"}) == []
    assert len(said({"moodle"})) == len(said({"eclass", "moodle"}, known={})) == 1
    assert said({"moodle"}, days=10) == []
    assert said({"moodle"}, known={}) == []  # no course at all: a list that was imported
