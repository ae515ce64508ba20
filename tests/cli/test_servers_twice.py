"""`check` tells when two connectors are one and the same course platform."""

from __future__ import annotations

import pytest

import kypek_sync.cli.checking as checking
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre


def test_two_connectors_to_one_server_are_a_problem(
    centre: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two types, so that the settings could not say so."""
    assert "are one server" not in kypek("check").out
    homes = {"eclass": "https://e.example.gr", "other": "http://E.example.gr:80/", "moodle": "https://m.example.gr"}
    monkeypatch.setattr(checking, "homes_of", lambda *_: homes)
    monkeypatch.setenv("COLUMNS", "500")
    said = kypek("check", language="el")
    assert (said.code, "Τα eclass, other είναι ο ίδιος εξυπηρετητής" in said.out) == (1, True)
