"""A key that two people show, or showed, is in dispute until a person decides: it identifies nobody, passes to nobody,
and whoever it was does not go meanwhile (design, rule 12)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kypek_sync.ledger import Ledger, identities
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.tables import person_keys
from kypek_sync.model import PersonKey
from tests.ledger import whole_directory
from tests.ledger.directory import DIRECTORY, START, codes, decided, entry, ids, leaving, moved, read
from tests.ledger.test_deltas_of_people import delta

ANNA = entry("anna", uuid="u1", registry="r1")
DORA = entry("dora", uuid="u2", registry="r2", given="Δώρα")
MIXED = entry("anna", uuid="u1", registry="r2")
"""Anna's entry with Dora's number."""


def test_a_disputed_number_makes_nobody_another_when_the_entry_loses_its_entry_uuid(ledger: Ledger) -> None:
    """Anna's entry shows Dora's number, and Dora is away; read without entryUUIDs it was Dora's."""
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        anna = ids(connection)["anna"]
        assert codes(read(connection, MIXED, days=1)) == {("anna", "keys-disagree")}
        found = read(connection, entry("anna", registry="r2"), days=2)
        assert ids(connection)["anna"] == anna
        assert codes(found) == {("anna", "keys-disagree")}
        delta(connection, entry("anna", registry="r2", surname="Νέα"), days=2.5)
        assert ids(connection)["anna"] == anna


def test_a_disputed_number_passes_to_nobody_when_its_owner_stays_away_or_shows_another(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        dora = ids(connection)["dora"]
        for days in (1, 2, 10, 20):
            assert codes(read(connection, MIXED, days=days)) == {("anna", "keys-disagree")}
        assert [one.id for one in leaving(connection)] == [dora]  # perhaps she is the one whose number that is
        other = entry("dora", uuid="u2", registry="r7", given="Δώρα")
        assert codes(read(connection, MIXED, other, days=21)) == {("anna", "keys-disagree")}
        assert codes(read(connection, entry("anna2", registry="r2"), other, days=22)) == {("anna2", "keys-disagree")}
        assert len(set(ids(connection).values())) == 3  # neither anna nor dora


def test_a_number_shown_again_is_in_dispute_again(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        anna = ids(connection)["anna"]
        read(connection, MIXED, days=1)
        assert read(connection, entry("anna", uuid="u1"), days=2) == []
        assert codes(read(connection, entry("anna", registry="r2"), days=3)) == {("anna", "keys-disagree")}
        assert ids(connection)["anna"] == anna


def test_whoever_has_the_disputed_number_as_their_own_is_found_by_it_once_nobody_else_shows_it(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)
        read(connection, MIXED, days=1)
        assert read(connection, ANNA, entry("dora2", registry="r2", given="Δώρα"), days=2) == []
        assert ids(connection) == {"anna": before["anna"], "dora2": before["dora"]}


@pytest.mark.parametrize("verdict", Verdict)
def test_after_the_decision_the_number_is_theirs_who_show_it(ledger: Ledger, verdict: Verdict) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)
        read(connection, MIXED, days=1)
        decided(connection, "anna", verdict, days=1.5)
        assert read(connection, moved(MIXED, mail=""), days=2) == []
        assert read(connection, entry("anna3", registry="r2"), days=3) == []
        assert ids(connection)["anna3"] == before["anna"]
        for days in (9, 10):
            read(connection, entry("anna3", registry="r2"), days=days)
        assert leaving(connection) == []
        assert whole_directory.everybody(connection, DIRECTORY)[before["dora"]].gone_at is not None


def test_a_doubled_number_holds_what_rests_on_it_and_nobody_who_is_known_by_more(ledger: Ledger) -> None:
    """Anna is known by her number alone and has a new login; by mistake eva, who has an entryUUID, shows it too."""
    eva = entry("eva", uuid="u3", registry="r3", given="Εύα")
    doubled = entry("eva", uuid="u3", registry="r1", given="Εύα")
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"), eva)
        before = ids(connection)
        for days in (1, 2, 10, 20):
            found = read(connection, entry("anna2", registry="r1"), doubled, days=days)
            assert codes(found) == {
                ("anna2", "keys-disagree"),
                ("anna2", "registry-duplicate"),
                ("eva", "registry-duplicate"),
            }
            (text,) = [one.text for one in found if one.code == "keys-disagree"]
            assert text.startswith("It has a key of anna, not shown any more")
        assert identities.doubt(connection, DIRECTORY, "eva") is None
        assert identities.doubt(connection, DIRECTORY, "anna2") is not None
        assert [one.id for one in leaving(connection)] == [before["anna"]]  # and not gone


def test_who_showed_only_a_disputed_number_is_after_the_decision_who_had_it(ledger: Ledger) -> None:
    doubled = entry("eva", uuid="u3", registry="r1", given="Εύα")
    anna2 = entry("anna2", registry="r1")
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"), entry("eva", uuid="u3", registry="r3", given="Εύα"))
        before = ids(connection)
        read(connection, anna2, doubled, days=1)
        decided(connection, "anna2", Verdict.SAME, days=1.5)
        known = whole_directory.everybody(connection, DIRECTORY)
        assert known[before["anna"]].person == anna2
        assert leaving(connection) == []
        for days in (2, 3, 10):
            read(connection, anna2, doubled, days=days)
            present = whole_directory.by_login(connection, DIRECTORY)
            assert (present["anna2"].id, present["anna"].id) == (before["anna"], before["anna"])
        read(connection, moved(anna2, mail=""), doubled, days=11)
        assert whole_directory.by_login(connection, DIRECTORY)["anna2"].id == before["anna"]
        assert identities.doubt(connection, DIRECTORY, "anna2") is None


def test_who_is_somebody_else_takes_the_number_and_the_former_owner_leaves(ledger: Ledger) -> None:
    doubled = entry("eva", uuid="u3", registry="r1", given="Εύα")
    anna2 = entry("anna2", registry="r1")
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"), entry("eva", uuid="u3", registry="r3", given="Εύα"))
        before = ids(connection)
        read(connection, anna2, doubled, days=1)
        decided(connection, "anna2", Verdict.OTHER, days=1.5)
        for days in (2, 10, 11):
            read(connection, anna2, entry("eva", uuid="u3", registry="r3", given="Εύα"), days=days)
        present = ids(connection)
        assert present["anna2"] not in before.values()
        assert whole_directory.everybody(connection, DIRECTORY)[before["anna"]].gone_at is not None


def test_a_mistake_that_was_mended_leaves_the_number_with_its_owner(ledger: Ledger) -> None:
    """Eva showed it as long as anna did; then anna has a new login, and is known by the number alone."""
    eva = entry("eva", uuid="u3", registry="r3", given="Εύα")
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"), eva)
        before = ids(connection)
        read(
            connection,
            entry("anna", registry="r1"),
            moved(eva, keys=entry("eva", uuid="u3", registry="r1").keys),
            days=1,
        )
        assert read(connection, entry("anna2", registry="r1"), eva, days=2) == []
        assert ids(connection) == {"anna2": before["anna"], "eva": before["eva"]}


def test_a_dispute_is_kept_with_when_it_was_shown(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        read(connection, MIXED, days=1)
        read(connection, ANNA, days=2)
        (row,) = connection.execute(select(person_keys).where(person_keys.c.disputed.is_(True))).all()
        assert (PersonKey(row.kind, row.value), row.person) == (PersonKey("registry", "r2"), ids(connection)["anna"])
        assert (row.until - START).days == 2
