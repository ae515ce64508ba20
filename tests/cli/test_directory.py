"""People and units on the command line."""

from __future__ import annotations

import os

import pytest

from kypek_sync.sync.directory.due import Why
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher


def test_refresh_reads_the_directory_and_reports_it(kypek: Terminal) -> None:
    said = kypek("directory", "refresh")
    assert said.code == 0
    assert "people 10, units 1, teachers 10, new people 10, changed people 0, leaving 0, gone people 0" in said.out
    assert kypek("directory", "refresh", "--json").json[0]["lane"] == "directory"


def test_refresh_tells_who_is_new_who_changed_who_is_leaving_and_who_is_gone(centre: Centre, kypek: Terminal) -> None:
    def counts() -> dict[str, int]:
        counted: dict[str, int] = kypek("directory", "refresh", "--json").json[0]["counts"]
        return {word: counted[f"{word} people"] for word in ("new", "changed", "gone")} | {
            "leaving": counted["leaving"]
        }

    assert counts() == {"new": 10, "changed": 0, "gone": 0, "leaving": 0}
    centre.people(Teacher("teacher1", specialty="ΠΕ02"), *TEACHERS[1:9])
    assert counts() == {"new": 0, "changed": 1, "gone": 0, "leaving": 1}
    centre.clock.turn(days=8)
    centre.people(Teacher("teacher1", specialty="ΠΕ03"), *TEACHERS[1:9], Teacher("newcomer"))
    export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    another = export.read_text("utf-8").replace("employeeNumber: 700009", "employeeNumber: 800009")
    export.write_text(another.replace("-000000000009", "-000000000099"), "utf-8")
    os.utime(export, (drawn, drawn))
    assert counts() == {"new": 1, "changed": 1, "gone": 1, "leaving": 0}
    assert "νέοι 0, άλλαξαν 0, αποχωρούν 0, έφυγαν 0" in kypek("directory", "refresh", language="el").out


def test_a_refresh_that_brought_somebody_does_not_say_that_nothing_was_left(centre: Centre, kypek: Terminal) -> None:
    """«νέοι 600», and below it «Δεν έμενε τίποτα να γίνει»."""
    brought = kypek("directory", "refresh", language="el").out
    assert "νέοι 10" in brought
    assert brought.rstrip().endswith("Δεν έμενε τίποτε άλλο να γίνει.")
    assert kypek("directory", "refresh", language="el").out.rstrip().endswith("Δεν έμενε τίποτα να γίνει.")


def test_refresh_says_whether_everything_was_read_and_why(kypek: Terminal) -> None:
    def told(*words: str) -> tuple[str, str]:
        story = kypek("directory", "refresh", *words, "--json").json[0]["directory"]
        return story["read"], story["why"]

    assert told() == ("full", Why.FIRST)
    assert told() == ("full", Why.NO_CHANGES)
    assert told("--full") == ("full", Why.ASKED)


TWO = """\
  att-v:
    name: ΚΥΠΕΚ Β΄ Αθήνας
    directory: directory
"""


def test_a_directory_that_two_kypeks_share_is_read_once(centre: Centre, kypek: Terminal) -> None:
    centre.settings()
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8") + TWO, "utf-8")
    assert [one["kypek"] for one in kypek("directory", "refresh", "--json").json] == ["att-a"]
    assert kypek("pause", "kypek", "att-a", "--why", "…", "--who", "maria").code == 0
    assert [one["kypek"] for one in kypek("directory", "refresh", "--json").json] == ["att-v"]


def test_a_directory_that_cannot_be_read_is_an_error(centre: Centre, kypek: Terminal) -> None:
    export = centre.folder / "directory.ldif"
    away = export.rename(centre.folder / "away.ldif")
    first = kypek("directory", "refresh")
    assert first.code == 1
    assert "Nobody is known from it yet." in first.out
    away.rename(export)
    assert kypek("directory", "refresh").code == 0
    export.unlink()
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
    assert "in the register of units under 1000001" in said.out
    assert "teacher8" in said.out
    assert len(kypek("directory", "unit", "1000001", "--json").json[0]["people"]) == 10
    wrong = kypek("directory", "unit", "501001")
    assert (wrong.code, wrong.err) == (1, "No unit has the code or address 501001; did you mean '0501001'?\n")


def test_a_unit_is_called_by_its_address_or_a_part_of_it(kypek: Terminal) -> None:
    kypek("directory", "refresh")
    for address in ("OU=1gym-athinas, ou=att-a,ou=units,dc=sch,dc=gr", "ou=1gym-athinas", "ou=ATT-A, ou=units"):
        assert "0501001 · 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in kypek("directory", "unit", address).out
    nothing = kypek("directory", "unit", "ou=nowhere", language="el")
    assert nothing.err == (
        "Καμία μονάδα δεν έχει κωδικό ή διεύθυνση ou=nowhere."
        " Η εντολή «kypek-sync directory find» ψάχνει και μονάδες, με το όνομα ή τον κωδικό.\n"
    )


def second_school(code: str, registry: str) -> str:
    """Another unit of the export."""
    lines = ["dn: ou=2gym-athinas,ou=att-a,ou=units,dc=sch,dc=gr", "objectClass: gsnUnit", "ou: 2gym-athinas"]
    return "\n".join([*lines, f"gsnUnitCode: {code}", f"gsnRegistryCode: {registry}", "umdObject: schunit"]) + "\n\n"


def test_several_units_with_one_code_are_all_shown(centre: Centre, kypek: Terminal) -> None:
    """D-10."""
    export = centre.folder / "directory.ldif"
    export.write_text(f"{export.read_text('utf-8')}\n{second_school('0501002', '1000001')}", "utf-8")
    kypek("directory", "refresh")
    said = kypek("directory", "unit", "1000001").out
    assert "0501001 · 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in said
    assert "0501002 · 2gym-athinas" in said
    assert "Nobody serves there." in said
    assert "names 2 units; it will not be used to find one." in said
    both = kypek("directory", "unit", "gym-athinas").out  # a part of two addresses: a list to choose from
    assert "ou=2gym-athinas,ou=att-a,ou=units,dc=sch,dc=gr" in both
    assert "teacher1" not in both
    assert [len(one["people"]) for one in kypek("directory", "unit", "1000001", "--json").json] == [10, 0]


def test_findings_are_counted_by_kind_and_one_kind_is_listed_by_pages(centre: Centre, kypek: Terminal) -> None:
    centre.people(*TEACHERS, *(Teacher(f"odd{number}", specialty="χωρίς") for number in (1, 2, 3)))
    kypek("directory", "refresh")
    said = kypek("directory", "findings", language="el").out
    assert "άγνωστη ειδικότητα" in said
    assert "specialty-unknown" in said
    assert "odd1" not in said
    (kind,) = kypek("directory", "findings", "--json").json["kinds"]
    assert kind == {
        "code": "specialty-unknown",
        "level": "warning",
        "subjects": 3,
        "open": 3,
        "decided": 0,
        "oldest": "2026-11-02T09:00:00+00:00",
        "newest": "2026-11-02T09:00:00+00:00",
    }
    first = kypek("directory", "findings", "--code", "specialty-unknown", "--limit", 2)
    assert "odd1" in first.out
    assert "odd3" not in first.out
    assert "… and 1 more: --page 2" in first.out
    second = kypek("directory", "findings", "--code", "specialty-unknown", "--limit", 2, "--page", 2)
    assert "odd3" in second.out
    assert "more:" not in second.out
    third = kypek("directory", "findings", "--code", "specialty-unknown", "--limit", 2, "--page", 3)
    assert "There are only 3: ask for an earlier page." in third.out
    listed = kypek("directory", "findings", "--code", "specialty-unknown", "--json").json["findings"]
    assert [one["subject"] for one in listed] == ["odd1", "odd2", "odd3"]
    assert listed[0]["first_seen"] == "2026-11-02T09:00:00+00:00"
    wrong = kypek("directory", "findings", "--code", "speciality-unknown")
    assert wrong.err == ("There are no findings of the kind speciality-unknown; did you mean 'specialty-unknown'?\n")


def test_without_findings_it_says_so(kypek: Terminal) -> None:
    kypek("directory", "refresh")
    assert kypek("directory", "findings").out == "There are no findings.\n"


def test_a_person_is_shown_with_what_they_are_recognised_by_and_what_changed(centre: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    centre.clock.turn(hours=1)
    centre.people(Teacher("renamed1", specialty="χωρίς"), *TEACHERS[1:])
    kypek("directory", "refresh")
    said = kypek("directory", "person", "teacher1", language="el").out
    assert "Όνομα Renamed1 (renamed1)" in said
    assert "είχε το όνομα χρήστη teacher1\n" in said
    assert "αναγνωριστικό της εγγραφής (entryUUID): από 02/11/2026 11:00" in said
    assert "αριθμός μητρώου ή ΑΦΜ, που φυλάσσεται ως κλειδωμένο αποτύπωμα: από 02/11/2026 11:00" in said
    assert "λογαριασμός renamed1: από 02/11/2026 12:00" in said
    assert "02/11/2026 12:00  λογαριασμός: teacher1 → renamed1" in said
    assert "02/11/2026 12:00  επώνυμο: Teacher1 → Renamed1" in said
    assert "02/11/2026 12:00  ειδικότητες: ΠΕ86 → –" in said
    assert "προειδοποίηση, άγνωστη ειδικότητα (02/11/2026 12:00)" in said
    assert "εξυπηρετείται από το ΚΥΠΕΚ att-a" in said
    assert "700000" not in said
    (plain,) = kypek("directory", "person", "renamed1", "--json").json
    assert plain["kypeks"] == ["att-a"]
    assert {one["field"]: one["after"] for one in plain["changes"]} == {
        "login": "renamed1",
        "surname": "Renamed1",
        "specialties": [],
    }
    assert {one["kind"] for one in plain["identifiers"]} == {"entry-uuid", "login", "registry"}
    assert [one["code"] for one in plain["findings"]] == ["specialty-unknown"]
    assert "keys" not in plain


def test_more_than_a_screen_of_people_asks_for_another_word(centre: Centre, kypek: Terminal) -> None:
    centre.people(*TEACHERS, *(Teacher(f"other{number:02}") for number in range(60)))
    kypek("directory", "refresh")
    found = kypek("directory", "find", "other").out
    assert "… and there are more: add another word." in found
    assert "other49" in found
    assert "other50" not in found
    plain = kypek("directory", "find", "other", "--json").json
    assert (len(plain["people"]), plain["more"]) == (50, True)
    assert "more:" not in kypek("directory", "find", "other0").out


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
    assert "a smaller directory" in " ".join(shown.split())
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
    unasked = kypek("directory", "accept", "directory", "--why", "…").err
    assert "nobody is here to be asked. Add --yes if it is meant." in unasked
    monkeypatch.setattr("kypek_sync.cli.agreeing.sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "n")
    assert kypek("directory", "accept", "directory", "--why", "…").err.strip() == "Nothing was changed."
    export = centre.folder / "directory.ldif"
    export.write_text(export.read_text(encoding="utf-8")[:-3], encoding="utf-8")
    kypek("directory", "refresh")
    said = kypek("directory", "accept", "directory", "--why", "…", "--yes")
    assert (
        "Only a size can be accepted, and the last read is partial for another reason: The export seems cut" in said.err
    )


def test_status_tells_the_last_trouble_and_check_what_is_known_from_before(centre: Centre, kypek: Terminal) -> None:
    """After a read that was short of people, the file is gone: that is what counts now."""
    kypek("directory", "refresh")
    centre.clock.turn(hours=7)
    centre.people(*TEACHERS[:3])
    kypek("directory", "refresh")
    assert "3 entries, but 10 at the last good read" in " ".join(kypek("status").out.split())
    short = kypek("check", "--json")
    assert short.code == 1
    told = [line["text"] for line in short.json["lines"] if line["subject"] == "directory" and line["where"] == "att-a"]
    assert ["people was read only in part" in one for one in told] == [True]
    centre.clock.turn(hours=7)
    (centre.folder / "directory.ldif").unlink()
    kypek("directory", "refresh")
    status = " ".join(kypek("status").out.split())
    assert "The directory's last read (03/11/2026" in status
    assert "3 entries, but 10" not in status
    lines = kypek("check", "--json").json["lines"]
    (works,) = [line["text"] for line in lines if line["subject"] == "works"]
    assert "people are known as the last good read showed them (02/11/2026" in works
    assert "their specialty" not in works
