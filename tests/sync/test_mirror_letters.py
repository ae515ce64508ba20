"""A mirror that refuses somebody costs them neither the seat nor the letter (design, rule 14)."""

from __future__ import annotations

from pathlib import Path

from kypek_sync.ledger import outbox
from kypek_sync.sync.run import sync
from tests.sync.two_platforms import STRANGER, two_platforms


def test_who_has_no_moodle_account_is_told_of_the_seat_that_eclass_shows(tmp_path: Path) -> None:
    """Two undisturbed runs, in which refused changes rested at different moments, told different people: one who has no
    account in the mirror heard of the seat or not, by chance."""
    with two_platforms(tmp_path) as both:
        both.settings(courses="eclass")
        here = both.eclass_course()
        for login in ("t01", STRANGER):
            both.apply_in_eclass(login, here)
        both.seminar(course=both.eclass_address(here), mirrors="[moodle]")
        with both.installation() as inst:
            for _ in range(3):
                sync(inst, lanes=("directory", "seats"))
                both.clock.turn(minutes=2)
            with inst.ledger.begin(keep=False) as connection:
                told = {(row.notice.login, row.notice.kind) for row in outbox.listed(connection)}
    assert told == {("t01", "seat-granted"), (STRANGER, "seat-granted")}
