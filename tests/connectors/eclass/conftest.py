"""One MariaDB for all tests of this folder that want one."""

from __future__ import annotations

from collections.abc import Iterator
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
