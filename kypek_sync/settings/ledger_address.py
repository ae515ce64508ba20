"""The ledger's address: from what an administrator writes to what SQLAlchemy opens."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

MEMORY = ":memory:"


class LedgerAddressError(Exception):
    """The address cannot be used; `message` says what to write."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def ledger_address(written: str, folder: Path, password: SecretStr | None = None) -> str:
    """A URL for SQLAlchemy: a relative SQLite file starts at `folder` (that of the settings), PostgreSQL gets the
    psycopg driver and the password. The result may hold a secret: never log it.

    Raises `LedgerAddressError` for anything else, and for a password inside the address.
    """
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        raise LedgerAddressError(
            "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE; the password goes into `ledger_password:`"
        ) from None
    if url.password is not None or "password" in url.query:
        raise LedgerAddressError("holds a password; take it out and name its place in `ledger_password:`")
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(url, folder)
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        if not url.database:
            raise LedgerAddressError("names no database: postgresql://USER@HOST/DATABASE")
        url = url.set(drivername="postgresql+psycopg", password=password.get_secret_value() if password else None)
        return url.render_as_string(hide_password=False)
    raise LedgerAddressError(
        "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE; other databases are not supported"
    )


def _sqlite(url: URL, folder: Path) -> str:
    if url.host or url.username:
        raise LedgerAddressError("a SQLite file is written with three slashes (four for a full path): sqlite:///FILE")
    if not url.database or url.database == MEMORY:
        raise LedgerAddressError("names no file; a ledger in memory would forget everything: sqlite:///FILE")
    return url.set(database=str(folder / url.database)).render_as_string(hide_password=False)
