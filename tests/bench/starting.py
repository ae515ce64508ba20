"""How long one waits before anything happens: importing the command line, its help, the settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure
from tests.bench.jobs import ROOT
from tests.bench.measuring import peak, seconds

PART = "start"
TIMES = 5
MAIN = "import sys; from kypek_sync.cli import main; main(sys.argv[1:])"
LOAD = "import sys; from pathlib import Path; from kypek_sync.settings import load; load(Path(sys.argv[1]))"


def measure(argument: str) -> list[Figure]:
    """`argument` is not used. Medians of 5."""
    del argument
    bare = _python("pass")
    with TemporaryDirectory(prefix="kypek-bench-") as name:
        settings = _settings(Path(name))
        loaded = _python(LOAD, str(settings))
    memory = float(_said("import kypek_sync.cli, resource as r; print(r.getrusage(r.RUSAGE_SELF).ru_maxrss)"))
    what = "python that does nothing"
    return [
        Figure(PART, "import the command line", _python("import kypek_sync.cli"), "s", None, bare, what),
        Figure(PART, "kypek-sync --help", _python(MAIN, "--help"), "s", None, bare, what),
        Figure(PART, "load the example's settings", loaded, "s", None, bare, what),
        Figure(PART, "memory after import", memory * 1024 / 1e6, "MB", None, peak(), what),
    ]


def _python(program: str, *words: str) -> float:
    """Median wall seconds of a process that runs this program."""
    call = [sys.executable, "-c", program, *words]
    return median(
        seconds(lambda: subprocess.run(call, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)) for _ in range(TIMES)
    )


def _said(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _settings(folder: Path) -> Path:
    """Settings of a small centre, complete and with a readable key."""
    key = folder / "identity"
    key.write_text("an invented key for the bench")
    key.chmod(0o600)
    file = folder / "kypek.yaml"
    file.write_text(
        "school_year: 2026-2027\nidentity_key: file:identity\n"
        "connectors:\n  directory: {type: ldif, mode: apply, file: directory.ldif}\n"
        "kypeks:\n  att-a:\n    name: ΚΥΠΕΚ Α΄ Αθήνας\n    directory: directory\n"
        "    structures:\n      ekfe: {name: ΕΚΦΕ, officers: [officer1], programme: ekfe.yaml}\n",
        encoding="utf-8",
    )
    return file
