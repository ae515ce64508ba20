"""Whoever is back as they were is asked about by nobody; whose entry was made anew is one person once that is decided
(design, rule 12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from kypek_sync.ledger import Ledger, identities, persons
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.tables import people
from tests.ledger import whole_directory
from tests.ledger.directory import DIRECTORY, START, codes, decided, entry, ids, leaving, moved, read
from tests.ledger.test_deltas_of_people import delta

ANNA = entry("anna", uuid="u1", registry="r1")
EVA = entry("eva", uuid="u3", registry="r3", given="Εύα")
TAKEN = entry("anna", uuid="u1", registry="r2", surname="Άλλη", given="Μαρία")
"""Anna's entry, which is Maria's now."""


@pytest.mark.parametrize("verdict", [None, Verdict.OTHER])
@pytest.mark.parametrize("by_delta", [False, True], ids=["read in full", "by a delta"])
def test_who_is_back_in_place_with_every_key_is_in_no_doubt(
    ledger: Ledger, verdict: Verdict | None, by_delta: bool
) -> None:
    """It was asked again whose the login is, whatever had been decided of who had the entry meanwhile."""
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        anna = ids(connection)["anna"]
        assert codes(read(connection, TAKEN, EVA, days=1)) == {("anna", "keys-disagree"), ("anna", "login-reused")}
        if verdict is not None:
            decided(connection, "anna", verdict, days=1.5)
        if by_delta:
            delta(connection, ANNA, days=2)
        assert read(connection, ANNA, EVA, days=2.1) == []
        assert identities.doubt(connection, DIRECTORY, "anna") is None
        present = whole_directory.by_login(connection, DIRECTORY)["anna"]
        assert (present.id, present.leaving_since) == (anna, None)
        (meanwhile,) = leaving(connection)
        assert meanwhile.person.given_name == "Μαρία"
        for days in (3, 10):
            assert read(connection, moved(ANNA, mail=f"{days}@sch.example"), EVA, days=days) == []
        assert read(connection, entry("anna2", uuid="u1", registry="r1"), EVA, days=11) == []
        assert whole_directory.by_login(connection, DIRECTORY)["anna2"].id == anna
        assert leaving(connection) == []  # Maria has gone


@pytest.mark.parametrize(
    "back",
    [
        entry("anna", uuid="u1"),
        entry("anna", registry="r1"),
        entry("anna", uuid="u9", registry="r1"),
    ],
    ids=["without the number", "without the entryUUID", "in another entry"],
)
def test_who_is_back_with_less_is_asked_about(ledger: Ledger, back: object) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        read(connection, TAKEN, EVA, days=1)
        assert ("anna", "login-reused") in codes(read(connection, back, EVA, days=2))  # type: ignore[arg-type]


def test_who_is_back_while_the_other_one_is_there_too_is_asked_about(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        read(connection, TAKEN, EVA, days=1)
        maria = entry("maria", uuid="u7", registry="r2", surname="Άλλη", given="Μαρία")
        assert ("anna", "login-reused") in codes(read(connection, ANNA, maria, EVA, days=2))


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("away", ["maria", "anna"])
def test_what_was_decided_of_a_login_is_not_asked_again_when_one_of_its_holders_is_back(
    ledger: Ledger, away: str, verdict: Verdict
) -> None:
    """The finding that it had another owner began anew, and everything under the login stood still once more."""
    anna, maria = entry("anna2", uuid="u1", registry="r1"), entry("anna", uuid="u7", registry="r7", given="Μαρία")
    there = [EVA, maria if away == "anna" else anna]
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        assert codes(read(connection, anna, maria, EVA, days=1)) == {("anna", "login-reused")}
        decided(connection, "anna", verdict, days=1.5)
        for days in (2, 9, 10):  # anna2 has gone; Maria was missing from one read, or has gone too
            read(connection, *there, days=days)
        assert codes(read(connection, anna, maria, EVA, days=11)) == {("anna", "login-reused")}
        assert identities.doubt(connection, DIRECTORY, "anna") is None


def test_it_is_asked_again_where_somebody_else_came_to_the_login_or_only_the_login_is_left(ledger: Ledger) -> None:
    anna, maria = entry("anna2", uuid="u1", registry="r1"), entry("anna", uuid="u7", registry="r7", given="Μαρία")
    zoe, bare = entry("anna", uuid="u8", registry="r8", given="Ζωή"), entry("anna", given="Μαρία")
    for meanwhile, back in (([], bare), ([zoe], maria)):
        with ledger.begin(keep=False) as connection:
            read(connection, ANNA, EVA)
            read(connection, anna, maria, EVA, days=1)
            decided(connection, "anna", Verdict.OTHER, days=1.5)
            read(connection, anna, EVA, days=1.8)
            read(connection, anna, EVA, *meanwhile, days=2)
            assert codes(read(connection, anna, back, EVA, days=3)) >= {("anna", "login-reused")}
            assert identities.doubt(connection, DIRECTORY, "anna") is not None


@pytest.mark.parametrize(
    "anew", [entry("anna", uuid="u9"), entry("anna", uuid="u9", registry="r9")], ids=["no number", "another number"]
)
def test_an_entry_made_anew_is_the_same_person_once_that_is_decided(ledger: Ledger, anew: object) -> None:
    """It remained a second person, and the first one went: only an entry with a key in dispute was united."""
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        before = ids(connection)
        assert codes(read(connection, anew, EVA, days=1)) == {("anna", "login-reused")}  # type: ignore[arg-type]
        decided(connection, "anna", Verdict.SAME, days=1.5)
        assert leaving(connection) == []
        for days in (2, 9, 10):
            assert read(connection, moved(anew, mail=f"{days}@x.gr"), EVA, days=days) == []  # type: ignore[arg-type]
        present = whole_directory.by_login(connection, DIRECTORY)
        assert (present["anna"].id, present["anna"].gone_at) == (before["anna"], None)


def test_an_entry_made_anew_that_shows_a_number_in_dispute_is_united_too(ledger: Ledger) -> None:
    """Its own entryUUID is as new as itself: it is not known by more than its doubtful number."""
    doubled = entry("eva", uuid="u3", registry="r1", given="Εύα")
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        before = ids(connection)
        read(connection, entry("anna", uuid="u9", registry="r1"), doubled, days=1)
        assert ids(connection)["eva"] == before["eva"]
        if identities.doubt(connection, DIRECTORY, "anna") is not None:
            decided(connection, "anna", Verdict.SAME, days=1.5)
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].id == before["anna"]
        assert leaving(connection) == []


def test_two_who_were_there_at_once_never_become_one(ledger: Ledger) -> None:
    """Eva was renamed to Anna's login, and Anna is away: the same as before is Eva."""
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        before = ids(connection)
        read(connection, entry("anna", uuid="u3", registry="r3", given="Εύα"), days=1)
        decided(connection, "anna", Verdict.SAME, days=1.5)
        assert [one.id for one in leaving(connection)] == [before["anna"]]
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].id in before.values()


def test_a_decision_holds_in_every_kypek_of_the_directory_whoever_applied_there(ledger: Ledger) -> None:
    """Anna was renamed, and applied at one KYPEK under the old login; who had it meanwhile applied at another one and
    has gone. Each KYPEK took another person for its holder, so that what was decided counted at one alone."""
    new = entry("anna2", uuid="u1", registry="r1")
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        anna = ids(connection)["anna"]
        read(connection, new, entry("anna", uuid="u9", registry="r9", given="Μαρία"), EVA, days=1)
        maria = ids(connection)["anna"]
        for days in (2, 10):
            read(connection, new, EVA, days=days)
        known = persons.persons(connection, DIRECTORY, ["anna"])
        assert known["anna"].id == anna
        here, there = [("anna", anna)], [("anna", maria)]
        (about,) = identities.identities(connection, DIRECTORY, known, [*here, *there]).doubts.values()
        at = START + timedelta(days=11)
        identities.decide(connection, DIRECTORY, about, Verdict.OTHER, "maria", "…", at, ())
        for mine, others in ((here, there), (there, here)):
            found = identities.identities(connection, DIRECTORY, known, mine, others)
            assert not found.unsure
            assert found.others["anna"].holder == anna
            assert not found.others["anna"].takes(anna, START)
            assert found.others["anna"].takes(maria, START + timedelta(days=1, hours=1))


def test_what_was_done_by_somebody_of_another_directory_is_theirs_up_to_the_decision(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        anna = ids(connection)["anna"]
        row = connection.execute(select(people).where(people.c.id == anna)).one()._mapping
        connection.execute(insert(people).values(**{**row, "id": "f" * 32, "directory": "other"}))
        at = START + timedelta(days=3)
        found = identities.passed(connection, DIRECTORY, "anna", anna, START, at, {anna, "f" * 32})
        assert found.takes("f" * 32, at - timedelta(minutes=1))
        assert not found.takes("f" * 32, at)
        assert not found.takes(anna, START - timedelta(days=1))
        assert found.takes("", START - timedelta(days=1))


@pytest.mark.parametrize("uuid", ["", "u7"], ids=["an export without entryUUIDs", "in place"])
def test_whose_number_was_in_dispute_had_one_all_the_same(ledger: Ledger, uuid: str) -> None:
    """Maria showed Anna's number by mistake. The account is Zoe's now, with names and a number of her own: Zoe was
    taken for Maria, with her seat, since Maria had no number that was hers."""
    maria = entry("maria", uuid=uuid, registry="r1", surname="Μία", given="Μαρία")
    zoe = entry("maria", uuid=uuid, registry="r9", surname="Άλλη", given="Ζωή")
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        read(connection, ANNA, EVA, maria, days=1)
        before = ids(connection)["maria"]
        assert ("maria", "login-reused") in codes(read(connection, ANNA, EVA, zoe, days=2))
        assert whole_directory.by_login(connection, DIRECTORY)["maria"].id != before
        assert identities.doubt(connection, DIRECTORY, "maria") is not None
