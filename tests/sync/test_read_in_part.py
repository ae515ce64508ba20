"""A directory that shows only a part of itself for days is a case: until then only `status` told of it."""

from __future__ import annotations

from kypek_sync.ledger import cases
from kypek_sync.seminar.cases import Case
from tests.sync.centre import TEACHERS, Centre, sync_once


def later(centre: Centre, hours: float) -> list[Case]:
    """A pass of the directory and of the tickets so much later; the cases that stand."""
    centre.clock.turn(hours=hours)
    for lane in ("directory", "tickets"):
        sync_once(centre, lane)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [one.case for one in cases.listed(connection, "att-a") if one.cured is None]


def test_it_is_one_case_a_day_after_it_was_due_and_ends_with_a_whole_read(centre: Centre) -> None:
    assert later(centre, 0) == []
    centre.people(*TEACHERS[:6])  # four of ten are missing
    assert later(centre, 1) == []
    assert later(centre, 46) == []
    (case,) = later(centre, 1)
    assert (case.ref, case.subject) == (
        "kypek:case:att-a:read-in-part:directory",
        "Ο κατάλογος directory διαβάζεται μόνο εν μέρει",
    )
    assert "Διαβάστηκε ολόκληρος για τελευταία φορά στις 02/11/2026 11:00." in case.body
    assert later(centre, 24 * 7) == [case]  # the same words: its ticket is not written to again
    centre.people()
    assert later(centre, 1) == []


def test_a_directory_that_several_centres_share_is_told_by_the_first(centre: Centre) -> None:
    centre.top = "  ach:\n    name: Πρώτο\n    directory: directory\n"
    centre.settings()
    assert later(centre, 0) == []
    centre.people(*TEACHERS[:6])
    assert later(centre, 1) == []
    assert later(centre, 72) == []
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert [one.case.kind for one in cases.listed(connection, "ach")] == ["read-in-part"]
