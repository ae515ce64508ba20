"""The bench's table shows figure, target and limit side by side; the figures themselves are never asserted."""

from __future__ import annotations

import json
from importlib import import_module
from io import StringIO

from rich.console import Console

from tests.bench.figures import Figure, shown, table
from tests.bench.jobs import PARTS


def lines(*figures: Figure, failures: tuple[tuple[str, str], ...] = ()) -> list[list[str]]:
    """The cells of each row as they are printed."""
    paper = StringIO()
    Console(width=160, file=paper).print(table(figures, failures))
    rows = [line for line in paper.getvalue().splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]


def test_figure_target_and_limit_stand_side_by_side() -> None:
    figure = Figure("plan", "5,000 seminars", 1.234, "s", 3, 0.05, "bare sets")
    assert lines(figure) == [["plan", "5,000 seminars", "1.2 s", "3.0 s", "50 ms", "bare sets"]]


def test_a_part_is_named_once_and_what_has_no_target_stays_empty() -> None:
    found = lines(Figure("seats", "memory", 312.4, "MB"), Figure("seats", "applications", 250_000, ""))
    assert found == [["seats", "memory", "312 MB", "", "", ""], ["", "applications", "250,000", "", "", ""]]


def test_a_part_without_figures_says_why() -> None:
    assert lines(failures=(("sync 120", "not done in 600 s"),)) == [
        ["sync 120", "no figures: not done in 600 s", "", "", "", ""]
    ]


def test_a_target_is_kept_up_to_its_value() -> None:
    assert [Figure("p", "w", value, "s", 3).kept for value in (2.0, 3.0, 3.1)] == [True, True, False]
    assert Figure("p", "w", 2.0, "s").kept is None


def test_nothing_is_shown_where_nothing_is_known() -> None:
    assert shown(None, "s") == ""


def test_a_figure_comes_back_from_its_process_as_it_was() -> None:
    figure = Figure("plan", "memory", 480.5, "MB", 500, 300.0, "the input")
    assert Figure(**json.loads(json.dumps(figure.as_dict()))) == figure


def test_every_job_has_a_module_that_measures() -> None:
    for jobs in PARTS.values():
        for job in jobs:
            assert callable(import_module(f"tests.bench.{job.module}").measure)
