"""A connector's own settings are checked like ours: every mistake, its line, and how to mend it."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from kypek_sync.plugins import BrokenPlugin, load
from kypek_sync.plugins.discovery import arranged
from kypek_sync.settings import SettingsError
from tests.plugins.paper import SPECS
from tests.settings.writing import ENVIRON, WHOLE, write

TOKEN = "a-token-that-nobody-may-ever-see"
RIGHT = "type: school\n    address: https://e.example.gr\n    token: env:TOKEN"
ALL = {**ENVIRON, "TOKEN": TOKEN}


def said(folder: Path, *changes: tuple[str, str]) -> list[str]:
    file = write(folder, WHOLE, ("type: school", RIGHT), *changes)
    try:
        load(file, environ=ALL, specs=SPECS)
    except SettingsError as error:
        lines = [str(problem).replace(f"{folder}/", "") for problem in error.problems]
    else:
        lines = []
    assert TOKEN not in "".join(lines)
    return lines


def test_a_right_file_loads(tmp_path: Path) -> None:
    assert said(tmp_path) == []


def test_the_key_of_a_connector_is_guessed(tmp_path: Path) -> None:
    assert said(tmp_path, ("address:", "adress:")) == [
        "kypek.yaml:8: connectors.eclass.adress: unknown key; did you mean 'address'?"
    ]


def test_what_a_connector_misses_is_told_where_it_belongs(tmp_path: Path) -> None:
    assert said(tmp_path, ("    token: env:TOKEN\n", "")) == [
        "kypek.yaml:6: connectors.eclass.token: is missing; add it here: The token."
    ]


def test_the_reason_of_a_connector_is_told_in_its_words(tmp_path: Path) -> None:
    assert said(tmp_path, ("https://e", "http://e")) == [
        "kypek.yaml:8: connectors.eclass.address: use https: the token would travel readable to everybody"
    ]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (f"spare: {TOKEN}", "spare"),
        (f"accounts: {{a: {{login: x, password: {TOKEN}}}}}", "accounts.a.password"),
        (f"tokens: ['env:TOKEN', {TOKEN}]", "tokens.2"),
    ],
)
def test_a_plain_secret_is_refused_wherever_it_stands_and_not_repeated(tmp_path: Path, more: str, key: str) -> None:
    (line,) = said(tmp_path, ("token: env:TOKEN", f"token: env:TOKEN\n    {more}"))
    assert line.startswith(f"kypek.yaml:10: connectors.eclass.{key}: write where the secret is kept")


def test_a_plain_secret_under_a_misspelt_key_is_not_repeated(tmp_path: Path) -> None:
    assert said(tmp_path, ("token: env:TOKEN", f"tokn: {TOKEN}")) == [
        "kypek.yaml:9: connectors.eclass.tokn: unknown key; did you mean 'token'?"
    ]


def test_a_length_of_time_may_be_words(tmp_path: Path) -> None:
    assert said(tmp_path, ("type: paper", "type: paper\n    max_age: 3 ημέρες")) == []
    (line,) = said(tmp_path, ("type: paper", "type: paper\n    max_age: 3"))
    assert line.startswith("kypek.yaml:6: connectors.people.max_age: is no length of time")
    (line,) = said(tmp_path, ("token: env:TOKEN", "token: env:TOKEN\n    timeouts: [5 s, soon]"))
    assert line.startswith("kypek.yaml:10: connectors.eclass.timeouts.2: is no length of time")


def test_an_unknown_type_is_guessed_or_the_installed_ones_are_listed(tmp_path: Path) -> None:
    assert said(tmp_path, ("type: paper", "type: papr")) == [
        "kypek.yaml:5: connectors.people.type: no connector of type papr is installed; did you mean 'paper'?"
    ]
    (line,) = said(tmp_path, ("type: paper", "type: qqq"))
    assert line.endswith("no connector of type qqq is installed; installed: paper, school")


def test_a_connector_must_fill_the_role_that_a_centre_gives_it(tmp_path: Path) -> None:
    more = ("courses: eclass", "courses: people\n    post: eclass")
    assert said(tmp_path, more) == [
        "kypek.yaml:15: kypeks.att-a.courses: connector people (paper) cannot be used here; "
        "connectors of this file that can: eclass"
    ]
    (line,) = said(tmp_path, ("officers:", "categories: {people: '1'}\n        officers:"))
    assert line.startswith("kypek.yaml:19: kypeks.att-a.structures.ekfe.categories.people: connector people (paper)")


def test_mistakes_of_ours_and_of_connectors_are_told_together(tmp_path: Path) -> None:
    lines = said(
        tmp_path,
        ("school_year: 2026-2027", "school_year: 2026"),
        ("address:", "adress:"),
        ("type: paper", "typ: paper"),
        ("officers:", "oficers:"),
    )
    assert [line.split(": ")[0:2] for line in lines] == [
        ["kypek.yaml:1", "school_year"],
        ["kypek.yaml:4", "connectors.people.type"],
        ["kypek.yaml:8", "connectors.eclass.adress"],
        ["kypek.yaml:19", "kypeks.att-a.structures.ekfe.oficers"],
    ]


def test_a_broken_plug_in_is_told_when_it_is_named(tmp_path: Path) -> None:
    broken = arranged([EntryPoint("paper", "no_such_module_at_all:SPEC", "g"), EntryPoint("school", "none:SPEC", "g")])
    with pytest.raises(BrokenPlugin, match="The connector paper of the package"):
        load(write(tmp_path), environ=ENVIRON, specs=broken)
