"""How the programme starts: a daemon that died is back the sooner the less it brings along."""

from __future__ import annotations

import subprocess
import sys

LARGE = ("openpyxl", "odfdo")
"""Libraries that write workbooks, which a daemon does not."""


def test_it_starts_without_the_libraries_that_write_workbooks() -> None:
    program = f"import sys, kypek_sync.cli; print(*[name for name in {LARGE} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
