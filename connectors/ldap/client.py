"""The wire: bounded, verified, complete-or-said-so reads over ldap3.

Every choice here answers a trap of the fact sheet: SYNC and not RESTARTABLE (D-32), `raise_exceptions` (D-31), the
result looked at by us because the size limit never raises (D-30), timeouts on connecting and receiving (D-33, D-34),
a verified certificate (D-38), no schema and raw bytes (D-40), aliases not followed (D-43).
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import ldap3

from connectors.ldap.failures import FOREIGN, failure
from connectors.ldap.settings import LdapSettings
from kypek_sync.contract import StopConnector

PAGED = "1.2.840.113556.1.4.319"
"""The control of simple paged results (RFC 2696)."""

_LIMITS = {3: "time limit", 4: "size limit", 11: "administrative limit"}
_REFERRAL = 10

Take = Callable[[str, Mapping[str, Sequence[bytes]]], None]
"""Receives one entry: its DN and its raw values by attribute description."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to read: everything below `base` (or its children only) that passes `filter`, with these attributes."""

    base: str
    filter: str
    attributes: tuple[str, ...]
    subtree: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a read ended: entries and pages seen, and why it is not whole (a sentence; empty when it is)."""

    entries: int
    pages: int
    why_partial: str = ""


class _VerifiedTls(ldap3.Tls):  # type: ignore[misc]  # ldap3 has no types
    """TLS whose chain and host name Python's own default context verifies. ldap3 by itself verifies neither (D-38), and
    when told to, compares the name by a function that Python deprecated and then dropped."""

    def __init__(self, ca_file: str) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = ssl.create_default_context(cafile=ca_file or None)

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Called by ldap3 for ldaps and for StartTLS."""
        connection.socket = self._context.wrap_socket(
            connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
        )


class LdapClient:
    """Reads from one directory, named `system` in errors. Safe to use from several threads: each read has its own
    connection, at most `parallel` at a time. Raises `TryLater` and `StopConnector` only."""

    def __init__(self, system: str, settings: LdapSettings, ca_file: str = "") -> None:
        self.system = system
        self.settings = settings
        self._ca_file = ca_file
        self._slots = threading.BoundedSemaphore(settings.parallel)

    def read_all(self, search: Search, take: Take) -> Ending:
        """Hand every entry to `take`, page by page, and say how it ended. A failure before the first entry raises; one
        after it makes the read partial."""
        entries = pages = 0
        cookie: bytes | None = None
        end = time.monotonic() + self.settings.deadline
        doing = f"reading {search.base}"
        with self._session() as connection:
            while True:
                try:
                    result, found = self._page(connection, search, cookie)
                except FOREIGN as error:
                    problem = failure(self.system, self.settings, error, doing)
                    if not entries or isinstance(problem, StopConnector):
                        raise problem from None
                    return Ending(entries, pages, f"The read ended after {entries} entries: {problem.message}")
                for entry in found:
                    if entry["type"] == "searchResEntry":
                        take(entry["dn"], entry["raw_attributes"])
                        entries += 1
                pages += 1
                if why := self._why_partial(result, found, entries):
                    return Ending(entries, pages, why)
                cookie = result.get("controls", {}).get(PAGED, {}).get("value", {}).get("cookie")
                if cookie is None:
                    why = f"The directory gave {entries} entries and did not say whether that is all."
                    return Ending(entries, pages, why)
                if not cookie:
                    return Ending(entries, pages)
                if time.monotonic() > end:
                    why = f"The read took longer than {self.settings.deadline} s and was given up at {entries} entries."
                    return Ending(entries, pages, why)

    def look(self, search: Search, limit: int, *, itself: bool = False) -> list[tuple[str, dict[str, list[bytes]]]]:
        """At most `limit` entries, in one answer; with `itself`, the entry at `base` and not what is below it."""
        scope = ldap3.BASE if itself else self._scope(search)
        with self._session() as connection:
            try:
                connection.search(
                    search.base,
                    search.filter,
                    scope,
                    dereference_aliases=ldap3.DEREF_NEVER,
                    attributes=list(search.attributes),
                    size_limit=limit,
                )
            except FOREIGN as error:
                raise failure(self.system, self.settings, error, f"reading {search.base}") from None
            found = [entry for entry in connection.response or [] if entry["type"] == "searchResEntry"]
            if connection.result["result"] not in (0, 4):
                reason = connection.result["description"]
                raise StopConnector(self.system, f"{self.settings.address} did not answer a look-up ({reason}).")
            return [(entry["dn"], dict(entry["raw_attributes"])) for entry in found]

    def sign_in(self) -> None:
        """Connect and sign in, and nothing else. Raises `TryLater` or `StopConnector`."""
        with self._session():
            return

    def _scope(self, search: Search) -> str:
        return str(ldap3.SUBTREE if search.subtree else ldap3.LEVEL)

    def _page(self, connection: Any, search: Search, cookie: bytes | None) -> tuple[dict[str, Any], list[Any]]:
        connection.search(
            search.base,
            search.filter,
            self._scope(search),
            dereference_aliases=ldap3.DEREF_NEVER,
            attributes=list(search.attributes),
            paged_size=self.settings.page_size,
            paged_criticality=True,
            paged_cookie=cookie,
        )
        return connection.result, connection.response or []

    def _why_partial(self, result: dict[str, Any], found: list[Any], entries: int) -> str:
        code = result["result"]
        if code in _LIMITS:
            who = self.settings.bind_dn or "an anonymous reader"
            return (
                f"The directory gave {entries} entries and stopped at its {_LIMITS[code]} ({result['description']});"
                f" ask the ΠΣΔ to lift that limit for {who}."
            )
        if code == _REFERRAL or any(entry["type"] == "searchResRef" for entry in found):
            return f"The directory refers to another server for a part; {entries} entries were read from this one."
        if code != 0:
            return f"The directory gave {entries} entries and ended with {result['description']}."
        return ""

    @contextmanager
    def _session(self) -> Iterator[Any]:
        """A connection that is encrypted as set and signed in; unbound at the end whatever happens."""
        settings = self.settings
        with self._slots:
            doing = "connecting"
            connection = None
            try:
                try:
                    connection = self._connection()
                    connection.open(read_server_info=False)
                    if settings.tls and not settings.ldaps:
                        doing = "starting TLS"
                        self._insist(connection.start_tls(read_server_info=False), doing)
                    doing = "signing in"
                    self._insist(connection.bind(read_server_info=False), doing)
                except FOREIGN as error:
                    raise failure(self.system, settings, error, doing) from None
                yield connection
            finally:
                if connection is not None:
                    self._let_go(connection)

    def _let_go(self, connection: Any) -> None:
        """Unbind, and close the socket that ldap3 leaves open when connecting or its handshake failed."""
        socket = connection.socket
        with suppress(*FOREIGN):
            if connection.bound:
                connection.unbind()
        if socket is not None:
            with suppress(OSError):
                socket.close()

    def _tls(self) -> _VerifiedTls:
        try:
            return _VerifiedTls(self._ca_file)
        except OSError as error:  # ssl.SSLError is one of them
            text = f"ca_file {self.settings.ca_file} cannot be used ({error.strerror or 'it holds no certificate'})."
            raise StopConnector(self.system, text, hint="Check its path, its rights, and that it is PEM.") from None

    def _insist(self, done: object, doing: str) -> None:
        """ldap3 also answers False where it neither did what was asked nor raises (D-31)."""
        if not done:
            raise StopConnector(self.system, f"{self.settings.address} did not finish {doing}.")

    def _connection(self) -> Any:
        settings = self.settings
        server = ldap3.Server(
            settings.host,
            port=settings.port,
            use_ssl=settings.ldaps,
            tls=self._tls() if settings.tls else None,
            get_info=ldap3.NONE,
            connect_timeout=settings.timeout,
        )
        return ldap3.Connection(
            server,
            user=settings.bind_dn or None,
            password=settings.password.get_secret_value() or None,
            authentication=ldap3.SIMPLE if settings.bind_dn else ldap3.ANONYMOUS,
            client_strategy=ldap3.SYNC,
            auto_bind=ldap3.AUTO_BIND_NONE,
            read_only=True,
            raise_exceptions=True,
            receive_timeout=settings.timeout,
            auto_referrals=False,
            auto_range=False,
            return_empty_attributes=False,
            check_names=False,
        )
