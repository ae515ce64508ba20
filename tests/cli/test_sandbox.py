"""The sandbox and the demo on the command line."""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from kypek_sync import cli
from kypek_sync.cli import demo
from kypek_sync.contract import Change, Outcome, Receipt, Target, Verb
from kypek_sync.language import speaker
from kypek_sync.model import system_clock
from kypek_sync.sandbox.start import Sandbox, start
from kypek_sync.sync.report import LaneReport
from tests.cli.conftest import Terminal

pytestmark = pytest.mark.slow

SMALL = {"people": 80, "units": 20, "seminars": 4}


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with start(tmp_path / "box", seed=1, now=system_clock, **SMALL) as it:
        yield it


def test_a_running_sandbox_is_told_to_misbehave_and_to_stop_it(sandbox: Sandbox, alone: Terminal) -> None:
    alone.settings = sandbox.settings
    assert (
        alone("sandbox", "fault", "eclass:html-200@50", "--dir", sandbox.folder).out == "In force: eclass:html-200@50\n"
    )
    assert alone("check", "--json").code == 1
    assert alone("sandbox", "lift", "eclass", "--dir", sandbox.folder).out == "Faults lifted: eclass\n"
    assert alone("check", "--json").code == 0


def test_a_fault_that_cannot_be_understood_is_wrong_usage(sandbox: Sandbox, alone: Terminal) -> None:
    said = alone("sandbox", "fault", "nonsense", "--dir", sandbox.folder)
    assert said.code == 64
    assert "SYSTEM:FAULT[=VALUE][@WHEN]" in said.err


@pytest.mark.parametrize(
    ("fault", "language", "sentence"),
    [
        ("eclas:html-200", "en", "There is no system 'eclas'; did you mean 'eclass'? there are: *, bbb, eclass"),
        ("bbb:sleepy", "en", "bbb knows no fault 'sleepy'; it knows: "),
        ("rt:slow=soon", "en", "'soon' is no number"),
        ("eclas:html-200", "el", "Δεν υπάρχει σύστημα «eclas»· μήπως εννοείτε «eclass»; υπάρχουν: *, bbb, eclass"),
        ("bbb:no-meeting", "el", "Το bbb δεν ξέρει το σφάλμα «no-meeting»· μήπως εννοείτε «no-meetings»; ξέρει: "),
    ],
)
def test_a_fault_that_nobody_can_play_is_wrong_usage_while_running_and_at_the_start(
    sandbox: Sandbox, alone: Terminal, tmp_path: Path, fault: str, language: str, sentence: str
) -> None:
    running = alone("sandbox", "fault", fault, "--dir", sandbox.folder, language=language)
    beginning = alone("sandbox", "--dir", tmp_path / "other", "--fault", fault, language=language)
    for said in (running, beginning):
        assert said.code == 64
        assert sentence.strip() in " ".join(said.err.split())
    assert not (tmp_path / "other").exists()
    assert alone("sandbox", "lift", "eclas", "--dir", sandbox.folder).code == 64


def test_a_folder_without_a_sandbox_and_one_that_does_not_run_are_told(alone: Terminal, tmp_path: Path) -> None:
    nothing = alone("sandbox", "lift", "--dir", tmp_path)
    assert (nothing.code, nothing.err) == (1, f"{tmp_path} holds no sandbox: No such file or directory\n")
    (tmp_path / "sandbox.json").write_text("{}")
    broken = alone("sandbox", "lift", "--dir", tmp_path)
    assert (broken.code, broken.err) == (1, f"{tmp_path / 'sandbox.json'} cannot be understood.\n")
    with start(tmp_path / "box", seed=1, now=system_clock, **SMALL):
        pass
    stopped = alone("sandbox", "lift", "--dir", tmp_path / "box", language="el")
    assert (stopped.code, "δεν λειτουργεί" in stopped.err) == (1, True)


def test_a_sandbox_runs_until_it_is_told_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: Terminal
) -> None:
    @contextmanager
    def at_once() -> Iterator[threading.Event]:
        stopped = threading.Event()
        stopped.set()
        yield stopped

    monkeypatch.setattr("kypek_sync.cli.sandbox.told_to_stop", at_once)
    words = [word for name, value in SMALL.items() for word in (f"--{name}", str(value))]
    said = alone("sandbox", "--dir", tmp_path / "box", *words, "--fault", "rt:slow=1@1")
    assert said.code == 0
    assert re.search(r"^settings +.*/box/kypek.yaml$", said.out, re.MULTILINE)
    assert re.search(r"^eclass +http://127.0.0.1:\d+$", said.out, re.MULTILINE)
    assert "It runs until Ctrl-C." in said.out


def test_a_sandbox_wants_a_folder_of_its_own(sandbox: Sandbox, alone: Terminal, tmp_path: Path) -> None:
    assert alone("sandbox").code == 64
    used = alone("sandbox", "--dir", sandbox.folder)
    assert (used.code, "another sandbox runs in" in used.err) == (1, True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kypek.yaml").write_text("mine")
    other = alone("sandbox", "--dir", tmp_path / "mine")
    assert (other.code, "The sandbox cannot start: " in other.err) == (1, True)
    assert (tmp_path / "mine" / "kypek.yaml").read_text() == "mine"
    assert alone("sandbox", "--dir", tmp_path / "new", "--fault", "nonsense").code == 64


def test_without_its_packages_the_command_to_install_them_is_told(
    alone: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("kypek_sync.sandbox"):
            raise ModuleNotFoundError("No module named 'werkzeug'", name="werkzeug")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    said = alone("demo", "--once", "--dir", tmp_path)
    assert said.code == 1
    assert said.err.endswith("(werkzeug): pip install 'kypek-sync[sandbox]'\n")


def test_the_demo_syncs_twice_and_the_second_time_finds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SIZE", SMALL)
    assert cli.run(["--lang", "en", "demo", "--once", "--dir", str(tmp_path / "demo")]) == 0
    said = capsys.readouterr().out
    first, second = re.findall(r"sync: [\d.]+ s, foreign calls: reads (\d+), writes (\d+)", said)
    assert int(first[1]) > 0
    assert int(second[0]) > 0
    assert second[1] == "0"
    assert "Nothing was left to do at the second sync." in said
    assert "http://" not in said.partition("Nothing was left to do")[2]  # nobody answers there any more
    assert said.endswith(f"Its servers stop now; start them again: kypek-sync sandbox --dir {tmp_path / 'demo'}\n")


def test_a_demo_that_stays_tells_where_everything_is_while_it_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[int] = []

    @contextmanager
    def until_looked() -> Iterator[threading.Event]:
        [address] = re.findall(r"^eclass +(http://\S+)$", capsys.readouterr().out, re.MULTILINE)
        answered.append(requests.get(f"{address}/api/v1/", timeout=10).status_code)
        stopped = threading.Event()
        stopped.set()
        yield stopped

    monkeypatch.setattr(demo, "SIZE", SMALL)
    monkeypatch.setattr(demo, "told_to_stop", until_looked)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert cli.run(["--lang", "en", "demo", "--dir", str(tmp_path / "demo")]) == 0
    assert answered


def test_the_demo_fails_and_names_what_was_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a change came up again at every sync."""
    monkeypatch.setattr(demo, "SIZE", SMALL)
    real = demo.passes

    def disturbed(its: Any, inst: Any, *rest: Any, **how: Any) -> list[LaneReport]:
        found = real(its, inst, *rest, **how)
        found[1].done.append((Change(Verb.ENROL, Target("eclass", "A-1", "", "maria")), Receipt(Outcome.DONE)))
        return found

    monkeypatch.setattr(demo, "passes", disturbed)
    assert cli.run(["--lang", "el", "demo", "--once", "--dir", str(tmp_path / "demo")]) == 1
    assert "Έμεινε να γίνει: att-a seats: εγγραφή eclass A-1 maria (done)" in capsys.readouterr().out


def test_mails_and_problems_count_as_left_over() -> None:
    report = LaneReport("att-a", "mail", counts={"mails sent": 2}, problems=["The server is down."])
    report.skipped = "Somebody else works on it."
    assert list(demo.leftovers([report], speaker("en"))) == [
        "att-a mail: The server is down.",
        "att-a mail: Somebody else works on it.",
        "att-a mail: mails sent 2",
    ]
    assert list(demo.leftovers([LaneReport("att-a", "mail")], speaker("en"))) == []


def test_the_command_line_starts_without_the_sandbox() -> None:
    """Nobody who only syncs needs its packages."""
    code = "import kypek_sync.cli, sys; sys.exit(any(m.startswith('kypek_sync.sandbox') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
