"""One seminar with two courses on a platform, for its morning and its afternoon group, on a real wire."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kypek_sync.contract import Cause, Courses, TryLater, Verb
from kypek_sync.ledger import outbox
from kypek_sync.sync.courses import reading
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from kypek_sync.sync.planning.desired import SEATED
from kypek_sync.sync.report import exit_code
from kypek_sync.sync.run import sync
from kypek_sync.sync.undo.undo import Order, undo
from tests.sync.parted import AFTERNOON, CODE, MORNING, Parted
from tests.sync.test_crashes import Fate, Scenario, die_everywhere, fates
from tests.sync.two_platforms import TwoPlatforms, two_platforms

__all__ = ["fates"]

pytestmark = pytest.mark.slow


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


@pytest.fixture
def parted(both: TwoPlatforms) -> Parted:
    """Applications in Moodle: t01 and t02 in the morning, which has one seat, t03 and t04 in the afternoon."""
    it = Parted.of(both)
    it.apply(MORNING, "t01")
    it.sync()  # Moodle does not tell when: who is seen first was first
    it.apply(MORNING, "t02")
    it.apply(AFTERNOON, "t03", "t04")
    return it


def without(part: str) -> Callable[[CourseTask, Courses], CourseRead]:
    """How courses are read while that of one part gets no answer."""
    real = reading._read

    def read(task: CourseTask, platform: Courses) -> CourseRead:
        if task.part == part:
            raise TryLater(task.system, "No answer.")
        return real(task, platform)

    return read


def test_each_part_has_its_seats_its_list_and_its_groups(parted: Parted) -> None:
    parted.settle()
    assert parted.seats() == {
        "t01": "granted proino",
        "t02": "waiting1 proino",
        "t03": "granted apogeymatino",
        "t04": "granted apogeymatino",
    }
    assert (parted.group(MORNING), parted.waiting(MORNING)) == ({"t01"}, {"t02"})
    assert (parted.group(AFTERNOON), parted.waiting(AFTERNOON)) == ({"t03", "t04"}, set())
    assert set(parted.bound()) == {("moodle", f"{CODE}/proino"), ("moodle", f"{CODE}/apogeymatino")}
    parted.quiet()


def test_the_same_in_eclass(both: TwoPlatforms) -> None:
    parted = Parted.of(both, "eclass")
    parted.apply(MORNING, "t01", "t02")
    parted.apply(AFTERNOON, "t03")
    parted.settle()
    assert parted.seats() == {"t01": "granted proino", "t02": "waiting1 proino", "t03": "granted apogeymatino"}
    assert (parted.group(MORNING), parted.group(AFTERNOON)) == ({"t01"}, {"t03"})
    parted.quiet()
    parted.leave(MORNING, "t01")
    parted.sync()
    assert parted.seats()["t02"] == "granted proino"
    assert "t02" in parted.group(MORNING)  # nobody can be taken out of a group there (E-26)
    parted.quiet()


def test_courses_that_are_made_carry_the_part_in_reference_and_title(both: TwoPlatforms) -> None:
    """With the dates of that part alone, and of all (two courses once would have shared one reference)."""
    parted = Parted.of(both, "moodle", calendar=True, announcements=True)
    parted.seminar(course='""')
    parted.settle()
    made = {part: both.moodle.course_row(parted.taught(part)) for part in (MORNING, AFTERNOON)}
    assert [row["fullname"] for row in made.values()] == ["Ρομποτική – πρωινό", "Ρομποτική – απογευματινό"]
    assert made[MORNING]["startdate"] < made[AFTERNOON]["startdate"]
    there = both.moodle.events()
    shown = {part: sorted(e.name for e in there if e.course == parted.taught(part)) for part in made}
    assert shown == {
        MORNING: ["Συνεδρία 1: Ρομποτική – πρωινό", "Συνεδρία 3: Ρομποτική – πρωινό"],
        AFTERNOON: ["Συνεδρία 2: Ρομποτική – απογευματινό", "Συνεδρία 3: Ρομποτική – απογευματινό"],
    }
    parted.quiet()


def test_eclass_makes_a_course_for_each_part(both: TwoPlatforms) -> None:
    """Found again by the mark in its title: that of one is no part of the other's."""
    parted = Parted.of(both, "eclass")
    parted.seminar(course='""')
    parted.settle()
    made = sorted(course.title for course in both.eclass.courses() if "Ρομποτική" in course.title)
    assert made == [
        "Ρομποτική – απογευματινό [EKFE-26-01/apogeymatino]",
        "Ρομποτική – πρωινό [EKFE-26-01/proino]",
    ]
    parted.quiet()


def test_two_parts_may_be_taught_in_one_course(both: TwoPlatforms) -> None:
    """Each with its group; who moves from one part to the other stays in the course."""
    parted = Parted.of(both, "eclass")
    there = both.course("Κοινό μάθημα")
    parted.seminar(mirrors=f'"{both.address(there)}"')
    parted.apply(MORNING, "t01")
    parted.apply(AFTERNOON, "t01", ago=30)
    parted.apply(AFTERNOON, "t03", ago=20)
    parted.settle()
    assert both.students(there) == {"t01", "t03"}
    assert both.group(there, f"{SEATED} – Ρομποτική – πρωινό") == {"t01"}
    assert both.group(there, f"{SEATED} – Ρομποτική – απογευματινό") == {"t03"}
    parted.leave(MORNING, "t01")
    parted.settle()
    assert both.students(there) == {"t01", "t03"}
    assert both.group(there, f"{SEATED} – Ρομποτική – πρωινό") == set()
    assert both.group(there, f"{SEATED} – Ρομποτική – απογευματινό") == {"t01", "t03"}
    parted.quiet()


def test_eclass_takes_applications_and_each_part_is_taught_in_moodle(both: TwoPlatforms) -> None:
    parted = Parted.of(both, "eclass", mirrors="[moodle]")
    parted.apply(MORNING, "t01", "t02")
    parted.apply(AFTERNOON, "t03")
    parted.settle()
    assert both.students(parted.taught(MORNING)) == both.group(parted.taught(MORNING)) == {"t01"}
    assert both.students(parted.taught(AFTERNOON)) == both.group(parted.taught(AFTERNOON)) == {"t03"}
    parted.quiet()


def test_who_moves_to_the_other_part_moves_in_its_teaching_courses_by_their_own_doing(both: TwoPlatforms) -> None:
    """No limit counts it, and nobody is asked: they left the one course and stay in the other."""
    parted = Parted.of(both, "eclass", mirrors="[moodle]")
    parted.apply(MORNING, "t01", "t02")
    parted.apply(AFTERNOON, "t01", ago=30)
    parted.settle()
    assert parted.seats() == {"t01": "granted proino", "t02": "waiting1 proino"}
    assert both.students(parted.taught(AFTERNOON)) == set()
    parted.leave(MORNING, "t01")
    report = parted.sync()
    assert parted.seats() == {"t01": "granted apogeymatino", "t02": "granted proino"}
    assert both.students(parted.taught(MORNING)) == {"t02"}
    assert both.students(parted.taught(AFTERNOON)) == {"t01"}
    assert {c.cause for c, _ in report.done if c.removes and c.target.login == "t01"} == {Cause.WITHDRAWN}
    assert parted.claims("t01") == {("moodle", f"{CODE}/apogeymatino")}
    parted.quiet()


def test_who_moved_is_told_of_the_seat_in_the_other_part(parted: Parted) -> None:
    parted.apply(AFTERNOON, "t01", ago=30)
    parted.seminar(parts='"πρωινό (1); απογευματινό (3)"')
    parted.settle()
    parted.leave(MORNING, "t01")
    parted.settle()
    with parted.both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        titles = [dict(row.notice.facts)["title"] for row in outbox.listed(connection, "att-a", login="t01")]
        sessions = [dict(row.notice.facts)["sessions"] for row in outbox.listed(connection, "att-a", login="t01")]
    assert titles == ["Ρομποτική – πρωινό", "Ρομποτική – απογευματινό"]
    assert ["10:00" in one for one in sessions] == [True, False]


def test_nobody_has_withdrawn_before_every_course_was_read_whole(
    parted: Parted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who left the morning's course may apply in the afternoon's (rule 3); nothing new is decided either (rule 13)."""
    parted.settle()
    parted.leave(MORNING, "t01")
    parted.apply(MORNING, "t05", ago=40)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_read", without(AFTERNOON))
        parted.sync()
    assert parted.seats()["t01"] == "granted proino"
    assert parted.seats()["t02"] == "waiting1 proino"
    parted.settle()
    assert parted.seats()["t01"] == "withdrawn proino"
    assert parted.seats()["t02"] == "granted proino"
    assert parted.seats()["t05"] == "waiting1 proino"


def test_a_course_that_somebody_deleted_stops_neither_the_other_part_nor_takes_a_seat(parted: Parted) -> None:
    parted.settle()
    with closing(sqlite3.connect(parted.both.folder / "moodle.sqlite")) as state:
        state.execute("DELETE FROM courses WHERE id = ?", (parted.doors[MORNING],))
        state.commit()
    parted.apply(AFTERNOON, "t05", ago=20)
    parted.leave(AFTERNOON, "t04")
    report = parted.settle()
    assert any("does not exist any more" in problem for problem in report.problems)
    assert parted.seats() == {
        "t01": "granted proino",
        "t02": "waiting1 proino",
        "t03": "granted apogeymatino",
        "t04": "withdrawn apogeymatino",
        "t05": "granted apogeymatino",
    }
    assert parted.group(AFTERNOON) == {"t03", "t05"}


def test_the_undo_of_a_run_empties_the_groups_of_both_parts(both: TwoPlatforms) -> None:
    parted = Parted.of(both, "eclass", mirrors="[moodle]")
    parted.apply(MORNING, "t01")
    parted.apply(AFTERNOON, "t03")
    run = parted.sync().run
    assert run is not None
    taught = parted.taught(MORNING), parted.taught(AFTERNOON)
    assert [both.students(course) for course in taught] == [{"t01"}, {"t03"}]
    with both.installation() as inst:
        result = undo(inst, Order(run, "anna"))
    assert exit_code([result.report]) == 0
    assert [both.students(course) for course in taught] == [set(), set()]
    report = parted.sync()
    assert report.done == []
    pinned = {(one.change.verb, one.change.target.login, one.change.target.part) for one in report.aside}
    assert {(Verb.ENROL, "t01", MORNING), (Verb.ENROL, "t03", AFTERNOON)} <= pinned


# ------------------------------------------------------------------------------------------------ parts come and go


def test_a_seminar_that_gets_parts_keeps_its_course_and_its_people(both: TwoPlatforms) -> None:
    """Until the programme says which part it is: then it is that part's, and nobody has moved."""
    parted = Parted.of(both)
    whole = both.course("Όλοι")
    parted.seminar(parts='""', first='""', second='""', course=f'"{both.address(whole)}"', capacity="5")
    both.apply("t01", whole, minutes_ago=90)
    parted.settle()
    assert parted.seats() == {"t01": "granted"}
    parted.seminar(parts='"απογευματινό (2)"', second="απογευματινό", course='""')
    report = parted.sync()
    assert [note for note in report.notes if "had a course before it had parts" in note]
    assert parted.seats() == {"t01": "granted"}
    assert both.group(whole) == {"t01"}
    assert parted.bound()["moodle", CODE] == str(whole)
    parted.seminar(parts='"πρωινό [αρχικό] (2); απογευματινό (2)"', first="πρωινό")
    report = parted.sync()
    assert report.notes == []
    assert parted.seats() == {"t01": "granted"}
    assert both.group(whole) == {"t01"}
    assert set(parted.bound()) == {("moodle", CODE), ("moodle", f"{CODE}/apogeymatino")}
    parted.quiet()


def test_a_part_that_leaves_the_programme_is_told_and_nothing_of_it_changes(parted: Parted) -> None:
    parted.settle()
    morning, afternoon = parted.address(MORNING), parted.address(AFTERNOON)
    parted.seminar(parts='"απογευματινό (2)"', first='""', course=f'{{απογευματινό: "{afternoon}"}}')
    report = parted.sync()
    assert report.notes == [
        f"The programme does not name the part «πρωινό» of {CODE} any more: it stays as it is. If it was renamed, "
        "write its id beside its new name: «… [proino]»."
    ]
    assert (parted.group(MORNING), parted.seats()["t01"]) == ({"t01"}, "granted proino")
    courses = f'{{πρώτη ομάδα: "{morning}", απογευματινό: "{afternoon}"}}'
    parted.seminar(parts='"πρώτη ομάδα [proino] (1); απογευματινό (2)"', first="πρώτη ομάδα", course=courses)
    report = parted.sync()
    assert (report.notes, parted.group(MORNING)) == ([], {"t01"})
    parted.quiet()


# ------------------------------------------------------------------------------------------------ crashes


@pytest.fixture
def crashing() -> Iterator[tuple[Scenario, Parted]]:
    """eClass registers for two parts, Moodle teaches them."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder, two_platforms(Path(folder)) as both:
        parted = Parted.of(both, "eclass", mirrors="[moodle]")
        both.settings(courses="eclass", report=both.moodle.add_participants_report())  # without dates nothing is proven
        parted.apply(MORNING, "t01", ago=300)
        parted.apply(AFTERNOON, "t02", ago=300)
        with both.installation() as inst:
            sync(inst, lanes=("directory",))
            yield Scenario(both, str(parted.doors[MORNING]), inst), parted


def test_a_death_at_any_moment_changes_nothing_in_the_end(
    crashing: tuple[Scenario, Parted], fates: Callable[[Fate], None], tmp_path: Path
) -> None:
    scenario, parted = crashing
    die_everywhere(scenario, fates, tmp_path / "kept")
    assert scenario.both.students(parted.taught(MORNING)) == {"t01"}
    assert scenario.both.students(parted.taught(AFTERNOON)) == {"t02"}
