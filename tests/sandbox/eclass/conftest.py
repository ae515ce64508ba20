"""Platforms of both versions, each with a fresh state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.eclass.platform import Platform


@pytest.fixture
def older(tmp_path: Path) -> Platform:
    """Open eClass of 2024."""
    return Platform(tmp_path / "older.sqlite", "older")


@pytest.fixture
def newer(tmp_path: Path) -> Platform:
    """Open eClass of 2025."""
    return Platform(tmp_path / "newer.sqlite", "newer")


@pytest.fixture(params=["older", "newer"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    """Each version in turn, for what they have in common."""
    return Platform(tmp_path / "either.sqlite", request.param)
