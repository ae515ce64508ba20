"""What everything that sends mail must keep. Subclass `MailContract` with a fixture; nothing may be skipped:

class TestSmtp(MailContract):
    @pytest.fixture
    def post(self, tmp_path) -> Iterator[Post]: ...
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from kypek_sync.contract import Ambiguous, ConnectorError, Letter, Mail, Outcome, ProbeLevel, StopConnector, TryLater
from kypek_sync.sandbox.faults import FaultBook

LETTER = Letter(
    message_id="<seat-granted.7f3a.1@kypek.att-a.sch.example>",
    to="eleni.ioannou@sch.example",
    subject="Έχετε θέση στο σεμινάριο «Πειράματα φυσικής στην τάξη»",
    text="Αγαπητή κυρία Ιωάννου,\n\nέχετε θέση.\n.\nΚαλή αντάμωση\n",
)


@dataclass(frozen=True)
class Delivered:
    """A mail as it arrived. Line ends of texts are `\\n`; `attachments` are (file name, MIME type, content)."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[tuple[str, str, bytes], ...]


@dataclass(frozen=True)
class Post:
    """One mail service under test, with nothing sent yet.

    `delivered` gives what arrived, in order. `locked_out` is the same connector with a wrong password, `unreachable`
    one whose server is not there, `silent` one whose server takes the connection and never says a word: it gives up
    after at most `patience` seconds. `system` is the name in the fault book; `secrets` what must never be seen.

    The server knows the faults `refuse-recipient`, `greylist`, `try-later` (after the content, nothing kept) and
    `drop-after-data` (kept, and the connection lost).
    """

    mail: Mail
    locked_out: Mail
    unreachable: Mail
    silent: Mail
    delivered: Callable[[], tuple[Delivered, ...]]
    faults: FaultBook
    system: str
    secrets: tuple[str, ...]
    patience: float = 5.0

    @contextmanager
    def trouble(self, fault: str) -> Iterator[None]:
        """The server misbehaves for a while."""
        self.faults.set(f"{self.system}:{fault}")
        try:
            yield
        finally:
            self.faults.lift(self.system)


class MailContract:
    """The whole suite. The subclass gives `post`, fresh for each test."""

    @pytest.fixture
    def post(self) -> Post:
        raise NotImplementedError("the subclass gives the post")

    # Every connector

    def test_it_fills_the_role(self, post: Post) -> None:
        assert isinstance(post.mail, Mail)
        assert post.mail.capabilities() == frozenset()

    def test_a_working_server_is_usable_and_no_mail_was_sent_to_find_out(self, post: Post) -> None:
        probe = post.mail.probe()
        assert probe.usable
        assert probe.lines
        assert all(line.text for line in probe.lines)
        assert post.delivered() == ()

    def test_a_probe_tells_and_never_raises(self, post: Post) -> None:
        for mail in (post.unreachable, post.locked_out, post.silent):
            probe = mail.probe()
            assert not probe.usable
            assert all(line.next_step for line in probe.lines if line.level is ProbeLevel.PROBLEM)

    def test_it_can_be_closed_twice_and_used_again(self, post: Post) -> None:
        post.mail.send(LETTER)
        post.mail.close()
        post.mail.close()
        assert post.mail.send(LETTER).stands
        assert len(post.delivered()) == 2

    # What arrives

    def test_a_letter_arrives_as_it_was_written(self, post: Post) -> None:
        receipt = post.mail.send(LETTER)
        assert receipt.outcome is Outcome.DONE
        (arrived,) = post.delivered()
        assert arrived == Delivered(LETTER.message_id, LETTER.to, LETTER.subject, LETTER.text, "", ())

    def test_html_comes_beside_the_text(self, post: Post) -> None:
        post.mail.send(replace(LETTER, html="<p>Έχετε <b>θέση</b>.</p>"))
        (arrived,) = post.delivered()
        assert (arrived.text, arrived.html.strip()) == (LETTER.text, "<p>Έχετε <b>θέση</b>.</p>")

    def test_attachments_come_through_byte_by_byte(self, post: Post) -> None:
        calendar = "BEGIN:VCALENDAR\r\nSUMMARY:Πειράματα\r\nEND:VCALENDAR\r\n".encode()
        attached = (
            ("πρόσκληση στο σεμινάριο.ics", "text/calendar", calendar),
            ("βεβαίωση.pdf", "application/pdf", bytes(range(256)) * 40),
        )
        post.mail.send(replace(LETTER, html="<p>Έχετε θέση.</p>", attachments=attached))
        assert post.delivered()[0].attachments == attached

    @pytest.mark.parametrize("subject", ["", "Short", "Ε" * 400, "word " * 80, "«Α» & <Β>; 'γ' =20", "x" * 1200])
    def test_any_subject_of_one_line_arrives(self, post: Post, subject: str) -> None:
        assert post.mail.send(replace(LETTER, subject=subject)).stands
        assert post.delivered()[0].subject.split() == subject.split()

    @pytest.mark.parametrize("text", ["", ".", "\n.\n..\n", "χωρίς τέλος", "x" * 5000, "Ε" * 5000, "From me\n"])
    def test_any_text_arrives(self, post: Post, text: str) -> None:
        assert post.mail.send(replace(LETTER, text=text)).stands
        assert post.delivered()[0].text.rstrip("\n") == text.rstrip("\n")

    # At least once, with the same Message-ID

    def test_sending_twice_is_recognised_by_the_message_id(self, post: Post) -> None:
        for _ in range(2):
            assert post.mail.send(LETTER).stands
        assert [one.message_id for one in post.delivered()] == [LETTER.message_id] * 2

    def test_a_lost_connection_after_the_content_is_a_doubt(self, post: Post) -> None:
        with post.trouble("drop-after-data@1"), pytest.raises(Ambiguous) as caught:
            post.mail.send(LETTER)
        assert caught.value.system
        assert post.mail.send(LETTER).stands
        assert [one.message_id for one in post.delivered()] == [LETTER.message_id] * 2

    # What does not arrive

    def test_unreachable_is_not_sent(self, post: Post) -> None:
        with pytest.raises(TryLater) as caught:
            post.unreachable.send(LETTER)
        assert caught.value.system

    def test_a_silent_server_is_given_up_in_time(self, post: Post) -> None:
        begun = time.monotonic()
        with pytest.raises(TryLater):
            post.silent.send(LETTER)
        assert time.monotonic() - begun < post.patience

    def test_a_wrong_password_stops_the_connector(self, post: Post) -> None:
        with pytest.raises(StopConnector) as caught:
            post.locked_out.send(LETTER)
        assert caught.value.hint
        assert post.delivered() == ()

    def test_an_address_that_does_not_exist_is_refused_and_the_next_letter_goes(self, post: Post) -> None:
        with post.trouble("refuse-recipient@1"):
            refused = post.mail.send(LETTER)
        assert refused.outcome is Outcome.REFUSED
        assert refused.detail
        assert post.mail.send(replace(LETTER, message_id="<2@kypek.att-a.sch.example>")).stands
        assert [one.message_id for one in post.delivered()] == ["<2@kypek.att-a.sch.example>"]

    @pytest.mark.parametrize("fault", ["greylist", "try-later@1"])
    def test_later_is_later_and_then_it_arrives_once(self, post: Post, fault: str) -> None:
        with post.trouble(fault):
            with pytest.raises(TryLater):
                post.mail.send(LETTER)
            assert post.delivered() == ()
            assert post.mail.send(LETTER).stands
        assert len(post.delivered()) == 1

    @pytest.mark.parametrize("breaking", ["\n", "\r", "\r\n", "\x00", "\x85", "\u2028", "\x0b"])
    def test_nobody_adds_a_header_through_a_field(self, post: Post, breaking: str) -> None:
        injected = f"{breaking}Bcc: everybody@sch.example"
        for letter in (
            replace(LETTER, subject=LETTER.subject + injected),
            replace(LETTER, to=LETTER.to + injected),
            replace(LETTER, message_id=LETTER.message_id + injected),
            replace(LETTER, attachments=((f"α{injected}", "text/plain", b""),)),
            replace(LETTER, attachments=(("α", f"text/plain{injected}", b""),)),
        ):
            receipt = post.mail.send(letter)
            assert receipt.outcome is Outcome.REFUSED
            assert receipt.detail
        assert post.delivered() == ()

    @pytest.mark.parametrize(
        "to",
        ["", "nobody", "a@b.example, c@d.example", "@sch.example", "a b@sch.example", "a@", "<>", "a@b@c", "ε@ε..ε"],
    )
    def test_what_is_not_one_address_is_refused(self, post: Post, to: str) -> None:
        assert post.mail.send(replace(LETTER, to=to)).outcome is Outcome.REFUSED
        assert post.delivered() == ()

    # Secrets and personal data

    def test_no_secret_and_no_address_in_log_or_repr(self, post: Post, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the simulated server's own
        said = [repr(mail.probe()) for mail in (post.mail, post.locked_out, post.unreachable, post.silent)]
        said += [repr(mail) for mail in (post.mail, post.locked_out)]
        for fault in ("refuse-recipient@1", "greylist@1", "try-later@1", "drop-after-data@1", "refuse-recipient@0"):
            for mail in (post.mail, post.locked_out, post.unreachable):
                with post.trouble(fault):
                    try:
                        said.append(repr(mail.send(LETTER)).replace(LETTER.message_id, ""))
                    except ConnectorError as error:
                        said += [repr(error), "".join(traceback.format_exception(error))]
        everything = "\n".join([*said, caplog.text])
        assert post.secrets
        hidden = (*post.secrets, LETTER.to, LETTER.to.partition("@")[0], "Ιωάννου", LETTER.subject)
        assert [secret for secret in hidden if secret in everything] == []
