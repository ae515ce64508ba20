"""The digest of an entry: another one for another entry, the same for the same in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import Digester

PLAIN = Digester(str)
ENTRIES = st.tuples(
    st.text(max_size=5),
    st.dictionaries(st.text("ab;", min_size=1, max_size=3), st.lists(st.binary(max_size=3), max_size=3), max_size=3),
)


def canonical(dn: str, values: Mapping[str, Sequence[bytes]]) -> object:
    """What the digest stands for."""
    return dn, sorted((name, sorted(several)) for name, several in values.items())


@given(ENTRIES, ENTRIES)
def test_two_entries_have_one_digest_only_if_they_are_the_same(
    one: tuple[str, dict[str, list[bytes]]], other: tuple[str, dict[str, list[bytes]]]
) -> None:
    assert (PLAIN.of(*one) == PLAIN.of(*other)) == (canonical(*one) == canonical(*other))


@given(ENTRIES, st.randoms())
def test_no_order_counts_and_no_kind_of_sequence(entry: tuple[str, dict[str, list[bytes]]], random: Random) -> None:
    dn, values = entry
    names = list(values)
    random.shuffle(names)
    shuffled = {name: tuple(random.sample(values[name], len(values[name]))) for name in names}
    assert PLAIN.of(dn, shuffled) == PLAIN.of(dn, values)


@pytest.mark.parametrize(
    ("dn", "values"),
    [
        ("uid=B", {"cn": [b"x", b"y"], "sn": [b"z"]}),
        ("uid=b", {"CN": [b"x", b"y"], "sn": [b"z"]}),
        ("uid=b", {"cn": [b"x", b"Y"], "sn": [b"z"]}),
        ("uid=b", {"cn": [b"x"], "sn": [b"y", b"z"]}),
        ("uid=b", {"cn": [b"xy"], "sn": [b"z"]}),
        ("uid=b", {"cn": [b"x", b"y", b"y"], "sn": [b"z"]}),
        ("uid=b", {"cn": [b"x", b"y"], "sn": []}),
        ("uid=b", {"cn": [b"x", b"y"]}),
        ("uid=b", {"cn": [b"x", b"y"], "sn;lang-en": [b"z"]}),
    ],
)
def test_whatever_differs_shows(dn: str, values: dict[str, list[bytes]]) -> None:
    assert PLAIN.of(dn, values) != PLAIN.of("uid=b", {"cn": [b"x", b"y"], "sn": [b"z"]})


def test_without_the_key_nobody_tells_a_number_from_its_digest() -> None:
    """D-4."""
    values = {"employeeNumber": [b"700001"]}
    assert PLAIN.of("uid=a", values) != Digester(lambda word: word + " of another centre").of("uid=a", values)
    assert len(PLAIN.of("uid=a", values)) == 16
