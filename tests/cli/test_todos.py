"""Work by hand at the terminal: listed with what to paste, ticked off, and taken back."""

from __future__ import annotations

import pytest

from kypek_sync.ledger import todos
from kypek_sync.seminar.by_hand import Kind, Todo
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, sync_once

CODE = "EKFE-26-01"


@pytest.fixture
def made(centre: Centre) -> Centre:
    centre.seminar(CODE)
    for _ in range(2):
        sync_once(centre)
        centre.clock.turn(minutes=15)
    return centre


def numbers(kypek: Terminal) -> dict[str, int]:
    return {one["kind"]: one["id"] for one in kypek("todos", "list", "--json").json}


def test_nothing_to_do_is_said(kypek: Terminal) -> None:
    assert "Nothing is to be done by hand." in kypek("todos", "list").out


def test_they_are_listed_with_the_text_to_paste(made: Centre, kypek: Terminal) -> None:
    assert set(numbers(kypek)) == {"announcement", "dates"}
    shown = kypek("todos", "list", "--seminar", CODE, language="el").out
    assert "03/03/2027 17:00–20:00, ΕΚΦΕ · Σεμινάριο EKFE-26-01 (1)" in shown
    other = kypek("todos", "list", "--seminar", "OTHER")
    assert (other.code, "There is no seminar OTHER" in other.err) == (1, True)


def test_one_is_shown_with_its_text_as_it_is_to_be_pasted(made: Centre, kypek: Terminal) -> None:
    listed = kypek("todos", "list", language="el").out
    assert "03/03/2027 17:00–20:00" not in listed
    assert "kypek-sync todos show ΑΡΙΘΜΟΣ" in listed
    number = numbers(kypek)["dates"]
    shown = kypek("todos", "show", number, language="el").out
    assert f"(att-a, {CODE}, eclass)" in shown
    assert "\n\n03/03/2027 17:00–20:00, ΕΚΦΕ · Σεμινάριο EKFE-26-01 (1)\n" in shown
    (plain,) = kypek("todos", "show", number, "--json").json
    assert (plain["id"], plain["kind"]) == (number, "dates")
    assert "There is no number 999" in kypek("todos", "show", 999).err


def test_a_tick_is_noted_once_with_a_name_and_taken_back(made: Centre, kypek: Terminal) -> None:
    number = numbers(kypek)["dates"]
    assert "Noted" in kypek("todos", "done", number, "--who", "officer1").out
    assert "As it was" in kypek("todos", "done", number, "--who", "officer1").out
    assert "dates" not in numbers(kypek)
    (ticked,) = [one for one in kypek("todos", "list", "--all", "--json").json if one["kind"] == "dates"]
    assert (ticked["how"], ticked["closed_by"]) == ("ticked", "officer1")
    assert "To be done again" in kypek("todos", "undone", number).out
    assert "dates" in numbers(kypek)
    assert "As it was" in kypek("todos", "undone", number).out


def test_a_number_that_is_none_is_said(made: Centre, kypek: Terminal) -> None:
    result = kypek("todos", "done", 999)
    assert result.code == 1
    assert "There is no number 999" in result.err


def test_what_only_the_platform_can_show_is_not_ticked_off(made: Centre, kypek: Terminal) -> None:
    with made.installation() as inst, inst.ledger.begin() as connection:
        asked = Todo(Kind.LEAVE_GROUP, "teacher1", "https://eclass.example")
        todos.open_one(connection, "att-a", "eclass", CODE, asked, made.clock())
    number = numbers(kypek)["leave-group"]
    result = kypek("todos", "done", number)
    assert result.code == 1
    assert "cannot be ticked off" in result.err
    assert "leave-group" in numbers(kypek)
