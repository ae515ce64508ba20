"""What stays in a teaching course whose address was cleared in the programme is told (design, rule 4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
