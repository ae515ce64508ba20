"""For every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def logging_of_its_own() -> Iterator[None]:
    """A command that a test runs sets up logging for its process: the next test starts without that."""
    yield
    structlog.reset_defaults()
