"""The port: what a library must do for us on one connection. `over_ldap3` and `over_python_ldap` fill it; everything
that must be the same with both (what is whole, what is partial, what to do next, the sentences) is above it, in
`client` and `failures`.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, runtime_checkable

from connectors.ldap.settings import LdapSettings
from kypek_sync.contract import Doubt, doubt_of

Take = Callable[[str, Mapping[str, Sequence[bytes]]], None]
"""Receives one entry: its DN and its raw values by attribute description."""

Values = dict[str, list[bytes]]

Same = Callable[[bytes, list[bytes]], bool]
"""Asked first where a library has an entry's own octets at hand (`known_bytes`): its name and its attributes. Where it
says that the entry is as it was, that was it; else it is taken apart, and received as any other."""


class Scope(Enum):
    """How far a search reaches."""

    ITSELF = 0
    CHILDREN = 1
    SUBTREE = 2


@dataclass(frozen=True, slots=True)
class Control:
    """A request's or an answer's control: `value` is its BER, empty when there is none."""

    oid: str
    value: bytes = b""
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One search request. `page` asks for that many entries and `cookie` for those after them; `limit` is the size
    limit (0: none of ours). The answer is waited for until `end` of the monotonic clock."""

    base: str
    filter: str
    attributes: tuple[str, ...]
    scope: Scope = Scope.CHILDREN
    page: int = 0
    cookie: bytes = b""
    limit: int = 0
    controls: tuple[Control, ...] = ()
    end: float = math.inf

    @property
    def most(self) -> float:
        """So many entries answer it at most."""
        return self.page or self.limit or math.inf


@dataclass(frozen=True, slots=True)
class Answer:
    """How the server ended a search: the result code (RFC 4511, 4.1.9), the cookie of the page (None when it spoke of
    none), how many places it referred elsewhere, and its other controls. An answer with a code is no exception: what a
    code means depends on what was asked."""

    code: int
    cookie: bytes | None = None
    referrals: int = 0
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a search that is heard raw: an entry (`dn` and `values`) or an intermediate response (`dn` is
    None; `oid` and `value`), with its controls."""

    dn: str | None
    values: Values = field(default_factory=dict, repr=False)
    controls: tuple[Control, ...] = ()
    oid: str = ""
    value: bytes = field(default=b"", repr=False)


class Kind(Enum):
    """What went wrong where no result code tells."""

    TIMEOUT = "no answer in time"
    BROKEN = "the connection was broken off"
    UNREACHABLE = "nobody answers there"
    NO_SUCH_NAME = "there is no host of that name"
    CERTIFICATE = "the certificate could not be verified"
    EXPIRED = Doubt.EXPIRED.value
    EARLY = Doubt.EARLY.value
    OTHER_HOST = Doubt.OTHER_HOST.value
    UNKNOWN_AUTHORITY = Doubt.UNKNOWN_AUTHORITY.value
    NONSENSE = "the answer was no LDAP"
    TOO_MANY = "it sent more entries than were asked for"


def of_address(settings: LdapSettings) -> Kind:
    """Why nobody could be reached: libraries say the same of a name that does not exist and of a closed door."""
    try:
        socket.getaddrinfo(settings.host, settings.port)
    except (OSError, UnicodeError):  # socket.gaierror is one of them; a name may be none at all
        return Kind.NO_SUCH_NAME
    return Kind.UNREACHABLE


def of_certificate(sentence: str) -> Kind:
    """What is wrong with a certificate, from the library's own words."""
    doubt = doubt_of(sentence)
    return Kind(doubt.value) if doubt else Kind.CERTIFICATE


class Trouble(Exception):
    """What a library raises, without its own words, which may repeat what was sent: a result code of the server to
    anything but a search, or a `Kind`."""

    def __init__(self, what: int | Kind) -> None:
        super().__init__(what)
        self.what = what


class Line(Protocol):
    """One connection, used by one thread. Every method raises `Trouble` alone, besides what `take` or `hear` raise,
    which passes through; after either the line is only closed."""

    def start_tls(self) -> None:
        """Encrypt the connection, its certificate and host name verified."""

    def sign_in(self) -> None:
        """As the settings say: a simple bind, or none."""

    def search(self, question: Question, take: Take, same: Same | None = None) -> Answer:
        """Hand every entry to `take` as it comes, unless `same` is there and knows it; never follows a referral or an
        alias."""

    def close(self) -> None:
        """Let the server and the socket go. Never raises, also where nothing was opened."""


@runtime_checkable
class RawLine(Line, Protocol):
    """A line on which a search can be heard raw."""

    def listen(self, question: Question, hear: Callable[[Message], None]) -> Answer:
        """As `search`, with the controls of each entry and the intermediate responses (RFC 4533)."""


class Library(Protocol):
    """A library: opens lines."""

    @property
    def name(self) -> str:
        """`ldap3` or `python-ldap`."""

    @property
    def raw(self) -> bool:
        """Whether its lines are `RawLine`s."""

    def open(self, settings: LdapSettings, ca_file: str) -> Line:
        """A line that is connected, and encrypted where the address says so (ldaps). Raises `Trouble`."""
