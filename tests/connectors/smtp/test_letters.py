"""From a letter to the bytes that go out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.smtp.addresses import Unsendable, one_address, one_line
from connectors.smtp.letters import Envelope, Stationery
from kypek_sync.contract import Letter
from tests.contracts.mail import LETTER

NOW = datetime(2026, 11, 23, 14, 0, 5, tzinfo=UTC)
SENDER = one_address("ΚΥΠΕΚ Α΄ Αθήνας, γραμματεία <kypek@kypek.att-a.sch.example>", "sender")
ORDINARY = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=300)


def read(envelope: Envelope) -> EmailMessage:
    message = message_from_bytes(envelope.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def write(letter: Letter = LETTER, **stationery: Address) -> Envelope:
    return Stationery(SENDER, **stationery).envelope(letter, NOW)


def test_headers_are_those_of_an_automatic_mail() -> None:
    message = read(write(reply_to=one_address("ekfe@sch.example", "reply")))
    # Read by the older decoder: Python 3.11's newer one puts a space between the words of a long name.
    raw = str(make_header(decode_header(message_from_bytes(write().content)["From"])))
    assert raw == "ΚΥΠΕΚ Α΄ Αθήνας, γραμματεία <kypek@kypek.att-a.sch.example>"
    assert message["Reply-To"] == "ekfe@sch.example"
    assert message["Date"] == "Mon, 23 Nov 2026 16:00:05 +0200"
    assert message["Message-ID"] == LETTER.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"


def test_summer_letters_are_dated_in_summer_time() -> None:
    envelope = Stationery(SENDER).envelope(LETTER, datetime(2027, 7, 1, 9, 0, tzinfo=UTC))
    assert read(envelope)["Date"] == "Thu, 01 Jul 2027 12:00:00 +0300"


@settings(deadline=None)  # a busy machine is no failure
@given(ORDINARY, st.text(alphabet=st.characters(codec="utf-8"), max_size=2000), ORDINARY)
def test_every_line_is_short_and_seven_bit_whatever_is_written(subject: str, text: str, name: str) -> None:
    attached = ((f"{name}.txt", "text/plain", text.encode()),)
    content = write(replace(LETTER, subject=subject, text=text, html=f"<p>{text}</p>", attachments=attached)).content
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    message = message_from_bytes(content, policy=default)
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
    }


def test_a_message_id_is_written_as_given_even_if_long() -> None:
    given_id = f"<{'x' * 150}.{'y' * 60}@kypek.att-a.sch.example>"
    assert given_id.encode() in write(replace(LETTER, message_id=given_id)).content


def test_a_long_message_id_stays_on_the_line_of_its_header() -> None:
    """Some mail programs lose one that was folded, and a second delivery would not be known for what it is."""
    long = f"<{'a' * 100}@kypek.example>"
    text = f"Message-ID:\n {long}"
    content = write(replace(LETTER, message_id=long, text=text)).content
    assert f"\r\nMessage-ID: {long}\r\n".encode() in content.partition(b"\r\n\r\n")[0] + b"\r\n"
    assert (
        read(write(replace(LETTER, text=text, attachments=(), html=""))).get_content().replace("\r\n", "\n").strip()
        == text
    )


@pytest.mark.parametrize("message_id", ["", "x@y", "<x>", "<x@y> ", "<x y@z>", "<α@β>", f"<{'x' * 300}@y>"])
def test_a_message_id_that_is_none_is_unsendable(message_id: str) -> None:
    with pytest.raises(Unsendable):
        write(replace(LETTER, message_id=message_id))


def test_an_encoded_word_that_somebody_typed_hides_no_header() -> None:
    message = read(write(replace(LETTER, subject="Θέση =?utf-8?q?=0D=0ABcc:_everybody@sch.example?=")))
    assert "Bcc" not in message
    assert str(message["Subject"]) == "Θέση = ?utf-8?q?=0D=0ABcc:_everybody@sch.example?="


def test_a_letter_of_broken_characters_is_unsendable() -> None:
    for letter in (replace(LETTER, text="\ud800"), replace(LETTER, html="\ud800"), replace(LETTER, subject="\ud800")):
        with pytest.raises(Unsendable):
            write(letter)


def test_a_calendar_keeps_its_method_and_is_told_to_be_utf8() -> None:
    attached = (("σεμινάριο.ics", "text/calendar; method=REQUEST", "Πειράματα".encode()),)
    (part,) = read(write(replace(LETTER, attachments=attached))).iter_attachments()
    assert (part.get_content_type(), part.get_param("method"), part.get_content_charset()) == (
        "text/calendar",
        "REQUEST",
        "utf-8",
    )


@pytest.mark.parametrize("kind", ["", "pdf", "multipart/mixed", "message/rfc822", "text/", "/x"])
def test_an_attachment_without_a_type_is_unsendable(kind: str) -> None:
    with pytest.raises(Unsendable):
        write(replace(LETTER, attachments=(("α", kind, b""),)))


def test_an_envelope_shows_nothing_personal() -> None:
    assert repr(write()) == "Envelope()"
    assert write().domain == "sch.example"


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("a@b.gr", "", "a@b.gr"),
        ("  Ελένη Ιωάννου <a.b+c@sch.gr> ", "Ελένη Ιωάννου", "a.b+c@sch.gr"),
        ('"Ιωάννου, Ελένη" <a@b.gr>', "Ιωάννου, Ελένη", "a@b.gr"),
        ("a@σχολείο.ελ", "", "a@xn--kxalrpdt2a.xn--qxam"),
    ],
)
def test_an_address_may_have_a_name_and_a_domain_in_greek(text: str, name: str, spec: str) -> None:
    address = one_address(text, "recipient")
    assert (address.display_name, address.addr_spec) == (name, spec)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_makes_an_address_that_breaks_a_line(text: str) -> None:
    for spelled in (text, f"{text}@sch.gr", f"{text} <a@sch.gr>", f"a@{text}"):
        try:
            address = one_address(spelled, "recipient")
        except Unsendable:
            continue
        assert address.addr_spec.isascii()
        assert one_line(str(address), "address") == str(address)


def test_what_is_unsendable_is_told_without_the_address() -> None:
    with pytest.raises(Unsendable) as caught:
        one_address("eleni.ioannou@sch.gr, georgios@sch.gr", "recipient")
    assert "eleni" not in str(caught.value)


@pytest.mark.parametrize("address", ["https://kypek.example/" + "a" * 300, "http://kypek.example/x"])
def test_the_address_that_ends_such_letters_is_whole_on_one_line(address: str) -> None:
    content = write(replace(LETTER, unsubscribe=address)).content
    assert content.startswith(f"List-Unsubscribe: <{address}>\r\n".encode())
    one_click = b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    assert one_click is address.startswith("https:")


@pytest.mark.parametrize("address", ["https://a/x>\r\nBcc: b@c", "mailto:a@b", "https://a/" + "a" * 900, "https://ά/"])
def test_what_is_no_address_of_ours_ends_nothing(address: str) -> None:
    with pytest.raises(Unsendable):
        write(replace(LETTER, unsubscribe=address))
