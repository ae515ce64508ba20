"""Whoever had a login before is not named beside the person who has it now (design, rule 16)."""

from __future__ import annotations

import base64
import os
from collections.abc import Collection

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher

STRONG = ("entryUUID:", "employeeNumber:")


def exported(centre: Centre, names: tuple[str, str], without: Collection[str] = STRONG, number: str = "700000") -> None:
    """The export, where teacher1 has this surname, given name and number, and nobody has these attributes."""
    centre.people(*TEACHERS)
    export = centre.folder / "directory.ldif"
    first, rest = export.read_text("utf-8").split("dn: uid=teacher2,", 1)
    head, mine = first.split("dn: uid=teacher1,", 1)
    for attribute, before, after in (("sn", "Teacher1", names[0]), ("givenName", "Όνομα", names[1])):
        old, new = (f"{attribute}:: {base64.b64encode(name.encode()).decode()}" for name in (before, after))
        assert old in mine
        mine = mine.replace(old, new)
    assert "employeeNumber: 700000\n" in mine
    mine = mine.replace("employeeNumber: 700000\n", f"employeeNumber: {number}\n")
    whole = f"{head}dn: uid=teacher1,{mine}dn: uid=teacher2,{rest}"
    kept = [line for line in whole.split("\n") if not line.startswith(tuple(without) or ("\0",))]
    export.write_text("\n".join(kept), "utf-8")
    os.utime(export, (centre.clock.now.timestamp(), centre.clock.now.timestamp()))


def test_a_login_that_another_person_got_does_not_tell_who_had_it(centre: Centre, kypek: Terminal) -> None:
    """An export without a stronger key: only the login says that it is one person, and both names are others."""
    exported(centre, ("Παλιά", "Ελένη"))
    kypek("directory", "refresh")
    centre.clock.turn(hours=7)
    exported(centre, ("Νέα", "Άννα"))
    kypek("directory", "refresh")
    said = kypek("directory", "person", "teacher1", language="el").out
    assert "επώνυμο: (ίσως του προηγούμενου κατόχου του λογαριασμού) → Νέα" in said
    plain = kypek("directory", "person", "teacher1", "--json").out
    assert not any(name in said + plain for name in ("Παλιά", "Ελένη"))


@pytest.mark.parametrize(
    ("names", "without"),
    [(("Νέα", "Ελένη"), STRONG), (("Νέα", "Άννα"), STRONG[:1]), (("Νέα", "Άννα"), STRONG[1:])],
    ids=["the given name stayed", "the registry number stayed", "the entry stayed"],
)
def test_a_new_name_of_the_same_person_is_told_from_the_old_one(
    centre: Centre, kypek: Terminal, names: tuple[str, str], without: tuple[str, ...]
) -> None:
    exported(centre, ("Παλιά", "Ελένη"), without)
    kypek("directory", "refresh")
    centre.clock.turn(hours=7)
    exported(centre, names, without)
    kypek("directory", "refresh")
    assert "επώνυμο: Παλιά → Νέα" in kypek("directory", "person", "teacher1", language="el").out


@pytest.mark.parametrize("before", ["123456783", "700000"])
def test_another_number_is_told_without_the_number(centre: Centre, kypek: Terminal, before: str) -> None:
    exported(centre, ("Παλιά", "Ελένη"), (), before)
    kypek("directory", "refresh")
    centre.clock.turn(hours=7)
    exported(centre, ("Νέα", "Ελένη"), (), "612345")
    kypek("directory", "refresh")
    said = kypek("directory", "person", "teacher1", language="el").out
    assert "  αριθμός μητρώου: άλλαξε\n" in said
    assert kypek("directory", "confirm", "teacher1", "--same", "--why", "…", "--yes").code == 1  # nothing is in doubt
    plain = kypek("directory", "person", "teacher1", "--json").out
    assert '"number_kind"' in plain
    assert not any(number in said + plain for number in (before, "612345"))


def taken_over(centre: Centre, kypek: Terminal) -> None:
    """teacher1 has a seat and teacher2 waits; then teacher1's entry is somebody else's."""
    exported(centre, ("Παλιά", "Ελένη"), ())
    kypek("sync")
    centre.clock.turn(hours=7)
    exported(centre, ("Νέα", "Άννα"), (), "612345")


def test_who_decides_sees_both_persons_and_what_either_decision_does(full: Centre, kypek: Terminal) -> None:
    taken_over(full, kypek)
    kypek("sync")
    said = kypek("directory", "person", "teacher1", language="el").out
    assert "Δεν είναι βέβαιο ποιου είναι το όνομα χρήστη teacher1:" in said
    school = "ΠΕ86, 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ"
    assert f"το έχει τώρα: Άννα Νέα (teacher1), από 02/11/2026 18:00 · {school} · καμία θέση" in said
    dates = "από 02/11/2026 11:00 ως 02/11/2026 18:00"
    assert f"το είχε πριν: Ελένη Παλιά (teacher1), {dates} · {school} · τη θέση στο EKFE-26-01" in said
    assert "με --same είναι το ίδιο πρόσωπο, που κρατά τη θέση στο EKFE-26-01" in said
    assert "με --other είναι δύο πρόσωπα: όποιος έχει τώρα τον λογαριασμό δεν παίρνει τη θέση στο EKFE-26-01" in said
    (plain,) = kypek("directory", "person", "teacher1", "--json").json
    assert [one["name"] for one in plain["in_doubt"]["before"]] == ["Ελένη Παλιά"]
    kypek("directory", "confirm", "teacher1", "--other", "--why", "…", "--yes")
    assert "Παλιά" not in kypek("directory", "person", "teacher1").out
    assert kypek("directory", "person", "teacher2", "--json").json[0]["in_doubt"] is None


def test_nowhere_else_is_the_seat_shown_under_the_new_name_without_saying_so(full: Centre, kypek: Terminal) -> None:
    taken_over(full, kypek)
    kypek("sync")
    why = kypek("explain", "teacher1", language="el").out
    assert "Είναι όποιου είχε πριν το όνομα χρήστη teacher1, όχι: Άννα Νέα." in why
    assert "Παλιά" not in why
    for words in (["seats", "list", "EKFE-26-01"], ["seminar", "EKFE-26-01"]):
        said = kypek(*words, language="el").out
        assert "προηγούμενος" in said
        assert not any(name in said for name in ("Παλιά", "Νέα"))
    (mine,) = [one for one in kypek("seats", "list", "EKFE-26-01", "--json").json if one["login"] == "teacher1"]
    assert (mine["former_holder"], mine["name"], mine["unit"]) == (True, "", "")


def test_what_is_lost_only_by_a_decision_is_not_said_to_be_lost_by_leaving(full: Centre, kypek: Terminal) -> None:
    """The plan said "they would then lose the seat" and "seats under it stay as they are" of one login."""
    taken_over(full, kypek)
    for words in ("plan", "sync", "plan"):
        said = " ".join(kypek(words, language="el").out.split())
        assert "Ελένη Παλιά, πρώην teacher1: ο κατάλογος δεν το δείχνει από 02/11/2026 18:00" in said
        assert "πριν αποφασιστεί ποιου είναι το όνομα χρήστη teacher1· ως τότε κρατά τη θέση στο EKFE-26-01" in said
        assert "Τότε θα χάσει" not in said
        assert "θα θεωρηθεί" not in said
    status = " ".join(kypek("status", language="el").out.split())
    assert "1 άτομο δεν φαίνεται πια στον κατάλογο: Ελένη Παλιά, πρώην teacher1." in status
    assert "θέσεις που θα χαθούν: 0" in status
    kypek("directory", "confirm", "teacher1", "--other", "--why", "…", "--yes")
    kypek("sync")
    seats = {one["login"]: one["state"] for one in kypek("seats", "list", "EKFE-26-01", "--json").json}
    assert seats["teacher1"] != "granted"


@pytest.mark.parametrize("words", [("explain",), ("directory", "person")])
def test_one_former_login_is_spoken_of_as_one(centre: Centre, kypek: Terminal, words: tuple[str, ...]) -> None:
    def named(login: str) -> str:
        centre.people(Teacher(login), *TEACHERS[1:])
        kypek("directory", "refresh")
        centre.clock.turn(hours=7)
        return kypek(*words, login, language="el").out

    for login in ("teacher1", "moved1"):
        said = named(login)
    assert "είχε το όνομα χρήστη teacher1\n" in said
    assert "είχε τα ονόματα χρήστη teacher1, moved1\n" in named("moved2")
