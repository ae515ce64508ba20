"""Moodle keeps what every course platform must keep, with the report of participants and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.moodle.simulated import contract_platform
from tests.contracts.courses import CoursesContract
from tests.contracts.courses_platform import Platform


class TestMoodle(CoursesContract):
    @pytest.fixture
    def platform(self, tmp_path: Path) -> Iterator[Platform]:
        with contract_platform(tmp_path, report=False) as platform:
            yield platform


class TestMoodleWithReport(CoursesContract):
    @pytest.fixture
    def platform(self, tmp_path: Path) -> Iterator[Platform]:
        with contract_platform(tmp_path, report=True) as platform:
            yield platform
