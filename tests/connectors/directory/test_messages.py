"""Entries are taken from the bytes of their messages: what ldap3's own decoder makes of them, and nothing of others."""

from __future__ import annotations

import math

import pytest
from ldap3.utils.asn1 import decode_message_fast

from connectors.ldap.incoming import Incoming
from connectors.ldap.line import Kind, Trouble, Values
from connectors.ldap.messages import ENTRY, LARGEST, cut, entry_of, is_entry, is_one, numbered

DN = "uid=anna,ou=people,dc=sch,dc=gr"
DONE = bytes.fromhex("300c02010565070a010004000400")
"""The end of search 5: success."""
LENGTHS = [0, 1, 127, 128, 255, 256, 65_535, 65_536]


def part(tag: int, *contents: bytes, long: bool = False) -> bytes:
    """A part; with its length in more octets than needed where `long`, as BER allows."""
    content = b"".join(contents)
    octets = len(content).to_bytes(4 if long else max(1, (len(content).bit_length() + 7) // 8), "big")
    short = len(content) < 128 and not long
    return bytes([tag]) + (octets if short else bytes([0x80 + len(octets)]) + octets) + content


def entry(values: Values, number: int = 5, controls: bytes = b"", *, long: bool = False) -> bytes:
    """The message of an entry."""
    sets = [
        part(
            0x30, part(4, name.encode(), long=long), part(0x31, *(part(4, one, long=long) for one in those), long=long)
        )
        for name, those in values.items()
    ]
    body = part(0x64, part(4, DN.encode(), long=long), part(0x30, *sets, long=long), long=long)
    return part(0x30, numbered(number), body, controls, long=long)


def by_ldap3(message: bytes) -> tuple[str, Values]:
    """What the library's own decoder makes of it."""
    name, attributes = decode_message_fast(message)["payload"]
    return name[3].decode(), {each[3][0][3].decode(): [value[3] for value in each[3][1][3]] for each in attributes[3]}


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("length", LENGTHS)
def test_an_entry_is_what_the_librarys_own_decoder_makes_of_it(length: int, long: bool) -> None:
    values = {
        "uid": [b"anna"],
        "cn;lang-en": [b"x" * length, b"", b"y"],
        "a" * min(length, 300) or "b": [],
        "l": [b"0"],
    }
    message = entry(values, long=long)
    assert entry_of(message) == by_ldap3(message) == (DN, values)


@pytest.mark.parametrize("long", [False, True])
def test_a_name_alone_is_an_entry_too(long: bool) -> None:
    assert entry_of(entry({}, long=long)) == (DN, {})


@pytest.mark.parametrize("at", range(len(entry({}))))
def test_no_octet_of_a_name_alone_can_be_another_one_unnoticed(at: int) -> None:
    right = entry({})
    for other in (0x00, 0x7F, right[at] ^ 1):
        try:
            dn, values = entry_of(right[:at] + bytes([other]) + right[at + 1 :])
        except (ValueError, IndexError):
            continue
        assert (len(dn.encode()), values) == (len(DN), {})


def test_what_controls_come_with_an_entry_is_not_looked_at() -> None:
    assert entry_of(entry({"uid": [b"anna"]}, controls=part(0xA0, part(0x30, part(4, b"1.2.3"))))) == (
        DN,
        {"uid": [b"anna"]},
    )


@pytest.mark.parametrize("at", range(len(entry({"uid": [b"anna", b"b"], "l": [b"c"]}))))
def test_no_octet_of_the_frame_can_be_another_one_unnoticed(at: int) -> None:
    """Whatever is changed: another name, another value or the number, or it is no entry; never fewer of them."""
    right = entry({"uid": [b"anna", b"b"], "l": [b"c"]})
    for other in (0x00, 0x7F, right[at] ^ 1):
        wrong = right[:at] + bytes([other]) + right[at + 1 :]
        try:
            dn, values = entry_of(wrong)
        except (ValueError, IndexError):
            continue
        assert len(dn.encode()) == len(DN)
        assert sum(map(len, values.values())) == 3


def test_an_attribute_that_comes_twice_is_no_entry() -> None:
    once = part(0x30, part(4, b"uid"), part(0x31, part(4, b"anna")))
    message = part(0x30, numbered(5), part(0x64, part(4, DN.encode()), part(0x30, once, once)))
    with pytest.raises(ValueError, match="twice"):
        entry_of(message)


def test_a_value_behind_the_set_of_values_is_no_entry() -> None:
    attribute = part(0x30, part(4, b"uid"), part(0x31, part(4, b"anna")), part(4, b"x"))
    with pytest.raises(ValueError, match="no attribute"):
        entry_of(part(0x30, numbered(5), part(0x64, part(4, DN.encode()), part(0x30, attribute))))


@pytest.mark.parametrize("number", [1, 5, 127, 128, 255, 256, 32_767, 32_768, 2_147_483_647])
def test_an_entry_is_known_by_the_number_of_its_request(number: int) -> None:
    message = entry({"uid": [b"anna"]}, number)
    assert decode_message_fast(message)["messageID"] == number
    assert is_entry(message, numbered(number) + ENTRY)
    assert not is_entry(message, numbered(number - 1) + ENTRY)
    assert not is_entry(DONE, numbered(5) + ENTRY)


@pytest.mark.parametrize("length", [*range(60, 90), 250, 260, 65_000, 65_536])
def test_one_whole_message_is_known_as_one(length: int) -> None:
    one = entry({"cn": [b"x" * length]})
    assert is_one(one) == (len(one) <= 129 or 260 <= len(one) < 65_540)  # a length of one octet or three is cut
    for other in (one[:-1], one + b"\x30", one + DONE, one[:1], b"", b"\x31" + one[1:], DONE[:1] + DONE):
        assert not is_one(other)
    assert is_one(DONE)
    for several in (one, DONE):
        assert not is_one(several) or cut(several) == ([several], b"", 2)


def test_messages_are_cut_wherever_the_bytes_are_divided() -> None:
    whole = [entry({"l": [b"x" * size]}) for size in (3, 200, 300)] + [DONE]
    stream = b"".join(whole)
    for at in range(len(stream) + 1):
        first, rest, wanted = cut(stream[:at])
        assert len(rest) < wanted
        then, nothing, _ = cut(rest + stream[at:])
        assert first + then == whole
        assert nothing == b""


@pytest.mark.parametrize("nonsense", [b"HTTP/1.1 400", b"\x30\x80\x00\x00", b"\x30\x85\x00\x00\x00\x00\x01a"])
def test_what_is_no_ldap_is_never_waited_for(nonsense: bytes) -> None:
    with pytest.raises(ValueError, match="of LDAP"):
        cut(nonsense)


def test_a_message_that_nobody_asked_for_is_refused_by_its_length() -> None:
    """What is asked of an entry are short words; 4 GiB were once believed."""
    head = b"\x30\x84"
    found, rest, wanted = cut(head + LARGEST.to_bytes(4, "big"))
    assert (found, len(rest), wanted) == ([], 6, LARGEST + 6)
    with pytest.raises(ValueError, match="that anybody asked for"):
        cut(head + (LARGEST + 1).to_bytes(4, "big"))


@pytest.mark.parametrize(
    "untold",
    [
        part(0x30, numbered(5), b"\x64\x80" + part(4, DN.encode()) + part(0x30)),
        part(0x30, numbered(5), part(0x64, b"\x04\x80", part(0x30))),
        part(0x30, numbered(5), part(0x64, part(4, DN.encode()), b"\x30\x80")),
        *(
            part(0x30, numbered(5), part(0x64, part(4, DN.encode()), part(0x30, attribute)))
            for attribute in (
                part(0x30, b"\x04\x80", part(0x31)),
                part(0x30, part(4, b"cn"), b"\x31\x80"),
                part(0x30, part(4, b"cn"), part(0x31, b"\x04\x80")),
            )
        ),
    ],
    ids=["entry", "name", "attributes", "description", "set", "value"],
)
def test_a_length_that_is_not_told_is_no_length(untold: bytes) -> None:
    """RFC 4511, section 5.1: it was once taken for none."""
    with pytest.raises(ValueError, match=r"not told|no such part"):
        entry_of(untold)


# ------------------------------------------------------------------------------------------------ on a connection


class Spoken:
    """A socket that receives these, and then its end."""

    def __init__(self, *received: bytes) -> None:
        self._rest = iter((*received, b""))
        self.waits: list[float] = []

    def recv(self, most: int, /) -> bytes:
        return next(self._rest)

    def settimeout(self, seconds: float, /) -> None:
        self.waits.append(seconds)


def incoming(*received: bytes) -> Incoming:
    """What comes on such a connection."""
    spoken = Spoken(*received)
    return Incoming(lambda: spoken, 3)


def test_messages_come_one_at_a_time_and_their_end_is_no_end_of_an_answer() -> None:
    one = entry({"uid": [b"anna"]})
    stream = one + one + DONE
    coming = incoming(stream[:70], stream[70:75], stream[75:]).until(math.inf)
    assert [next(coming) for _ in range(3)] == [one, one, DONE]
    with pytest.raises(Trouble) as told:
        next(coming)
    assert told.value.what is Kind.BROKEN


def test_what_came_behind_the_end_is_heard_first_the_next_time() -> None:
    """Such as word that the server is closing the connection."""
    one = entry({"uid": [b"anna"]})
    coming = incoming(DONE + one + DONE[:5], DONE[5:])
    assert next(coming.until(math.inf)) == DONE
    assert coming.pending
    again = coming.until(math.inf)
    assert [next(again), next(again)] == [one, DONE]
    assert not coming.pending


def test_a_message_in_many_pieces_is_looked_at_once_and_not_at_every_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the time grows with the square of its size."""
    looked: list[int] = []

    def counted(received: bytes) -> tuple[list[bytes], bytes, int]:
        looked.append(len(received))
        return cut(received)

    monkeypatch.setattr("connectors.ldap.incoming.cut", counted)
    large = entry({"l": [b"x" * 100_000]})
    pieces = [large[at : at + 100] for at in range(0, len(large), 100)]
    assert next(incoming(*pieces).until(math.inf)) == large
    assert looked == [100, len(large)]


def test_no_wait_is_longer_than_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter((100.0, 101.0, 102.5))
    monkeypatch.setattr("connectors.ldap.incoming.time.monotonic", lambda: next(now))
    spoken = Spoken(DONE[:5], DONE[5:])
    coming = Incoming(lambda: spoken, 3).until(102.5)
    assert next(coming) == DONE
    assert spoken.waits == [2.5, 3, 1.5, 3]
    with pytest.raises(Trouble) as told:
        next(coming)
    assert told.value.what is Kind.TIMEOUT
