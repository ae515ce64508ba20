"""Every test of the ledger runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from kypek_sync.ledger import Ledger, open_ledger
from tests.servers import postgresql


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real server."""
    with postgresql.running() as url:
        yield url


@pytest.fixture(scope="session")
def migrated(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database on it that the migrations made, from which others are copied."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    open_ledger(f"{postgres.rpartition('/')[0]}/migrated", tmp_path_factory.mktemp("migrated")).close()
    return "migrated"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgresql"))])
def kind(request: pytest.FixtureRequest) -> str:
    """Of database."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/kypek.db"
    else:
        with _copied(request.getfixturevalue("postgres"), "template1") as url:
            yield url


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that holds an empty ledger once it is opened; on PostgreSQL it does already."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/kypek.db"
    else:
        with _copied(request.getfixturevalue("postgres"), request.getfixturevalue("migrated")) as url:
            yield url


@contextmanager
def _copied(server: str, template: str) -> Iterator[str]:
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        how = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""  # earlier ones know no other
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{how}")
        yield f"{server.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def ledger(url: str, tmp_path: Path) -> Iterator[Ledger]:
    """An open, migrated ledger."""
    it = open_ledger(url, tmp_path)
    yield it
    it.close()


@pytest.fixture
def is_root() -> bool:
    """Root may write everywhere, so some refusals cannot be shown to it."""
    return os.getuid() == 0
