"""Whoever had a login before is not named beside the person who has it now (design, rule 16)."""

from __future__ import annotations

import base64
import os
from collections.abc import Collection

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre

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
