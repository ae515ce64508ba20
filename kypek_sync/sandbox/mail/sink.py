"""The mail sink: SMTP on a loopback port, with STARTTLS and AUTH where asked for, that keeps every message.

Its faults: `refuse-recipient` (550 to RCPT), `greylist` (450 the first time a sender writes to a recipient),
`try-later` (451 after the data, nothing kept), `drop-after-data` (the message is kept, then the connection closes
without an answer: the sender cannot know).
"""

from __future__ import annotations

import asyncio
import hmac
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.mail.mailbox import Mailbox, Received

FAULTS = frozenset({"refuse-recipient", "greylist", "try-later", "drop-after-data"})
_HOST = "127.0.0.1"
_MAX_SIZE = 30 * 1024 * 1024


class Sink:
    """A mail server that is running. Use `Sink.start`."""

    def __init__(self, mailbox: Mailbox, controller: _OnSocket) -> None:
        self._mailbox = mailbox
        self._controller = controller
        self._is_running = True

    @classmethod
    def start(
        cls,
        state: Path,
        faults: SystemFaults,
        port: int = 0,
        tls: tuple[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> Sink:
        """Serve on 127.0.0.1 (a free port unless one is given); what was kept in the folder `state` is still there.

        `tls` is (certificate, key): STARTTLS is offered, and demanded before AUTH. With `credentials` (login, password)
        nobody may send without them. Raises `OSError` if the port is taken.
        """
        context = None
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
        mailbox = Mailbox(state)
        controller = _OnSocket(
            _Handler(mailbox, faults, credentials),
            socket.create_server((_HOST, port)),
            hostname=_HOST,
            tls_context=context,
            authenticator=_authenticator(credentials) if credentials else None,
            auth_require_tls=context is not None,
            data_size_limit=_MAX_SIZE,
            ident="sandbox",
        )
        controller.start()
        return cls(mailbox, controller)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return _HOST, self._controller.port

    def watch(self, watcher: Callable[[], None] | None) -> None:
        """Have this called after each message that was kept, before the sender is answered; None: nobody."""
        self._mailbox.watcher = watcher

    def messages(self) -> list[Received]:
        """Everything that was taken so far, in order, earlier runs on the same folder included."""
        return self._mailbox.messages()

    def stop(self) -> None:
        """Stop serving and free the port. A second call does nothing."""
        if self._is_running:
            self._is_running = False
            self._controller.stop()


class _OnSocket(Controller):
    """The threaded controller, on a socket that is bound already: so that a free port can be asked for."""

    def __init__(self, handler: _Handler, bound: socket.socket, **parameters: Any) -> None:
        super().__init__(handler, port=bound.getsockname()[1], **parameters)
        self._bound = bound

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._bound)


class _Handler:
    """Answers where our say differs from aiosmtpd's; the names are those of its hooks."""

    def __init__(self, mailbox: Mailbox, faults: SystemFaults, credentials: tuple[str, str] | None) -> None:
        self._mailbox = mailbox
        self._faults = faults
        self._needs_login = credentials is not None

    async def handle_MAIL(  # noqa: N802 - the hook's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._needs_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802 - the hook's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._faults.take("refuse-recipient"):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        sender = envelope.mail_from or ""
        if not self._mailbox.was_greylisted(sender, address) and self._faults.take("greylist"):
            self._mailbox.greylist(sender, address)
            return f"450 4.2.0 <{address}>: Recipient address rejected: Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the hook's name
        if self._faults.take("try-later"):
            return "451 4.3.0 Temporary failure, try again later"
        self._mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content or b"")
        if self._faults.take("drop-after-data"):
            # How aiosmtpd itself lets go of a connection: closed, no answer, no complaint in the log.
            raise asyncio.CancelledError
        return "250 2.0.0 Ok: kept"


def _authenticator(credentials: tuple[str, str]) -> Any:
    wanted = [text.encode() for text in credentials]

    def check(*call: Any) -> AuthResult:
        data = call[-1]
        given = [data.login, data.password] if isinstance(data, LoginPassword) else [b"", b""]
        # Both are compared, whatever the first says.
        same = [hmac.compare_digest(one, other) for one, other in zip(given, wanted, strict=True)]
        return AuthResult(success=all(same), handled=False)

    return check
