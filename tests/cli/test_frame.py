"""The frame that Typer puts around commands, in Greek."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Terminal

ENGLISH = re.compile(r"Usage|Options:|Commands:|required|Error|Invalid|Missing|No such|Try |Show this|unexpected")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "Σφάλμα: Δεν υπάρχει εντολή «nonsense»."),
        (("status", "--nonsense"), "Σφάλμα: Δεν υπάρχει επιλογή --nonsense"),
        (("holds", "show"), "Σφάλμα: Λείπει το όρισμα"),
        (("status", "extra"), "Σφάλμα: Δεν αναμένεται εδώ: extra"),
        (("runs", "list", "--limit", "many"), "'-n': χρειάζεται ακέραιος αριθμός"),
        (("runs", "list", "--limit", "0"), "'-n': το λιγότερο είναι 1"),
    ],
)
def test_what_was_typed_wrong_is_said_in_greek(kypek: Terminal, words: tuple[str, ...], said: str) -> None:
    """In a Greek session the frame of every refusal was English: Usage, Try … for help, Error, Invalid value."""
    answer = kypek(*words, language="el")
    assert answer.code == 64
    assert said in answer.err
    assert answer.err.startswith("Χρήση: kypek-sync")
    assert "Για βοήθεια: «kypek-sync" in answer.err
    assert not ENGLISH.search(answer.err)


def test_help_has_greek_headings_in_a_greek_session_alone(kypek: Terminal) -> None:
    greek, english = kypek("runs", "--help", language="el").out, kypek("runs", "--help").out
    for word in ("Χρήση: ", "Επιλογές:", "Εντολές:", "Δείχνει αυτή τη βοήθεια."):
        assert word in greek
    assert not ENGLISH.search(greek)
    assert english.startswith("Usage: kypek-sync runs")


def test_a_name_that_nobody_has_ends_in_a_sentence_and_a_next_step(kypek: Terminal) -> None:
    """«…· υπάρχουν 400 άλλα» ended in the air, `directory unit 9999` too, and a question got a full stop («;.»)."""
    kypek("sync")
    person, unit = (
        kypek("directory", "person", "zzzzzz", language="el"),
        kypek("directory", "unit", "9999", language="el"),
    )
    for said in (person, unit):
        assert said.code == 1
        assert "«kypek-sync directory find» ψάχνει" in said.err
        assert said.err.endswith(".\n")
