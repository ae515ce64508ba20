"""A part of a seminar is cancelled by itself, as a whole seminar is: its course says so, the other part goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger import programmes
from kypek_sync.model import Status
from tests.sync.parted import AFTERNOON, CODE, MORNING, Parted
from tests.sync.two_platforms import TwoPlatforms, two_platforms
from tests.web.pages import Browser

pytestmark = pytest.mark.slow

OFF = '"πρωινό (1) ΑΚΥΡΩΘΗΚΕ; απογευματινό (2)"'


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def test_nobody_new_is_let_in_and_nobody_is_thrown_out(both: TwoPlatforms) -> None:
    """Who waits is refused; who had a place takes none of the seminar's; a place in the other part may be had."""
    parted = Parted.of(both)
    parted.seminar(capacity="3")
    parted.apply(MORNING, "t01")
    parted.sync()
    parted.apply(MORNING, "t02")
    parted.apply(AFTERNOON, "t03")
    parted.settle()
    assert parted.waiting(MORNING) == {"t02"}
    parted.seminar(parts=OFF, capacity="2")
    parted.apply(AFTERNOON, "t04", ago=20)
    parted.settle()
    assert parted.seats() == {
        "t01": "granted proino",
        "t02": "refused proino",
        "t03": "granted apogeymatino",
        "t04": "granted apogeymatino",
    }
    assert (parted.group(MORNING), parted.group(AFTERNOON)) == ({"t01"}, {"t03", "t04"})
    assert parted.waiting(MORNING) == set()  # nobody waits any more
    parted.quiet()
    parted.leave(MORNING, "t02")
    parted.leave(AFTERNOON, "t04")
    parted.apply(AFTERNOON, "t02", ago=10)
    parted.settle()
    assert parted.seats()["t02"] == "granted apogeymatino"
    with both.installation() as inst:
        page = Browser(inst).text(f"/s/{CODE}")
    assert "Ρομποτική – πρωινό: cancelled" in page


def test_who_applies_in_the_other_part_too_is_not_refused(both: TwoPlatforms) -> None:
    """They once were, beside a free seat, until they left the course of the cancelled part by themselves."""
    parted = Parted.of(both)
    for login in ("t01", "t02"):
        parted.apply(MORNING, login)
        parted.settle()
    for login in ("t01", "t02"):
        parted.apply(AFTERNOON, login, ago=10)
    parted.settle()
    assert parted.seats() == {"t01": "granted proino", "t02": "waiting1 proino"}
    parted.seminar(parts=OFF)
    parted.settle()
    assert parted.seats() == {"t01": "granted proino", "t02": "granted apogeymatino"}
    assert (parted.group(MORNING), parted.group(AFTERNOON)) == ({"t01"}, {"t02"})
    parted.quiet()


def test_its_course_its_dates_and_its_announcement_say_so(both: TwoPlatforms) -> None:
    parted = Parted.of(both, "moodle", calendar=True, announcements=True)
    parted.seminar(course='""')
    parted.settle()
    morning, afternoon = parted.taught(MORNING), parted.taught(AFTERNOON)
    parted.seminar(parts=OFF)
    parted.settle()
    titles = {course.id: course.fullname for course in both.moodle.courses()}
    assert titles[morning] == "ΑΚΥΡΩΘΗΚΕ: Ρομποτική – πρωινό"
    assert titles[afternoon] == "Ρομποτική – απογευματινό"
    dates = sorted((event.course, event.name[:10]) for event in both.moodle.events())
    assert dates == [(afternoon, "Συνεδρία 2"), (afternoon, "Συνεδρία 3")]
    parted.quiet()
    parted.seminar(parts='"πρωινό (1); απογευματινό (2)"')
    parted.settle()
    assert {course.fullname for course in both.moodle.courses() if course.id == morning} == {"Ρομποτική – πρωινό"}
    assert len([event for event in both.moodle.events() if event.course == morning]) == 2


def test_it_needs_no_approval_of_the_council(both: TwoPlatforms) -> None:
    """As the cancellation of a whole seminar: what is cancelled is not announced for weeks."""
    parted = Parted.of(both)
    parted.sync()
    settings = both.folder / "kypek.yaml"
    settings.write_text(settings.read_text("utf-8").replace("approval: false", "approval: true"), "utf-8")
    parted.seminar(parts=OFF.replace("(2)", "(7)"))
    parted.sync()
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        parts = programmes.in_force(connection, "att-a")[CODE].seminar.parts
    assert [(part.status, part.capacity) for part in parts] == [(Status.CANCELLED, 1), (Status.PLANNED, 2)]
