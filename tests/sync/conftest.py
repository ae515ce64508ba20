"""A small centre, opened for each test and closed after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.centre import Centre, open_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """With the newer API."""
    it = open_centre(tmp_path)
    yield it
    it.server.stop()


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Centre]:
    """With the older API, which has no member list."""
    it = open_centre(tmp_path, "older")
    yield it
    it.server.stop()
