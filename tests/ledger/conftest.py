"""Every test of the ledger runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from kypek_sync.ledger import Ledger, open_ledger
from tests.servers import postgresql


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real server."""
    with postgresql.running() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgresql"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kypek.db"
    base = request.getfixturevalue("postgres")
    name = f"t{uuid4().hex[:12]}"
    engine = create_engine(base.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return f"{base.rsplit('/', 1)[0]}/{name}"


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
