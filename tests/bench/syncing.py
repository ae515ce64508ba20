"""The main job on a sandbox: the first sync, a second with nothing new, a third after people applied and left."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import requests

from kypek_sync.model import Clock, system_clock
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import sync
from tests.bench.figures import Figure
from tests.bench.jobs import ROOT
from tests.bench.measuring import peak, seconds, timed

PART = "sync"
APPLY, LEAVE = 20, 4
ROUNDS = ("first sync", "second sync, nothing new", f"third sync, after {APPLY} applied and {LEAVE} left")


def later() -> datetime:
    """Late enough that those who have just applied are below the watermark."""
    return system_clock() + timedelta(minutes=10)


@dataclass
class Box:
    """A sandbox in a process of its own, seen through its control door."""

    settings: Path
    door: str
    session: requests.Session

    def calls(self) -> tuple[int, int]:
        """Reads and writes of all foreign systems so far."""
        found: dict[str, dict[str, int]] = self.session.get(f"{self.door}/calls", timeout=10).json()
        return sum(one["read"] for one in found.values()), sum(one["write"] for one in found.values())

    def life(self) -> None:
        """More people apply, some leave."""
        self.session.post(f"{self.door}/life", json={"apply": APPLY, "leave": LEAVE}, timeout=60).raise_for_status()


@contextmanager
def _sandbox(folder: Path, seminars: int) -> Iterator[Box]:
    people, units = (400, 60) if seminars <= 12 else (2000, 200)
    words = [sys.executable, "-m", "kypek_sync.sandbox", "--dir", str(folder)]
    words += ["--people", str(people), "--units", str(units), "--seminars", str(seminars)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            if running.stdout is None or not any(line.startswith("running") for line in running.stdout):
                raise RuntimeError("the sandbox did not start")
            memory: dict[str, Any] = json.loads((folder / "sandbox.json").read_text("utf-8"))
            session = requests.Session()
            session.headers["Authorization"] = f"Bearer {memory['token']}"
            yield Box(folder / "kypek.yaml", memory["addresses"]["control"], session)
            session.close()
        finally:
            running.terminate()


def measure(argument: str) -> list[Figure]:
    """`argument` is the number of seminars."""
    with TemporaryDirectory(prefix="kypek-bench-") as name, _sandbox(Path(name) / "sandbox", int(argument)) as box:
        bare = median(seconds(box.calls) for _ in range(50))
        figures, took = [], []
        for number, label in enumerate(ROUNDS):
            if number == 2:
                box.life()
            reads, writes = box.calls()
            spent, changed = timed(partial(_sync, box.settings, later if number == 2 else system_clock))
            took.append(spent)
            read, written = (after - before for after, before in zip(box.calls(), (reads, writes), strict=True))
            least = bare * (read + written)
            label = f"{argument} seminars: {label}" if number == 0 else f"  {label}"
            figures += [
                Figure(PART, label, spent, "s", None, least, "as many bare requests on loopback"),
                Figure(PART, "    read calls", read, ""),
                Figure(PART, "    write calls", written, "", 0 if number == 1 else None),
                Figure(PART, "    changes made", changed, "", 0 if number == 1 else None),
            ]
        both = Figure(PART, "  first and second together", sum(took[:2]), "s", 10 if argument == "12" else None)
        return [*figures, both, Figure(PART, "  most memory", peak(), "MB")]


def _sync(settings: Path, clock: Clock) -> int:
    """One sync as a process of its own would make it: how many foreign changes it made."""
    with Installation.open(settings, clock) as inst:
        return sum(report.changed for report in sync(inst))
