"""Both eClass APIs keep what every course platform must keep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.eclass.simulated import contract_platform
from tests.contracts.courses import CoursesContract
from tests.contracts.courses_platform import Platform


class TestNewerEclass(CoursesContract):
    @pytest.fixture
    def platform(self, tmp_path: Path) -> Iterator[Platform]:
        with contract_platform(tmp_path, "newer") as platform:
            yield platform


class TestOlderEclass(CoursesContract):
    @pytest.fixture
    def platform(self, tmp_path: Path) -> Iterator[Platform]:
        with contract_platform(tmp_path, "older") as platform:
            yield platform
