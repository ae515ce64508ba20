"""A line by ldap3: pure Python, always installed.

Every choice here answers a trap of the fact sheet: SYNC and not RESTARTABLE (D-32), `raise_exceptions` and yet every
result looked at, because the size limit never raises (D-30, D-31), timeouts on connecting and receiving (D-33, D-34), a
verified certificate (D-38), no schema and raw bytes (D-40), aliases not followed (D-43). One page is held in memory, as
it came: entries are taken from their bytes (`messages`), which takes a quarter of the time of ldap3's own decoding.
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from pyasn1.error import PyAsn1Error

from connectors.ldap.line import Answer, Kind, Question, Scope, Take, Trouble, Values, of_certificate
from connectors.ldap.messages import ENTRY, cut, entry_of, is_entry, numbered
from connectors.ldap.room import make_room
from connectors.ldap.settings import LdapSettings

with warnings.catch_warnings():
    # ldap3 2.9.1 touches two names that pyasn1 deprecated: an interpreter with -W error could not load it (D-44)
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core import exceptions as foreign

PAGED = "1.2.840.113556.1.4.319"
"""The control of simple paged results (RFC 2696)."""

_FOREIGN = (foreign.LDAPException, PyAsn1Error, OSError, ValueError, IndexError)
"""What ldap3 raises: its own errors, and, for an answer that is no LDAP, those of its decoders."""

_BROKEN = (
    *(foreign.LDAPSocketReceiveError, foreign.LDAPSocketSendError, foreign.LDAPSocketCloseError),
    *(foreign.LDAPSessionTerminatedByServerError, OSError),
)
_RECEIVED = 65_536
"""Octets that are received at a time, at most."""
_SCOPES = {Scope.ITSELF: ldap3.BASE, Scope.CHILDREN: ldap3.LEVEL, Scope.SUBTREE: ldap3.SUBTREE}


class OverLdap3:
    """The library that is always there."""

    name = "ldap3"
    raw = False

    def open(self, settings: LdapSettings, ca_file: str) -> Ldap3Line:
        """Connected, and encrypted if ldaps. Raises `Trouble`."""
        line = Ldap3Line(settings, ca_file)
        line.open()
        return line


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


class Ldap3Line:
    """One connection of ldap3."""

    def __init__(self, settings: LdapSettings, ca_file: str) -> None:
        server = ldap3.Server(
            settings.host,
            port=settings.port,
            use_ssl=settings.ldaps,
            tls=_VerifiedTls(ca_file) if settings.tls else None,
            get_info=ldap3.NONE,
            connect_timeout=settings.timeout,
        )
        self._connection = ldap3.Connection(
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
        self._entries: list[bytes] = []
        self._connection.strategy.receiving = partial(_received, self._connection, self._entries)

    def open(self) -> None:
        """Connect. Raises `Trouble`, and lets the socket go then."""
        try:
            with _translated():
                self._connection.open(read_server_info=False)
                make_room(self._connection.socket)
        except Trouble:
            self.close()
            raise

    def start_tls(self) -> None:
        """Encrypt it."""
        with _translated():
            done = self._connection.start_tls(read_server_info=False)
        self._insist(done)

    def sign_in(self) -> None:
        """Bind."""
        with _translated():
            done = self._connection.bind(read_server_info=False)
        self._insist(done)

    def search(self, question: Question, take: Take) -> Answer:
        """One answer, received whole and then handed over."""
        connection = self._connection
        self._entries.clear()
        connection.raise_exceptions = (
            False  # or the entries that came before a code would be lost; the code is looked at
        )
        with _translated():
            connection.search(
                question.base,
                question.filter,
                _SCOPES[question.scope],
                dereference_aliases=ldap3.DEREF_NEVER,
                attributes=list(question.attributes),
                size_limit=question.limit,
                paged_size=question.page or None,
                paged_criticality=True,
                paged_cookie=question.cookie or None,
                controls=[(each.oid, each.critical, each.value) for each in question.controls] or None,
            )
            result, found = connection.result, connection.response or []
        for message in self._entries:
            take(*_entry(message))
        referrals = len(found)
        cookie = result.get("controls", {}).get(PAGED, {}).get("value", {}).get("cookie")
        self._entries.clear()
        return Answer(result["result"], cookie, referrals)

    def close(self) -> None:
        """Unbind, and close the socket that ldap3 leaves open when connecting or its handshake failed."""
        socket = self._connection.socket
        with suppress(*_FOREIGN):
            if self._connection.bound:
                self._connection.unbind()
        if socket is not None:
            with suppress(OSError):
                socket.close()

    def _insist(self, done: object) -> None:
        """ldap3 also answers False where it neither did what was asked nor raises (D-31)."""
        if not done:
            raise Trouble(self._connection.result.get("result") or Kind.NONSENSE)


def _entry(message: bytes) -> tuple[str, Values]:
    try:
        return entry_of(message)
    except (ValueError, IndexError):
        raise Trouble(Kind.NONSENSE) from None


def _received(connection: Any, entries: list[bytes]) -> list[bytes]:
    """What ldap3 asks for: the messages that have come, none where the connection was closed. Entries that answer what
    is asked now are put aside as they came; the other messages are its own affair."""
    asked = tuple(connection.strategy._outstanding)
    beginning = numbered(asked[0]) + ENTRY if len(asked) == 1 else b""
    others: list[bytes] = []
    rest = b""
    while rest or not others:
        more = connection.socket.recv(_RECEIVED)
        if not more:
            return others
        messages, rest = cut(rest + more)
        for message in messages:
            (entries if beginning and is_entry(message, beginning) else others).append(message)
    return others


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _FOREIGN as error:
        raise Trouble(_what(error)) from None


def _what(error: Exception) -> int | Kind:
    if isinstance(error, foreign.LDAPOperationResult):
        return int(error.result)
    if "certificate" in str(error).lower():
        return of_certificate(str(error))
    if isinstance(error, (foreign.LDAPResponseTimeoutError, TimeoutError)) or "timed out" in str(error):
        return Kind.TIMEOUT
    if isinstance(error, foreign.LDAPSocketOpenError):
        return Kind.UNREACHABLE
    return Kind.BROKEN if isinstance(error, _BROKEN) else Kind.NONSENSE
