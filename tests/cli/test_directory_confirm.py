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


@pytest.mark.parametrize("words", [("--same", "--other"), ()])
def test_one_answer_is_asked_for(doubted: Terminal, words: tuple[str, ...]) -> None:
    said = doubted("directory", "confirm", "teacher1", *words, "--why", "x", "--yes")
    assert said.code == 64
    assert "say either --same or --other" in " ".join((said.out + said.err).split())
