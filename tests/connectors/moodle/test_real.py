"""The contract suite on a real Moodle, when the environment names one (see `real.py`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.moodle.real import Hand, RealMoodle, contract_platform, lacking, real_moodle, told
from tests.contracts.courses import CoursesContract
from tests.contracts.courses_announcements import AnnouncementsContract
from tests.contracts.courses_calendar import CalendarContract
from tests.contracts.courses_cohorts import CohortsContract
from tests.contracts.courses_platform import Platform

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(bool(lacking()), reason=f"no real Moodle: set {', '.join(lacking())}"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[RealMoodle]:
    with real_moodle() as running:
        yield running


class TestRealMoodle(CoursesContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, None) as platform:
            yield platform


@pytest.mark.skipif(not told("REPORT"), reason="no report: set KYPEK_TEST_MOODLE_REPORT")
class TestRealMoodleWithReport(CoursesContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, int(told("REPORT"))) as platform:
            yield platform


class TestRealCalendar(CalendarContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, None) as platform:
            yield platform


class TestRealAnnouncements(AnnouncementsContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, None) as platform:
            yield platform


class TestRealCohorts(CohortsContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, None, cohorts=True) as platform:
            yield platform
            server.hand.forget_people()

    @pytest.fixture
    def cohort(self, platform: Platform) -> str:
        assert isinstance(platform.world, Hand)
        return platform.world.add_cohort("ΠΕ86 Αχαΐας")
