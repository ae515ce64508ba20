"""From a `Letter` to the bytes of a mail: pure.

Everything is 7-bit (text in base64 or quoted-printable, headers as encoded words), so no server has to offer
anything, and no line is longer than 998 bytes (RFC 5322). The same letter has the same Message-ID each time (rule 15).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, ContentTypeHeader
from email.message import EmailMessage
from email.policy import SMTP

from connectors.smtp.addresses import Unsendable, one_address, one_line
from kypek_sync.contract import Letter
from kypek_sync.model import local

_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_LONGEST_ID = 250
_ADDRESS = re.compile(r"https?://[!-;=?-~]+")
_LONGEST_ADDRESS = 900
_FOLDED_ID, _WHOLE_ID = b"\r\nMessage-ID:\r\n <", b"\r\nMessage-ID: <"
"""The library moves a long one to a line of its own, where some programs no longer find it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes over the wire: the two addresses of the envelope, bare, and the mail itself. Not shown in a repr, since
    a body may be personal."""

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def domain(self) -> str:
        """The recipient's domain: all that may be told of the address."""
        return self.recipient.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Stationery:
    """What all letters have in common. `reply_to` may be None."""

    sender: Address
    reply_to: Address | None = None

    def envelope(self, letter: Letter, now: datetime) -> Envelope:
        """The letter, ready to go. `now` is aware and becomes its date. Raises `Unsendable`."""
        to = one_address(letter.to, "recipient")
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = to
        if self.reply_to is not None:
            message["Reply-To"] = self.reply_to
        # The library would decode an encoded word that somebody typed, whatever is hidden in it.
        message["Subject"] = " ".join(one_line(letter.subject, "subject").split()).replace("=?", "= ?")
        message["Date"] = local(now)
        message["Message-ID"] = _message_id(letter.message_id)
        message["Auto-Submitted"] = "auto-generated"
        try:
            _fill(message, letter.text, letter.html)
            for name, kind, content in letter.attachments:
                _attach(message, name, kind, content)
            content = message.as_bytes()
        except UnicodeError:
            raise Unsendable("The letter holds characters that cannot be written.") from None
        head, end, rest = content.partition(b"\r\n\r\n")
        content = head.replace(_FOLDED_ID, _WHOLE_ID) + end + rest
        return Envelope(self.sender.addr_spec, to.addr_spec, _way_out(letter.unsubscribe) + content)


def _way_out(address: str) -> bytes:
    """The headers by which letters of this kind are ended (RFC 2369, RFC 8058), none without an address. By one click
    only over https, as RFC 8058 asks. The library would encode a long address, which no mail program reads."""
    if not address:
        return b""
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise Unsendable("The address that ends such letters is none.")
    one_click = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" if address.startswith("https:") else b""
    return b"List-Unsubscribe: <" + address.encode("ascii") + b">\r\n" + one_click


def _message_id(given: str) -> str:
    if len(given) > _LONGEST_ID or not _MESSAGE_ID.fullmatch(given):
        raise Unsendable("The Message-ID is not of the form <word@domain>.")
    return given


def _fill(message: EmailMessage, text: str, html: str) -> None:
    message.set_content(text, charset="utf-8", cte=_encoding(text))
    if html:
        message.add_alternative(html, subtype="html", charset="utf-8", cte=_encoding(html))


def _encoding(text: str) -> str:
    return "quoted-printable" if text.isascii() else "base64"


def _attach(message: EmailMessage, name: str, kind: str, content: bytes) -> None:
    """`kind` may carry parameters (`text/calendar; method=REQUEST`); text is told to be UTF-8."""
    header = SMTP.header_factory("Content-Type", one_line(kind, "type of an attachment"))
    if header.defects or not isinstance(header, ContentTypeHeader) or header.maintype in ("multipart", "message"):
        raise Unsendable("An attachment has a type that is none.")
    parameters = dict(header.params)
    if header.maintype == "text":
        parameters.setdefault("charset", "utf-8")
    message.add_attachment(
        content,
        maintype=header.maintype,
        subtype=header.subtype,
        filename=one_line(name, "name of an attachment"),
        params=parameters,
    )
