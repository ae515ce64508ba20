"""Whose a login is, said on the command line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher


@pytest.fixture
def doubted(centre: Centre, kypek: Terminal) -> Terminal:
    """teacher1 was renamed, and a newcomer has the login."""
    assert kypek("directory", "refresh").code == 0
    centre.clock.turn(hours=7)
    centre.people(Teacher("moved1"), *TEACHERS[1:], Teacher("teacher1"))
    kypek("directory", "refresh")
    return kypek


def test_an_administrator_says_whose_a_login_is(doubted: Terminal) -> None:
    said = doubted("directory", "confirm", "teacher1", "--other", "--why", "by telephone", "--who", "maria", "--yes")
    assert said.code == 0
    assert "Decided by maria" in said.out
    (entry,) = [one for one in doubted("journal", "list", "--json").json if one["kind"] == "identity"]
    assert (entry["content"]["verdict"], entry["content"]["why"]) == ("other", "by telephone")
    again = doubted("directory", "confirm", "teacher1", "--same", "--why", "x", "--yes")
    assert "It is not in doubt" in " ".join((again.out + again.err).split())


def test_what_is_not_in_doubt_cannot_be_decided(doubted: Terminal) -> None:
    said = doubted("directory", "confirm", "teacher2", "--same", "--why", "x", "--yes")
    assert "It is not in doubt whose the login teacher2 is." in " ".join((said.out + said.err).split())


def test_where_nobody_can_be_asked_it_says_so_and_decides_nothing(doubted: Terminal) -> None:
    """From a script it printed the question and ended with 130, without a word."""
    said = doubted("directory", "confirm", "teacher1", "--other", "--why", "by telephone", language="el")
    assert said.code == 1
    assert "Δεν άλλαξε τίποτα: δεν υπάρχει κανείς εδώ να απαντήσει" in said.err
    assert "--yes" in said.err
    assert [one for one in doubted("journal", "list", "--json").json if one["kind"] == "identity"] == []


@pytest.mark.parametrize(("verdict", "told"), [("--same", "the same person as"), ("--other", "another person than")])
def test_the_finding_names_the_command_and_after_it_the_decision(doubted: Terminal, verdict: str, told: str) -> None:
    """The finding gave no next step, and said the same after the decision as before."""

    def shown() -> list[str]:
        listed = doubted("directory", "findings", "--code", "login-reused").out
        return [" ".join(out.split()) for out in (listed, doubted("directory", "person", "teacher1").out)]

    step = "Decide: kypek-sync directory confirm teacher1 --same|--other --why TEXT"
    assert all(step in out for out in shown())
    doubted("directory", "confirm", "teacher1", verdict, "--why", "by telephone", "--who", "maria", "--yes")
    for out in shown():
        assert f"maria decided on 02/11/2026 18:00: {told} before." in out
        assert step not in out


def test_findings_that_were_decided_are_counted_apart_from_open_ones(doubted: Terminal, centre: Centre) -> None:
    centre.clock.turn(hours=7)
    centre.people(Teacher("moved1"), Teacher("moved2"), *TEACHERS[2:], Teacher("teacher1"), Teacher("teacher2"))
    doubted("directory", "refresh")

    def counted() -> tuple[int, int, int]:
        kinds = doubted("directory", "findings", "--json").json["kinds"]
        (one,) = [kind for kind in kinds if kind["code"] == "login-reused"]
        return one["subjects"], one["open"], one["decided"]

    assert counted() == (2, 2, 0)
    assert "Decided" not in doubted("directory", "findings").out
    doubted("directory", "confirm", "teacher1", "--other", "--why", "by telephone", "--yes")
    assert counted() == (2, 1, 1)
    shown = doubted("directory", "findings").out
    assert "Open" in shown
    assert "Decided" in shown
    assert "How many" not in shown


@pytest.mark.parametrize("words", [("--same", "--other"), ()])
def test_one_answer_is_asked_for(doubted: Terminal, words: tuple[str, ...]) -> None:
    said = doubted("directory", "confirm", "teacher1", *words, "--why", "x", "--yes")
    assert said.code == 64
    assert "say either --same or --other" in " ".join((said.out + said.err).split())


def test_who_asks_for_an_explanation_is_told_of_the_doubt_and_how_to_end_it(doubted: Terminal) -> None:
    """By the login itself, and by the one that its former holder has now."""
    for login in ("teacher1", "moved1"):
        told = " ".join(doubted("explain", login).out.split())
        assert "It is not sure whose the login teacher1 is now (login that had another owner)" in told
        assert "kypek-sync directory confirm teacher1 --same|--other" in told
        (story,) = doubted("explain", login, "--json").json
        assert [(one["login"], one["codes"]) for one in story["doubts"]] == [("teacher1", ["login-reused"])]
    assert "kypek-sync directory confirm" not in doubted("explain", "teacher2").out
    doubted("directory", "confirm", "teacher1", "--other", "--why", "by telephone", "--yes")
    assert "kypek-sync directory confirm" not in doubted("explain", "teacher1").out


def test_status_and_refresh_lead_to_the_decision_that_waits(doubted: Terminal) -> None:
    def told(*words: str) -> str:
        return " ".join(doubted(*words).out.split())

    line = "Wait for a decision whose they are (1): teacher1. `kypek-sync directory person LOGIN`"
    assert line in told("status")
    assert line in told("directory", "refresh")
    assert doubted("status", "--json").json[0]["in_doubt"] == ["teacher1"]
    doubted("directory", "confirm", "teacher1", "--other", "--why", "by telephone", "--yes")
    assert "Wait for a decision" not in told("status") + told("directory", "refresh")


def test_a_seat_under_a_login_in_doubt_is_marked(full: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    kypek("sync")
    full.clock.turn(hours=7)
    full.people(Teacher("moved1"), *TEACHERS[1:], Teacher("teacher1"))
    kypek("directory", "refresh")
    (code,) = {one["code"] for one in kypek("seminars", "--json").json}
    marked = {one["login"] for one in kypek("seats", "list", code, "--json").json if one["in_doubt"]}
    assert marked == {"teacher1"}
    for words in (("seats", "list", code), ("seminar", code)):
        assert "υπό εξέταση:" in " ".join(kypek(*words, language="el").out.split())
    kypek("directory", "confirm", "teacher1", "--same", "--why", "by telephone", "--yes")
    assert not any(one["in_doubt"] for one in kypek("seats", "list", code, "--json").json)
