"""A unit that the directory does not have (D-2) is called by a name, and what follows for audiences is said."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import SCHOOL, Centre

GHOST = "ou=7gym-fantasma,ou=att-a,ou=units,dc=sch,dc=gr"
NOWHERE = "ou=7gym-fantasma,dc=elsewhere"


def serving_at(centre: Centre, unit: str) -> None:
    """The export, in which the first teacher's `l` is this, and empty: there is none."""
    export = centre.folder / "directory.ldif"
    lines = f"l: {SCHOOL}\neduPersonOrgUnitDN: {SCHOOL}\n"
    instead = f"l: {unit}\neduPersonOrgUnitDN: {unit}\n" if unit else ""
    export.write_text(export.read_text("utf-8").replace(lines, instead, 1), "utf-8")


@pytest.mark.parametrize("unit", [GHOST, NOWHERE])
def test_a_person_serves_at_the_leaf_of_its_address(centre: Centre, kypek: Terminal, unit: str) -> None:
    serving_at(centre, unit)
    kypek("directory", "refresh")
    said = kypek("directory", "person", "teacher1", language="el").out
    assert "υπηρετεί: 7gym-fantasma, που δεν υπάρχει στον κατάλογο\n" in said
    assert kypek("directory", "person", "teacher1", "--json").json[0]["units"] == [unit]


def test_a_move_from_such_a_unit_is_told_by_its_leaf(centre: Centre, kypek: Terminal) -> None:
    serving_at(centre, GHOST)
    kypek("directory", "refresh")
    centre.clock.turn(hours=1)
    centre.people()
    kypek("directory", "refresh")
    said = kypek("directory", "person", "teacher1", language="el").out
    assert "μονάδες: 7gym-fantasma (δεν υπάρχει στον κατάλογο) → 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in said
    assert GHOST not in said


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (GHOST, r"7gym-fantasma, που δεν υπάρχει στον κατάλογο· γνωστή είναι μόνο η διεύθυνσή της \(att-a\)"),
        (NOWHERE, "7gym-fantasma, που δεν υπάρχει στον κατάλογο· κανένας όρος για διευθύνσεις, μονάδες και είδη"),
        ("", "ο κατάλογος δεν δίνει καμία μονάδα: οι όροι για διευθύνσεις, μονάδες και είδη μονάδων δεν πληρούνται"),
    ],
)
def test_explain_says_what_follows_for_audiences(full: Centre, kypek: Terminal, unit: str, told: str) -> None:
    serving_at(full, unit)
    kypek("sync")
    assert re.search(told, kypek("explain", "teacher1", language="el").out)
    assert "δεν υπάρχει στον κατάλογο" not in kypek("explain", "teacher2", language="el").out
