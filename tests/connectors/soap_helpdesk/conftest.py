"""The contract suite's assertions explain themselves, though it is no test module; a simulator for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

for _part in ("helpdesk", "helpdesk_reading", "helpdesk_writing"):
    pytest.register_assert_rewrite(f"tests.contracts.{_part}")

from tests.connectors.soap_helpdesk.desks import Served, helpdesk  # noqa: E402 - after the registration


@pytest.fixture
def mantis(tmp_path: Path) -> Iterator[Served]:
    with helpdesk(tmp_path, "rpc-encoded") as served:
        yield served


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Served]:
    with helpdesk(tmp_path, "document-literal") as served:
        yield served
