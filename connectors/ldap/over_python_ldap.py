"""A line by python-ldap: the system's OpenLDAP library, installed with the extra `fast-ldap`.

Each message is taken as it comes (`result4` with `all=0`), so that no more than one entry is held here, and so that the
entries before an error are not lost with it. Nothing is left to the library's own defaults or to a machine's ldap.conf:
time limits on each answer and on the socket itself (D-33), a demanded certificate (D-38), neither referrals nor aliases
followed, no limit of ours.

What it cannot be kept from: it holds a message of any size, and of an entry whose attributes end in junk it gives those
before the junk as if they were all.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import ldap
from ldap.controls import RequestControl
from ldap.controls.libldap import SimplePagedResultsControl
from ldap.ldapobject import SimpleLDAPObject

from connectors.ldap.handshake import refusal
from connectors.ldap.known_bytes import of_values
from connectors.ldap.line import Answer, Control, Kind, Message, Question, Same, Scope, Take, Trouble, Values
from connectors.ldap.results import cookie_in
from connectors.ldap.room import make_room
from connectors.ldap.settings import LdapSettings
from connectors.ldap.time_limits import cut_after, descriptors, end_waits, sockets

_FOREIGN = (ldap.LDAPError, OSError, ValueError)
_HEARD = (ldap.RES_SEARCH_ENTRY, ldap.RES_INTERMEDIATE)
_SCOPES = {Scope.ITSELF: ldap.SCOPE_BASE, Scope.CHILDREN: ldap.SCOPE_ONELEVEL, Scope.SUBTREE: ldap.SCOPE_SUBTREE}


_Tuples = Sequence[tuple[str, int, bytes | None]]
"""Controls as the library's inner part gives them: OID, criticality, value."""


class _Connection(SimpleLDAPObject):  # type: ignore[misc]  # python-ldap has no types
    """One that hands a message on as it came. Its own `result4` takes a lock, which a connection of one thread needs
    not, and decodes each control, of which a country's read has nothing: a tenth of its time together. Its decoder of a
    page's cookie also ends the process where the control has no value."""

    def message(self, number: int, timeout: float, controls: int = 0) -> tuple[int, Any, int, _Tuples | None]:
        """The next message of a request: kind, data, number, and the controls of the last. With `controls`, each
        entry's too, and what is neither entry nor end. Raises `ldap.LDAPError`."""
        message: tuple[int, Any, int, _Tuples | None] = self._l.result4(number, 0, timeout, controls, controls, 0)
        return message


class OverPythonLdap:
    """The library that can listen."""

    name = "python-ldap"
    raw = True

    def open(self, settings: LdapSettings, ca_file: str) -> PythonLdapLine:
        """Connected; of ldaps, also encrypted. Raises `Trouble`."""
        line = PythonLdapLine(settings, ca_file)
        try:
            line.open()
        except Trouble:
            line.close()
            raise
        return line


class PythonLdapLine:
    """One connection of python-ldap."""

    def __init__(self, settings: LdapSettings, ca_file: str) -> None:
        self._settings = settings
        self._ca_file = ca_file
        self._connection: Any = None
        self._descriptor = -1
        self._signing_in: int | None = None

    def open(self) -> None:
        """Connect. Over ldap by a socket of ours, whose every wait ends; over ldaps the library connects by itself, and
        begins to sign in at once, because it connects with its first request."""
        settings = self._settings
        if settings.ldaps:
            before = descriptors()
            with (
                self._translated_handshake(),
                cut_after(lambda: sockets(settings.port, descriptors() - before), settings.timeout, _FOREIGN),
            ):
                self._connection = self._object(settings.address)
                self._signing_in = self._bind()
                end_waits(self._connection.fileno(), settings.timeout)
                with socket.socket(fileno=os.dup(self._connection.fileno())) as theirs:
                    make_room(theirs)
            return
        try:
            ours = socket.create_connection((settings.host, settings.port), settings.timeout)
        except TimeoutError:
            raise Trouble(Kind.TIMEOUT) from None
        except OSError:
            raise Trouble(Kind.UNREACHABLE) from None
        ours.settimeout(None)
        make_room(ours)
        end_waits(ours.fileno(), settings.timeout)
        self._descriptor = ours.detach()
        with self._translated():
            self._connection = self._object(settings.address, self._descriptor)

    def start_tls(self) -> None:
        """Encrypt it."""
        with (
            self._translated_handshake(),
            cut_after(lambda: _copies(self._descriptor), self._settings.timeout, _FOREIGN),
        ):
            self._connection.start_tls_s()

    def sign_in(self) -> None:
        """Bind."""
        timeout = self._settings.timeout
        with self._translated():
            descriptor = self._connection.fileno()
            with cut_after(lambda: _copies(descriptor), timeout, _FOREIGN):
                message = self._bind() if self._signing_in is None else self._signing_in
                self._connection.message(message, timeout)

    def search(self, question: Question, take: Take, same: Same | None = None) -> Answer:
        """Each entry as it comes. This library gives no octets of it, but what they would be can be told; what has
        those of an entry that was taken before made sense already."""

        def hear(kind: int, data: Any) -> None:
            if kind == ldap.RES_SEARCH_ENTRY:
                dn, values = data[0]
                if same is None or not same(dn.encode(), of_values(values)):
                    _insist_on_sense(values)
                    take(dn, values)

        return self._hear(question, hear, 0)

    def listen(self, question: Question, hear: Callable[[Message], None]) -> Answer:
        """Each message as it comes, with its controls."""

        def told(kind: int, data: Any) -> None:
            ((name, content, controls),) = data
            if kind == ldap.RES_SEARCH_ENTRY:
                _insist_on_sense(content)
                hear(Message(name, content, _controls(controls)))
            elif kind == ldap.RES_INTERMEDIATE:
                hear(Message(None, controls=_controls(controls), oid=name or "", value=content or b""))

        return self._hear(question, told, 1)

    def close(self) -> None:
        """Unbind, which closes the socket."""
        if self._connection is not None:
            with suppress(*_FOREIGN):
                self._connection.unbind_ext()

    def _hear(self, question: Question, hear: Callable[[int, Any], None], add_controls: int) -> Answer:
        with self._translated():
            descriptor = self._connection.fileno()
            message = self._ask(question)
        with cut_after(lambda: _copies(descriptor), _left(question), ()):
            return self._heard(message, question, hear, add_controls)

    def _heard(self, message: int, question: Question, hear: Callable[[int, Any], None], add_controls: int) -> Answer:
        following, timeout = self._connection.message, self._settings.timeout
        entries = referrals = 0
        most = question.most
        while True:
            try:
                kind, data, _, controls = following(message, timeout, add_controls)
            except _FOREIGN as error:
                code = _code(error)
                if code is None or code < 0:
                    raise Trouble(Kind.TIMEOUT if _left(question) <= 0 else self._what(error)) from None
                return Answer(code, None, referrals, _of_error(error))
            if kind == ldap.RES_SEARCH_RESULT:
                return _answer(0, _controls(controls), referrals)
            if kind == ldap.RES_SEARCH_REFERENCE:
                referrals += 1
                continue
            entries += kind == ldap.RES_SEARCH_ENTRY
            if entries > most:
                raise Trouble(Kind.TOO_MANY)
            if kind not in _HEARD:
                raise Trouble(Kind.NONSENSE)
            hear(kind, data)

    def _ask(self, question: Question) -> int:
        controls: list[RequestControl] = [
            RequestControl(each.oid, each.critical, each.value or None) for each in question.controls
        ]
        if question.page:
            controls.append(SimplePagedResultsControl(True, question.page, question.cookie))
        message: int = self._connection.search_ext(
            question.base,
            _SCOPES[question.scope],
            question.filter,
            list(question.attributes),
            serverctrls=controls or None,
            sizelimit=question.limit,
        )
        return message

    def _bind(self) -> int:
        settings = self._settings
        message: int = self._connection.simple_bind(settings.bind_dn, settings.password.get_secret_value())
        return message

    def _object(self, address: str, descriptor: int | None = None) -> Any:
        connection = _Connection(address, fileno=descriptor)
        seconds = float(self._settings.timeout)
        for option, value in (
            (ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3),
            (ldap.OPT_NETWORK_TIMEOUT, seconds),
            (ldap.OPT_TIMEOUT, seconds),
            (ldap.OPT_REFERRALS, 0),
            (ldap.OPT_DEREF, ldap.DEREF_NEVER),
            (ldap.OPT_SIZELIMIT, 0),
            (ldap.OPT_TIMELIMIT, 0),
        ):
            connection.set_option(option, value)
        if self._settings.tls:
            connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
            if hasattr(ldap, "OPT_X_TLS_REQUIRE_SAN"):  # OpenLDAP 2.5 and newer
                connection.set_option(ldap.OPT_X_TLS_REQUIRE_SAN, ldap.OPT_X_TLS_DEMAND)
            for option, path in zip(_TRUSTED, _trusted(self._ca_file), strict=True):
                if path:
                    connection.set_option(option, path)
            connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except _FOREIGN as error:
            raise Trouble(self._what(error)) from None

    @contextmanager
    def _translated_handshake(self) -> Iterator[None]:
        """The library does not say why a handshake failed: Python is asked, by one of its own."""
        try:
            with self._translated():
                yield
        except Trouble as trouble:
            if trouble.what not in (Kind.BROKEN, Kind.NONSENSE):
                raise
            raise Trouble(refusal(self._settings, self._ca_file) or Kind.CERTIFICATE) from None

    def _what(self, error: Exception) -> int | Kind:
        code = _code(error)
        if code is not None and code > 0:
            return code
        if isinstance(error, (ldap.TIMEOUT, TimeoutError)) or _errno(error) == errno.ETIMEDOUT:
            return Kind.TIMEOUT
        if isinstance(error, (ldap.SERVER_DOWN, ldap.CONNECT_ERROR)):
            return Kind.BROKEN
        return Kind.NONSENSE


def _insist_on_sense(values: Values) -> None:
    """Of an attribute that comes twice, OpenLDAP's library gives the first values twice and drops the others, also
    where the second is spelled otherwise. A set that holds each of its values twice cannot be told from that, and is
    refused too; one that repeats some of them is taken. Raises `Trouble`."""
    if not _distinct(tuple(values)):
        raise Trouble(Kind.NONSENSE)
    for those in values.values():
        half = len(those) // 2
        if half and those[half] == those[0] and those[:half] * 2 == those:
            raise Trouble(Kind.NONSENSE)


@lru_cache(maxsize=4096)
def _distinct(names: tuple[str, ...]) -> bool:
    """Whether they are names, and of different attributes. A country's entries have few different sets of them."""
    return "" not in names and len({name.casefold() for name in names}) == len(names)


def _copies(descriptor: int) -> Iterator[socket.socket]:
    yield socket.socket(fileno=os.dup(descriptor))


def _left(question: Question) -> float:
    """Seconds until the answer is given up; a thread cannot wait for ever."""
    return min(question.end - time.monotonic(), threading.TIMEOUT_MAX)


def _code(error: Exception) -> int | None:
    """The result code; negative where the library itself gave up."""
    told = error.args[0] if isinstance(error, ldap.LDAPError) and error.args else None
    return int(told["result"]) if isinstance(told, dict) and "result" in told else None


def _errno(error: Exception) -> int | None:
    told = error.args[0] if error.args else None
    return told.get("errno") if isinstance(told, dict) else None


def _of_error(error: Exception) -> tuple[Control, ...]:
    return _controls(error.args[0].get("ctrls"))


def _controls(controls: _Tuples | None) -> tuple[Control, ...]:
    return tuple(Control(oid, value or b"", bool(critical)) for oid, critical, value in controls or ())


def _answer(code: int, controls: tuple[Control, ...], referrals: int) -> Answer:
    """The library's own decoder of a cookie ends the process where the control has no value."""
    try:
        return Answer(code, cookie_in(controls), referrals, controls)
    except (ValueError, IndexError):
        raise Trouble(Kind.NONSENSE) from None


_TRUSTED = (ldap.OPT_X_TLS_CACERTFILE, ldap.OPT_X_TLS_CACERTDIR)


def _trusted(ca_file: str) -> tuple[str, str]:
    """The file and the folder of certificates to trust: the given file, else what Python trusts too."""
    if ca_file:
        return ca_file, ""
    system = ssl.get_default_verify_paths()
    return (system.cafile, "") if system.cafile else ("", system.capath or "")
