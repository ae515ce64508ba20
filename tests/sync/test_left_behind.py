"""What stays in a teaching course whose address was cleared in the programme is told (design, rule 4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger import todos
from kypek_sync.ledger.todos import Closed
from kypek_sync.seminar.by_hand import Kind
from tests.sync.shared import ONE, TWO, Shared, group_of
from tests.sync.two_platforms import TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def test_people_and_group_that_stay_in_a_shared_course_are_counted(both: TwoPlatforms) -> None:
    """t01 and t02 are there by the first seminar alone, t03 by the second too; trainers are not counted."""
    it = Shared.of(both, "eclass")
    it.apply(ONE, "t01", "t02", "t03")
    it.apply(TWO, "t03", "t04")
    assert it.settle()["att-a"].notes == []
    it.seminar(ONE, '""')
    (note,) = it.sync()["att-a"].notes
    assert it.people() == {"t01", "t02", "t03", "t04"}
    assert note.startswith(f"moodle: the programme does not name the course of {ONE} there any more. 2 people whom")
    assert f"so does its group ({group_of(ONE)}): nobody is taken out." in note
    assert "moved" not in note
    assert "dates" not in note


def test_dates_and_people_are_told_together_in_greek_until_the_seminar_is_over(both: TwoPlatforms) -> None:
    it = Shared.of(both, "eclass", calendar=True)
    settings = both.folder / "kypek.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("language: en", "language: el"), encoding="utf-8")
    it.apply(ONE, "t01")
    it.settle()
    it.seminar(ONE, '""')
    (note,) = it.sync()["att-a"].notes
    assert note.startswith(f"moodle: το πρόγραμμα δεν αναφέρει πια το μάθημα του {ONE} εκεί. Οι ημερομηνίες")
    assert "Μένει στο μάθημα 1 άτομο που έγραψε εκεί το σεμινάριο" in note
    assert "μεταφέρθηκε" not in note
    both.clock.turn(days=150)
    assert not [one for one in it.sync()["att-a"].notes if "δεν αναφέρει πια το μάθημα" in one]


def test_a_course_written_into_the_programme_again_is_told_no_more(both: TwoPlatforms) -> None:
    it = Shared.of(both, "eclass")
    it.apply(ONE, "t01")
    it.settle()
    it.seminar(ONE, '""')
    assert it.sync()["att-a"].notes
    it.seminar(ONE, it.address())
    assert it.sync()["att-a"].notes == []


def test_it_is_told_no_more_when_its_people_are_gone(both: TwoPlatforms) -> None:
    """The other seminar's reads of the course show it; nobody has to wait until the first one is over."""
    it = Shared.of(both, "eclass")
    it.apply(ONE, "t01", "t02")
    it.settle()
    it.seminar(ONE, '""')
    (note,) = it.sync()["att-a"].notes
    assert " 2 people whom" in note
    both.moodle.leave("t01", int(it.there), "manual")
    (note,) = it.sync()["att-a"].notes
    assert " 1 people whom" in note or " 1 person" in note
    both.moodle.leave("t02", int(it.there), "manual")
    assert it.sync()["att-a"].notes == []


def ticked(both: TwoPlatforms, *, back: bool = False) -> None:
    """An officer ticks off what stays in a course, or takes that back."""
    with both.installation() as inst, inst.ledger.begin() as connection:
        (one,) = todos.listed(connection, "att-a", kinds=(Kind.UNNAMED,), every=back)
        assert one.seminar == ONE
        if back:
            assert todos.reopen(connection, one.id, inst.clock())
        else:
            assert todos.close(connection, one.id, Closed.TICKED, "maria", inst.clock())


def open_ones(both: TwoPlatforms) -> list[str]:
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [one.link for one in todos.listed(connection, "att-a", kinds=(Kind.UNNAMED,))]


def test_once_an_officer_ticked_it_off_it_is_told_no_more(both: TwoPlatforms) -> None:
    """Nobody is taken out by that; that one of the people leaves afterwards is no news, and it can be taken back."""
    it = Shared.of(both, "eclass")
    it.apply(ONE, "t01", "t02")
    it.settle()
    it.seminar(ONE, '""')
    (note,) = it.sync()["att-a"].notes
    assert note.endswith("Then tick it off: `kypek-sync todos list`, `todos done`.")
    assert open_ones(both) == [it.address()]
    ticked(both)
    assert it.sync()["att-a"].notes == []
    both.moodle.leave("t01", int(it.there), "manual")
    assert it.sync()["att-a"].notes == []
    assert it.people() == {"t02"}
    ticked(both, back=True)
    assert " 1 people whom" in it.sync()["att-a"].notes[0] or " 1 person" in it.sync()["att-a"].notes[0]
    both.moodle.leave("t02", int(it.there), "manual")
    assert it.sync()["att-a"].notes == []
    assert open_ones(both) == []  # nothing of ours is left


def test_an_address_that_is_written_and_cleared_again_is_told_anew(both: TwoPlatforms) -> None:
    it = Shared.of(both, "eclass")
    it.apply(ONE, "t01")
    it.settle()
    it.seminar(ONE, '""')
    it.sync()
    ticked(both)
    it.seminar(ONE, it.address())
    assert it.sync()["att-a"].notes == []
    assert open_ones(both) == []
    it.seminar(ONE, '""')
    assert len(it.sync()["att-a"].notes) == 1
    assert len(open_ones(both)) == 1


def test_a_bare_name_that_was_ticked_off_is_told_no_more(both: TwoPlatforms) -> None:
    it = Shared.of(both, "eclass")
    it.apply(ONE, "t01")
    it.settle()
    it.seminar(ONE, "[moodle]")
    assert len(it.sync()["att-a"].notes) == 1
    ticked(both)
    assert it.sync()["att-a"].notes == []
    assert it.group(ONE) == {"t01"}


def test_a_bare_name_of_the_platform_in_place_of_the_address_is_told_with_what_it_means(both: TwoPlatforms) -> None:
    it = Shared.of(both, "eclass")
    it.apply(ONE, "t01")
    it.settle()
    writes = both.writes()
    it.seminar(ONE, "[moodle]")
    (note,) = it.sync()["att-a"].notes
    assert note.startswith(f"moodle: the programme names only the platform for {ONE} now, and no course there any more")
    assert it.address() in note
    assert (both.writes(), it.group(ONE)) == (writes, {"t01"})
    it.seminar(ONE, it.address())
    assert it.sync()["att-a"].notes == []
    it.seminar(ONE, "[moodle]")
    both.clock.turn(days=150)
    assert not [one for one in it.sync()["att-a"].notes if "names only the platform" in one]


def test_who_was_enrolled_after_the_last_read_is_not_taken_for_gone(both: TwoPlatforms) -> None:
    """Nobody else is taught there, so nothing has shown them yet."""
    it = Shared.of(both, "eclass")
    it.seminar(TWO, '""')
    it.apply(ONE, "t01")
    it.sync()
    it.seminar(ONE, '""')
    (note,) = it.sync()["att-a"].notes
    assert "1 " in note
    assert it.people() == {"t01"}
