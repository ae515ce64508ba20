"""Runs commands as a person would, on a small centre with a simulated eClass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kypek_sync import cli
from kypek_sync.model import Clock
from tests.sync.centre import Centre, Turning, open_centre


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """`kypek(...)` runs a command; `settings` and `language` stand before it unless empty."""

    capsys: pytest.CaptureFixture[str]
    clock: Clock
    settings: Path | None = None
    language: str = "en"

    def __call__(self, *words: object, language: str = "") -> Result:
        before = ["--lang", chosen] if (chosen := language or self.language) else []
        if self.settings is not None:
            before += ["--settings", str(self.settings)]
        self.capsys.readouterr()
        code = cli.run([*before, *map(str, words)], clock=self.clock)
        said = self.capsys.readouterr()
        return Result(code, said.out, said.err)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


@pytest.fixture
def kypek(centre: Centre, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line on that centre."""
    return Terminal(capsys, centre.clock, centre.folder / "kypek.yaml")


@pytest.fixture
def alone(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line without an installation."""
    return Terminal(capsys, Turning())


@pytest.fixture
def full(centre: Centre) -> Centre:
    """Two seats, four applicants, one stranger and one of another specialty; synced."""
    course = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    centre.world.add_user("stranger", "Άγνωστη", "Ξένου", "stranger@sch.example")
    centre.apply("stranger", course, minutes_ago=20)
    centre.seminar(course=centre.address(course))
    return centre
