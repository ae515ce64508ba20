"""Which jobs make up a part, and how one of them is run in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Figure

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Job:
    """One process: `module` below `tests.bench` has `measure(argument) -> list[Figure]`; `patience` in seconds."""

    module: str
    argument: str = ""
    patience: float = 300


PARTS: dict[str, tuple[Job, ...]] = {
    "sync": (Job("syncing", "12", 180), Job("syncing", "120", 600)),
    "plan": tuple(Job("planning", case) for case in ("nothing", "some", "all", "growth")),
    "seats": (Job("seating"),),
    "letters": (Job("letters"),),
    "directory": (
        *(Job("directories", people, 1500) for people in ("1500", "15000", "150000")),
        *(Job("exports", people, 1500) for people in ("15000", "150000")),
    ),
    "courses": (
        *(Job("courses", case, 1500) for case in ("moodle", "without", "eclass")),
        Job("course_database", patience=1500),
        Job("courses", "growth", 600),
    ),
    "programme": (Job("programmes", "500"),),
    "start": (Job("starting"),),
}


class NoFigures(Exception):
    """A job gave none; the message says why."""


def run(job: Job) -> list[Figure]:
    """Run a job and give its figures. Raises `NoFigures` when it fails or takes too long."""
    words = [sys.executable, "-m", "tests.bench.child", job.module, job.argument]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=job.patience, check=False)
    except subprocess.TimeoutExpired:
        raise NoFigures(f"not done in {job.patience:.0f} s") from None
    if done.returncode:
        raise NoFigures((done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1])
    return [Figure(**one) for one in json.loads(done.stdout.splitlines()[-1])]
