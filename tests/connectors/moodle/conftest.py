"""A Moodle simulator, and a connector on it, for the tests of one thing each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.moodle import MoodleCourses
from tests.connectors.moodle.simulated import Moodle, moodle


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Moodle]:
    """A simulator without a report."""
    with moodle(tmp_path) as running:
        yield running


@pytest.fixture
def courses(server: Moodle) -> Iterator[MoodleCourses]:
    """A connector on it."""
    connector = server.connector()
    yield connector
    connector.close()
