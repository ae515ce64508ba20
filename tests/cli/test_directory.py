"""People and units on the command line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher


def test_refresh_reads_the_directory_and_reports_it(kypek: Terminal) -> None:
    said = kypek("directory", "refresh")
    assert said.code == 0
    assert "people 10, teachers 10, units 1" in said.out
    assert kypek("directory", "refresh", "--json").json[0]["lane"] == "directory"


def test_a_directory_that_cannot_be_read_is_an_error(centre: Centre, kypek: Terminal) -> None:
    (centre.folder / "directory.ldif").unlink()
    said = kypek("directory", "refresh")
    assert said.code == 1
    assert "Nobody leaves on the strength of this" in said.out


def test_find_wants_all_the_words_and_does_not_mind_accents(centre: Centre, kypek: Terminal) -> None:
    centre.people(*TEACHERS, Teacher("nikos", specialty="ΠΕ91"))
    kypek("directory", "refresh")
    found = kypek("directory", "find", "γυμνασιο", "πε91", "--json").json
    assert [person["login"] for person in found["people"]] == ["nikos"]
    assert [unit["code"] for unit in kypek("directory", "find", "Αθήνας", "--json").json["units"]] == ["0501001"]
    assert "Nikos" in kypek("directory", "find", "NIKOS").out
    nothing = kypek("directory", "find", "ζζζ")
    assert (nothing.code, nothing.err) == (1, "Nobody and nothing in the directory has all of: ζζζ\n")


def test_a_person_is_shown_without_registry_number_or_hash(kypek: Terminal) -> None:
    kypek("directory", "refresh")
    said = kypek("directory", "person", "teacher1", language="el")
    assert said.code == 0
    assert "εκπαιδευτικός, ΠΕ86, teacher1@sch.example" in said.out
    assert "υπηρετεί: 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ (att-a)" in said.out
    assert "700000" not in said.out
    assert "keys" not in kypek("directory", "person", "teacher1", "--json").json[0]
    wrong = kypek("directory", "person", "teachr1")
    assert (wrong.code, wrong.err) == (1, "Nobody is called teachr1 in the directory; did you mean 'teacher1'?\n")


def test_somebody_who_is_leaving_is_shown_so(centre: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    centre.clock.turn(hours=7)
    centre.people(*TEACHERS[:-1])
    kypek("directory", "refresh")
    assert "not shown by the directory since" in kypek("directory", "person", "officer1").out


def test_a_unit_shows_who_serves_there(kypek: Terminal) -> None:
    kypek("directory", "refresh")
    said = kypek("directory", "unit", "0501001")
    assert "0501001 · 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in said.out
    assert "teacher8" in said.out
    assert len(kypek("directory", "unit", "1000001", "--json").json[0]["people"]) == 10
    wrong = kypek("directory", "unit", "501001")
    assert (wrong.code, wrong.err) == (1, "No unit has the code 501001; did you mean '0501001'?\n")


def test_findings_are_listed(centre: Centre, kypek: Terminal) -> None:
    centre.people(*TEACHERS, Teacher("odd", specialty="χωρίς"))
    kypek("directory", "refresh")
    assert "odd" in kypek("directory", "findings").out
    assert {one["subject"] for one in kypek("directory", "findings", "--json").json} == {"odd"}


def test_without_a_directory_the_setting_to_add_is_named(centre: Centre, kypek: Terminal) -> None:
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("    directory: directory\n", ""), "utf-8")
    for command in (("refresh",), ("findings",), ("find", "x"), ("person", "x"), ("unit", "x")):
        said = kypek("directory", *command)
        assert said.code == 1
        assert said.err == "The settings name no directory: add `directory:` to the KYPEK.\n"


def shrunk(centre: Centre, kypek: Terminal) -> None:
    """A good read, and an hour later one of less than half."""
    kypek("directory", "refresh")
    centre.clock.turn(hours=1)
    centre.people(*TEACHERS[:4])
    assert kypek("directory", "refresh").code == 1


def test_a_directory_that_really_shrank_is_accepted_by_a_person(centre: Centre, kypek: Terminal) -> None:
    shrunk(centre, kypek)
    said = kypek("directory", "accept", "directory", "--why", "one directorate moved", "--who", "maria", "--yes")
    assert said.code == 0
    assert "people: 10 entries at the last good read (02/11/2026 11:00), 4 at the last one" in said.out
    assert "Accepted by maria" in said.out
    (entry,) = [one for one in kypek("journal", "list", "--json").json if one["kind"] == "accepted"]
    told = dict(entry["content"])
    assert len(told.pop("who")) == 1
    assert told == {
        "system": "directory",
        "scope": "people",
        "good": 10,
        "items": 4,
        "why": "one directorate moved",
    }
    assert kypek("journal", "verify").code == 0
    shown = kypek("journal", "list").out
    assert "size accepted" in " ".join(shown.split())
    assert "maria" in shown
    centre.clock.turn(hours=1)
    assert kypek("directory", "refresh").code == 0
    assert kypek("status", "--json").json[0]["leaving"] == sorted(t.login for t in TEACHERS[4:])


def test_what_cannot_be_accepted_says_why(centre: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    kypek("directory", "refresh")
    said = kypek("directory", "accept", "directory", "--why", "…", "--yes")
    assert (said.code, said.err.strip()) == (1, "There is nothing to accept: the last read of it was whole.")
    assert "there is no directory ldap; there are: directory" in kypek("directory", "accept", "ldap", "--why", "…").err
    shrunk(centre, kypek)
    assert "say why with --why" in kypek("directory", "accept", "directory", "--why", " ").err
    monkeypatch.setattr("typer.confirm", lambda _: False)
    assert kypek("directory", "accept", "directory", "--why", "…").err.strip() == "Nothing was changed."
    export = centre.folder / "directory.ldif"
    export.write_text(export.read_text(encoding="utf-8")[:-3], encoding="utf-8")
    kypek("directory", "refresh")
    said = kypek("directory", "accept", "directory", "--why", "…", "--yes")
    assert (
        "Only a size can be accepted, and the last read is partial for another reason: The export seems cut" in said.err
    )
