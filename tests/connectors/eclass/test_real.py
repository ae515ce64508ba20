"""The contract and the habits of eClass on a real one, when the environment names one (see `real.py`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.capture import CaptureManager

from tests.connectors.eclass.habits import DatabaseHabits, Habits
from tests.connectors.eclass.real import RealEclass, contract_platform, lacking, real_eclass
from tests.contracts.courses import CoursesContract
from tests.contracts.courses_platform import Platform

if lacking():
    pytest.skip(f"no real eClass: set {', '.join(lacking())}", allow_module_level=True)

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[RealEclass]:
    with real_eclass() as running:
        yield running
        capturing = request.config.pluginmanager.get_plugin("capturemanager")
        assert isinstance(capturing, CaptureManager)
        with capturing.global_and_fixture_disabled():
            print(f"\n{running.hand.words()}")


class TestRealEclass(CoursesContract):
    @pytest.fixture
    def platform(self, server: RealEclass) -> Iterator[Platform]:
        with contract_platform(server) as platform:
            yield platform


class TestRealHabits(Habits):
    """The suite itself is below."""


if not lacking("DB"):

    class TestRealDatabase(DatabaseHabits):
        """The suite itself is below."""
