"""A line by ldap3: pure Python, always installed.

Every choice here answers a trap of the fact sheet: SYNC and not RESTARTABLE (D-32), `raise_exceptions` and yet every
result looked at, because the size limit never raises (D-30, D-31), timeouts on connecting and receiving (D-33, D-34), a
verified certificate (D-38), no schema and raw bytes (D-40), aliases not followed (D-43).

ldap3 connects, encrypts and writes what is asked. What the server answers is received (`incoming`) and read
(`messages`, `results`) here: ldap3's own decoders end in a `KeyError` for a code that they do not know, and take four
times as long for an entry.
"""

from __future__ import annotations

import ssl
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pyasn1.error import PyAsn1Error

from connectors.ldap.incoming import Incoming
from connectors.ldap.known_bytes import of_message
from connectors.ldap.line import Answer, Kind, Question, Same, Scope, Take, Trouble, of_certificate
from connectors.ldap.messages import ENTRY, entry_of, is_entry, numbered
from connectors.ldap.results import (
    BIND_RESPONSE,
    DISCONNECTION,
    DONE,
    EXTENDED,
    INTERMEDIATE,
    REFERENCE,
    Told,
    cookie_in,
    told,
)
from connectors.ldap.room import make_room
from connectors.ldap.settings import LdapSettings

with warnings.catch_warnings():
    # ldap3 2.9.1 touches two names that pyasn1 deprecated: an interpreter with -W error could not load it (D-44)
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core import exceptions as foreign

_FOREIGN = (
    *(foreign.LDAPException, PyAsn1Error, OSError),
    *(ValueError, LookupError, TypeError, AttributeError, RecursionError),
)
"""What ldap3 raises: its own errors, and those of its code for what it did not expect."""

_BROKEN = (
    *(foreign.LDAPSocketReceiveError, foreign.LDAPSocketSendError, foreign.LDAPSocketCloseError),
    *(foreign.LDAPSessionTerminatedByServerError, OSError),
)
_OF_A_SEARCH = (DONE, REFERENCE, ENTRY[0], INTERMEDIATE)
_TYPES = {BIND_RESPONSE: "bindResponse", EXTENDED: "extendedResp"}
"""What ldap3 calls them."""
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
        self._timeout = settings.timeout
        self._incoming = Incoming(lambda: self._connection.socket, settings.timeout)
        self._connection.post_send_single_response = self._one_answer
        self._connection.post_send_search = lambda number: number

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

    def search(self, question: Question, take: Take, same: Same | None = None) -> Answer:
        """Each entry as it comes."""
        with _translated():
            number: int = self._connection.search(
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
        beginning = numbered(number) + ENTRY
        entries = referrals = 0
        most = question.most
        for message in self._incoming.until(question.end):
            if not is_entry(message, beginning):
                what = _told(message, number, _OF_A_SEARCH)
                if what.kind == DONE:
                    self._connection.strategy._outstanding.pop(number, None)
                    return _answer(what, referrals)
                if what.kind == REFERENCE:
                    referrals += 1
                if what.kind != ENTRY[0]:
                    continue
            entries += 1
            if entries > most:
                raise Trouble(Kind.TOO_MANY)
            if same is not None and (octets := of_message(message)) is not None and same(*octets):
                continue
            try:
                dn, values = entry_of(message)
            except (ValueError, IndexError):
                raise Trouble(Kind.NONSENSE) from None
            take(dn, values)
        raise Trouble(Kind.BROKEN)

    def close(self) -> None:
        """Unbind, and close the socket that ldap3 leaves open when connecting or its handshake failed."""
        socket = self._connection.socket
        with suppress(*_FOREIGN):
            if self._connection.bound:
                self._connection.unbind()
        if socket is not None:
            with suppress(OSError):
                socket.close()

    def _one_answer(self, number: int) -> list[object]:
        """Called by ldap3 for the answer to a bind and to StartTLS, which is not longer in coming than any octet."""
        connection = self._connection
        wanted = EXTENDED if connection.starting_tls else BIND_RESPONSE
        for message in self._incoming.until(time.monotonic() + self._timeout):
            what = _told(message, number, (wanted, INTERMEDIATE))
            if what.kind == INTERMEDIATE:
                continue
            if what.code:
                raise Trouble(what.code)
            if wanted == EXTENDED and self._incoming.pending:  # nothing may come before the encryption begins
                raise Trouble(Kind.NONSENSE)
            break
        connection.strategy._outstanding.pop(number, None)
        connection.result = {"result": 0, "description": "success", "type": _TYPES[wanted]}
        return []

    def _insist(self, done: object) -> None:
        """ldap3 also answers False where it neither did what was asked nor raises (D-31)."""
        if not done:
            raise Trouble(Kind.NONSENSE)


def _told(message: bytes, number: int, kinds: tuple[int, ...]) -> Told:
    """What a message says that answers request `number` and is one of these kinds. An unknown notice is as good as an
    intermediate response: it is passed over (RFC 4511, section 4.4)."""
    try:
        what = told(message)
    except (ValueError, IndexError):
        raise Trouble(Kind.NONSENSE) from None
    if what.number == 0 and what.kind == EXTENDED:
        if what.name == DISCONNECTION:
            raise Trouble(Kind.BROKEN)
        return Told(0, INTERMEDIATE)
    if what.number != number or what.kind not in kinds:
        raise Trouble(Kind.NONSENSE)
    return what


def _answer(what: Told, referrals: int) -> Answer:
    try:
        return Answer(what.code, cookie_in(what.controls), referrals, what.controls)
    except (ValueError, IndexError):
        raise Trouble(Kind.NONSENSE) from None


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
