"""The contract suite's assertions explain themselves, though it is no test module; a simulator for each test, and one
real server for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

for _part in ("helpdesk", "helpdesk_reading", "helpdesk_writing"):
    pytest.register_assert_rewrite(f"tests.contracts.{_part}")

from tests.connectors.request_tracker.desks import Served, Simulated, real, simulated  # noqa: E402 - after it
from tests.servers.rt import RequestTracker, request_tracker  # noqa: E402 - after it

__all__ = ["request_tracker"]


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulated]:
    with simulated(tmp_path) as served:
        yield served


@pytest.fixture
def real_one(request_tracker: RequestTracker) -> Iterator[Served]:
    with real(request_tracker) as served:
        yield served
