"""Request Tracker keeps what every helpdesk must keep: the simulated one and a real one."""

from __future__ import annotations

import pytest

from tests.connectors.request_tracker.desks import RealWorld, Served, Simulated, SimulatedWorld, next_second
from tests.contracts.helpdesk import HelpdeskContract
from tests.contracts.helpdesk_desk import Desk
from tests.servers.rt import RequestTracker


class TestSimulatedRequestTracker(HelpdeskContract):
    @pytest.fixture
    def desk(self, simulator: Simulated) -> Desk:
        return simulator.desk(SimulatedWorld(simulator.world), simulator.later)


@pytest.mark.server("rt")
class TestRealRequestTracker(HelpdeskContract):
    @pytest.fixture
    def desk(self, real_one: Served, request_tracker: RequestTracker) -> Desk:
        return real_one.desk(RealWorld(request_tracker), next_second)
