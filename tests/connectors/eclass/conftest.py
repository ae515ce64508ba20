"""One MariaDB for all tests of this folder that want one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

import pytest

from tests.connectors.eclass.tables import Tables
from tests.servers import mariadb
from tests.servers.mariadb import MariaDb

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDb]:
    with mariadb.running() as server:
        yield server


@pytest.fixture
def tables(mariadb_server: MariaDb) -> Iterator[Tables]:
    """A database with the tables of eClass, empty."""
    made = Tables(mariadb_server, f"eclass{next(_NUMBERS)}")
    yield made
    made.drop()


@pytest.fixture(scope="session")
def lasting_tables(mariadb_server: MariaDb) -> Iterator[Tables]:
    """One database for the tests that change nothing but what a simulator mirrors into it."""
    made = Tables(mariadb_server, "eclass", "kypek_lasting")
    yield made
    made.drop()


@pytest.fixture
def stopwatch() -> Callable[[], AbstractContextManager[Callable[[], float]]]:
    """Measures a block in seconds."""

    @contextmanager
    def measured() -> Iterator[Callable[[], float]]:
        start = time.monotonic()
        taken: list[float] = []
        yield lambda: taken[0]
        taken.append(time.monotonic() - start)

    return measured
