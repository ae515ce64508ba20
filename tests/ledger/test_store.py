"""The ledger opens, migrates, keeps all of a step or nothing, and says what to do when it cannot."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as NoConnection

from kypek_sync.ledger import Ledger, LedgerError, open_ledger, runs
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.tables import runs as runs_table

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_the_migrations_make_exactly_the_tables(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_opening_again_changes_nothing(ledger: Ledger, url: str, tmp_path: Path) -> None:
    with ledger.begin() as connection:
        runs.begin_run(connection, "att-a", "seats", NOW)
    again = open_ledger(url, tmp_path)
    with again.begin() as connection:
        assert len(runs.recent(connection)) == 1
    again.close()


def test_sqlite_is_put_in_order_when_the_ledger_is_closed_and_not_after_each_step(tmp_path: Path) -> None:
    ledger, log = open_ledger("sqlite:///k.db", tmp_path), tmp_path / "k.db-wal"
    for _ in range(2):
        with ledger.begin() as connection:
            runs.begin_run(connection, "att-a", "seats", NOW)
        assert log.stat().st_size > 0
    ledger.close()
    assert not log.exists()


def test_a_crowd_waits_for_a_writer_and_nobody_fails(tmp_path: Path) -> None:
    """SQLAlchemy's own pool lets fifteen in, and fails whoever waited for half a minute besides them: so the heartbeat
    of a lease ended while a whole country was written."""
    ledger, done = open_ledger("sqlite:///k.db", tmp_path), []

    def step() -> None:
        with ledger.begin() as connection:
            done.append(runs.begin_run(connection, "att-a", "seats", NOW))

    crowd = [threading.Thread(target=step) for _ in range(20)]
    with ledger.begin() as connection:
        runs.begin_run(connection, "att-a", "seats", NOW)
        for one in crowd:
            one.start()
        assert done == []
    for one in crowd:
        one.join()
    assert len(done) == 20
    ledger.close()


def test_where_no_connection_is_free_nothing_is_kept_and_it_is_said(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise NoConnection("QueuePool limit of size 5 overflow 10 reached")

    monkeypatch.setattr(ledger.engine, "connect", none)
    with pytest.raises(LedgerError, match=r"is busy: no connection was free for 150 s\."), ledger.begin():
        pass


def test_moments_come_back_aware_in_utc(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        number = runs.begin_run(connection, "att-a", "seats", NOW)
        run = runs.get(connection, number)
    assert run is not None
    assert run.started == NOW
    assert run.started.tzinfo is UTC


def test_a_naive_moment_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="no time zone"), ledger.begin() as connection:
        runs.begin_run(connection, "att-a", "seats", NOW.replace(tzinfo=None))


def test_a_step_that_fails_keeps_nothing(ledger: Ledger) -> None:
    class Stumble(Exception):
        pass

    def step() -> None:
        with ledger.begin() as connection:
            runs.begin_run(connection, "att-a", "seats", NOW)
            raise Stumble

    with pytest.raises(Stumble):
        step()
    with ledger.begin() as connection:
        assert runs.recent(connection) == []


def test_a_look_without_keeping_keeps_nothing(ledger: Ledger) -> None:
    with ledger.begin(keep=False) as connection:
        runs.begin_run(connection, "att-a", "seats", NOW)
        assert len(runs.recent(connection)) == 1
    with ledger.begin() as connection:
        assert runs.recent(connection) == []


def test_several_writers_wait_for_each_other(ledger: Ledger) -> None:
    def write() -> None:
        for _ in range(10):
            with ledger.begin() as connection:
                runs.begin_run(connection, "att-a", "seats", NOW)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.begin() as connection:
        assert len(connection.execute(select(runs_table.c.id)).all()) == 40


def test_a_ledger_of_a_newer_version_is_not_touched(ledger: Ledger, url: str, tmp_path: Path) -> None:
    with ledger.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'tomorrow'")
    with pytest.raises(LedgerError, match="newer version"):
        open_ledger(url, tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="the folder exists"):
        open_ledger("sqlite:///nowhere/kypek.db", tmp_path)


def test_nonsense_is_no_database_address(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="not a database address"):
        open_ledger("kypek.db", tmp_path)


def test_an_unreachable_postgresql_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as told:
        open_ledger("postgresql://kypek:hush@127.0.0.1:1/kypek", tmp_path)
    assert "hush" not in str(told.value)


def test_a_full_disk_keeps_nothing_of_the_step_and_says_so(tmp_path: Path) -> None:
    """SQLite is told that its file may not grow: what it answers then is what it answers on a full disk."""
    it = open_ledger("sqlite:///kypek.db", tmp_path)

    def fill() -> None:
        with it.begin() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for _ in range(10_000):
                runs.begin_run(connection, "att-a", "seats", NOW)

    with pytest.raises(LedgerError, match="disk"):
        fill()
    with it.begin() as connection:
        assert runs.recent(connection) == []
    it.close()
