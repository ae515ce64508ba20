"""Several processes append to one chain at the same moment: it never forks, and what they roll back leaves no gap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kypek_sync.ledger import Ledger
from kypek_sync.ledger.journal_check import verify
from kypek_sync.ledger.journal_reading import lines

WORKER = Path(__file__).with_name("journal_worker.py")
PROCESSES, STEPS = 3, 12

pytestmark = pytest.mark.slow


def test_processes_never_fork_a_chain(ledger: Ledger, url: str, tmp_path: Path) -> None:
    program = [sys.executable, str(WORKER), url, str(tmp_path)]
    running = [subprocess.Popen([*program, f"p{number}", str(STEPS)]) for number in range(PROCESSES)]
    assert [process.wait(timeout=120) for process in running] == [0] * PROCESSES
    found = list(lines(ledger, "att-a"))
    assert [line.number for line in found] == list(range(1, PROCESSES * STEPS * 2 // 3 * 2 + 1))
    assert verify(ledger, "att-a").breaks == []
    assert len({line.person for line in found[1::2]}) == 1  # anna, whoever came first
