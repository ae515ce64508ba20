"""A sandbox that many tests may look at, and a way to start one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.sandbox.start import Sandbox, start

NOW = datetime(2026, 11, 18, 9, 7, tzinfo=UTC)
Starter = Callable[..., Sandbox]


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starter]:
    """Starts sandboxes in one folder (or in another one that is named) and stops them at the end."""
    started: list[Sandbox] = []

    def one(folder: Path | None = None, **options: Any) -> Sandbox:
        sandbox = start(folder or tmp_path / "sandbox", now=lambda: NOW, **{"people": 150, **options})
        started.append(sandbox)
        return sandbox

    yield one
    for sandbox in started:
        sandbox.stop()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One that runs while a module is tested; who changes it puts it back."""
    with start(tmp_path_factory.mktemp("shared") / "sandbox", now=lambda: NOW) as running:
        yield running
