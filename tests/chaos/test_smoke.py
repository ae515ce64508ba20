"""The kill test in small: a handful of deaths, so that each run of all tests sees that it still works. `make chaos` is
the real one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.chaos.run import run

KILLS = 5


@pytest.mark.slow
def test_a_daemon_that_was_killed_again_and_again_leaves_what_one_that_never_died_leaves() -> None:
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        figures = run(Path(folder), kills=KILLS, minutes=2, seed=7, helpdesk="rt", tell=lambda _: None, brief=True)
    assert figures.wrong == []
    assert figures.kills == KILLS
    assert figures.compared > 100
