"""`status` and `explain` say which courses several seminars share, and with whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.sync.shared import ONE, TWO, Shared
from tests.sync.two_platforms import two_platforms

pytestmark = pytest.mark.slow


def test_the_seminars_of_a_shared_course_are_named_while_their_programmes_name_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    with two_platforms(tmp_path) as both:
        it = Shared.of(both)
        it.second_kypek()
        it.apply(ONE, "t01")
        it.settle()
        kypek = Terminal(capsys, both.clock, both.folder / "kypek.yaml", language="el")
        seminars = f"{ONE} «Σεμινάριο {ONE}», {TWO} «Σεμινάριο {TWO}»"
        theirs = f"{ONE} «Του άλλου κέντρου»"
        out = kypek("status", "--kypek", "att-a").out
        assert f"moodle: στο {it.address()} διδάσκονται μαζί: {seminars}, {theirs} (ΚΥΠΕΚ Β΄ Αθήνας)" in out
        assert [
            len(one["fellows"]) for one in kypek("status", "--kypek", "att-a", "--json").json[0]["shared_courses"]
        ] == [3]
        told = kypek("explain", "t01", "--kypek", "att-a").out
        assert f"σε κοινό μάθημα με: {TWO} «Σεμινάριο {TWO}», {theirs} (ΚΥΠΕΚ Β΄ Αθήνας)." in told
        it.other(ONE, '""')
        it.seminar(TWO, '""')
        it.sync()
        assert "διδάσκονται μαζί" not in kypek("status", "--kypek", "att-a").out
        assert "σε κοινό μάθημα" not in kypek("explain", "t01", "--kypek", "att-a").out
