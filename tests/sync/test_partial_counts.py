"""The figures of a read that ended early are of those whom it showed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.centre import TEACHERS, Centre, Teacher, open_centre, sync_once


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


def cut_behind(centre: Centre, login: str) -> None:
    """The export ends within the entry of this person, as one does that a limit or a full disk ended."""
    export = centre.folder / "directory.ldif"
    whole = export.read_text("utf-8")
    export.write_text(whole[: whole.index("umdObject", whole.index(f"dn: uid={login},"))], "utf-8")


@pytest.mark.parametrize("specialty", ["ΠΕ86", "ΠΕ04.01"], ids=["entries as they were", "entries that changed"])
def test_a_partial_read_counts_the_teachers_that_it_showed(centre: Centre, specialty: str) -> None:
    """155 teachers of 50 people were told: those of the ledger."""
    assert sync_once(centre, "directory")["directory"].counts["teachers"] == len(TEACHERS) == 10
    centre.clock.turn(hours=7)
    staff = Teacher("teacher2", kind="Personel")
    centre.people(Teacher("teacher1", specialty), staff, *TEACHERS[2:])
    cut_behind(centre, "teacher5")
    report = sync_once(centre, "directory")["directory"]
    assert "only in part" in report.problems[0]
    assert (report.counts["people"], report.counts["teachers"]) == (4, 3)
    assert report.counts["leaving"] == 0


def test_a_second_partial_read_of_the_same_entries_counts_the_same_teachers(centre: Centre) -> None:
    """Nobody's specialty could be read any more, so everybody is looked at again; the second time nobody of them was
    counted."""
    sync_once(centre, "directory")
    for _ in range(3):
        centre.clock.turn(hours=7)
        centre.people(*TEACHERS)
        cut_behind(centre, "teacher7")
        export = centre.folder / "directory.ldif"
        export.write_text(re.sub("(?m)^gsnBranch.*\n", "", export.read_text("utf-8")), "utf-8")
        drawn = centre.clock.now.timestamp()
        os.utime(export, (drawn, drawn))
        report = sync_once(centre, "directory")["directory"]
        assert "lost their specialties" in report.problems[0]
        assert (report.counts["people"], report.counts["teachers"]) == (6, 6)


def test_an_export_that_looks_whole_and_is_far_too_small_counts_the_teachers_that_it_showed(centre: Centre) -> None:
    """ "5 people, 10 teachers" was told: only what the connector itself found cut had been counted anew."""
    sync_once(centre, "directory")
    centre.clock.turn(hours=7)
    centre.people(*TEACHERS[:5])
    report = sync_once(centre, "directory")["directory"]
    assert "5 entries, but 10 at the last good read" in report.problems[0]
    assert (report.counts["people"], report.counts["teachers"]) == (5, 5)


def test_a_read_of_which_nothing_was_recorded_counts_the_teachers_that_it_showed(centre: Centre) -> None:
    """Everybody has the number of the person before them; the last of ten is no teacher any more."""
    sync_once(centre, "directory")
    centre.clock.turn(hours=7)
    centre.people(*TEACHERS[1:], Teacher("teacher1", kind="Personel"))
    report = sync_once(centre, "directory")["directory"]
    assert "perhaps a column slipped by a row" in report.problems[0]
    assert (report.counts["people"], report.counts["teachers"]) == (10, 9)


def test_a_directory_that_was_never_read_has_no_last_good_read(centre: Centre) -> None:
    export = centre.folder / "directory.ldif"
    export.rename(centre.folder / "away")
    (said,) = sync_once(centre, "directory")["directory"].problems
    assert said.endswith("Nobody is known from it yet.")
    (centre.folder / "away").rename(export)
    centre.clock.turn(hours=1)
    sync_once(centre, "directory")
    export.unlink()
    centre.clock.turn(hours=1)
    (said,) = sync_once(centre, "directory")["directory"].problems
    assert said.endswith("the last good read stands.")
