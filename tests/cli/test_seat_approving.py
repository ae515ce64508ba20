"""`seats approve` on the command line: what is asked, said and refused, and where else it shows."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from kypek_sync.cli import seat_approving
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

CODE = "EKFE-26-01"
BY = ("--who", "maria")


@pytest.fixture
def synced(full: Centre, kypek: Terminal) -> Terminal:
    """Two seats, kept for teacher1 and teacher2 until they are approved."""
    full.seminar(CODE, more="\n    έγκριση: 5 ημέρες")
    assert kypek("sync").code in (0, 2)
    return kypek


def states(kypek: Terminal) -> dict[str, str]:
    return {one["login"]: one["state"] for one in kypek("seats", "list", CODE, "--json").json}


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_it_is_asked_about_recorded_carried_out_and_explained(full: Centre, synced: Terminal) -> None:
    asked = synced("seats", "approve", CODE, "teacher1", *BY)
    assert (asked.code, "Nothing was changed" in asked.err) == (1, True)
    said = synced("seats", "approve", CODE, "TEACHER1", "teacher3@sch.gr", "--why", "Εργαστήριο", *BY, "--yes")
    assert (said.code, "Decided by maria" in said.out) == (0, True)
    full.clock.turn(minutes=15)
    synced("sync")
    found = states(synced)
    assert (found["teacher1"], found["teacher2"], found["teacher3"]) == ("granted", "under-approval", "waiting")
    told = spaced(synced("explain", "teacher1", language="el").out)
    for words in (
        "Εγκρίθηκε από maria στις 02/11/2026 11:00: Εργαστήριο",
        "· Κάθε θέση χρειάζεται έγκριση της δομής, εντός 5 ημερών.",
        "περιμένει έγκριση. Κρατείται μία θέση για την αίτηση",
        "Η δομή ενέκρινε την αίτηση στις 02/11/2026 11:00: Εργαστήριο.",
        "θέσεις που κρατούνται και περιμένουν έγκριση: 1",
    ):
        assert words in told
    assert synced("explain", "teacher1", "--json").json[0]["seminars"][0]["places"]["under_approval"] == 1


def test_all_for_whom_a_seat_is_kept_are_approved_at_once_and_nobody_else(
    full: Centre, synced: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert synced("seats", "approve", CODE, "--all", *BY).code == 1
    questions: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(seat_approving, "agreed", lambda _, question, **__: questions.append(question))
        said = synced("seats", "approve", CODE, "--all", *BY, language="el")
    assert "που εγκρίνονται: 2 (Όνομα Teacher1 (teacher1), Όνομα Teacher2 (teacher2))." in questions[0]
    assert "Εγκρίθηκαν: 2 (Όνομα Teacher1 (teacher1), Όνομα Teacher2 (teacher2))." in spaced(said.out)
    nobody = synced("seats", "approve", CODE, "--all", *BY, "--yes", language="el")
    assert (nobody.code, "κανείς δεν περιμένει έγκριση" in nobody.out) == (0, True)
    full.clock.turn(minutes=15)
    synced("sync")
    found = states(synced)
    assert (found["teacher1"], found["teacher2"], found["teacher3"]) == ("granted", "granted", "waiting")
    assert "Εγκρίθηκε από maria στις 02/11/2026 11:00" in spaced(synced("explain", "teacher2", language="el").out)


def test_either_names_or_all(synced: Terminal) -> None:
    assert synced("seats", "approve", CODE).code == 64
    assert synced("seats", "approve", CODE, "teacher1", "--all").code == 64


def test_of_several_all_or_none_and_each_that_cannot_be_is_told(synced: Terminal) -> None:
    said = synced("seats", "approve", CODE, "teacher1", "teacher6", "12345", *BY, "--yes", language="el")
    assert said.code == 1
    assert "teacher6 δεν έχει αίτηση για το EKFE-26-01" in spaced(said.err)
    assert "12345" not in said.err  # a number may be somebody's
    assert synced("seats", "approve", CODE, "teacher1", *BY, "--yes").code == 0  # nothing was written before


def test_a_seminar_without_approvals_has_none(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("seats", "approve", CODE, "teacher3", *BY, "--yes")
    assert (said.code, "need no approval" in said.err) == (1, True)


def test_who_cannot_be_approved_is_left_out_of_all(synced: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    to_approve = seat_approving.by_name.to_approve
    monkeypatch.setattr(seat_approving.by_name, "to_approve", lambda *those: (*to_approve(*those), "teacher6"))
    said = synced("seats", "approve", CODE, "--all", *BY, "--yes")
    assert said.code == 0
    assert "teacher6 has not applied" in said.out
    assert "Decided by maria" in said.out


def test_a_long_list_is_counted(synced: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat_approving, "MOST", 1)
    said = synced("seats", "approve", CODE, "--all", *BY, "--yes")
    assert "Approved: 2 (Όνομα Teacher1 (teacher1), …)." in spaced(said.out)


def test_it_shows_in_lists_the_seminar_the_export_and_status(full: Centre, synced: Terminal) -> None:
    listed = spaced(synced("seminar", CODE, language="el").out)
    assert "Περιμένουν έγκριση (`kypek-sync seats approve`):" in listed
    assert "περιμένουν έγκριση 2" in listed
    status = spaced(synced("status", language="el").out)
    assert f"{CODE}: αιτήσεις που περιμένουν έγκριση: 2, η πρώτη έως 07/11/2026 11:00" in status
    assert synced("status", "--json").json[0]["approvals"][0]["count"] == 2
    file = full.folder / "list.xlsx"
    synced("seats", "export", CODE, "-o", file, language="el")
    rows = [row for sheet in load_workbook(file) for row in sheet.iter_rows(values_only=True)]
    assert sum("περιμένει έγκριση" in row for row in rows) == 2
    full.clock.turn(days=6)
    late = spaced(synced("status", language="el").out)
    assert "ο χρόνος της πρώτης τελείωσε στις 07/11/2026 11:00" in late


def test_what_is_known_of_a_person_includes_that_they_were_approved(synced: Terminal, full: Centre) -> None:
    synced("seats", "approve", CODE, "teacher1", "--why", "Εργαστήριο", *BY, "--yes")
    file = full.folder / "teacher1.json"
    assert synced("person", "export", "teacher1", "-o", file).code == 0
    said = file.read_text(encoding="utf-8")
    assert '"approve"' in said
    assert "under-approval" in said
