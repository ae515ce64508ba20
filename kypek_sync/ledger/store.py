"""Opens the ledger: SQLite in WAL mode by default, PostgreSQL by URL; migrates it upwards; hands out transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import NullPool, PoolProxiedConnection

BUSY_SECONDS = 150
"""How long SQLite waits for another writer: the first reading of a whole country holds it for a minute."""
WAIT_SECONDS = 150
"""How long a thread waits for one of this process's connections to PostgreSQL."""

PATIENCE = {
    "idle_in_transaction_session_timeout": "2min",
    "lock_timeout": "150s",
    "statement_timeout": "10min",
}
"""What PostgreSQL puts up with, where its administrators set nothing else. A process that froze in the middle of a
transaction loses it, and its locks, after the first of these; who waits for a lock waits a little longer than that, so
that one that froze makes nobody else fail. No statement of ours takes minutes: one that does has lost its way."""


class LedgerError(Exception):
    """The ledger cannot be opened or written; the message says what to do. Nothing was half done: the transaction that
    met it was rolled back."""


class Ledger:
    """Our database. `begin()` gives a transaction: all of it is kept, or nothing. `idle` is a connection that is kept
    open, and used by nobody, until the ledger is closed."""

    def __init__(self, engine: Engine, name: str, idle: PoolProxiedConnection | None = None) -> None:
        self.engine = engine
        self.name = name
        self._idle = idle

    @property
    def unfenced(self) -> Ledger:
        """The ledger for facts that are true whoever has the lane: itself, where no lease is in force."""
        return self

    @contextmanager
    def begin(self, *, keep: bool = True) -> Iterator[Connection]:
        """A transaction; with `keep=False` everything is rolled back at the end (how `plan` looks without touching).

        Raises `LedgerError` when the database refuses (disk full, locked for minutes, gone).
        """
        try:
            with self.engine.connect() as connection:
                transaction = connection.begin()
                try:
                    yield connection
                    if keep:
                        transaction.commit()
                finally:
                    if transaction.is_active:
                        transaction.rollback()
        except DBAPIError as error:
            raise LedgerError(
                f"The ledger {self.name} refused: {error.orig}. Nothing of this step was kept. Check free disk space, "
                "permissions and whether another program holds it; then run again."
            ) from error
        except NoConnection as error:
            raise LedgerError(
                f"The ledger {self.name} is busy: no connection was free for {WAIT_SECONDS} s. Nothing of this step "
                "was kept; it is tried again at the next pass. If it lasts, give the database more connections."
            ) from error

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """A connection for one look at what was kept, without a transaction: also while one of ours is open, which
        would wait for itself, and after `close`. Raises `LedgerError`."""
        engine = create_engine(self.engine.url, poolclass=NullPool)
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield connection
        except DBAPIError as error:
            raise LedgerError(f"The ledger {self.name} cannot be read: {error.orig}.") from error

    def close(self) -> None:
        """Let go of the database."""
        if self._idle is not None:
            self._idle.close()
            self._idle = None
        self.engine.dispose()


def alone(connection: Connection, what: str) -> None:
    """Wait until nobody else is inside this for the same `what`, until the end of the transaction. SQLite lets one
    writer in at a time anyway; PostgreSQL would let two read the same state and both add to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


def open_ledger(url: str, folder: Path) -> Ledger:
    """Open and migrate the ledger at `url`; a relative SQLite path starts at `folder`.

    Raises `LedgerError` if it cannot be reached, or was written by a newer version of kypek-sync.
    """
    engine, name = _engine(url, folder)
    try:
        _migrate(engine)
    except OperationalError as error:
        engine.dispose()
        raise LedgerError(
            f"The ledger {name} cannot be opened: {error.orig}. Check `ledger` in the settings, that the folder exists "
            "and may be written, and for PostgreSQL address, user and password."
        ) from error
    except CommandError as error:
        engine.dispose()
        raise LedgerError(
            f"The ledger {name} was written by a newer version of kypek-sync ({error}). Install that version."
        ) from error
    # To close SQLite's last connection makes a checkpoint: after every transaction that would cost more than most do.
    return Ledger(engine, name, engine.raw_connection() if engine.dialect.name == "sqlite" else None)


def _engine(url: str, folder: Path) -> tuple[Engine, str]:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LedgerError(f"`ledger` is not a database address: {error}. Example: sqlite:///kypek.db") from error
    if parsed.get_backend_name() != "sqlite":
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, pool_timeout=WAIT_SECONDS)
        if parsed.get_backend_name() == "postgresql":
            event.listen(engine, "connect", _postgresql_connect)
        return engine, parsed.render_as_string(hide_password=True)
    path = folder / (parsed.database or "kypek.db")
    # A connection for each transaction: no thread ever shares one, nor waits for one.
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, poolclass=NullPool)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine, str(path)


def _postgresql_connect(connection: object, record: object) -> None:
    """Bound what a connection may hold on to. What the address, the role or the database sets stands."""
    del record
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for name, value in PATIENCE.items():
        unset = "SELECT set_config(%s, %s, false) FROM pg_settings WHERE name = %s AND setting = '0'"
        cursor.execute(unset, (name, value, name))
    cursor.close()
    connection.commit()  # type: ignore[attr-defined]


def _sqlite_connect(connection: object, record: object) -> None:
    del record
    # The driver's own BEGIN comes too late for a consistent read-then-write: we begin ourselves.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _newest() -> str | None:
    """The version that the migrations of this process end at; to read them takes longer than to open a ledger."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == _newest():
            return
        connection.rollback()
        with connection.begin():
            if connection.dialect.name == "postgresql":  # a table of national size is rewritten as long as it takes
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
