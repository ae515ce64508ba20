"""What `seminar` and `status` say of a part that its programme does not name any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.sync.parted import CODE, MORNING, Parted
from tests.sync.two_platforms import two_platforms

pytestmark = pytest.mark.slow


def test_it_is_marked_and_nobody_is_said_to_cancel_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    with two_platforms(tmp_path) as both:
        it = Parted.of(both, "eclass")
        it.sync()
        it.seminar(parts='"απογευματινό (2)"', first='""', course='""')
        it.sync()
        kypek = Terminal(capsys, both.clock, both.folder / "kypek.yaml", language="el")
        lines = {line.strip() for line in kypek("seminar", CODE).out.splitlines()}
        assert "Τμήμα «πρωινό» [proino]: θέσεις: 1 (δεν αναφέρεται πια στο πρόγραμμα)" in lines
        assert "Τμήμα «απογευματινό» [apogeymatino]: θέσεις: 2" in lines
        said = kypek("status").out
        assert f"ekfe: το ekfe.yaml δεν αναφέρει πια αυτά τα τμήματα: {CODE} «πρωινό»." in said
        assert "Μένουν όπως είναι, ώσπου να γραφτούν πάλι στο πρόγραμμα." in said
        assert "ώσπου να τα ακυρώσει κάποιος" not in said


def test_the_differences_say_once_that_it_stays_and_then_nothing_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name: nobody knows what `[-]` is."""
    with two_platforms(tmp_path) as both:
        it = Parted.of(both, "eclass")
        it.sync()
        kypek = Terminal(capsys, both.clock, both.folder / "kypek.yaml", language="el")
        it.seminar(parts='"απογευματινό (2)"', first='""', course='""')
        said = kypek("programme", "diff", "ekfe")
        lines = [line.strip() for line in said.out.splitlines()]
        assert (said.code, lines[2]) == (
            2,
            "το τμήμα «πρωινό» λείπει από το αρχείο· μένει όπως είναι, με το μάθημά του",
        )
        assert "συνεδρία 1: άλλαξε" in lines
        assert "τμήμα: από «πρωινό» σε «»" in lines
        assert not any(word in said.out for word in ("[", MORNING))
        it.sync()
        again = kypek("programme", "diff", "ekfe")
        assert (again.code, again.out.strip()) == (0, "Καμία διαφορά: ισχύει ό,τι γράφει το ekfe.yaml.")


def test_so_do_those_of_a_seminar_that_gets_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with two_platforms(tmp_path) as both:
        it = Parted.of(both)
        whole = both.address(both.course("Όλοι"))
        it.seminar(parts='""', first='""', second='""', course=f'"{whole}"')
        it.sync()
        kypek = Terminal(capsys, both.clock, both.folder / "kypek.yaml", language="el")
        it.seminar(parts='"απογευματινό (2)"', second="απογευματινό", course='""')
        assert "το μάθημα που είχε πριν χωριστεί σε τμήματα μένει όπως είναι" in kypek("programme", "diff", "ekfe").out
        it.sync()
        assert kypek("programme", "diff", "ekfe").code == 0
        it.seminar(parts='"πρωινό [αρχικό] (2); απογευματινό (2)"', first="πρωινό")
        assert f"σε «πρωινό [αρχικό] (2): {whole}, απογευματινό (2)»" in kypek("programme", "diff", "ekfe").out
        it.sync()
        assert kypek("programme", "diff", "ekfe").code == 0
