"""What a mail server may do, and what each answer means for the next step."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kypek_sync.contract import Ambiguous, Mail, Outcome, StopConnector, TryLater
from kypek_sync.sandbox.mail import Sink
from tests.connectors.smtp.simulated import (
    LOGIN,
    PASSWORD,
    SENDER,
    Conversation,
    Office,
    connector,
    free_port,
    listening,
)
from tests.contracts.mail import LETTER

Script = Callable[[Conversation], None]


@contextmanager
def scripted(script: Script, tls: tuple[str, str] | None = None, **settings: object) -> Iterator[Mail]:
    """A connector at a server that follows a script, under TLS from the first byte if told so."""
    with listening(script, tls) as port:
        security = "tls" if tls else "none"
        given = {"host": "127.0.0.1", "port": port, "security": security, "sender": SENDER, "timeout": 5}
        mail = connector(**given | settings)
        yield mail
        mail.close()


def answering(recipient: str = "250 Ok", sender: str = "250 Ok", data: str = "354 Go", end: str = "250 Ok") -> Script:
    """A server that gives these answers to each letter."""

    def script(talk: Conversation) -> None:
        talk.greet()
        while command := talk.hear():
            if command.startswith("MAIL"):
                talk.say(sender)
            elif command.startswith("RCPT"):
                talk.say(recipient)
            elif command == "DATA":
                talk.say(data)
                if data.startswith("354"):
                    talk.content()
                    talk.say(end)
            else:
                talk.say("250 Ok")

    return script


# One connection


def test_one_connection_serves_a_pass_and_a_dropped_one_is_replaced() -> None:
    greeted: list[str] = []

    def script(talk: Conversation) -> None:
        greeted.append("hello")
        talk.greet()
        for _ in range(2):  # two letters, then the server goes away without a word
            for answer in ("250 Ok", "250 Ok", "354 Go"):
                talk.hear()
                talk.say(answer)
            talk.content()
            talk.say("250 Ok")

    with scripted(script) as mail:
        for _ in range(5):
            assert mail.send(LETTER).outcome is Outcome.DONE
    assert len(greeted) == 3


def test_nothing_is_connected_before_the_first_letter() -> None:
    mail = connector(host="127.0.0.1", port=free_port(), security="none", sender=SENDER)
    mail.close()


# What each answer means


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (answering(recipient="450 4.2.0 <eleni.ioannou@sch.example> Greylisted"), TryLater),
        (answering(recipient="554 5.7.1 <eleni.ioannou@sch.example> Relay access denied"), StopConnector),
        (answering(recipient="530 5.7.0 Log in first"), StopConnector),
        (answering(sender="550 5.7.1 Not your address"), StopConnector),
        (answering(sender="530 5.7.0 Log in first"), StopConnector),
        (answering(sender="452 4.3.1 Disk full"), TryLater),
        (answering(sender="421 4.3.2 Going down"), TryLater),
        (answering(data="451 4.3.0 Not now"), TryLater),
        (answering(end="451 4.3.0 Not now"), TryLater),
        (answering(end="421 4.3.2 Going down"), TryLater),
        (answering(end="what?"), Ambiguous),
    ],
)
def test_an_answer_says_what_to_do_next(script: Script, error: type[Exception]) -> None:
    with scripted(script) as mail, pytest.raises(error) as caught:
        mail.send(LETTER)
    assert "eleni" not in str(caught.value)


@pytest.mark.parametrize(
    "script",
    [
        answering(recipient="550 5.1.1 <eleni.ioannou@sch.example> User unknown"),
        answering(recipient="552 5.2.2 Mailbox of eleni.ioannou full"),
        answering(sender="552 5.3.4 Too large"),
        answering(data="554 5.7.1 No"),
        answering(end="554 5.6.0 We do not like what is in it"),
    ],
)
def test_a_letter_refused_for_good_is_told_with_code_and_domain_alone(script: Script) -> None:
    with scripted(script) as mail:
        receipt = mail.send(LETTER)
    assert receipt.outcome is Outcome.REFUSED
    assert "sch.example" in receipt.detail
    assert "eleni" not in receipt.detail
    assert "(55" in receipt.detail


def test_a_server_that_goes_away_before_the_content_took_nothing() -> None:
    def script(talk: Conversation) -> None:
        talk.greet()
        for _ in range(2):
            talk.hear()
            talk.say("250 Ok")
        talk.hear()  # DATA

    with scripted(script) as mail, pytest.raises(TryLater):
        mail.send(LETTER)


def test_a_server_that_goes_away_within_the_content_leaves_a_doubt() -> None:
    def script(talk: Conversation) -> None:
        talk.greet()
        for answer in ("250 Ok", "250 Ok", "354 Go"):
            talk.hear()
            talk.say(answer)
        talk.hear()

    with scripted(script) as mail, pytest.raises(Ambiguous) as caught:
        mail.send(LETTER)
    assert "same Message-ID" in caught.value.hint


def test_a_server_that_is_silent_after_the_content_leaves_a_doubt_in_time() -> None:
    def script(talk: Conversation) -> None:
        talk.greet()
        for answer in ("250 Ok", "250 Ok", "354 Go"):
            talk.hear()
            talk.say(answer)
        talk.content()
        talk.wait()

    begun = time.monotonic()
    with scripted(script, timeout=0.5) as mail, pytest.raises(Ambiguous):
        mail.send(LETTER)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("under_tls", [False, True])
def test_a_server_that_dribbles_is_cut_off_in_time(certificate: tuple[str, str], under_tls: bool) -> None:
    """Each byte comes within the time for one byte; the whole would take for ever."""

    def script(talk: Conversation) -> None:
        while True:
            talk.say("220-still here")
            time.sleep(0.05)

    begun = time.monotonic()
    tls = certificate if under_tls else None
    with scripted(script, tls, timeout=0.5, ca_file=certificate[0]) as mail, pytest.raises(TryLater):
        mail.send(LETTER)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("greeting", ["554 No", "421 Later", "SSH-2.0-OpenSSH", "x" * 20_000])
def test_another_greeting_than_welcome_is_later(greeting: str) -> None:
    with scripted(lambda talk: talk.say(greeting)) as mail, pytest.raises(TryLater):
        mail.send(LETTER)


def test_a_host_that_is_not_known_is_later() -> None:
    mail = connector(host="mail.invalid", sender=SENDER, timeout=5)
    with pytest.raises(TryLater, match=r"mail\.invalid:587"):
        mail.send(LETTER)


# Protection and login


def test_without_starttls_nothing_is_sent_and_no_password_either() -> None:
    heard: list[str] = []

    def script(talk: Conversation) -> None:
        talk.greet("AUTH PLAIN LOGIN")
        while command := talk.hear():
            heard.append(command)
            talk.say("250 Ok")

    settings = {"security": "starttls", "username": LOGIN, "password": PASSWORD}
    with scripted(script, **settings) as mail, pytest.raises(StopConnector, match="does not offer STARTTLS"):
        mail.send(LETTER)
    assert heard == []


def test_a_certificate_of_nobody_we_trust_is_not_gone_on_with(protected: Office) -> None:
    with pytest.raises(TryLater, match="certificate"):
        protected.connector(ca_file="").send(LETTER)
    assert protected.messages() == []


def test_a_certificate_for_another_name_is_not_gone_on_with(protected: Office) -> None:
    with pytest.raises(TryLater, match="certificate"):
        protected.connector(host="localhost").send(LETTER)
    assert protected.messages() == []


def test_a_file_of_certificates_that_is_not_there_is_named(protected: Office) -> None:
    with pytest.raises(StopConnector, match=r"/no/such\.pem"):
        protected.connector(ca_file="/no/such.pem").send(LETTER)


def test_tls_from_the_first_byte(certificate: tuple[str, str]) -> None:
    with scripted(answering(), certificate, ca_file=certificate[0]) as mail:
        assert mail.send(LETTER).outcome is Outcome.DONE
    with scripted(answering(), certificate) as stranger, pytest.raises(TryLater, match="certificate"):
        stranger.send(LETTER)


def test_a_port_without_tls_says_that_port_and_security_do_not_fit() -> None:
    with scripted(answering(), security="tls") as mail, pytest.raises(TryLater, match="could not begin TLS") as caught:
        mail.send(LETTER)
    assert "`security`" in caught.value.hint


def test_a_login_in_greek_is_sent_in_utf8_by_either_mechanism() -> None:
    """RFC 4616; the standard library's login takes ASCII alone."""
    for offered, expected in (
        ("PLAIN", ["AUTH PLAIN AM66zrXOvc+EzrHPgc6/z4IAzrrPic60zrnOus+Mz4I="]),
        ("LOGIN", ["AUTH LOGIN zrrOtc69z4TOsc+Bzr/Pgg==", "zrrPic60zrnOus+Mz4I="]),
    ):
        heard: list[str] = []

        def script(talk: Conversation, offered: str = offered, heard: list[str] = heard) -> None:
            talk.greet(f"AUTH {offered}")
            for _ in range(1 if offered == "PLAIN" else 2):
                heard.append(talk.hear())
                talk.say("334 UGFzc3dvcmQ6" if heard[-1].startswith("AUTH LOGIN") else "235 Welcome")
            talk.wait()

        login = {"username": "κενταρος", "password": "κωδικός"}
        with scripted(script, **login, timeout=1) as mail, pytest.raises(TryLater):  # it is silent after the login
            mail.send(LETTER)
        assert heard == expected


@pytest.mark.parametrize(("answer", "error"), [("535 5.7.8 No", StopConnector), ("454 4.7.0 Directory down", TryLater)])
def test_a_login_that_is_refused_differs_from_one_that_cannot_be_checked(answer: str, error: type[Exception]) -> None:
    def script(talk: Conversation) -> None:
        talk.greet("AUTH PLAIN")
        talk.hear()
        talk.say(answer)
        talk.wait()

    with scripted(script, username=LOGIN, password=PASSWORD) as mail, pytest.raises(error):
        mail.send(LETTER)


@pytest.mark.parametrize("offered", ["SIZE 1000", "AUTH GSSAPI"])
def test_a_server_without_a_login_we_know_is_told(offered: str) -> None:
    login = {"username": LOGIN, "password": PASSWORD}

    def script(talk: Conversation) -> None:
        talk.greet(offered)
        talk.wait()

    with scripted(script, **login) as mail, pytest.raises(StopConnector, match="no way to log in"):
        mail.send(LETTER)


def test_the_envelope_carries_bare_addresses(plain: Office) -> None:
    plain.connector().send(replace(LETTER, to=f"Ελένη Ιωάννου <{LETTER.to}>"))
    (kept,) = plain.sink.messages()
    assert (kept.sender, kept.recipients) == ("kypek@kypek.att-a.sch.example", (LETTER.to,))


def test_the_server_may_be_restarted_within_a_pass(plain: Office, tmp_path: Path) -> None:
    mail = plain.connector()
    assert mail.send(LETTER).stands
    port = plain.sink.address[1]
    plain.sink.stop()
    with pytest.raises(TryLater):
        mail.send(LETTER)
    again = Sink.start(tmp_path / "mail", plain.faults.of("mail"), port)
    try:
        assert mail.send(LETTER).stands
    finally:
        again.stop()
    assert len(again.messages()) == 2


def test_probe_of_a_protected_server_names_what_was_tried(protected: Office) -> None:
    subjects = [line.subject for line in protected.connector().probe().lines]
    assert subjects == ["address", "tls", "login"]


def test_the_name_we_greet_with_is_ours_and_is_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    greeted: list[str] = []

    def script(talk: Conversation) -> None:
        talk.say("220 scripted ESMTP")
        greeted.append(talk.hear())

    monkeypatch.setattr(smtplib.socket, "getfqdn", lambda: pytest.fail("looked up"))
    with scripted(script) as mail, pytest.raises(TryLater):
        mail.send(LETTER)
    assert greeted == ["ehlo kypek.att-a.sch.example"]
