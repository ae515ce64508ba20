"""An entry that is as it was, told from its bytes without taking it apart. Pure.

Nearly all of a country's entries are as they were last night, and to make a dictionary of each takes as long as all the
rest of a read. So the octets themselves are digested, in a form that does not depend on the order in which a server
tells attributes and values: `of_message` gives it for a message, `of_values` for an entry that was taken apart, by
whichever library: to another one nothing has changed. What has that form is a whole and right entry: it is the form of
one that was taken apart before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from connectors.ldap.messages import ENTRY, attributes, part

_SEQUENCE, _INTEGER, _OCTETS, _SET = 0x30, 0x02, 0x04, 0x31
_LONG, _TWO_OCTETS = 0x80, 0x82
_HEADS = (_TWO_OCTETS, _OCTETS, _SEQUENCE, _TWO_OCTETS)
"""Of an entry of usual size: its length, its name, its attributes and theirs."""

_CLASSES = "objectClass"
"""Many values, and the same for nearly everybody."""

Parts = list[bytes]
"""The attributes of an entry, each in the shortest encoding (X.690, 10.1) with its values in order, in order."""


def of_values(values: Mapping[str, Sequence[bytes]]) -> Parts:
    """The attributes of an entry that was taken apart. A country read by python-ldap is millions of values: most are
    the only ones of their attribute, and what stands before them depends on their length alone."""
    return sorted(
        [
            _before(name, len(several[0])) + several[0]
            if len(several) == 1
            else _shared(name, *several)
            if name == _CLASSES
            else _attribute(name, several)
            for name, several in values.items()
        ]
    )


def of_message(message: bytes) -> tuple[bytes, Parts] | None:
    """The name and the attributes of an entry that came in a whole message; None where it has another form than usual:
    then it is to be taken apart, which also tells whether it is one."""
    try:
        if message[1] == _TWO_OCTETS:  # as with most of a country, written out: `part` does the same below
            at = 6 + message[5]
            name = at + 6
            after = name + message[at + 5]
            heads = (message[at + 1], message[name - 2], message[after], message[after + 1])
            if heads == _HEADS and message[name - 1] < _LONG:
                end = at + 4 + (message[at + 2] << 8) + message[at + 3]
                if end == len(message) == after + 4 + (message[after + 2] << 8) + message[after + 3]:
                    return message[name:after], _parts(message, after + 4, end)
        start, end = part(message, 0, _SEQUENCE, len(message))
        _, start = part(message, start, _INTEGER, end)
        start, end = part(message, start, ENTRY[0], end)
        start, after = part(message, start, _OCTETS, end)
        at, stop = part(message, after, _SEQUENCE, end)
        return (message[start:after], _parts(message, at, stop)) if stop == end else None
    except (ValueError, IndexError):
        return None


def _parts(message: bytes, at: int, stop: int) -> Parts:
    """What is checked here is only where each ends, and whether it may have several values: what is wrong otherwise is
    not the form of anything that is known."""
    found = []
    while at < stop:
        length = message[at + 1]
        if length < _LONG:
            end = at + 2 + length
            only = at + message[at + 3]
            one = message[only + 5] - message[only + 7] == 2  # the set holds a value with its tag and its length
            found.append(message[at:end] if one else _in_order(message[at:end]))
        else:
            end = at + 2 + length - _LONG
            end += int.from_bytes(message[at + 2 : end], "big")
            found.append(_in_order(message[at:end]))
        at = end
    if at != stop:
        raise ValueError("something follows the attributes")
    found.sort()
    return found


@lru_cache(maxsize=4096)
def _in_order(attribute: bytes) -> bytes:
    """An attribute in the form of `Parts`: many people have the same several values of it."""
    ((name, several),) = attributes(attribute, 0, len(attribute)).items()
    return _attribute(name, several)


def _attribute(name: str, several: Sequence[bytes]) -> bytes:
    values = b"".join([_head(_OCTETS, len(value)) + value for value in sorted(several)])
    return _named(name, len(values)) + values


@lru_cache(maxsize=1024)
def _shared(name: str, *several: bytes) -> bytes:
    """Of what few people have otherwise than others."""
    return _attribute(name, several)


@lru_cache(maxsize=4096)
def _before(name: str, length: int) -> bytes:
    """What an attribute begins with that has one value, of so many octets."""
    head = _head(_OCTETS, length)
    return _named(name, len(head) + length) + head


@lru_cache(maxsize=4096)
def _named(name: str, length: int) -> bytes:
    """What an attribute begins with whose values take so many octets."""
    encoded = name.encode()
    text = _head(_OCTETS, len(encoded)) + encoded + _head(_SET, length)
    return _head(_SEQUENCE, len(text) + length) + text


@lru_cache(maxsize=4096)
def _head(tag: int, length: int) -> bytes:
    """What a part begins with whose content takes so many octets."""
    if length < _LONG:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG + len(octets))) + octets
