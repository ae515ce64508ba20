"""Messages of LDAP as bytes: where each ends, and what an entry holds (RFC 4511, sections 4.1.1 and 4.5.2). Pure.

A general decoder makes several objects of every value, and a country has millions of values: that takes longer than all
the rest of a read. Whatever is no entry is left to the library.
"""

from __future__ import annotations

from connectors.ldap.line import Values

ENTRY = b"\x64"
_SEQUENCE, _INTEGER, _OCTETS, _SET = 0x30, 0x02, 0x04, 0x31
_ATTRIBUTE = (_SEQUENCE, _OCTETS, _SET)
"""How an attribute, its name and the set of its values begin."""
_NAME = (_SEQUENCE, _INTEGER, ENTRY[0], _OCTETS)
"""How an entry, the number of its request, what it shows and its name begin."""
_NO_ATTRIBUTES = b"\x30\x00"
_LONG = 0x80
"""From here on the octet says how many octets of length follow."""
_UNTOLD = "a length that is not told"
"""The octet `_LONG` by itself: BER has it, LDAP does not (RFC 4511, section 5.1)."""
_MOST = 4
"""So many octets of length are read."""
LARGEST = 4 << 20
"""Octets of one message: what is asked of an entry are short words, and at most some thousand roles. Photographs and
certificates are not asked for."""
_TWO_OCTETS = b"\x30\x82"
"""How a message begins whose length takes two octets."""
_HEAD = 2
"""Octets that every message begins with."""


def cut(received: bytes) -> tuple[list[bytes], bytes, int]:
    """The whole messages at the front of what was received, the rest, and how many octets of the rest's message there
    must be before more can be said. Raises `ValueError` where it is no LDAP, or a message beyond `LARGEST`, as soon as
    its length is there."""
    found: list[bytes] = []
    start, size = 0, len(received)
    wanted = _HEAD
    while start + _HEAD <= size:
        if received[start] != _SEQUENCE:
            raise ValueError("no message of LDAP")
        length, body = received[start + 1], start + _HEAD
        if length >= _LONG:
            octets = length - _LONG
            if not 0 < octets <= _MOST:
                raise ValueError("no length of LDAP")
            body += octets
            if body > size:
                wanted = body - start
                break
            length = int.from_bytes(received[body - octets : body], "big")
            if length > LARGEST:
                raise ValueError("no message of LDAP that anybody asked for")
        if body + length > size:
            wanted = body + length - start
            break
        found.append(received[start : body + length])
        start = body + length
        wanted = _HEAD
    return found, received[start:], wanted


def is_one(received: bytes) -> bool:
    """Whether what was received is one whole message of usual size, and nothing else: `cut` would give just that."""
    size = len(received)
    if size < _LONG + _HEAD:
        return size >= _HEAD and received[0] == _SEQUENCE and received[1] == size - _HEAD
    return received[:2] == _TWO_OCTETS and (received[2] << 8) + received[3] == size - 4


def numbered(number: int) -> bytes:
    """How the messages that answer request `number` begin, behind their length."""
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes((_INTEGER, len(octets))) + octets


def is_entry(message: bytes, beginning: bytes) -> bool:
    """Whether a whole message is an entry: behind its length it begins as `numbered` and `ENTRY` together."""
    return message.startswith(beginning, 2 if message[1] < _LONG else message[1] - _LONG + 2)


def entry_of(message: bytes) -> tuple[str, Values]:
    """The DN and the values of an entry; what controls come with it is not looked at. Raises `ValueError` or
    `IndexError` where its parts do not fill it as they should."""
    if message[1] < _LONG and message.endswith(_NO_ATTRIBUTES):  # the name alone: written out, as in `attributes`
        at = 4 + message[3]
        end = at + 4 + message[at + 3]
        heads = (message[0], message[2], message[at], message[at + 2])
        if heads == _NAME and message[end:] == _NO_ATTRIBUTES and at + 2 + message[at + 1] == len(message):
            return message[at + 4 : end].decode(), {}
    start, end = part(message, 0, _SEQUENCE, len(message))
    _, start = part(message, start, _INTEGER, end)
    start, end = part(message, start, ENTRY[0], end)
    start, after = part(message, start, _OCTETS, end)
    dn = message[start:after].decode()
    at, stop = part(message, after, _SEQUENCE, end)
    if stop != end:
        raise ValueError("something follows the attributes")
    return dn, attributes(message, at, stop)


def attributes(message: bytes, at: int, stop: int) -> Values:
    """The values by name. What `part` does is written out here: a country has millions of values, and a call for each
    would take as long as all the rest."""
    found: Values = {}
    while at < stop:
        start = at
        length, name = message[at + 1], at + 2
        if length >= _LONG:
            if length == _LONG:
                raise ValueError(_UNTOLD)
            name += length - _LONG
            length = int.from_bytes(message[at + 2 : name], "big")
        at = name + length
        length, text = message[name + 1], name + 2
        if length >= _LONG:
            if length == _LONG:
                raise ValueError(_UNTOLD)
            text += length - _LONG
            length = int.from_bytes(message[name + 2 : text], "big")
        set_ = text + length
        length, value = message[set_ + 1], set_ + 2
        if length >= _LONG:
            if length == _LONG:
                raise ValueError(_UNTOLD)
            value += length - _LONG
            length = int.from_bytes(message[set_ + 2 : value], "big")
        if value + length != at or at > stop or (message[start], message[name], message[set_]) != _ATTRIBUTE:
            raise ValueError("no attribute with its values")
        named = message[text:set_].decode()
        if named in found:
            raise ValueError("an attribute that comes twice")
        values = found[named] = []
        while value < at:
            length, start = message[value + 1], value + 2
            if length >= _LONG:
                if length == _LONG:
                    raise ValueError(_UNTOLD)
                start += length - _LONG
                length = int.from_bytes(message[value + 2 : start], "big")
            if message[value] != _OCTETS or start + length > at:
                raise ValueError("no value")
            value = start + length
            values.append(message[start:value])
    if "" in found:
        raise ValueError("an attribute without a name")
    return found


def part(message: bytes, at: int, tag: int, stop: int) -> tuple[int, int]:
    """Where the content of the part that begins `at` starts and ends; it has to have this tag and end by `stop`. Raises
    `ValueError` or `IndexError`."""
    length, start = message[at + 1], at + 2
    if length >= _LONG:
        if length == _LONG:
            raise ValueError(_UNTOLD)
        start += length - _LONG
        length = int.from_bytes(message[at + 2 : start], "big")
    end = start + length
    if message[at] != tag or end > stop:
        raise ValueError("no such part")
    return start, end
