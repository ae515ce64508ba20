"""A question at the terminal is asked and answered in the language of whoever sits there."""

from __future__ import annotations

import pytest

from kypek_sync.cli.asking import confirmed
from kypek_sync.language import speaker

GREEK, ENGLISH = speaker("el"), speaker("en")


@pytest.fixture
def asked() -> list[str]:
    """What the terminal was asked; the answers are set by `typing`."""
    return []


def typing(monkeypatch: pytest.MonkeyPatch, asked: list[str], *answers: str) -> None:
    waiting = iter(answers)

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        return next(waiting)

    monkeypatch.setattr("typer.prompt", prompt)


@pytest.mark.parametrize("answer", ["ν", "Ν", "ναι", "ΝΑΙ", "y", "Y", "yes", " ν "])
def test_yes_in_greek(monkeypatch: pytest.MonkeyPatch, asked: list[str], answer: str) -> None:
    typing(monkeypatch, asked, answer)
    assert confirmed("Να γίνει;", GREEK)
    assert asked == ["Να γίνει; [ν/Ο]"]


@pytest.mark.parametrize("answer", ["", "ο", "Ο", "όχι", "ΌΧΙ", "n", "no"])
def test_no_in_greek(monkeypatch: pytest.MonkeyPatch, asked: list[str], answer: str) -> None:
    typing(monkeypatch, asked, answer)
    assert not confirmed("Να γίνει;", GREEK)


@pytest.mark.parametrize(("answer", "yes"), [("y", True), ("YES", True), ("n", False), ("", False), ("No", False)])
def test_in_english(monkeypatch: pytest.MonkeyPatch, asked: list[str], answer: str, yes: bool) -> None:
    typing(monkeypatch, asked, answer)
    assert confirmed("Go on?", ENGLISH) == yes
    assert asked == ["Go on? [y/N]"]


def test_what_is_neither_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typing(monkeypatch, asked, "ίσως", "ναι")
    assert confirmed("Να γίνει;", GREEK)
    assert len(asked) == 2
    assert capsys.readouterr().err == "Απαντήστε ναι ή όχι.\n"


def test_a_greek_yes_is_none_in_english(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    """Who types n with the Greek keyboard on gets ν."""
    typing(monkeypatch, asked, "ν", "n")
    assert not confirmed("Go on?", ENGLISH)
    assert len(asked) == 2
