"""The wire to a mail server: one connection, kept for a pass, and what its answers mean.

Nothing is sent before TLS is verified and the login accepted. What fails before the mail's content goes out is
`TryLater` or a refusal; from then on a lost connection is `Ambiguous`: the mail may have been taken, and only a
second sending with the same Message-ID is left. No server text goes into a message of ours: it repeats addresses.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from connectors.smtp.letters import Envelope
from connectors.smtp.settings import SmtpSettings
from kypek_sync.contract import Ambiguous, StopConnector, TryLater, doubt_of

_STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")
_IDLE = 60.0  # seconds after which a kept connection is not trusted any more
_NO_LOGIN = frozenset({530, 534, 535, 538})
_GONE = 421


class RefusedForGood(Exception):
    """The server will never take this one letter. Its text is a sentence without the address."""


class SmtpClient:
    """Sends to one server. `system` is the connector's name, used in errors; `own_name` is how we greet. Safe to use
    from several threads: one letter goes at a time."""

    def __init__(self, system: str, settings: SmtpSettings, folder: Path, own_name: str) -> None:
        self.system = system
        self._settings = settings
        self._ca_file = str(folder / settings.ca_file) if settings.ca_file else None
        self._own_name = own_name
        self._lock = threading.Lock()
        self._connection: smtplib.SMTP | None = None
        self._used = 0.0
        self._is_late = False

    @property
    def place(self) -> str:
        """Host and port, for people."""
        return "{}:{}".format(*self._settings.place)

    def deliver(self, envelope: Envelope) -> None:
        """Hand one mail over. Raises `RefusedForGood`, `TryLater`, `StopConnector`, `Ambiguous`."""
        with self._lock, self._bounded():
            connection = self._begin(envelope)
            self._address(connection, envelope)
            self._content(connection, envelope)
            self._used = time.monotonic()

    def greet(self) -> None:
        """Connect afresh, up to the login, and send nothing. Raises `TryLater` or `StopConnector`."""
        with self._lock, self._bounded():
            self._drop()
            connection = self._connect()
            code, _ = self._ask(connection, "NOOP")
            if code != 250:
                self._drop()
                raise self._later(f"answered NOOP with {code}")

    def close(self) -> None:
        """Say goodbye and let go of the connection. Safe to call twice."""
        with self._lock, self._bounded():
            if self._connection is not None:
                with suppress(smtplib.SMTPException, OSError):
                    self._connection.quit()
            self._drop()

    # The steps of a letter

    def _begin(self, envelope: Envelope) -> smtplib.SMTP:
        """MAIL FROM, on the kept connection or a new one: a kept one may have been dropped without our knowing."""
        kept = self._connection
        if kept is not None and time.monotonic() - self._used < _IDLE:
            with suppress(TryLater):
                self._mail_from(kept, envelope)
                return kept
        self._drop()
        connection = self._connect()
        self._mail_from(connection, envelope)
        return connection

    def _mail_from(self, connection: smtplib.SMTP, envelope: Envelope) -> None:
        size = f" SIZE={len(envelope.content)}" if connection.has_extn("size") else ""
        code, said = self._ask(connection, f"MAIL FROM:<{envelope.sender}>{size}")
        if code == 250:
            return
        if code >= 500 and code not in _NO_LOGIN and code != 552:
            self._drop()
            raise StopConnector(
                self.system,
                f"{self.place} does not take mail from our sender's address ({_told(code, said)}).",
                hint="Check `sender`: the login must be allowed to use it.",
            )
        self._judge(connection, code, said, envelope, "the letter")

    def _address(self, connection: smtplib.SMTP, envelope: Envelope) -> None:
        code, said = self._ask(connection, f"RCPT TO:<{envelope.recipient}>")
        if code in (250, 251):
            return
        if code >= 500 and re.search(rb"\brelay", said, re.IGNORECASE):
            self._drop()
            raise StopConnector(
                self.system,
                f"{self.place} does not pass mail on for us ({_told(code, said)}).",
                hint="Set username and password, or ask its administrators to let us send.",
            )
        self._judge(connection, code, said, envelope, "the recipient")

    def _content(self, connection: smtplib.SMTP, envelope: Envelope) -> None:
        code, said = self._ask(connection, "DATA")
        if code != 354:
            self._judge(connection, code, said, envelope, "the letter")
            return
        body = re.sub(rb"(?m)^\.", b"..", envelope.content)
        end = b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            connection.send(body + end)
            code, said = connection.getreply()
        except (smtplib.SMTPException, OSError, ValueError):
            self._drop()
            raise self._in_doubt() from None
        if 200 <= code < 300:
            return
        if not 400 <= code < 600:
            self._drop()
            raise self._in_doubt()
        self._judge(connection, code, said, envelope, "the letter")

    def _judge(self, connection: smtplib.SMTP, code: int, said: bytes, envelope: Envelope, what: str) -> None:
        """Raise what a refusal means, and leave the connection ready for the next letter."""
        told = _told(code, said)
        if code == _GONE or not self._ready_again(connection):
            self._drop()
        if code in _NO_LOGIN:
            self._drop()
            raise self._locked_out(told)
        if code >= 500:
            raise RefusedForGood(f"The mail server refuses {what} at {envelope.domain} ({told}).")
        raise self._later(f"does not take {what} now ({told})")

    def _ready_again(self, connection: smtplib.SMTP) -> bool:
        try:
            return connection.rset()[0] == 250
        except (smtplib.SMTPException, OSError, ValueError):
            return False

    # The connection

    def _connect(self) -> smtplib.SMTP:
        host, port = self._settings.place
        try:
            connection = self._connection = self._fresh()
            # The name that TLS verifies; its constructor sets it only where it connects, out of reach of `_cut`.
            connection._host = host  # type: ignore[attr-defined]
            code, said = connection.connect(host, port)
            if code != 220 or self._is_late:
                raise self._later(f"does not want to talk now ({_told(code, said)})")
            connection.ehlo_or_helo_if_needed()
            if self._settings.security == "starttls":
                self._protect(connection)
            self._log_in(connection)
        except ssl.SSLCertVerificationError as error:
            self._drop()
            hint = "Check the host's name and its certificate; `ca_file` names an authority of your own."
            if doubt := doubt_of(str(error)):
                raise self._later(f"has a certificate that could not be verified ({doubt.value})", hint) from None
            raise self._later("has a certificate that could not be verified", hint) from None
        except ssl.SSLError:
            self._drop()
            raise self._later("could not begin TLS", "Check `port` and `security`: they must fit together.") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            raise self._later(f"could not be reached ({_reason(error)})") from None
        except (TryLater, StopConnector):
            self._drop()
            raise
        return connection

    def _fresh(self) -> smtplib.SMTP:
        """Not connected yet. With a name of our own the machine's is not looked up, which may take long."""
        timeout = self._settings.timeout
        if self._settings.security == "tls":
            return smtplib.SMTP_SSL(local_hostname=self._own_name, timeout=timeout, context=self._trust())
        return smtplib.SMTP(local_hostname=self._own_name, timeout=timeout)

    def _protect(self, connection: smtplib.SMTP) -> None:
        if not connection.has_extn("starttls"):
            raise StopConnector(
                self.system,
                f"{self.place} does not offer STARTTLS, and nothing is sent unprotected.",
                hint="Check host and port; with port 465 set `security: tls`.",
            )
        code, said = connection.starttls(context=self._trust())
        if code != 220:
            raise self._later(f"does not begin TLS ({_told(code, said)})")
        connection.ehlo()

    def _log_in(self, connection: smtplib.SMTP) -> None:
        """PLAIN or LOGIN, in UTF-8 (RFC 4616); smtplib's own takes ASCII only."""
        password = self._settings.password
        if password is None:
            return
        name, word = self._settings.username.encode(), password.get_secret_value().encode()
        offered = connection.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            code, said = connection.docmd("AUTH", "PLAIN " + _base64(b"\0" + name + b"\0" + word))
        elif "LOGIN" in offered:
            code, said = connection.docmd("AUTH", "LOGIN " + _base64(name))
            if code == 334:
                code, said = connection.docmd(_base64(word))
        else:
            raise StopConnector(
                self.system,
                f"{self.place} offers no way to log in that we know (PLAIN, LOGIN).",
                hint="Check `security`: many servers offer it on a protected connection only.",
            )
        if 400 <= code < 500:
            raise self._later(f"cannot check the login now ({_told(code, said)})")
        if code not in (235, 503):
            raise self._locked_out(_told(code, said))

    def _ask(self, connection: smtplib.SMTP, command: str) -> tuple[int, bytes]:
        """One command before any content: a failure changed nothing."""
        try:
            code, said = connection.docmd(command)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            raise self._later(f"broke off ({_reason(error)})") from None
        if code == _GONE:
            self._drop()
            raise self._later(f"closes the connection ({_told(code, said)})")
        return code, said

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._ca_file)
        except OSError:
            pass
        raise StopConnector(self.system, f"The file {self._ca_file} could not be read.", hint="Check `ca_file`.")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """Cuts the connection when the whole took too long: a server that sends a byte now and then holds nobody."""
        self._is_late = False
        timer = threading.Timer(self._settings.timeout, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self._is_late = True
        connection = self._connection
        open_socket = None if connection is None else connection.sock
        if open_socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)  # TLS's own would pull the rug from the reader

    def _later(self, what: str, hint: str = "Nothing was sent; check host, port and network.") -> TryLater:
        return TryLater(self.system, f"{self.place} {what}.", hint=hint)

    def _in_doubt(self) -> Ambiguous:
        return Ambiguous(
            self.system,
            f"{self.place} was given a letter and did not say whether it took it.",
            hint="It will be sent again with the same Message-ID: at least once, never lost.",
        )

    def _locked_out(self, told: str) -> StopConnector:
        return StopConnector(
            self.system,
            f"{self.place} does not accept our login ({told}).",
            hint="Check `username` and the password's reference.",
        )


def _told(code: int, said: bytes) -> str:
    """Code and enhanced status of an answer, without its words."""
    status = _STATUS.search(said)
    return f"{code} {status[0].decode()}" if status else str(code)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
        return "the connection was lost"
    return type(error).__name__


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
