"""`errors list|retry`: what did not succeed is shown with its next try, which a person can have sooner."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher

CODE = "EKFE-26-01"
NOBODY = "newtrainer"


@pytest.fixture
def refused(centre: Centre, kypek: Terminal) -> int:
    """eClass refuses a trainer who has never signed in there; the number of that error."""
    centre.people(*TEACHERS, Teacher(NOBODY))
    centre.seminar(CODE)
    file = centre.folder / "ekfe.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("επιμορφωτές: trainer1", f"επιμορφωτές: [trainer1, {NOBODY}]"), encoding="utf-8")
    assert kypek("sync").code == 1
    (one,) = kypek("errors", "list", "--json").json
    return int(one["id"])


def asked_of(centre: Centre, kypek: Terminal) -> list[str]:
    """Whom the next sync asks eClass for."""
    (report,) = kypek("sync", "--lane", "seats", "--json").json
    return [one["change"]["target"]["login"] for one in report["done"]]


def test_without_errors_the_list_says_so(kypek: Terminal) -> None:
    assert kypek("errors", "list").out == "Every change that was tried has succeeded.\n"
    assert kypek("errors", "list", language="el").out == "Όσες αλλαγές δοκιμάστηκαν πέτυχαν.\n"
    assert kypek("errors", "list", "--json").json == []


def test_an_error_is_listed_with_its_answer_and_next_try(refused: int, kypek: Terminal) -> None:
    shown = kypek("errors", "list").out
    for word in (NOBODY, CODE, "enrol", "refused: ", "02/11/2026 11:1"):
        assert word in shown
    (one,) = kypek("errors", "list", "--json").json
    assert (one["attempts"], one["outcome"], one["verb"]) == (1, "refused", "enrolment.add")
    assert kypek("errors", "list", "--system", "moodle", "--json").json == []
    assert len(kypek("errors", "list", "--seminar", CODE, "-k", "att-a", "--json").json) == 1


def test_a_greek_reader_finds_no_english_answer_or_problem(refused: int, centre: Centre, kypek: Terminal) -> None:
    """An administrator who reads Greek saw "eClass does not know … yet" and "asks to come back later" among Greek
    words, and had to guess what to do."""
    answer = f"Το eClass δεν γνωρίζει ακόμη τον λογαριασμό {NOBODY}. {NOBODY}: χρειάζεται μία σύνδεση στο"
    shown = " ".join(kypek("errors", "list", language="el").out.split())
    assert "Το eClass δεν γνωρίζει ακόμη" in shown
    assert "does not know" not in shown
    assert answer in kypek("sync", language="el").out
    assert answer in kypek("explain", NOBODY, language="el").out
    centre.faults.set("eclass:unavailable")
    for _ in range(3):
        said = kypek("sync", "--lane", "seats", language="el").out
        assert "ζητά να ξαναδοκιμάσουμε αργότερα (HTTP 503)" in said
        assert "come back" not in said
    assert "ζητά να ξαναδοκιμάσουμε αργότερα" in kypek("status", language="el").out
    assert "come back" not in kypek("status", language="el").out


def test_a_sync_with_nothing_but_resting_errors_is_no_failure_and_status_shows_them(
    refused: int, kypek: Terminal
) -> None:
    again = kypek("sync")
    assert again.code == 0
    assert NOBODY in again.out
    assert "Changes that did not succeed: 1 (`kypek-sync errors list`)" in kypek("status").out
    assert kypek("status", "--json").json[0]["setbacks"] == 1


@pytest.mark.parametrize("how", [(), ("--all",), ("--system", "eclass"), ("--seminar", CODE)])
def test_a_person_has_it_tried_at_the_next_pass(
    refused: int, centre: Centre, kypek: Terminal, how: tuple[str, ...]
) -> None:
    assert asked_of(centre, kypek) == []
    said = kypek("errors", "retry", *(how or (refused,)))
    assert (said.code, said.out) == (0, "1 change is tried at the next pass.\n")
    centre.world.add_user(NOBODY, "Όνομα", "Επιμορφωτή", f"{NOBODY}@sch.example")
    assert asked_of(centre, kypek) == [NOBODY]
    assert kypek("errors", "list", "--json").json == []


def test_an_unknown_number_changes_nothing(refused: int, centre: Centre, kypek: Terminal) -> None:
    said = kypek("errors", "retry", refused, 999)
    assert said.code == 1
    assert said.err.startswith("There is no error 999 among these.")
    assert asked_of(centre, kypek) == []


def test_to_retry_nothing_in_particular_is_wrong_usage(kypek: Terminal) -> None:
    said = kypek("errors", "retry")
    assert (said.code, "--all" in said.err) == (64, True)


def test_a_stopped_connector_is_shown_and_tried_again_on_demand(centre: Centre, kypek: Terminal) -> None:
    centre.seminar(CODE, course=centre.address(centre.course()))
    (centre.folder / "token").write_text("a token that was withdrawn")
    kypek("sync")
    status = kypek("status")
    assert "eclass fails since 02/11/2026 11:00 and is left in peace until 02/11/2026 11:01: eclass: " in status.out
    assert kypek("status", "--json").json[0]["left_in_peace"] == ["eclass"]
    said = kypek("errors", "retry", "--all")
    assert "eclass is tried at the next pass too." in said.out


def test_a_check_that_goes_well_lets_a_stopped_connector_be_tried(centre: Centre, kypek: Terminal) -> None:
    centre.seminar(CODE, course=centre.address(centre.course()))
    (centre.folder / "token").write_text("a token that was withdrawn")
    kypek("sync")
    kypek("check")
    assert "eclass is tried" not in kypek("errors", "retry", "--system", "moodle").out
    (centre.folder / "token").write_text("eclass_sandbox")
    kypek("check")
    assert "eclass is tried" not in kypek("errors", "retry", "--all").out  # its time is over already
