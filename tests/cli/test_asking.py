"""Asking the ledger: status, runs, seminars, seats, tickets, and why somebody has a seat."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kypek_sync.ledger import runs
from kypek_sync.service.daemon import DAEMON, EVERYTHING
from kypek_sync.sync.lease import LaneLease
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher

pytestmark = pytest.mark.slow

CODE = "EKFE-26-01"


def test_before_the_first_sync_every_lane_has_never_run(kypek: Terminal) -> None:
    said = kypek("status")
    assert said.code == 0
    assert said.out.count("never") == 5
    assert "Modes: directory apply, eclass apply" in said.out


def test_status_tells_the_last_pass_of_each_lane_with_its_age(full: Centre, kypek: Terminal) -> None:
    assert kypek("sync").code == 0
    full.clock.turn(minutes=20)
    said = kypek("status")
    assert said.code == 0
    assert "Seats and courses  2          02/11/2026 11:00 (20 min ago)  done" in said.out
    assert "Open cases: 1" in said.out
    assert "Notices to be sent: 4" in said.out
    assert [lane["outcome"] for lane in kypek("status", "--json").json[0]["lanes"]] == ["done"] * 5


def test_status_tells_a_mistake_that_keeps_a_seminar_back_and_a_row_that_is_gone(full: Centre, kypek: Terminal) -> None:
    second = full.seminar("EKFE-26-02")
    kypek("sync")
    full.without(second)
    full.seminar(CODE, capacity=0)
    kypek("sync")
    said = kypek("status").out
    assert f"ekfe: 1 mistake in ekfe.yaml keeps back {CODE}." in said
    assert f"ekfe: {second} are gone from ekfe.yaml" in said


def test_status_tells_whether_the_daemon_works_and_that_a_second_one_would_wait(
    centre: Centre, kypek: Terminal
) -> None:
    assert kypek("status").out.startswith("`kypek-sync run` is not at work: passes are made only by hand")
    with centre.installation() as inst, LaneLease(inst.ledger, EVERYTHING, DAEMON, inst.clock) as lease:
        english, greek = kypek("status").out, kypek("status", language="el").out
    assert english.startswith(f"`kypek-sync run` is at work ({lease.holder}); a second one would wait for it.")
    assert "ένα δεύτερο θα περίμενε να σταματήσει." in greek


def test_status_names_who_is_leaving(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    full.clock.turn(hours=7)
    full.people(*TEACHERS[:-1])
    kypek("directory", "refresh")
    assert "1 person is leaving the directory: officer1" in kypek("status").out


def test_status_tells_a_partial_read_and_why(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    full.people(*TEACHERS[:3])
    kypek("directory", "refresh")
    said = kypek("status").out
    assert "directory: people was read only in part: 3 entries, but 10 at the last good read" in said


def test_a_run_that_died_is_called_broken_off(full: Centre, kypek: Terminal) -> None:
    with full.installation() as inst, inst.ledger.begin() as connection:
        runs.begin_run(connection, "att-a", "seats", full.clock())
    assert "broken off" in kypek("status").out
    assert "broken off or under way" in kypek("runs", "list").out


def test_runs_are_listed_newest_first_and_shown_with_receipts(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    listed = kypek("runs", "list", "--json").json
    assert [run["lane"] for run in listed] == ["mail", "tickets", "rooms", "seats", "directory"]
    assert [run["lane"] for run in kypek("runs", "list", "--changed", "--json").json] == ["seats"]
    shown = kypek("runs", "show", 2)
    assert shown.code == 0
    assert "Run 2, att-a, Seats and courses: 02/11/2026 11:00 to 02/11/2026 11:00, done" in shown.out
    assert "add to group" in shown.out
    assert "ekfe.yaml: γραμμή 2" in shown.out
    deeds = kypek("runs", "show", 2, "--json").json["deeds"]
    assert {deed["receipt"]["outcome"] for deed in deeds} == {"done"}


def test_a_run_that_does_not_exist_is_one_sentence(kypek: Terminal) -> None:
    said = kypek("runs", "show", 77)
    assert (said.code, said.err) == (1, "There is no run 77. `kypek-sync runs list` shows those there are.\n")
    assert kypek("runs", "show", 77, language="el").err.startswith("Δεν υπάρχει πέρασμα 77.")


def test_seminars_show_how_full_they_are(full: Centre, kypek: Terminal) -> None:
    assert "There are no seminars yet." in kypek("seminars").out
    kypek("sync")
    assert f"{CODE}  Σεμινάριο {CODE}  att-a  ekfe       03/03/2027 17:00  2      2        2" in kypek("seminars").out
    assert kypek("seminars", "--json").json[0]["seats"] == {"granted": 2, "waiting": 2, "under-identification": 1}


def test_one_seminar_shows_its_row_its_course_and_who_has_a_seat(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("seminar", CODE)
    assert said.code == 0
    for piece in (
        "ΕΚΦΕ, in person, in force",
        "from ekfe.yaml: line 2",
        "Trainers: trainer1",
        "For specialties: ΠΕ86",
        "1. 03/03/2027 17:00-20:00, in person, ΕΚΦΕ",
        f"Course on eclass: {full.server.address}/courses/",
        "Seats: 2. Applications: granted 2, waiting 2, being identified 1",
    ):
        assert piece in said.out, piece
    granted, waiting = said.out.split("Have a seat:")[1].split("On the waiting list:")
    assert "teacher1" in granted
    assert "teacher2" in granted
    assert "teacher3" in waiting
    assert "teacher4" in waiting


def test_a_seminar_that_nobody_knows_is_guessed(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("seminar", "EKFE-26-10")
    assert said.code == 1
    assert said.err.startswith(f"There is no seminar EKFE-26-10; did you mean '{CODE}'?")
    assert kypek("seats", "list", "EKFE-26-10", language="el").err.startswith(
        f"Δεν υπάρχει σεμινάριο EKFE-26-10· μήπως εννοείτε «{CODE}»;"
    )


def test_seats_are_listed_in_the_order_of_the_list(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    rows = kypek("seats", "list", CODE, "--json").json
    assert [(row["login"], row["state"], row["place"]) for row in rows] == [
        ("teacher1", "granted", 0),
        ("teacher2", "granted", 0),
        ("teacher3", "waiting", 1),
        ("teacher4", "waiting", 2),
        ("stranger", "under-identification", 0),
    ]
    assert rows[-1]["name"] == "Άγνωστη Ξένου"
    assert "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in kypek("seats", "list", CODE).out


def test_seats_are_exported_as_a_workbook_and_as_csv(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    kypek("sync")
    book, text = tmp_path / "seats.xlsx", tmp_path / "seats.csv"
    assert kypek("seats", "export", CODE, "-o", book, language="el").code == 0
    rows = list(load_workbook(book)[CODE].iter_rows(values_only=True))
    assert rows[0][:4] == ("Σειρά αναμονής", "Επώνυμο", "Όνομα", "Όνομα χρήστη")
    assert [row[3] for row in rows[1:]] == ["teacher1", "teacher2", "teacher3", "teacher4", "stranger"]
    assert kypek("seats", "export", CODE, "-o", text, language="el").code == 0
    with text.open(encoding="utf-8-sig", newline="") as source:
        assert [tuple(value or None for value in row) for row in csv.reader(source, delimiter=";")] == rows
    assert [row[6] for row in rows[1:3]] == ["έχει θέση", "έχει θέση"]  # it is of others that officers read
    assert "έχετε" not in kypek("seats", "list", CODE, language="el").out
    refused = kypek("seats", "export", CODE, "-o", tmp_path / "seats.pdf")
    assert refused.code == 64
    assert "must end in .xlsx, .ods or .csv" in refused.err


def test_a_name_that_looks_like_a_formula_stays_a_name(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    full.world.add_user("evil", "=HYPERLINK(1)", "", "evil@sch.example")
    full.apply("evil", full.world.courses()[0].code, minutes_ago=15)
    kypek("sync")
    kypek("seats", "export", CODE, "-o", tmp_path / "seats.csv")
    kypek("seats", "export", CODE, "-o", tmp_path / "seats.xlsx")
    assert ";'=HYPERLINK(1)" in (tmp_path / "seats.csv").read_text("utf-8-sig")
    cells = [cell for row in load_workbook(tmp_path / "seats.xlsx")[CODE].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}


def test_explain_is_in_greek_and_tells_everything_about_a_seat(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("explain", "TEACHER1", language="el")
    assert said.code == 0
    for piece in (
        "Όνομα Teacher1 (teacher1): εκπαιδευτικός, ΠΕ86",
        "υπηρετεί: 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ (att-a)",
        f"{CODE} · Σεμινάριο {CODE} (att-a)",
        "από ekfe.yaml: γραμμή 2",
        "Αίτηση στο eclass στις 02/11/2026 10:01 (ώρα της πλατφόρμας· τη διαβάσαμε στις 02/11/2026 11:00)",
        "Θέση: έχει θέση. Θέση 1 από 2, με τη σειρά των αιτήσεων.",
        "✓ οι εγγραφές είναι πάντα ανοιχτές",
        "✓ ειδικότητα: για ΠΕ86· ο κατάλογος γράφει ΠΕ86",
        "✓ θέσεις που έχουν δοθεί: 2 από 2, σε αναμονή: 2",
        "02/11/2026 11:00, πέρασμα 2: έχει θέση.",
        "ένταξη σε ομάδα Συμμετέχοντες, eclass: πέρασμα 2, 02/11/2026 11:00: έγινε",
        "«Έχετε θέση: Σεμινάριο EKFE-26-01», περιμένει να σταλεί",
    ):
        assert piece in said.out, piece


def test_explain_is_greek_whatever_the_environment_speaks(
    full: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    kypek("sync")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    kypek.language = ""
    assert "Κανόνες:" in kypek("explain", "teacher1").out
    assert "Last pass" in kypek("status").out


def test_explain_tells_which_rule_stood_in_the_way(full: Centre, kypek: Terminal) -> None:
    full.people(*TEACHERS, Teacher("artist", specialty="ΠΕ91"))
    full.world.add_user("artist", "Όνομα", "Artist", "artist@sch.example")
    full.apply("artist", full.world.courses()[0].code, minutes_ago=50)
    kypek("sync")
    refused = kypek("explain", "artist", "--seminar", CODE, language="el").out
    assert "✗ ειδικότητα: για ΠΕ86· ο κατάλογος γράφει ΠΕ91" in refused
    assert "Θέση: δεν έγινε δεκτή. Το σεμινάριο απευθύνεται στις ειδικότητες ΠΕ86· ο κατάλογος γράφει ΠΕ91." in refused
    waits = kypek("explain", "teacher3").out
    assert "✗ seats granted: 2 of 2, people who wait: 2" in waits
    assert "All 2 seats are taken; the place on the waiting list is 1." in waits


def test_explain_of_a_seminar_shows_the_rules_to_somebody_who_has_not_applied(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("explain", "teacher7", "--seminar", CODE)
    assert "No application was seen." in said.out
    assert "✓ specialty: for ΠΕ86; the directory says ΠΕ86" in said.out
    assert "No application of theirs was seen." in kypek("explain", "teacher7").out


def test_explain_knows_an_applicant_whom_the_directory_does_not(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("explain", "stranger")
    assert said.code == 0
    assert "stranger is not in the directory." in said.out
    assert "· the audience cannot be checked: the login is not in the directory" in said.out


def test_explain_of_a_login_that_nobody_has_is_guessed(full: Centre, kypek: Terminal) -> None:
    early = kypek("explain", "teacher1")
    assert early.code == 1
    assert "has not been read yet. `kypek-sync directory refresh` reads it." in early.err
    kypek("sync")
    said = kypek("explain", "teacher11")
    assert said.code == 1
    assert "did you mean 'teacher1'?" in said.err


def test_explain_for_machines_holds_no_hash_of_a_registry_number(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    story = kypek("explain", "teacher1", "--json").json[0]
    assert "keys" not in story["person"]
    seminar = story["seminars"][0]
    assert seminar["seat"]["state"] == "granted"
    assert [verdict["passed"] for verdict in seminar["criteria"]] == [True, True]
    assert seminar["places"] == {
        "capacity": 2,
        "granted": 2,
        "waiting": 2,
        "offered": 0,
        "under_approval": 0,
        "parts": [],
    }


def test_tickets_show_the_case_in_full(full: Centre, kypek: Terminal) -> None:
    assert "There are no open cases." in kypek("tickets", "list").out
    kypek("sync")
    ref = "kypek:case:att-a:unknown-people"
    assert ref in kypek("tickets", "list").out
    shown = kypek("tickets", "show", ref, language="el").out
    assert "Άτομα σε μαθήματα που δεν υπάρχουν στον κατάλογο" in shown
    assert f"- stranger (Άγνωστη Ξένου), σεμινάριο {CODE}, στο eclass" in shown
    assert "Αίτημα: κανένα ακόμη" in shown
    wrong = kypek("tickets", "show", "kypek:case:att-a:unknown")
    assert (wrong.code, f"did you mean '{ref}'?" in wrong.err) == (1, True)
    assert kypek("tickets", "list", "--json").json[0]["ref"] == ref


def test_an_unknown_kypek_is_wrong_usage_and_is_guessed(kypek: Terminal) -> None:
    for command in (("status",), ("seminars",), ("runs", "list"), ("holds", "list"), ("tickets", "list")):
        said = kypek(*command, "--kypek", "att-b")
        assert said.code == 64
        assert "there is no KYPEK att-b; did you mean 'att-a'?" in said.err


def test_a_sync_that_found_somebody_at_work_does_not_say_that_nothing_was_left(full: Centre, kypek: Terminal) -> None:
    """It did not look: what is left is told by the one who works."""
    with full.installation() as inst, LaneLease(inst.ledger, "att-a", "seats", full.clock):
        said = kypek("sync", "--lane", "seats")
    assert said.code == 1
    assert "being worked on by" in said.out
    assert "Nothing was left to do" not in said.out
