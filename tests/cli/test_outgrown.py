"""The officer sees whose seat would not be granted today."""

from __future__ import annotations

from dataclasses import replace

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, seats

CODE = "EKFE-26-01"


def test_who_teaches_something_else_by_now_keeps_the_seat_and_is_shown(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    full.clock.turn(hours=1)
    assert "would not get one today" not in kypek("seminar", CODE).out
    full.people(*(replace(one, specialty="ΠΕ70") if one.login == "teacher1" else one for one in TEACHERS))
    kypek("sync")
    assert seats(full, CODE)["teacher1"] == "granted"
    said = kypek("seminar", CODE).out
    assert "Have a seat, and would not get one today. They keep it unless you decide otherwise:" in said
    assert "(teacher1): The seminar is for the specialties ΠΕ86; the directory says ΠΕ70." in said
    assert kypek("seminar", CODE, "--json").json["outgrown"] == ["teacher1"]
