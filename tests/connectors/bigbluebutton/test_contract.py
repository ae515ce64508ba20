"""BigBlueButton keeps what every server of rooms must keep: as it is, as a 2.4 beta, and as a balancer takes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.bigbluebutton.simulated import Server, bigbluebutton, house_of
from tests.contracts.rooms import House, RoomsContract


class TestBigBlueButton(RoomsContract):
    @pytest.fixture
    def house(self, server: Server) -> House:
        return house_of(server)


class TestServerThatTakesOnlyPlus(RoomsContract):
    """B-4: it hashes a re-encoded query."""

    @pytest.fixture
    def house(self, tmp_path: Path) -> Iterator[House]:
        with bigbluebutton(tmp_path, require_plus=True, algorithms=("sha256", "sha512")) as server:
            yield house_of(server)
