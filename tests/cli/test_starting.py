"""From nothing to a first installation: init, check, the letters; and what broken settings are told."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from kypek_sync.cli.first import Answers, school_year, settings_text
from kypek_sync.plugins import load
from tests.cli.conftest import Terminal
from tests.sync.centre import START, Centre


def test_init_writes_settings_that_work_at_once(alone: Terminal, tmp_path: Path) -> None:
    said = alone("init", "--dir", tmp_path, "--yes", "--kypek", "zak", "--mail", "kypek@zak.example")
    assert said.code == 0
    loaded = load(tmp_path / "kypek.yaml")
    assert loaded.settings.school_year == "2026-2027"
    assert loaded.settings.kypeks["zak"].mail == "kypek@zak.example"
    assert loaded.settings.kypeks["zak"].name.startswith("ΚΥΠΕΚ ")
    assert loaded.settings.kypeks["zak"].approval
    for name in ("identity.key", "session.key"):
        key = tmp_path / "secrets" / name
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert len(key.read_text().strip()) == 64
    alone.settings = tmp_path / "kypek.yaml"
    checked = alone("check")
    assert checked.code == 0
    assert "programmes are checked and approved, seminars are listed and have their page." in checked.out
    assert checked.out.count("Without a ") == 5
    assert "No server is set yet: only what needs none works." in checked.out
    assert "Everything works" not in checked.out
    greek = alone("check", language="el").out
    assert "Δεν έχει οριστεί ακόμη κανένας διακομιστής: λειτουργούν μόνο όσα δεν χρειάζονται." in greek
    assert alone("sync").code == 0
    assert alone("programme", "inbox").code == 0


def test_init_never_overwrites(alone: Terminal, tmp_path: Path) -> None:
    assert alone("init", "--dir", tmp_path, "--yes").code == 0
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    said = alone("init", "--dir", tmp_path, "--yes", language="el")
    assert said.code == 1
    assert said.err == f"Το {tmp_path / 'kypek.yaml'} υπάρχει ήδη και μένει όπως είναι: διαλέξτε άλλο όνομα.\n"
    (tmp_path / "kypek.yaml").unlink()
    assert alone("init", "--dir", tmp_path, "--yes", "--kypek", "zak").code == 0
    for file in (*(tmp_path / "secrets").iterdir(), *(tmp_path / "programmes").iterdir()):
        assert file.read_bytes() == before[file]


def test_init_asks_for_what_it_was_not_told(alone: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = {
        "The centre's name": "ΚΥΠΕΚ Δοκιμής: «το πρώτο» $1",
        "Logins of the administrators, separated by commas": "maria, nikos",
        "Structures: id=name, separated by commas": "pek=ΠΕΚ",
        "Its token (not shown; empty: not here yet)": "eclass_" + "0" * 64,
    }

    def prompt(question: str, *, default: str, **how: object) -> str:
        asked.append(question)
        return answers.get(question, default)

    monkeypatch.setattr("typer.prompt", prompt)
    said = alone("init", "--dir", tmp_path, "--kypek", "att-a", "--eclass", "https://eclass.example.gr/")
    assert said.code == 0
    assert "The centre's label (att-a, zak, …)" not in asked
    settings = load(tmp_path / "kypek.yaml").settings
    centre = settings.kypeks["att-a"]
    assert centre.name == "ΚΥΠΕΚ Δοκιμής: «το πρώτο» $1"
    assert centre.administrators == ("maria", "nikos")
    assert list(centre.structures) == ["pek"]
    assert centre.courses == "eclass"
    assert settings.connectors["eclass"].mode == "observe"
    assert "eclass_000" not in (tmp_path / "kypek.yaml").read_text("utf-8")
    assert stat.S_IMODE((tmp_path / "secrets" / "eclass-token").stat().st_mode) == 0o600


def test_without_its_token_eclass_stays_a_comment_with_its_address(alone: Terminal, tmp_path: Path) -> None:
    said = alone("init", "--dir", tmp_path, "--yes", "--eclass", "https://eclass.example.gr")
    assert "Open eClass stays a comment" in said.out
    text = (tmp_path / "kypek.yaml").read_text("utf-8")
    assert '  #   address: "https://eclass.example.gr"' in text
    before, block, after = re.split(r"(  # eclass:\n(?:  #   .*\n)+)", text)
    uncommented = before + re.sub("^  # ", "  ", block, flags=re.MULTILINE) + after
    uncommented = re.sub(r"connectors: {} #.*", "connectors:", uncommented).replace("    # courses:", "    courses:")
    (tmp_path / "kypek.yaml").write_text(uncommented, "utf-8")
    (tmp_path / "secrets" / "eclass-token").write_text("eclass_" + "0" * 64)
    (tmp_path / "secrets" / "eclass-token").chmod(0o600)
    assert load(tmp_path / "kypek.yaml").settings.kypeks["att-a"].courses == "eclass"


@pytest.mark.parametrize("name", ["teachers.csv", "ΕΚΠΑΙΔΕΥΤΙΚΟΙ.CSV"])
def test_a_csv_of_the_directory_is_read_as_one(alone: Terminal, tmp_path: Path, name: str) -> None:
    """It was written as LDIF: `check` called the file no export of the directory."""
    rows = ("Όνομα χρήστη;Επώνυμο;Όνομα;Α.Μ.;Κωδικός μονάδας", "maria;Παππά;Μαρία;700001;0501001")
    (tmp_path / name).write_text("".join(f"{row}\r\n" for row in rows), "utf-8")
    os.utime(tmp_path / name, (START.timestamp(), START.timestamp()))
    assert alone("init", "--dir", tmp_path, "--yes", "--kypek", "zak", "--directory", name).code == 0
    written = load(tmp_path / "kypek.yaml").settings
    assert (written.connectors["directory"].type, written.kypeks["zak"].directory) == ("csv", "directory")
    alone.settings = tmp_path / "kypek.yaml"
    (counted,) = [one for one in alone("check", "--json").json["lines"] if one["subject"] == "counts"]
    assert counted["text"] == "1 people, 1 of them teachers, and 1 units."
    assert alone("directory", "refresh").code == 0
    assert "(zak)" in alone("directory", "person", "maria").out  # else their school would be of no KYPEK


def test_an_ldif_of_the_directory_stays_one(alone: Terminal, tmp_path: Path) -> None:
    assert alone("init", "--dir", tmp_path, "--yes", "--directory", "people.ldif").code == 0
    assert load(tmp_path / "kypek.yaml").settings.connectors["directory"].type == "ldif"
    assert "directorate:" not in (tmp_path / "kypek.yaml").read_text("utf-8")


def test_a_workbook_is_no_directory_and_nothing_is_written(alone: Terminal, tmp_path: Path) -> None:
    said = alone("init", "--dir", tmp_path, "--yes", "--directory", "people.xlsx", language="el")
    assert (said.code, list(tmp_path.iterdir())) == (64, [])
    assert "αποθηκεύστε το ως CSV" in said.err


def test_wrong_answers_are_wrong_usage_and_leave_nothing(alone: Terminal, tmp_path: Path) -> None:
    label = alone("init", "--dir", tmp_path, "--yes", "--kypek", "att-x", language="el")
    assert label.code == 64
    assert "δεν υπάρχει διεύθυνση εκπαίδευσης με ετικέτα att-x· μήπως εννοείτε «att-" in label.err
    structure = alone("init", "--dir", tmp_path, "--yes", "--structure", "ΕΚΦΕ")
    assert (structure.code, "write id=name, such as ekfe=ΕΚΦΕ" in structure.err) == (64, True)
    assert not list(tmp_path.iterdir())
    wrong = alone("init", "--dir", tmp_path, "--yes", "--structure", "Δομή=ΕΚΦΕ")
    assert wrong.code == 1
    assert "kypeks.att-a.structures.Δομή: " in wrong.err
    assert not (tmp_path / "kypek.yaml").exists()
    assert not list(tmp_path.glob(".kypek*"))


def test_a_folder_that_may_not_be_written_is_one_sentence(alone: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = alone("init", "--dir", tmp_path / "file" / "inside", "--yes")
    assert said.code == 1
    assert "cannot be written: Not a directory" in said.err


@pytest.mark.parametrize(("moment", "year"), [("2026-08-31", "2025-2026"), ("2026-09-01", "2026-2027")])
def test_a_school_year_starts_in_september(moment: str, year: str) -> None:
    assert school_year(START.fromisoformat(f"{moment}T12:00:00+00:00")) == year


def test_every_setting_that_is_not_there_yet_is_a_comment() -> None:
    text = settings_text(Answers("zak", "ΚΥΠΕΚ Ζακύνθου", "2026-2027"))
    active = [
        line.split(":")[0].strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")
    ]
    assert active == [
        *("school_year", "ledger", "public_address", "identity_key", "language", "connectors", "kypeks", "zak", "name"),
        *("administrators", "approval", "structures", "web", "host", "port", "session_key"),
    ]
    assert not [line for line in text.splitlines() if line.startswith(("?", "!"))]


def test_check_tells_what_works_and_what_each_missing_role_would_add(centre: Centre, kypek: Terminal) -> None:
    centre.seminar()
    said = kypek("check")
    assert said.code == 0
    for piece in (
        "It accepts the token.",
        "ekfe.yaml: seminars that are right: 1, kept back: 0.",
        "Without a room server sessions at a distance have no room",
        "Add `rooms:` to att-a in the settings.",
        "eclass: apply, changes are made",
    ):
        assert piece in said.out, piece
    lines = kypek("check", "--json").json["lines"]
    assert {(line["subject"], line["level"]) for line in lines if line["where"] == "att-a"} == {
        ("works", "ok"),
        *((role, "warning") for role in ("rooms", "helpdesk", "post")),
    }
    works = next(line["text"] for line in lines if line["subject"] == "works")
    assert "seats are given" in works
    assert "tickets" not in works


def test_check_speaks_greek(centre: Centre, kypek: Terminal) -> None:
    centre.seminar(capacity=0)
    said = " ".join(kypek("check", language="el").out.split())
    assert "Χωρίς helpdesk οι υποθέσεις φαίνονται μόνο με τα «status» και" in said
    assert "ekfe.yaml: σωστά σεμινάρια: 0, σε αναμονή επειδή έχουν λάθη: 1. Λάθη:" in said


def test_check_fails_when_a_connector_or_a_programme_does(centre: Centre, kypek: Terminal) -> None:
    (centre.folder / "token").write_text("eclass_wrong")
    said = kypek("check")
    assert said.code == 1
    assert "PROBLEM" in said.out
    levels = {(line["where"], line["subject"]): line["level"] for line in kypek("check", "--json").json["lines"]}
    assert levels["eclass", "token"] == "problem"
    assert levels["att-a ekfe", "programme"] == "problem"  # the file is missing
    assert "2 problems" in said.out


def test_check_of_a_server_that_is_down_says_so(centre: Centre, kypek: Terminal) -> None:
    centre.seminar()
    centre.faults.set("eclass:html-200")
    said = kypek("check", "--json")
    assert said.code == 1
    assert [line["where"] for line in said.json["lines"] if line["level"] == "problem"] == ["eclass"]


def test_the_letters_carry_the_centre_and_are_whole(centre: Centre, kypek: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    said = kypek("requests", "--dir", folder)
    assert said.code == 0
    written = {file.stem for file in (folder / "att-a").iterdir()}
    assert {"ldap", "eclass", "moodle", "bigbluebutton", "cas"} <= written
    letter = (folder / "att-a" / "eclass.txt").read_text("utf-8")
    assert letter.startswith("Από: ΚΥΠΕΚ Α΄ Αθήνας\n")
    assert "Ημερομηνία: 2 Νοεμβρίου 2026\n" in letter
    assert "Θέμα: Αίτημα για πρόσβαση στη διεπαφή (API) του Open eClass\n" in letter
    assert letter.endswith("Για το ΚΥΠΕΚ Α΄ Αθήνας\nΗ Προϊσταμένη / Ο Προϊστάμενος του κέντρου\n")
    assert max(map(len, letter.splitlines())) <= 78
    assert all("%(" not in file.read_text("utf-8") for file in (folder / "att-a").iterdir())


def test_a_letter_that_was_changed_by_hand_is_kept(centre: Centre, kypek: Terminal, tmp_path: Path) -> None:
    kypek("requests", "--dir", tmp_path / "letters")
    mine = tmp_path / "letters" / "att-a" / "cas.txt"
    mine.write_text("Η δική μας επιστολή", "utf-8")
    again = kypek("requests", "--dir", tmp_path / "letters").out
    assert again.count("kept as it is") == 1
    assert mine.read_text("utf-8") == "Η δική μας επιστολή"
    kypek("requests", "--dir", tmp_path / "letters", "--overwrite")
    assert mine.read_text("utf-8").startswith("Από: ")
    assert kypek("requests", "--dir", tmp_path / "letters", "--kypek", "att-b").code == 64


def test_settings_that_are_missing_or_broken_are_told_with_their_line(alone: Terminal, tmp_path: Path) -> None:
    alone.settings = tmp_path / "kypek.yaml"
    for command in (("status",), ("check",), ("sync",), ("requests",), ("explain", "x")):
        missing = alone(*command, language="el")
        assert missing.code == 1
        assert "με «kypek-sync init» γράφεται ένα για αρχή" in missing.err
    alone.settings.write_text("school_year: 2026-2027\nkypeks:\n\tatt-a: {}\n", "utf-8")
    tab = alone("check")
    assert tab.code == 1
    assert f"{alone.settings}:3: a tab stands at the start of this line; indent it with spaces" in tab.err


def test_an_unknown_connector_is_told_with_its_line(centre: Centre, kypek: Terminal) -> None:
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("type: eclass", "type: eclas"), "utf-8")
    said = kypek("check", language="el")
    assert said.code == 1
    assert "kypek.yaml:" in said.err
    assert "μήπως εννοείτε «eclass»;" in said.err


def test_an_unknown_language_or_command_is_wrong_usage(alone: Terminal) -> None:
    assert alone("status", language="de").code == 64
    assert alone("statsu").code == 64
    assert alone("holds").code == 64
    assert alone("status", "--wrong").code == 64


def test_connectors_are_listed_and_their_own_commands_run(centre: Centre, kypek: Terminal) -> None:
    assert "eclass     Open eClass" in kypek("connector").out
    assert kypek("connector", "list").out == kypek("connector").out
    assert kypek("connector", "eclass").out == "eclass is Open eClass. Its commands: departments, grants, sessions\n"
    shown = kypek("connector", "eclass", "departments", "ΚΥΠΕΚ")
    assert (shown.code, "ΚΥΠΕΚ" in shown.out) == (0, True)
    command = kypek("connector", "eclass", "departmants")
    assert (command.code, "did you mean 'departments'?" in command.err) == (64, True)
    name = kypek("connector", "eclas", "departments")
    assert (name.code, "did you mean 'eclass'?" in name.err) == (64, True)


def test_a_connector_that_does_not_answer_its_command_is_one_sentence(centre: Centre, kypek: Terminal) -> None:
    centre.faults.set("eclass:html-200")
    said = kypek("connector", "eclass", "departments")
    assert said.code == 1
    assert said.err.startswith("eclass: ")
    assert said.err.count("\n") == 1
