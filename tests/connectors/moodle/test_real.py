"""The contract suite on a real Moodle, when the environment names one (see `real.py`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.moodle.real import RealMoodle, contract_platform, lacking, real_moodle, told
from tests.contracts.courses import CoursesContract
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
