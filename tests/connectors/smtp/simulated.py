"""The mail sink with connectors on it, and servers that say what a test wrote down."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from connectors.smtp import SPEC, SmtpMail, SmtpSettings
from kypek_sync.contract import ConnectorContext
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.mail import Sink
from tests.contracts.mail import Delivered, Post

SENDER = "ΚΥΠΕΚ Α΄ Αθήνας <kypek@kypek.att-a.sch.example>"
LOGIN, PASSWORD = "kypek-att-a", "κωδικός-an-invented-one"
NOW = datetime(2026, 11, 23, 14, 0, 5, tzinfo=UTC)


@dataclass
class Office:
    """A running sink and what is needed to reach it. `ca_file` is empty where it has no TLS."""

    sink: Sink
    faults: FaultBook
    ca_file: str = ""
    made: list[SmtpMail] = field(default_factory=list)

    def connector(self, **settings: Any) -> SmtpMail:
        """A connector with its own connection, set to fit the server."""
        host, port = self.sink.address
        fitting: dict[str, Any] = {"host": host, "port": port, "sender": SENDER, "security": "none", "timeout": 10}
        if self.ca_file:
            fitting |= {"security": "starttls", "ca_file": self.ca_file, "username": LOGIN, "password": PASSWORD}
        self.made.append(connector(**fitting | settings))
        return self.made[-1]

    def messages(self) -> list[EmailMessage]:
        return [one.message for one in self.sink.messages()]

    def delivered(self) -> tuple[Delivered, ...]:
        return tuple(map(_delivered, self.messages()))


def connector(**settings: Any) -> SmtpMail:
    """A connector of a server that a test knows."""
    context = ConnectorContext("mail", lambda: NOW, Path("/"), lambda number: f"hash of {number}")
    made = SPEC.build(SmtpSettings(**settings), context)
    assert isinstance(made, SmtpMail)
    return made


@contextmanager
def office(folder: Path, certificate: tuple[str, str] | None = None) -> Iterator[Office]:
    """Start a sink; with a certificate it demands STARTTLS and the login."""
    faults = FaultBook()
    credentials = (LOGIN, PASSWORD) if certificate else None
    sink = Sink.start(folder / "mail", faults.of("mail"), tls=certificate, credentials=credentials)
    running = Office(sink, faults, certificate[0] if certificate else "")
    try:
        yield running
    finally:
        for one in running.made:
            one.close()
        sink.stop()


@contextmanager
def post_of(running: Office) -> Iterator[Post]:
    """What the contract suite asks for, from a server that wants a login."""
    with listening(lambda conversation: conversation.wait()) as silent:
        yield Post(
            mail=running.connector(),
            locked_out=running.connector(password="a-wrong-word"),
            unreachable=running.connector(port=free_port()),
            silent=running.connector(port=silent, timeout=0.5),
            delivered=running.delivered,
            faults=running.faults,
            system="mail",
            secrets=(PASSWORD, "a-wrong-word"),
        )


class Conversation:
    """One client at a scripted server."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")

    def close(self) -> None:
        """Let go of the connection."""
        self._file.close()

    def say(self, line: str) -> None:
        """One line to the client."""
        self._connection.sendall(line.encode() + b"\r\n")

    def hear(self) -> str:
        """One line of the client, empty when it went away."""
        return self._file.readline().decode(errors="replace").strip()

    def content(self) -> list[str]:
        """The lines of a mail, up to the dot."""
        lines = []
        while (line := self.hear()) not in ("", "."):
            lines.append(line)
        return lines

    def greet(self, *features: str) -> None:
        """Up to the answer to EHLO."""
        self.say("220 scripted ESMTP")
        self.hear()
        self.say("250-scripted")
        for feature in features:
            self.say(f"250-{feature}")
        self.say("250 ENHANCEDSTATUSCODES")

    def wait(self) -> None:
        """Say nothing until the client goes away."""
        while self.hear():
            pass


@contextmanager
def listening(script: Callable[[Conversation], None], tls: tuple[str, str] | None = None) -> Iterator[int]:
    """A server that follows a script with each client, under TLS from the first byte if told so. Gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if tls:
        context.load_cert_chain(*tls)
    server = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def talk(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            ours = context.wrap_socket(connection, server_side=True) if tls else connection
            with ours, closing(Conversation(ours)) as conversation:
                script(conversation)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                open_ones.append(connection)
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
        for connection in open_ones:
            connection.close()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _delivered(message: EmailMessage) -> Delivered:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Delivered(
        message_id=str(message["Message-ID"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_lines(text),
        html=_lines(html),
        attachments=tuple(
            (str(one.get_filename()), one.get_content_type(), one.get_payload(decode=True))
            for one in message.iter_attachments()
        ),
    )


def _lines(part: EmailMessage | None) -> str:
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
