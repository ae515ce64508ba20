"""Fewer seats than people have: told to whoever looks, decided by `seats lower`, taken back."""

from __future__ import annotations

import pytest

from kypek_sync.ledger import outbox
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

CODE = "EKFE-26-01"
WHY = ("--why", "Μικρότερη αίθουσα.", "--who", "maria")


@pytest.fixture
def smaller(full: Centre, kypek: Terminal) -> Terminal:
    """Three have a seat, one waits; then the file says two."""
    full.seminar(capacity=3)
    assert kypek("sync").code in (0, 2)
    full.seminar(capacity=1)
    return kypek


def states(kypek: Terminal) -> dict[str, str]:
    found = kypek("seats", "list", CODE, "--json").json
    return {one["login"]: one["state"] + (str(one["place"]) if one["place"] else "") for one in found}


def later(full: Centre, kypek: Terminal) -> dict[str, str]:
    full.clock.turn(minutes=15)
    kypek("sync")
    return states(kypek)


def spaced(text: str) -> str:
    return " ".join(text.split())


def letters(full: Centre, login: str) -> list[str]:
    with full.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [row.notice.kind for row in outbox.listed(connection, "att-a", login=login)]


def test_the_file_takes_no_seat_and_everybody_who_looks_is_told(full: Centre, smaller: Terminal) -> None:
    said = "2 θέσεις του EKFE-26-01 περισσεύουν (έχει 1)"
    differs = spaced(smaller("programme", "diff", "ekfe", language="el").out)
    assert said in differs
    assert "Όνομα Teacher2 (teacher2), Όνομα Teacher3 (teacher3)" in differs
    assert smaller("programme", "diff", "ekfe", "--json").json[0]["above"] == ["teacher2", "teacher3"]
    file = full.folder / "ekfe.yaml"
    assert said in spaced(smaller("programme", "validate", file, language="el").out)
    assert later(full, smaller)["teacher3"] == "granted"
    assert said in spaced(smaller("status", language="el").out)
    assert smaller("status", "--json").json[0]["above"] == {CODE: ["teacher2", "teacher3"]}
    assert said in spaced(smaller("seats", "list", CODE, language="el").out)
    assert "θέσεις πάνω από όσες υπάρχουν: 2" in spaced(smaller("explain", "teacher4", language="el").out)


def test_it_is_shown_asked_about_recorded_and_told_once(full: Centre, smaller: Terminal) -> None:
    later(full, smaller)
    asked = smaller("seats", "lower", CODE, *WHY, language="el")
    assert asked.code == 1
    assert "θέσεις 1. 2 άτομα, στο τέλος της σειράς, χάνουν τη θέση τους" in spaced(asked.out)
    assert "teacher2" in asked.out
    plan = smaller("seats", "lower", CODE, *WHY, "--json")
    assert (plan.code, plan.json["applied"], [one["login"] for one in plan.json["seats"]]) == (
        2,
        False,
        ["teacher2", "teacher3"],
    )
    assert states(smaller)["teacher2"] == "granted"
    said = smaller("seats", "lower", CODE, *WHY, "--yes")
    assert (said.code, "Decided by maria" in said.out) == (0, True)
    assert smaller("seats", "lower", CODE, *WHY, "--yes").code == 1  # they are on their way already
    assert later(full, smaller) | {} == {
        "teacher1": "granted",
        "teacher2": "waiting1",
        "teacher3": "waiting2",
        "teacher4": "waiting3",
        "stranger": "under-identification",
    }
    assert letters(full, "teacher2") == ["seat-granted", "seat-lowered"]
    assert letters(full, "teacher4") == ["seat-waiting"]
    told = spaced(smaller("explain", "teacher2", language="el").out)
    assert "Μία από τις θέσεις που περίσσευαν, με απόφαση από maria" in told
    assert "above" not in spaced(smaller("status").out)
    held = smaller("holds", "list", "--json").json
    assert [one for one in held if one["seminar"] == CODE] == []
    assert "ruling" in [one["kind"] for one in smaller("journal", "list", "--json").json]


def test_it_is_taken_back(full: Centre, smaller: Terminal) -> None:
    later(full, smaller)
    smaller("seats", "lower", CODE, *WHY, "--yes")
    later(full, smaller)
    asked = spaced(smaller("seats", "lower", CODE, "--undo", *WHY, language="el").out)
    assert "2 άτομα παίρνουν πίσω τη θέση τους" in asked
    assert smaller("seats", "lower", CODE, "--undo", *WHY, "--yes", "--json").json["applied"] is True
    found = later(full, smaller)
    assert (found["teacher2"], found["teacher3"], found["teacher4"]) == ("granted", "granted", "waiting1")
    assert letters(full, "teacher2") == ["seat-granted", "seat-lowered", "seat-granted"]
    assert smaller("seats", "lower", CODE, "--undo", *WHY, "--yes").code == 1


def test_taken_back_before_the_next_pass_nobody_hears_of_it(full: Centre, smaller: Terminal) -> None:
    later(full, smaller)
    smaller("seats", "lower", CODE, *WHY, "--yes")
    assert smaller("seats", "lower", CODE, "--undo", *WHY, "--yes").code == 0
    assert later(full, smaller)["teacher2"] == "granted"
    assert letters(full, "teacher2") == ["seat-granted"]


def test_more_seats_again_move_them_up_first(full: Centre, smaller: Terminal) -> None:
    later(full, smaller)
    smaller("seats", "lower", CODE, *WHY, "--yes")
    later(full, smaller)
    full.seminar(capacity=2)
    found = later(full, smaller)
    assert (found["teacher2"], found["teacher3"], found["teacher4"]) == ("granted", "waiting1", "waiting2")
    full.seminar(capacity=1)
    found = later(full, smaller)
    assert found["teacher2"] == "granted"  # what was given anew is taken by no old decision


def test_without_a_reason_or_an_excess_nothing_is_decided(smaller: Terminal) -> None:
    assert smaller("seats", "lower", CODE, "--why", " ", "--yes").code == 64
    said = smaller("seats", "lower", CODE, *WHY, "--yes", language="el")
    assert "Κανείς δεν έχει στο EKFE-26-01 θέση πάνω από όσες έχει" in spaced(said.err)
