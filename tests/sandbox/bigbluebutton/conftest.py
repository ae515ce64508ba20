"""A served simulator, its clock, its faults, and the eyes on its state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.sandbox.bigbluebutton import World, create_app, is_write
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from tests.sandbox.bigbluebutton.asking import SECRET, Asker, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> FaultBook:
    return FaultBook()


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> World:
    return World(tmp_path, clock)


@pytest.fixture
def server(tmp_path: Path, clock: Clock, faults: FaultBook) -> Iterator[Running]:
    app = create_app(tmp_path, secret=SECRET, faults=faults.of("bbb"), clock=clock)
    running = serve(app, "bbb", faults, is_write=is_write)
    yield running
    running.stop()


@pytest.fixture
def ask(server: Running) -> Asker:
    return Asker(server.address)
