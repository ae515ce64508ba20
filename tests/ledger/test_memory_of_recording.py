"""However large a read is, a chunk of it and whom that concerns is held, and what is as it was is not even decoded."""

from __future__ import annotations

import pytest

from kypek_sync.ledger import Ledger, codec, concerned, people_recording, reads, shown
from kypek_sync.ledger.concerned import Group
from kypek_sync.ledger.people import IdentitiesDoubted
from kypek_sync.model import PersonKey
from kypek_sync.sync.directory import spool
from tests.ledger import whole_directory
from tests.ledger.directory import DIRECTORY, entry, ids, moved, read

MANY = [entry(f"t{n:03}", uuid=f"u{n}", registry=f"r{n}") for n in range(200)]


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that were matched; chunks are of ten."""
    sizes: list[int] = []
    matched = people_recording._matched

    def watched(group: Group) -> object:
        sizes.append(len(group.entries))
        return matched(group)

    monkeypatch.setattr(people_recording, "_matched", watched)
    monkeypatch.setattr(spool, "CHUNK", 10)
    return sizes


def test_a_first_load_is_matched_a_chunk_at_a_time(ledger: Ledger, groups: list[int]) -> None:
    with ledger.begin() as connection:
        read(connection, *MANY)
        assert len(ids(connection)) == 200
    assert groups == [10] * 20


def test_a_change_concerns_whoever_is_linked_to_it_and_nobody_else(ledger: Ledger, groups: list[int]) -> None:
    with ledger.begin() as connection:
        read(connection, *MANY)
        groups.clear()
        read(connection, moved(MANY[0], keys=entry("t000", uuid="u0", registry="r7").keys), *MANY[1:], days=1)
    assert groups == [2]


def test_a_read_in_which_nothing_changed_decodes_nobody(
    ledger: Ledger, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[object] = []

    def watched(kind: type, body: object) -> object:
        decoded.append(body)
        return codec.load(kind, body)

    for module in (concerned, shown):
        monkeypatch.setattr(module, "load", watched)
    with ledger.begin() as connection:
        read(connection, *MANY)
        groups.clear()
        decoded.clear()
        read(connection, *MANY, days=1)
    assert (groups, decoded) == ([], [])


def test_a_number_that_very_many_show_links_nobody(ledger: Ledger, groups: list[int]) -> None:
    """A number written for want of one (000000): one more who shows it concerns none of the others."""
    crowd = [entry(f"t{n:03}", uuid=f"u{n}", registry="zero") for n in range(120)]
    with ledger.begin() as connection:
        read(connection, *crowd)
        assert max(groups) <= 10
        assert len(ids(connection)) == 120
        groups.clear()
        read(connection, *crowd, entry("new", uuid="u999", registry="zero"), days=1)
        assert groups == [1]
        assert len(ids(connection)) == 121
        told = {
            one.subject: one.text for _, one in reads.listed_findings(connection, DIRECTORY) if one.subject == "new"
        }
        assert set(told) == {"new"}


def test_a_column_that_slipped_links_everybody_and_is_noticed_before_all_are_gathered(
    ledger: Ledger, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_recording, "LARGEST", 40)
    right = [entry(f"t{n:03}", registry=f"r{n:03}", given=f"Όνομα{n}") for n in range(200)]
    slipped = [moved(one, keys=(PersonKey("registry", f"r{(n + 1) % 200:03}"),)) for n, one in enumerate(right)]
    with ledger.begin() as connection:
        read(connection, *right)
        before = whole_directory.everybody(connection, DIRECTORY)
        groups.clear()
        with pytest.raises(IdentitiesDoubted):
            read(connection, *slipped, days=1)
        assert max(groups) < 100
        assert whole_directory.everybody(connection, DIRECTORY) == before
