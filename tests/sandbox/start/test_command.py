"""`python -m kypek_sync.sandbox` runs until it is told to stop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from kypek_sync.sandbox.__main__ import main

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_where_everything_is_and_stops_at_a_signal(tmp_path: Path, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "kypek_sync.sandbox", "--dir", str(tmp_path / "s"), "--people", "150"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("running"):
                break
        memory = json.loads((tmp_path / "s" / "sandbox.json").read_text("utf-8"))
        assert any(memory["addresses"]["moodle"] in line for line in said)
        assert requests.get(memory["addresses"]["bbb"], timeout=10).status_code == 200
        process.send_signal(ending)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["--people", "3"], "at least 50 people"), (["--fault", "nonsense"], "is not of the form")],
)
def test_what_cannot_start_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        assert main(["--dir", str(tmp_path / "s"), *arguments]) == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert reason in capsys.readouterr().err
