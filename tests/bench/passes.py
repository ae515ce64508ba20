"""Passes of the directory lane over an installation in a folder, each in a process of its own, and their figures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figures import Figure
from tests.bench.jobs import ROOT

PART = "directory"
ROUNDS = 3
COUNTRY = 150_000
APART = 40
"""Minutes of the clock between two passes: so many that each delta by modifyTimestamp looks for who is gone too."""


@dataclass
class Passes:
    """An installation over one directory. `minutes` is how far its clock is ahead: each pass is some minutes after the
    last."""

    folder: Path
    number: int
    minutes: int = 0

    def write_settings(self, name: str, keys: Mapping[str, object], password: str = "") -> None:
        """The settings: a KYPEK whose directory is the connector `name`, with a ledger of that name."""
        for file, text in (("password", password), ("identity", "an invented key for it")):
            (self.folder / file).write_text(text)
            (self.folder / file).chmod(0o600)
        lines = "".join(f"    {key}: {value}\n" for key, value in keys.items())
        (self.folder / "kypek.yaml").write_text(
            f"school_year: 2026-2027\nledger: sqlite:///{name}.db\nidentity_key: file:identity\n"
            f"connectors:\n  {name}:\n{lines}kypeks:\n  att-a: {{name: ΚΥΠΕΚ, directory: {name}}}\n",
            encoding="utf-8",
        )

    def made_pass(self, how: str, apart: int = APART, **counts: int) -> dict[str, Any]:
        """One pass in a process of its own, which must have told these `counts`: a quick pass that saw little would be
        no figure."""
        self.minutes += apart
        words = [sys.executable, "-m", "tests.bench.directory_pass", str(self.folder), str(self.minutes), how]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or ["the pass ended without a word"])[-1])
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        print(f"{how}: {told['seconds']:.1f} s, {told['cpu']:.1f} s own, {told['memory']:.0f} MB", file=sys.stderr)
        if told["problems"]:
            raise RuntimeError(f"the pass told of a problem: {told['problems'][0]}")
        if wrong := {name: told["counts"].get(name) for name in counts if told["counts"].get(name) != counts[name]}:
            raise RuntimeError(f"the pass told {wrong} and not {counts}")
        return told


def own(passes: Sequence[dict[str, Any]]) -> Figure:
    """What the pass itself used of the processor, however busy the machine and the server are."""
    return Figure(PART, "    of it our own work", median(one["cpu"] for one in passes), "s")


def figure(
    what: str, passes: Sequence[dict[str, Any]], target: float | None = None, limit: float | None = None, is_: str = ""
) -> Figure:
    """The median of these passes, in seconds."""
    return Figure(PART, what, median(one["seconds"] for one in passes), "s", target, limit, is_)
