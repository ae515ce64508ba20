"""The address of eClass's database as an administrator writes it, and how it is spoken to: pure."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SCHEMES = frozenset({"mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"})
_SOCKET = "unix_socket"


def address(text: str) -> URL:
    """The parts of `mysql://USER:PASSWORD@HOST/DATABASE`. Raises `ValueError` with a sentence that holds none of it."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        url = URL.create("nothing")
    if url.drivername not in _SCHEMES or not url.database or not url.username:
        raise ValueError(
            "write the database as mysql://USER:PASSWORD@HOST/DATABASE, odd signs of the password percent-encoded"
        )
    if set(url.query) - {_SOCKET} or not (url.host or _SOCKET in url.query):
        raise ValueError(
            "the database's address takes a host, or `?unix_socket=PATH`, and nothing else behind the name"
        )
    return url.set(drivername="mysql+pymysql")


def is_near(url: URL) -> bool:
    """Whether the database is on this machine, so that nobody listens in between."""
    return _SOCKET in url.query or url.host in LOOPBACK


def words(url: URL) -> str:
    """Where the database is, without account and password."""
    place = str(url.query.get(_SOCKET) or url.host)
    return f"{url.database}@{place}" + (f":{url.port}" if url.port else "")


def options(url: URL, *, timeout: float, tls: bool, ca_file: str) -> dict[str, Any]:
    """What the driver is told: time limits in seconds, letters, and whether the line must be encrypted. To another
    machine it must, with the certificate and the host's name verified, unless `tls` is false."""
    seconds = max(1, round(timeout))
    said: dict[str, Any] = {
        "connect_timeout": min(5, seconds),
        "read_timeout": seconds + 1,  # the server gives up first, and says why
        "write_timeout": seconds,
        "charset": "utf8mb4",
        "local_infile": False,
        "autocommit": True,  # the one transaction is begun by hand
    }
    if ca_file or (tls and not is_near(url)):
        said["ssl"] = _verified(ca_file)
    return said


def _verified(ca_file: str) -> ssl.SSLContext:
    """Raises `ValueError` for a file that holds no certificate."""
    if ca_file and not Path(ca_file).is_file():
        raise ValueError(f"There is no file {ca_file}.")
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except ssl.SSLError:
        raise ValueError(f"{ca_file} holds no certificate in PEM form.") from None
