"""A fresh site for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.moodle.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty Moodle with its service account."""
    return Site(tmp_path / "moodle.sqlite")
