"""An entry that is as it was is told from its octets: the same as if it were taken apart, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.ldap.directory import LdapDirectory
from connectors.ldap.known_bytes import of_message, of_values
from connectors.ldap.messages import entry_of
from connectors.ldap.names import Stamped
from connectors.ldap.taking import Taker
from kypek_sync.contract import Digester, Entry
from kypek_sync.model import Finding
from tests.connectors.directory.changing import LATER, crowd, modify
from tests.connectors.directory.conftest import MakeLdap
from tests.connectors.directory.scripted import PEOPLE, controls, message, part
from tests.contracts.directory_people import POPULATION
from tests.servers.slapd import READER_MAY_WRITE, SYNCPROV, MakeSlapd

NAMES = st.text("abcdUN;-", min_size=1, max_size=140)
VALUES = st.lists(st.binary(max_size=4) | st.binary(min_size=120, max_size=300), max_size=4)
ENTRIES = st.lists(st.tuples(NAMES, VALUES), max_size=8, unique_by=lambda one: one[0])
OWN = st.text("aά,=", max_size=140)

Attributes = Sequence[tuple[str, Sequence[bytes]]]


def octets(name: str, attributes: Attributes, more: bytes = b"") -> bytes:
    """The message of an entry."""
    sets = (part(0x30, part(4, key.encode()), part(0x31, *(part(4, one) for one in all_))) for key, all_ in attributes)
    return message(7, part(0x64, part(4, name.encode()), part(0x30, *sets)), more)


def form(octets_: bytes) -> tuple[bytes, list[bytes]]:
    """As a read comes to it: of the octets, else of what they are taken apart to (a set of no values at the end)."""
    if (told := of_message(octets_)) is not None:
        return told
    dn, values = entry_of(octets_)
    return dn.encode(), of_values(values)


def wide(tag: int, *contents: bytes) -> bytes:
    """A part whose length takes more octets than it needs, as some servers write it."""
    content = b"".join(contents)
    return bytes((tag, 0x84)) + len(content).to_bytes(4, "big") + content


@settings(max_examples=60, deadline=None)
@given(OWN, ENTRIES, st.randoms(use_true_random=False))
def test_whatever_the_order_it_is_what_taking_apart_gives(name: str, attributes: list, chance) -> None:  # type: ignore[no-untyped-def,type-arg]
    shuffled = [(key, chance.sample(several, len(several))) for key, several in attributes]
    chance.shuffle(shuffled)
    plain, other = octets(name, attributes), octets(name, shuffled, controls(part(0x30, part(4, b"1.2"))))
    dn, values = entry_of(plain)
    assert form(plain) == form(other) == (dn.encode(), of_values(values))
    assert of_message(plain) is not None or any(not several for _, several in attributes)


@settings(max_examples=60, deadline=None)
@given(OWN, ENTRIES)
def test_lengths_that_are_longer_than_they_need_be_make_no_other_entry(name: str, attributes: Attributes) -> None:
    sets = (wide(0x30, wide(4, key.encode()), wide(0x31, *(wide(4, one) for one in all_))) for key, all_ in attributes)
    long = wide(0x30, part(2, b"\7"), wide(0x64, wide(4, name.encode()), wide(0x30, *sets)))
    assert form(long) == form(octets(name, attributes))


@settings(max_examples=60, deadline=None)
@given(OWN, ENTRIES, OWN, ENTRIES)
def test_two_entries_are_told_apart(name: str, attributes: Attributes, other: str, others: Attributes) -> None:
    def whole(own: str, those: Attributes) -> tuple[str, dict[str, list[bytes]]]:
        return own, {key: sorted(several) for key, several in those}

    same = form(octets(name, attributes)) == form(octets(other, others))
    assert same == (whole(name, attributes) == whole(other, others))


@settings(max_examples=60, deadline=None)
@given(OWN, ENTRIES, st.data())
@example("uid=a", [("l", [b"x"]), ("cn", [])], None)
def test_damaged_octets_are_never_those_of_an_entry_that_was_right(
    name: str, attributes: Attributes, data: st.DataObject | None
) -> None:
    """Nothing that taking apart would refuse is as it was, and nothing that it would read otherwise."""
    right = octets(name, attributes)
    damaged = bytearray(right)
    for _ in range(data.draw(st.integers(1, 3)) if data else 0):
        assert data is not None
        damaged[data.draw(st.integers(0, len(right) - 1))] = data.draw(st.integers(0, 255))
    if data and data.draw(st.booleans()):
        damaged = damaged[: data.draw(st.integers(2, len(right)))]
    told = of_message(bytes(damaged))
    if told is not None and told == of_message(right):
        where = 5 + (right[1] & 0x7F if right[1] > 0x7F else 0)
        framed = bytes(damaged[:where]) == right[:where]  # what is before the name was looked at when it was received
        assert not framed or _sorted(entry_of(bytes(damaged))) == _sorted(entry_of(right))


LARGE = octets("uid=a", [("l", [b"x" * 100]), ("cn", [b"y" * 100]), ("sn", [b"z" * 100])])
FRAME = (8, 9, 10, 11, 12, *range(18, 22))
"""Lengths and tags around the name of it; what is before them was looked at when it was received."""


@pytest.mark.parametrize("at", FRAME)
def test_no_octet_around_the_name_can_be_another_one_unnoticed(at: int) -> None:
    known = of_message(LARGE)
    assert known is not None
    for other in set(range(256)) - {LARGE[at]}:
        assert of_message(LARGE[:at] + bytes([other]) + LARGE[at + 1 :]) != known


def test_attributes_that_go_beyond_the_entry_are_none() -> None:
    """Cut off there, and put in order, they might come to the octets of another entry."""
    beyond = octets("uid=a", [("l", [b"x"]), ("cn", [b"y" * 10])])
    last = len(beyond) - 20
    assert beyond[last] == 0x30
    assert of_message(beyond) is not None
    assert of_message(beyond[: last + 1] + bytes([beyond[last + 1] + 3]) + beyond[last + 2 :]) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_whatever_comes_nothing_is_raised(anything: bytes) -> None:
    told = of_message(b"\x30\x82" + anything + b"\x30")
    assert told is None or isinstance(told[0], bytes)


def _sorted(entry: tuple[str, Mapping[str, Sequence[bytes]]]) -> tuple[str, dict[str, list[bytes]]]:
    return entry[0], {key: sorted(several) for key, several in entry[1].items()}


# ------------------------------------------------------------------------------------------------ digests


class Kept:
    """A keeper of what it was given, that knows some digests."""

    def __init__(self, *known: bytes) -> None:
        self.known = set(known)
        self.given: list[tuple[str, bytes]] = []

    def same(self, digest: bytes) -> bool:
        return digest in self.known

    def take(self, item: str | None, digest: bytes, findings: Sequence[Finding]) -> None:
        self.given.append((item or "", digest))


def taker(kept: Kept, key: str = "key") -> Taker[str]:
    def mapped(entry: Entry) -> tuple[str, tuple[Finding, ...]]:
        return entry.dn, ()

    return Taker(kept, Digester(lambda word: key + word), mapped)


ONE = octets(f"uid=a,{PEOPLE}", [("uid", [b"a"]), ("l", [b"x", b"y"])])


def ask(one: Taker[str], octets_: bytes) -> bool:
    told = of_message(octets_)
    assert told is not None
    return one.same(*told)


def test_both_ways_of_handing_over_give_one_digest() -> None:
    taken, asked = Kept(), Kept()
    taker(taken).take(*entry_of(ONE))
    both = taker(asked)
    assert not ask(both, ONE)
    both.take(*entry_of(ONE))
    assert taken.given == asked.given
    again = taker(known := Kept(taken.given[0][1]))
    assert ask(again, ONE)
    again.take(*entry_of(ONE))
    assert known.given == []


def test_what_was_asked_about_one_is_not_held_for_another() -> None:
    kept = Kept()
    both = taker(kept)
    assert not ask(both, ONE)
    both.take(*entry_of(ONE))
    both.take("uid=b", {"uid": [b"b"]})
    assert len({digest for _, digest in kept.given}) == 2


def test_another_key_place_or_way_is_another_digest() -> None:
    """Settings decide what is read: another key, name or base makes another entry of the same words."""
    dn, values = entry_of(ONE)
    moved = octets("uid=a,ou=other,dc=sch,dc=gr", [("uid", [b"a"]), ("l", [b"x", b"y"])])
    kept = Kept()
    for one, key in ((ONE, "key"), (ONE, "other"), (moved, "key")):
        taker(kept, key).take(*entry_of(one))
    digests = {digest for _, digest in kept.given} | {Digester(lambda word: "key" + word).of(dn, values)}
    assert len(digests) == 4


# ------------------------------------------------------------------------------------------------ modifyTimestamp


def stamped(stamp: bytes, name: str = "modifyTimestamp") -> bytes:
    return octets(f"uid=a,{PEOPLE}", [("uid", [b"a"]), (name, [stamp]), ("l", [b"x", b"y"])])


def test_the_time_of_a_change_is_no_part_of_an_entry_and_is_seen_all_the_same() -> None:
    kept = Kept()
    taker(kept).take(*entry_of(ONE))
    one = taker(Kept(kept.given[0][1]))
    seen = Stamped(one.take, LATER, same=one.same)
    for stamp in (b"20260101000000Z", b"20261001000000Z", b"20260501000000Z"):
        told = of_message(stamped(stamp))
        assert told is not None
        assert seen.as_it_was(*told)
    assert seen.newest == "20261001000000Z"


def test_a_time_in_another_form_is_read_by_taking_the_entry_apart() -> None:
    kept = Kept()
    taker(kept).take(*entry_of(ONE))
    one = taker(Kept(kept.given[0][1]))
    seen = Stamped(one.take, LATER, same=one.same)
    for odd in (stamped(b"20260101000000.1Z"), stamped(b"20260101000000Z", "modifytimestamp"), ONE):
        told = of_message(odd)
        assert told is not None
        assert not seen.as_it_was(*told)


class Remembering(Kept):
    """A keeper that knows in its next read what it was given in this one."""

    def again(self) -> Remembering:
        return Remembering(*(digest for _, digest in self.given), *self.known)


@pytest.mark.server("slapd")
@pytest.mark.parametrize("overlays", [SYNCPROV, ()], ids=["with its state", "without"])
def test_a_quiet_read_takes_nothing_apart_and_a_change_is_seen(
    make_slapd: MakeSlapd, ldap: MakeLdap, monkeypatch: pytest.MonkeyPatch, overlays: tuple[str, ...]
) -> None:
    server = make_slapd(crowd(12), access=READER_MAY_WRITE, overlays=overlays)
    directory = ldap(server, now=LATER, library="ldap3")
    first: Remembering = Remembering()
    directory.read_people(first)  # type: ignore[arg-type]  # it asks nothing of what it is given
    apart: list[str] = []

    def taken_apart(message_: bytes) -> tuple[str, dict[str, list[bytes]]]:
        found = entry_of(message_)
        apart.extend(found[1].get("uid", [b""])[0].decode().split())
        return found

    monkeypatch.setattr("connectors.ldap.over_ldap3.entry_of", taken_apart)
    quiet = first.again()
    reading = directory.read_people(quiet)  # type: ignore[arg-type]
    assert (reading.entries, reading.complete, bool(reading.cursor)) == (12, True, True)
    assert [one for one in apart if one.startswith("t0")] == []
    assert quiet.given == []
    modify(server, "t0003")
    changed = quiet.again()
    directory.read_people(changed)  # type: ignore[arg-type]
    assert len(changed.given) == 1
    assert [one for one in apart if one.startswith("t0")] == ["t0003"]


@pytest.mark.server("slapd")
@pytest.mark.parametrize("overlays", [SYNCPROV, ()], ids=["with its state", "without"])
def test_what_one_library_kept_is_as_it_was_for_the_other(
    make_slapd: MakeSlapd, ldap: MakeLdap, library: str, overlays: tuple[str, ...]
) -> None:
    server = make_slapd(POPULATION, overlays=overlays)
    other = "ldap3" if library == "python-ldap" else "python-ldap"
    for read in (LdapDirectory.read_people, LdapDirectory.read_units):
        kept = Remembering()
        entries = read(ldap(server, now=LATER), kept).entries  # type: ignore[arg-type]
        assert len(kept.given) == entries > 5
        again = kept.again()
        assert read(ldap(server, now=LATER, library=other), again).entries == entries  # type: ignore[arg-type]
        assert again.given == []
