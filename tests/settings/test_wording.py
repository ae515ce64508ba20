"""Each mistake of shape is told with file, line and key, in an administrator's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.writing import WHOLE, changed, problems, said, write


def test_an_unknown_key_is_guessed_and_the_key_it_hides_is_not_called_missing(tmp_path: Path) -> None:
    assert said(changed(tmp_path, "school_year:", "school_yaer:")) == [
        "kypek.yaml:1: school_yaer: unknown key; did you mean 'school_year'?"
    ]


def test_an_unknown_key_that_resembles_nothing_lists_what_is_known(tmp_path: Path) -> None:
    (line,) = said(changed(tmp_path, "        name: ΕΚΦΕ", "        name: ΕΚΦΕ\n        zzz: 1"))
    assert line == (
        "kypek.yaml:17: kypeks.att-a.structures.ekfe.zzz: unknown key; known here: "
        "approval, categories, cohorts, inbox, name, officers, programme"
    )


def test_a_missing_key_is_told_where_it_belongs(tmp_path: Path) -> None:
    (line,) = said(changed(tmp_path, "        name: ΕΚΦΕ\n", ""))
    place, sentence = "kypek.yaml:15: kypeks.att-a.structures.ekfe.name", "is missing; add it here: Its name in Greek"
    assert line.startswith(f"{place}: {sentence}")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("mode: propose", "mode: propos", "connectors.eclass.mode: must be one of: observe, propose, apply"),
        ("  people:\n    type: paper", "  people:", "connectors.people: is empty; write a value, or remove the line"),
        ("name: ΕΚΦΕ", "name: 7", "structures.ekfe.name: must be text; put it in quotes"),
        ("officers: [Maria.P]", "officers: Maria.P", "officers: must be a list: each item on a line of its own"),
        ("officers: [Maria.P]", "officers: ['']", "officers.1: is too short: at least 1"),
        ("officers: [Maria.P]", "approval: perhaps", "approval: must be true or false"),
        ("officers: [Maria.P]", "categories: {eclass: 12}", "categories.eclass: must be text; put it in quotes"),
        ("officers: [Maria.P]", "programme: [a]", "programme: must be the path of a file or folder"),
        ("directory: people", "directory: people\n    limits: 5", "kypeks.att-a.limits: must be a block: its own keys"),
        ("directory: people", "directory: people\n    limits: {per_run: x}", "limits.per_run: must be a whole number"),
        ("directory: people", "directory: people\n    limits: {per_run: -1}", "limits.per_run: must be at least 0"),
        ("directory: people", "directory: people\n    limits: {shrink: x}", "limits.shrink: must be a number"),
        ("directory: people", "directory: people\n    limits: {shrink: 50}", "shrink: must be a share between 0 and 1"),
        ("school_year: 2026-2027", "school_year: now", "school_year: does not look right: The school year"),
        (
            "kypeks:",
            "announced_periods: [{starts: soon, ends: 2027-06-30, limits: {}}]\nkypeks:",
            "announced_periods.1.starts: must be a date",
        ),
        ("kypeks:", "intervals: {seats: 0 minutes}\nkypeks:", "intervals.seats: must be more than 0"),
        ("kypeks:", "intervals: {seats: fast}\nkypeks:", "intervals.seats: is no length of time; write a number and"),
        ("kypeks:", "intervals: {seats: 15}\nkypeks:", "intervals.seats: is no length of time; write a number and"),
        ("  people:", "  1:\n    type: paper\n  people:", "connectors.1: must be text; put it in quotes"),
        ("kypeks:", "web: {1: 2}\nkypeks:", "web.1: a key here must be a word; put it in quotes"),
    ],
)
def test_a_value_of_the_wrong_kind_says_what_to_write(tmp_path: Path, old: str, new: str, expected: str) -> None:
    lines = said(changed(tmp_path, old, new))
    assert len(lines) == 1
    assert expected in lines[0]


def test_an_unquoted_code_is_refused_before_it_loses_its_leading_zeros(tmp_path: Path) -> None:
    """D-9: codes of units are text; YAML would make a number of them."""
    (line,) = said(changed(tmp_path, "directory: people", "directory: people\n    units: [0501659]"))
    assert line.startswith("kypek.yaml:13: kypeks.att-a.units.1: must be text; put it in quotes")
    assert "501659" not in line


def test_all_mistakes_are_told_at_once_by_line(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        WHOLE,
        ("mode: propose", "mode: all"),
        ("directory: people", "directory: peple"),
        ("courses:", "corses:"),
        ("officers:", "officer:"),
        ("identity_key: env:KYPEK_KEY", "identity_key: env:NO_SUCH\nledger: mysql://h/d"),
    )
    assert [(problem.line, problem.key) for problem in problems(file)] == [
        (2, "identity_key"),
        (3, "ledger"),
        (9, "connectors.eclass.mode"),
        (13, "kypeks.att-a.directory"),
        (14, "kypeks.att-a.corses"),
        (18, "kypeks.att-a.structures.ekfe.officer"),
    ]
