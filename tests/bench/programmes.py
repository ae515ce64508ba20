"""Programmes of 500 seminars: read with all mistakes told, and answered in the officer's own workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from kypek_sync.programme import Ground, answer_suffix, mark, read
from kypek_sync.sandbox.people import Directory
from kypek_sync.sandbox.scenario import STRUCTURES, Cast, draft, school_year, write_programmes
from tests.bench.figures import Figure
from tests.bench.measuring import peak, seconds, timed

PART = "programme"
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
FORMS = {"ekfe": "xlsx", "keplinet": "ods", "kesyp": "yaml"}


def measure(argument: str) -> list[Figure]:
    """`argument` is the number of seminars in each file."""
    number = int(argument)
    with TemporaryDirectory(prefix="kypek-bench-") as name:
        folder = Path(name)
        plans = draft(Cast(list(Directory(4000, 300, 1, NOW).accounts()), 1), NOW, number)
        figures = []
        for structure, kind in FORMS.items():
            mine = [replace(plan, structure=structure) for plan in plans]
            write_programmes(folder, mine)
            file = next(folder / one.programme for one in STRUCTURES if one.id == structure)
            figures += _one(file, structure, kind, number)
        return [*figures, Figure(PART, "most memory", peak(), "MB")]


def _one(file: Path, structure: str, kind: str, number: int) -> list[Figure]:
    ground = Ground(
        kypek="att-a",
        structure=structure,
        structures={one.id: one.name for one in STRUCTURES},
        school_year=school_year(NOW),
        platforms=("eclass", "moodle"),
    )
    took, reading = timed(lambda: read(file, ground))
    answer = file.with_name(f"{file.stem}-answer{answer_suffix(file)}")
    marking = seconds(lambda: mark(reading, ground, answer, "el", lambda: NOW))
    bare_read = seconds(lambda: _rows(file)) if kind != "yaml" else None
    bare_mark = seconds(lambda: load_workbook(file).save(answer)) if kind == "xlsx" else None
    return [
        Figure(
            PART, f"{number} seminars, {kind}: read", took, "s", None, bare_read, "its bare cells" * bool(bare_read)
        ),
        Figure(PART, "  mistakes told", len(reading.mistakes), ""),
        Figure(PART, "  mark", marking, "s", None, bare_mark, "opening and saving it" * bool(bare_mark)),
    ]


def _rows(file: Path) -> int:
    book = CalamineWorkbook.from_path(file)
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
