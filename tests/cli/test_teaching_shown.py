"""`explain` says that somebody teaches in the course where they applied, and what that means for their place."""

from __future__ import annotations

from tests.cli.conftest import Terminal
from tests.sync.centre import Centre


def test_who_has_a_place_and_teaches_there(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    promoted(full, kypek, "teacher1")
    said = " ".join(kypek("explain", "teacher1", language="el").out.split())
    assert "Διδάσκει πια στο μάθημα στο eclass: η θέση μένει ώσπου να αποφασίσει η δομή" in said
    assert "Θέση: έχει θέση." in said
    assert '"teaches": [ "eclass" ]' in " ".join(kypek("explain", "teacher1", "--json").out.split())


def test_who_was_told_nothing_and_teaches_there(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    promoted(full, kypek, "stranger")
    said = " ".join(kypek("explain", "stranger", language="el").out.split())
    assert "Διδάσκει στο μάθημα στο eclass: όποιος έχει ένα μάθημα δεν κάνει αίτηση γι’ αυτό." in said


def promoted(full: Centre, kypek: Terminal, login: str) -> None:
    """Made a trainer by hand, and read so often that their turn came."""
    full.world.enrol(login, full.world.courses()[0].code, "teacher", full.clock.now)
    for _ in range(24):
        full.clock.turn(days=1)
        if "Διδάσκει" in kypek("explain", login, language="el").out:
            return
        kypek("sync")
