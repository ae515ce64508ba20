"""What is seldom needed is loaded where it is: a pass of a country's directory has 150 MB."""

from __future__ import annotations

import subprocess
import sys

LARGE = ("fpdf", "PIL", "fontTools", "openpyxl")


def test_a_pass_that_makes_no_paper_loads_nothing_to_make_one() -> None:
    program = f"import sys, kypek_sync.sync.run; print([name for name in {LARGE} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
