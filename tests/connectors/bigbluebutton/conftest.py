"""The contract suite's assertions explain themselves, though it is no test module; a server for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.contracts.rooms")

from tests.connectors.bigbluebutton.simulated import Server, bigbluebutton  # noqa: E402 - after the registration


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with bigbluebutton(tmp_path) as server:
        yield server
