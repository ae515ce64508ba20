"""The mail sink over real sockets, with the standard library's client."""

from __future__ import annotations

import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.mail import Mailbox, Sink

SENDER, TEACHER = "kypek@kypek.example", "eleni@kypek.example"
LOGIN = ("kypek", "κωδικός-of-an-invention")


@pytest.fixture
def faults() -> FaultBook:
    return FaultBook()


@pytest.fixture
def start(tmp_path: Path, faults: FaultBook) -> Iterator[Callable[..., Sink]]:
    """Starts sinks on one and the same folder, and stops them at the end."""
    running: list[Sink] = []

    def starting(**settings: Any) -> Sink:
        running.append(Sink.start(tmp_path, faults.of("mail"), **settings))
        return running[-1]

    yield starting
    for sink in running:
        sink.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, crt = str(folder / "key.pem"), str(folder / "crt.pem")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", crt], check=True, capture_output=True)
    return crt, key


def letter(subject: str = "Η θέση σας στο σεμινάριο «Ψηφιακά εργαλεία»") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, TEACHER, subject
    message["Message-ID"] = "<seat-1@kypek.example>"
    message.set_content("Έχετε θέση.\n.\nΚαλή αντάμωση\n")
    return message


def send(sink: Sink, *recipients: str, message: EmailMessage | None = None) -> dict[str, tuple[int, bytes]]:
    """Send one message; returns the recipients that were refused."""
    with smtplib.SMTP(*sink.address, timeout=10) as client:
        return client.send_message(message or letter(), SENDER, recipients or (TEACHER,))


def test_what_is_sent_is_kept_as_it_came(start: Callable[..., Sink]) -> None:
    sink = start()
    assert send(sink, TEACHER, "georgios@kypek.example") == {}
    (received,) = sink.messages()
    assert (received.sender, received.recipients) == (SENDER, (TEACHER, "georgios@kypek.example"))
    assert received.message["Subject"] == "Η θέση σας στο σεμινάριο «Ψηφιακά εργαλεία»"
    assert received.message["Message-ID"] == "<seat-1@kypek.example>"
    assert received.message.get_content().replace("\r\n", "\n") == "Έχετε θέση.\n.\nΚαλή αντάμωση\n"


def test_a_calendar_and_a_file_come_through(start: Callable[..., Sink]) -> None:
    message = letter()
    message.add_attachment("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar", filename="σεμινάριο.ics")
    sink = start()
    send(sink, message=message)
    (attached,) = sink.messages()[0].message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "σεμινάριο.ics")


def test_messages_survive_a_restart_in_their_order(start: Callable[..., Sink], tmp_path: Path) -> None:
    first = start()
    send(first, message=letter("1"))
    first.stop()
    second = Sink.start(tmp_path, FaultBook().of("mail"))
    try:
        send(second, message=letter("2"))
        assert [one.message["Subject"] for one in second.messages()] == ["1", "2"]
        assert [one.message["Subject"] for one in Mailbox(tmp_path).messages()] == ["1", "2"]
    finally:
        second.stop()


def test_many_at_once_are_all_kept(start: Callable[..., Sink]) -> None:
    sink = start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: send(sink, message=letter(str(number))), range(40)))
    assert sorted(int(one.message["Subject"]) for one in sink.messages()) == list(range(40))


def test_a_port_may_be_asked_for_and_is_freed(start: Callable[..., Sink], tmp_path: Path) -> None:
    sink = start()
    host, port = sink.address
    with pytest.raises(OSError, match="in use"):
        Sink.start(tmp_path, FaultBook().of("mail"), port)
    sink.stop()
    with pytest.raises(ConnectionRefusedError), socket.create_connection((host, port), timeout=5):
        pass
    again = Sink.start(tmp_path, FaultBook().of("mail"), port)
    assert again.address == (host, port)
    again.stop()


def test_it_stops_though_a_client_hangs_on(start: Callable[..., Sink]) -> None:
    sink = start()
    with socket.create_connection(sink.address, timeout=10) as idle:
        assert idle.recv(3) == b"220"
        sink.stop()


def test_a_refused_recipient_is_told_and_the_others_get_it(start: Callable[..., Sink], faults: FaultBook) -> None:
    sink = start()
    faults.set("mail:refuse-recipient@1")
    refused = send(sink, "nobody@kypek.example", TEACHER)
    assert [(address, code) for address, (code, _) in refused.items()] == [("nobody@kypek.example", 550)]
    assert [one.recipients for one in sink.messages()] == [(TEACHER,)]


def test_all_recipients_refused(start: Callable[..., Sink], faults: FaultBook) -> None:
    sink = start()
    faults.set("mail:refuse-recipient")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink)
    assert sink.messages() == []


def test_try_later_keeps_nothing(start: Callable[..., Sink], faults: FaultBook) -> None:
    sink = start()
    faults.set("mail:try-later@1")
    with pytest.raises(smtplib.SMTPDataError) as failed:
        send(sink)
    assert failed.value.smtp_code == 451
    assert sink.messages() == []
    send(sink)
    assert len(sink.messages()) == 1


def test_dropped_after_the_data_it_was_kept_all_the_same(start: Callable[..., Sink], faults: FaultBook) -> None:
    sink = start()
    faults.set("mail:drop-after-data@1")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink)
    assert len(sink.messages()) == 1, "the sender cannot know"
    send(sink)
    assert [one.message["Message-ID"] for one in sink.messages()] == ["<seat-1@kypek.example>"] * 2


def test_greylisting_takes_each_pair_the_second_time(start: Callable[..., Sink], faults: FaultBook) -> None:
    sink = start()
    faults.set("mail:greylist")
    for recipient in (TEACHER, "georgios@kypek.example"):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(sink, recipient)
        assert refused.value.recipients[recipient][0] == 450
        assert send(sink, recipient) == {}
    assert len(sink.messages()) == 2


def test_with_credentials_nobody_sends_without_them(start: Callable[..., Sink]) -> None:
    sink = start(credentials=LOGIN)
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        send(sink)
    assert refused.value.smtp_code == 530
    with smtplib.SMTP(*sink.address, timeout=10) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(LOGIN[0], "wrong")
    assert sink.messages() == []


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_the_right_login_may_send(start: Callable[..., Sink], mechanism: str) -> None:
    sink = start(credentials=("kypek", "secret"))
    with smtplib.SMTP(*sink.address, timeout=10) as client:
        client.ehlo()
        client.user, client.password = "kypek", "secret"
        client.auth(mechanism.removeprefix("auth_").upper(), getattr(client, mechanism))
        client.send_message(letter(), SENDER, [TEACHER])
    assert len(sink.messages()) == 1


def test_starttls_comes_before_the_login(start: Callable[..., Sink], certificate: tuple[str, str]) -> None:
    sink = start(tls=certificate, credentials=("kypek", "secret"))
    with smtplib.SMTP(*sink.address, timeout=10) as client:
        client.ehlo()
        assert client.has_extn("starttls")
        assert not client.has_extn("auth"), "no passwords in plain text"
        client.starttls(context=ssl.create_default_context(cafile=certificate[0]))
        client.login("kypek", "secret")
        client.send_message(letter(), SENDER, [TEACHER])
    assert len(sink.messages()) == 1


def test_a_stranger_to_the_certificate_does_not_go_on(start: Callable[..., Sink], certificate: tuple[str, str]) -> None:
    sink = start(tls=certificate)
    with smtplib.SMTP(*sink.address, timeout=10) as client, pytest.raises(ssl.SSLCertVerificationError):
        client.starttls(context=ssl.create_default_context())
    assert sink.messages() == []


def test_without_a_certificate_starttls_is_not_offered(start: Callable[..., Sink]) -> None:
    with smtplib.SMTP(*start().address, timeout=10) as client:
        client.ehlo()
        assert not client.has_extn("starttls")
