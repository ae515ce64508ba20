"""What `check` says is known of people while the directory does not answer."""

from __future__ import annotations

from kypek_sync.ledger import cursors
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre


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
