"""What `status` and `check` say of the export on which a directory rests: its own date, its age, what it lacks."""

from __future__ import annotations

import os

import pytest

from tests.cli.conftest import Result, Terminal
from tests.sync.centre import TEACHERS, Centre


def problems(said: Result) -> list[dict[str, str]]:
    """Those that `check` found in the directory."""
    lines = [line for line in said.json["lines"] if line["level"] == "problem"]
    return [line for line in lines if line["subject"] in ("whole", "directory", "file")]


@pytest.fixture
def weekly(centre: Centre) -> Centre:
    """An export that proves absences for seven days."""
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("max_age: 400 days", "max_age: 7 days"), "utf-8")
    return centre


def test_status_tells_the_date_of_the_export_and_not_only_of_its_read(weekly: Centre, kypek: Terminal) -> None:
    weekly.clock.turn(days=3)
    kypek("directory", "refresh")
    said = kypek("status", language="el").out
    assert "directory: ό,τι είναι γνωστό για τα άτομα προέρχεται από την εξαγωγή της 02/11/2026 11:00" in said
    assert "πολύ παλιά" not in said
    shown = kypek("status", "--json").json[0]["export"]
    assert shown == {"system": "directory", "as_of": "2026-11-02T09:00:00+00:00", "old": False}


def test_beyond_its_age_absence_proves_nothing_though_nobody_read_it_meanwhile(weekly: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    weekly.clock.turn(days=8)
    said = kypek("status", language="el").out
    assert (
        "Είναι πολύ παλιά (πάνω από τις 7 ημέρες που επιτρέπονται): η απουσία από αυτήν δεν αποδεικνύει τίποτα" in said
    )
    assert kypek("status", "--json").json[0]["export"]["old"]


def test_an_older_export_that_was_put_back_is_not_what_is_known(weekly: Centre, kypek: Terminal) -> None:
    weekly.clock.turn(days=2)
    weekly.people()
    kypek("directory", "refresh")
    os.utime(weekly.folder / "directory.ldif", (1793600000, 1793600000))
    kypek("directory", "refresh")
    assert "02/11/2026" not in kypek("status", "--json").json[0]["export"]["as_of"]
    assert kypek("status", "--json").json[0]["export"]["as_of"] == "2026-11-04T09:00:00+00:00"


def test_check_sees_a_cut_export_that_no_pass_has_read(centre: Centre, kypek: Terminal) -> None:
    """Between two entries a cut cannot be seen in the file itself; `check` found everything well, and the next pass
    refused it."""
    kypek("directory", "refresh")
    assert "next read" not in kypek("check").out
    centre.clock.turn(hours=7)
    centre.people(*TEACHERS[:3])
    said = kypek("check", "--json")
    assert said.code == 1
    (told,) = problems(said)
    assert (told["where"], told["subject"]) == ("directory", "whole")
    assert "people: 3 entries, but 10 at the last good read" in told["text"]
    greek = " ".join(kypek("check", language="el").out.split())
    assert "Η επόμενη ανάγνωση δεν θα θεωρηθεί πλήρης" in greek
    kypek("directory", "refresh")
    (told,) = problems(kypek("check", "--json"))  # told once, by what the pass refused
    assert told["subject"] == "directory"


def test_check_says_that_a_first_csv_has_nothing_to_be_held_against(centre: Centre, kypek: Terminal) -> None:
    """Cut between two rows it looks whole, and no other one was read."""
    rows = ["Όνομα χρήστη;Επώνυμο;Όνομα;Κωδικός μονάδας", *(f"t{n};Επώνυμο{n};Όνομα;0501001" for n in range(3))]
    export = centre.folder / "people.csv"
    export.write_text("".join(f"{row}\r\n" for row in rows), encoding="utf-8")
    os.utime(export, (centre.clock.now.timestamp(), centre.clock.now.timestamp()))
    file = centre.folder / "kypek.yaml"
    ldif = "type: ldif, mode: apply, file: directory.ldif"
    file.write_text(file.read_text("utf-8").replace(ldif, "type: csv, file: people.csv, directorate: att-a"), "utf-8")
    told = "see by the number of people (3) whether it is whole"
    assert told in " ".join(kypek("check").out.split())
    kypek("directory", "refresh")
    assert told not in " ".join(kypek("check").out.split())


def test_check_sees_that_an_older_export_was_put_back(centre: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    os.utime(centre.folder / "directory.ldif", (1793000000, 1793000000))
    assert "was seen already" in " ".join(kypek("check").out.split())


def test_check_tells_every_reason_for_which_the_last_pass_refused_an_export(centre: Centre, kypek: Terminal) -> None:
    """Cut between two entries and short of a sentinel besides, it is not to be accepted by its size alone, and `check`
    had nothing to say of it any more."""
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8") + "directory_rules: {sentinels: [officer1]}\n", "utf-8")
    kypek("directory", "refresh")
    centre.clock.turn(hours=7)
    centre.people(*TEACHERS[:5])
    assert "5 entries, but 10 at the last good read" in problems(kypek("check", "--json"))[0]["text"]
    kypek("directory", "refresh")
    (told,) = problems(kypek("check", "--json"))
    assert (told["where"], told["subject"]) == ("att-a", "directory")
    assert "5 entries, but 10 at the last good read" in told["text"]
    assert "sentinel entries are missing: officer1" in told["text"]
    (told,) = problems(kypek("check", "--json", language="el"))
    assert "λείπουν εγγραφές ελέγχου (sentinels): officer1" in told["text"]


def test_check_still_sees_an_older_export_after_a_pass_refused_it(centre: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    os.utime(centre.folder / "directory.ldif", (1793000000, 1793000000))
    kypek("directory", "refresh")
    assert any("was read already" in told["text"] for told in problems(kypek("check", "--json")))


def test_what_an_export_says_of_itself_is_told_once(weekly: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    weekly.clock.turn(days=8)
    kypek("directory", "refresh")
    assert problems(kypek("check", "--json")) == []
    assert "too old" in " ".join(kypek("check").out.split()) or "days old" in " ".join(kypek("check").out.split())
