"""The connection to eClass's database: one read at a time, each in one transaction that sees one moment and writes
nothing, within time limits (fact sheet eclass, section 3.1).

DATETIMEs there are naive Europe/Athens, TIMESTAMPs follow the session, which is set to UTC here: the type of a column
tells which it is (E-47). Every moment is fetched as text, so that an impossible one spoils nothing.
"""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, bindparam, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

import connectors.eclass.database_address as addresses
import connectors.eclass.database_rights as rights
import connectors.eclass.database_trouble as trouble
import connectors.eclass.mapping as mapping
from connectors.eclass.database_rights import ColumnRight
from connectors.eclass.settings import EclassSettings
from kypek_sync.contract import StopConnector, TryLater
from kypek_sync.model import Clock

OFF = frozenset({"0", "OFF"})
"""How a server says that it does take writes (`read_only`)."""
LOOKED_AT = timedelta(hours=1)
"""After this the account's rights and the types of its columns are looked at again; `check` always does."""


@dataclass(frozen=True, slots=True)
class _Account:
    """What was seen of the account: the lines of SHOW GRANTS, and the columns it knows of."""

    at: datetime
    grants: tuple[str, ...]
    columns: tuple[ColumnRight, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """What answered: its version in words, its clock (aware UTC), whether the line is encrypted, and whether it is a
    copy that follows another server."""

    version: str
    now: datetime
    encrypted: bool
    follows: bool


class Reading:
    """One read: questions that all see the same moment."""

    def __init__(self, system: str, place: str, connection: Connection, seconds: float) -> None:
        self._system = system
        self._place = place
        self._connection = connection
        self._end = time.monotonic() + seconds
        self.is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
        self.columns: tuple[ColumnRight, ...] = ()
        self.grants: tuple[str, ...] = ()

    def rows(self, sql: str, **values: Any) -> list[Row[Any]]:
        """All rows of a question. A sequence among `values` stands for a list in parentheses. Raises `TryLater` when
        the read as a whole takes too long."""
        lists = [name for name, value in values.items() if isinstance(value, (list, tuple))]
        question = text(sql).bindparams(*(bindparam(name, expanding=True) for name in lists))
        found = self._connection.execute(question, values).all()
        if time.monotonic() > self._end:
            raise TryLater(
                self._system, f"The database {self._place} took too long over a question.", hint=trouble.LATER
            )
        return list(found)

    def moment(self, table: str, column: str) -> Callable[[object], datetime | None]:
        """How the text of this column's moments is read: as Athens, or as UTC where it is a TIMESTAMP."""
        kinds = {(one.table, one.column): one.kind for one in self.columns}
        return _utc if kinds.get((table, column)) == "timestamp" else _athens

    def server(self) -> Server:
        """What answers."""
        (row,) = self.rows(
            "SELECT VERSION() AS version, CAST(UTC_TIMESTAMP() AS CHAR) AS now, @@global.read_only AS follows"
        )
        copied = [list(row)[1] for row in self.rows("SHOW GLOBAL VARIABLES LIKE 'gtid_slave_pos'")]
        cipher = [list(row)[1] for row in self.rows("SHOW SESSION STATUS LIKE 'Ssl_cipher'")]
        stamp = datetime.strptime(str(row.now)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        return Server(str(row.version).split("-")[0], stamp, any(cipher), str(row.follows) not in OFF or any(copied))


class Database:
    """The account that may only read. Nothing is asked before the first read."""

    def __init__(self, system: str, url: URL, clock: Clock, *, timeout: float, tls: bool, ca_file: str) -> None:
        self.system = system
        self.url = url
        self.place = addresses.words(url)
        self.must_encrypt = tls and not addresses.is_near(url)
        self._timeout = timeout
        self._tls = tls
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._clock = clock
        self._account: _Account | None = None

    @classmethod
    def of(cls, system: str, settings: EclassSettings, folder: Path, clock: Clock) -> Database | None:
        """The database of the settings, if there is one; a relative file starts in `folder`."""
        if settings.database_url is None:
            return None
        return cls(
            system,
            addresses.address(settings.database_url.get_secret_value()),
            clock,
            timeout=settings.timeout,
            tls=settings.database_tls,
            ca_file=str(folder / settings.database_ca_file) if settings.database_ca_file else "",
        )

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A read of one moment. Raises `StopConnector` for an account that is refused, that may do more than read or
        see secrets, or that lacks a column, and `TryLater` for whatever may pass. What the account may do is looked at
        before the first read and then once in a while (`LOOKED_AT`)."""
        with self._asking(known=True) as reading:
            yield reading

    @contextmanager
    def looking(self) -> Iterator[Reading]:
        """The same, looked at now and whatever the account may do: for `check`, which tells it line by line."""
        with self._asking(known=False) as reading:
            yield reading

    def close(self) -> None:
        """Let go of what is held; a later read starts anew."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @property
    def name(self) -> str:
        """What the database is called there."""
        return self.url.database or ""

    @contextmanager
    def _asking(self, *, known: bool) -> Iterator[Reading]:
        with self._lock:
            try:
                with self._connected() as connection:
                    reading = Reading(self.system, self.place, connection, 2 * self._timeout)
                    self._settle(connection)
                    account = self._looked_at(reading) if known else self._look(reading)
                    reading.grants, reading.columns = account.grants, account.columns
                    connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
                    yield reading
            except DBAPIError as error:
                self._account = None  # perhaps its rights or the tables are others by now
                raise trouble.told(self.system, self.place, error) from None
            except mapping.Misshapen as error:
                self._account = None
                why = f"The database {self.place} holds something unexpected: {error}."
                raise TryLater(self.system, why, hint=trouble.LATER) from None

    def _looked_at(self, reading: Reading) -> _Account:
        """The account as it was seen lately, and found harmless; seen again where that is long ago."""
        account = self._account
        if account is None or abs(self._clock() - account.at) >= LOOKED_AT:
            self._account = None
            account = self._look(reading)
            rights.demand(self.system, self.place, self.name, account.grants, account.columns)
            self._account = account
        return account

    def _look(self, reading: Reading) -> _Account:
        grants = tuple(str(row[0]) for row in reading.rows("SHOW GRANTS"))
        return _Account(self._clock(), grants, rights.columns(reading.rows(rights.COLUMNS)))

    def _connected(self) -> Connection:
        try:
            if self._engine is None:
                told = addresses.options(self.url, timeout=self._timeout, tls=self._tls, ca_file=self._ca_file)
                self._engine = create_engine(
                    self.url,
                    poolclass=NullPool,  # a connection that nobody uses is a burden there
                    isolation_level="AUTOCOMMIT",  # the one transaction is begun by hand
                    hide_parameters=True,
                    connect_args=told,
                )
            return self._engine.connect()
        except DBAPIError:
            raise
        except ValueError as error:
            raise StopConnector(self.system, str(error), hint="Mend `database_ca_file`.") from None
        except (SQLAlchemyError, RuntimeError, LookupError, OSError, struct.error):
            raise trouble.nonsense(self.system, self.place) from None

    def _settle(self, connection: Connection) -> None:
        seconds = max(1, round(self._timeout))
        limit = f"max_statement_time = {seconds}"
        if not getattr(connection.dialect, "is_mariadb", False):
            limit = f"max_execution_time = {1000 * seconds}"
        for statement in (
            f"SET SESSION {limit}, time_zone = '+00:00', lock_wait_timeout = {seconds}, sql_select_limit = DEFAULT",
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        ):
            connection.exec_driver_sql(statement)


def _athens(value: object) -> datetime | None:
    return mapping.moment(str(value)[:19] if value is not None else None)


def _utc(value: object) -> datetime | None:
    if _athens(value) is None:
        return None
    return datetime.strptime(str(value)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
