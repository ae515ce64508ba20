"""What people do by hand on a Moodle, on the simulator and on a real one when the environment names it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.connectors.moodle.accidents import Accidents, Place
from tests.connectors.moodle.real import NEEDED, RealMoodle, answered, lacking, real_moodle
from tests.connectors.moodle.simulated import moodle

ADMIN = "ad" * 16


@pytest.fixture(scope="module")
def server() -> Iterator[RealMoodle]:
    with real_moodle() as running:
        yield running


class TestAccidents(Accidents):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Iterator[Place]:
        with moodle(tmp_path) as server, requests.Session() as session:
            server.world.add_token(ADMIN, username="admin")

            def call(function: str, **words: Any) -> Any:
                return answered(session, server.running.address, ADMIN, function, words)

            yield Place(server.platform, call, server.connector, str(server.platform.category))


@pytest.mark.server
@pytest.mark.skipif(bool(lacking()), reason=f"no real Moodle: set KYPEK_TEST_MOODLE_{', _'.join(NEEDED)}")
class TestRealAccidents(Accidents):
    @pytest.fixture
    def place(self, server: RealMoodle) -> Iterator[Place]:
        with server.hand.room():
            yield Place(server.hand, server.hand.call, server.connector, str(server.hand.category))
            server.hand.forget_people()
