"""`check` asks for the last day of a token that nobody has entered, and writes it where it belongs."""

from __future__ import annotations

import io
import sys

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import Centre


class Keyboard(io.StringIO):
    """A person at the terminal, with their answers."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard("".join(f"{one}\n" for one in answers)))


def written(centre: Centre) -> str:
    return (centre.folder / "kypek.yaml").read_text(encoding="utf-8")


def test_the_last_day_is_asked_for_and_written_below_the_connector(
    centre: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(centre)
    typed(monkeypatch, "soon", "2027-11-30")
    result = kypek("check")
    assert "soon is no day" in result.err
    assert written(centre) == before.replace("    type: eclass\n", "    type: eclass\n    token_expires: 2027-11-30\n")
    typed(monkeypatch)
    again = kypek("check")
    assert "2027-11-30" in again.out
    assert "Last day of the token" not in again.out


def test_who_knows_only_when_it_was_made_is_told_that_it_lasts_a_year(
    centre: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "", "2026-10-15")
    assert "a year later, on 2027-10-15" in kypek("check").out
    assert "token_expires: 2027-10-15" in written(centre)


def test_who_knows_nothing_now_changes_nothing(
    centre: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(centre)
    typed(monkeypatch, "", "")
    kypek("check")
    assert written(centre) == before


def test_nobody_is_asked_in_a_pipe_or_for_machines(
    centre: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(centre)
    monkeypatch.setattr(sys, "stdin", io.StringIO("2027-11-30\n"))
    assert "token_created" in kypek("check").out
    typed(monkeypatch, "2027-11-30")
    kypek("check", "--json")
    assert written(centre) == before


def test_in_a_line_of_braces_the_person_is_told_what_to_write(
    centre: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = written(centre)
    start, end = block.index("  eclass:\n"), block.index("kypeks:")
    flat = f'  eclass: {{type: eclass, address: "{centre.server.address}", token: "file:token"}}\n'
    (centre.folder / "kypek.yaml").write_text(block[:start] + flat + block[end:], encoding="utf-8")
    before = written(centre)
    typed(monkeypatch, "2027-11-30")
    assert "token_expires: 2027-11-30" in kypek("check").out
    assert written(centre) == before
