"""A small centre, and daemons on it that end with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.daemons import Daemons
from tests.sync.centre import Centre, open_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """With the newer eClass."""
    it = open_centre(tmp_path)
    yield it
    it.faults.lift()
    it.server.stop()


@pytest.fixture
def daemons(centre: Centre) -> Iterator[Daemons]:
    """Start daemons in this process and as processes."""
    with Daemons(centre) as them:
        yield them
