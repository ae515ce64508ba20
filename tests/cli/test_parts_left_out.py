"""What `seminar` and `status` say of a part that its programme does not name any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.sync.parted import CODE, Parted
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
