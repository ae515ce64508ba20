"""A process that freezes in the middle of a transaction holds no lock of PostgreSQL for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from kypek_sync.ledger import Ledger, leases, open_ledger, store
from kypek_sync.ledger.store import LedgerError, alone

pytestmark = pytest.mark.server("postgresql")

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LANE = ("att-a", "seats")

Step = Callable[[Connection], object]


@pytest.fixture
def database(postgres: str, tmp_path: Path) -> str:
    """An empty database on a real server."""
    name = f"frozen_{tmp_path.name[-30:].lower().replace('-', '_')}"
    engine = create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return f"{postgres.rsplit('/', 1)[0]}/{name}"


@pytest.fixture
def two(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Ledger, Ledger]]:
    """The ledger as a process that will freeze has it open, which may do so for half a second, and as another has."""
    open_ledger(database, tmp_path).close()
    with monkeypatch.context() as short:
        short.setitem(store.PATIENCE, "idle_in_transaction_session_timeout", "500ms")
        frozen = open_ledger(database, tmp_path)
        with frozen.begin():
            pass  # it is connected, under these terms
    other = open_ledger(database, tmp_path)
    yield frozen, other
    for one in (frozen, other):
        one.close()


def set_there(connection: Connection) -> dict[str, str]:
    return {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in store.PATIENCE}


def freeze(ledger: Ledger, holding: Step, meanwhile: Callable[[], None]) -> None:
    """Begin a transaction, do something in it, freeze, and go on as if nothing had happened. Raises `LedgerError`."""
    with ledger.begin() as connection:
        holding(connection)
        meanwhile()
        alone(connection, "something else")


def managed(ledger: Ledger, step: Step, told: list[object]) -> None:
    """Somebody else's transaction, which waits for 15 s and not for ever, also if nothing bounds the frozen one."""
    with ledger.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '15s'")
        told.append(step(connection))


def test_who_waits_for_the_lock_of_a_frozen_process_gets_it(two: tuple[Ledger, Ledger]) -> None:
    """A daemon was stopped by its machine (suspended, swapping) between two statements; it held the journal's lock for
    hours, and every other centre on that database waited."""
    frozen, other = two
    told: list[object] = []

    def lock(connection: Connection) -> str:
        alone(connection, "journal att-a")
        return "locked"

    with pytest.raises(LedgerError, match="refused"):
        freeze(frozen, lock, lambda: managed(other, lock, told))
    assert told == ["locked"]
    managed(frozen, lock, told)  # it works again, with a new connection
    assert told == ["locked"] * 2


def test_the_lane_of_a_frozen_process_is_taken_over(two: tuple[Ledger, Ledger]) -> None:
    frozen, other = two
    told: list[object] = []
    with frozen.begin() as connection:
        assert leases.take(connection, *LANE, "frozen", NOW) == 1

    def take(connection: Connection) -> int | None:
        return leases.take(connection, *LANE, "other", NOW + 2 * leases.LENGTH)

    with pytest.raises(LedgerError):
        freeze(
            frozen,
            lambda connection: leases.fenced(connection, *LANE, "frozen", 1, lock=True),
            lambda: managed(other, take, told),
        )
    assert told == [2]


def test_what_the_servers_administrators_set_stands(database: str, tmp_path: Path) -> None:
    it = open_ledger(database, tmp_path)
    with it.begin() as connection:
        assert set_there(connection) == store.PATIENCE
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        connection.exec_driver_sql(f"ALTER DATABASE \"{name}\" SET statement_timeout = '1h'")
    it.close()
    again = open_ledger(f"{database}?options=-c%20lock_timeout%3D9s", tmp_path)
    with again.begin() as connection:
        found = set_there(connection)
    again.close()
    assert (found["statement_timeout"], found["lock_timeout"]) == ("1h", "9s")
    assert found["idle_in_transaction_session_timeout"] == "2min"


def test_who_waits_is_more_patient_than_a_frozen_one_may_be(database: str, tmp_path: Path) -> None:
    it = open_ledger(database, tmp_path)
    with it.begin() as connection:
        ask = "SELECT current_setting('lock_timeout')::interval > "
        longer = connection.exec_driver_sql(ask + "current_setting('idle_in_transaction_session_timeout')::interval")
        assert longer.scalar_one() is True
    it.close()
