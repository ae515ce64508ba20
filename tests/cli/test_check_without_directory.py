"""What `check` says is known of people while the directory does not answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from kypek_sync.ledger import cursors
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, open_centre


def test_changes_that_were_read_since_the_last_full_read_count_too(centre: Centre, kypek: Terminal) -> None:
    """It dated what was known by the last full read, though changes had been read hours later."""
    kypek("directory", "refresh")
    centre.clock.turn(hours=7)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        cursor = cursors.standing(connection, "directory").cursor
        assert cursors.took_changes(connection, "directory", cursor, "further", centre.clock.now)
    (centre.folder / "directory.ldif").unlink()
    (works,) = [line["text"] for line in kypek("check", "--json").json["lines"] if line["subject"] == "works"]
    assert "in full on 02/11/2026 11:00, with what changed until 02/11/2026 18:00" in works
    greek = " ".join(kypek("check", language="el").out.split())
    assert "πλήρη ανάγνωση" in greek


def test_where_nobody_is_seen_to_apply_it_does_not_say_that_applications_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the older eClass and no account of its database all was said to work, and seats were given to nobody."""
    told = {}
    for version in ("older", "newer"):
        (tmp_path / version).mkdir()
        centre = open_centre(tmp_path / version, version)
        try:
            shown = Terminal(capsys, centre.clock, centre.folder / "kypek.yaml")("check", "--json").json["lines"]
        finally:
            centre.server.stop()
        (told[version],) = [line["text"] for line in shown if line["subject"] == "works"]
    assert "people apply on the seminars' pages, or by lists that officers hand in" in told["older"]
    assert "applications are read" not in told["older"]
    assert "applications are read" in told["newer"]
