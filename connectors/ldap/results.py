"""How an answer ends, from its bytes: results, notices and controls (RFC 4511, sections 4.1.9, 4.1.11 and 4.4), and the
cookie of a page (RFC 2696). Pure.

What a server sends is decoded here and not by the libraries: ldap3 knows only some codes, and OpenLDAP's decoder of the
cookie ends the whole process where that control has no value. Every function raises `ValueError` or `IndexError` for
what is no LDAP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.ldap.line import Control
from connectors.ldap.messages import part

PAGED = "1.2.840.113556.1.4.319"
"""The control of simple paged results (RFC 2696)."""
BIND_RESPONSE, DONE, REFERENCE, EXTENDED, INTERMEDIATE = 0x61, 0x65, 0x73, 0x78, 0x79
DISCONNECTION = b"1.3.6.1.4.1.1466.20036"
"""The name of the notice that the server ends the connection (RFC 4511, section 4.4.1)."""
_RESULTS = (BIND_RESPONSE, DONE, EXTENDED)
_SEQUENCE, _BOOLEAN, _INTEGER, _OCTETS, _ENUMERATED = 0x30, 0x01, 0x02, 0x04, 0x0A
_CONTROLS, _NAME = 0xA0, 0x8A
_MOST_OCTETS = 4
"""Of a number (RFC 4511: at most 2^31 - 1)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message that is looked at whole: which request it answers (0: none), what it is, and, of a result, its code,
    the `name` of an extended one, and its controls."""

    number: int
    kind: int
    code: int = 0
    name: bytes = b""
    controls: tuple[Control, ...] = ()


def told(message: bytes) -> Told:
    """What a whole message says."""
    at, end = part(message, 0, _SEQUENCE, len(message))
    start, at = part(message, at, _INTEGER, end)
    number = _number(message[start:at])
    kind = message[at]
    start, stop = part(message, at, kind, end)
    if kind not in _RESULTS:
        return Told(number, kind)
    first, at = part(message, start, _ENUMERATED, stop)
    code = _number(message[first:at])
    _, at = part(message, at, _OCTETS, stop)  # the name up to which it was found
    _, at = part(message, at, _OCTETS, stop)  # a sentence for people
    name = b""
    while at < stop:  # what else may follow: places referred to, credentials, a value
        tag = message[at]
        first, at = part(message, at, tag, stop)
        if tag == _NAME:
            name = message[first:at]
    return Told(number, kind, code, name, _controls(message, stop, end))


def cookie_in(controls: Sequence[Control]) -> bytes | None:
    """The cookie of the page that ended; empty on the last one, None where the server did not speak of pages."""
    said = [control.value for control in controls if control.oid == PAGED]
    if len(said) > 1:
        raise ValueError("two cookies")
    return _cookie(said[0]) if said else None


def _cookie(value: bytes) -> bytes:
    at, end = part(value, 0, _SEQUENCE, len(value))
    start, at = part(value, at, _INTEGER, end)
    _number(value[start:at])
    start, stop = part(value, at, _OCTETS, end)
    if stop != end or end != len(value):
        raise ValueError("something follows the cookie")
    return value[start:stop]


def _controls(message: bytes, at: int, end: int) -> tuple[Control, ...]:
    if at == end:
        return ()
    found = []
    at, stop = part(message, at, _CONTROLS, end)
    while at < stop:
        start, at = part(message, at, _SEQUENCE, stop)
        first, start = part(message, start, _OCTETS, at)
        oid, critical, value = message[first:start].decode("ascii"), False, b""
        if start < at and message[start] == _BOOLEAN:
            first, start = part(message, start, _BOOLEAN, at)
            critical = any(message[first:start])
        if start < at:
            first, start = part(message, start, _OCTETS, at)
            value = message[first:start]
        if start != at:
            raise ValueError("something follows the value of a control")
        found.append(Control(oid, value, critical))
    return tuple(found)


def _number(octets: bytes) -> int:
    number = int.from_bytes(octets, "big", signed=True)
    if not 0 < len(octets) <= _MOST_OCTETS or number < 0:
        raise ValueError("no number of LDAP")
    return number
