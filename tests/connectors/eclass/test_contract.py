"""Both eClass APIs keep what every course platform must keep, without and with an account of the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.eclass.simulated import contract_platform
from tests.connectors.eclass.tables import Tables
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


@pytest.mark.server("mariadb")
class TestOlderEclassWithItsDatabase(CoursesContract):
    @pytest.fixture
    def platform(self, tmp_path: Path, lasting_tables: Tables) -> Iterator[Platform]:
        with contract_platform(tmp_path, "older", lasting_tables) as platform:
            yield platform


@pytest.mark.server("mariadb")
class TestNewerEclassWithItsDatabase(CoursesContract):
    @pytest.fixture
    def platform(self, tmp_path: Path, lasting_tables: Tables) -> Iterator[Platform]:
        with contract_platform(tmp_path, "newer", lasting_tables) as platform:
            yield platform
