"""Whom an entry was known as, of which it lost something: what was known of them stays with it (design, rule 12)."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from kypek_sync.ledger import Ledger
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.shown import known_as
from kypek_sync.model import Person
from tests.ledger.directory import DIRECTORY, decided, entry, moved, read

ANNA = entry("anna", uuid="u1", registry="r1")
TAKEN = entry("anna", uuid="u1", registry="r9", surname="Άλλη", given="Μαρία")
OTHER = entry("anna", registry="r9", surname="Άλλη", given="Μαρία")


def known(connection: Connection, person: Person) -> Person | None:
    """Whom an entry without its number was known as."""
    bare = moved(person, keys=tuple(key for key in person.keys if key.kind != "registry"))
    return known_as(connection, DIRECTORY, [bare]).get(person.login)


def test_by_an_entry_uuid_under_a_new_login(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        assert known(connection, entry("anna2", uuid="u1")) == ANNA


def test_not_by_one_in_dispute(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        read(connection, TAKEN, days=1)
        assert known(connection, TAKEN) == TAKEN
        assert known(connection, entry("anna2", uuid="u1")) is None


def test_nor_by_one_that_was_not_shown_for_a_while(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        read(connection, TAKEN, days=1)
        read(connection, OTHER, days=2)
        assert known(connection, TAKEN) == OTHER
        assert known(connection, entry("anna2", uuid="u1")) == ANNA


@pytest.mark.parametrize("verdict", Verdict)
def test_but_by_one_of_which_a_person_said_whose_it_is(ledger: Ledger, verdict: Verdict) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        read(connection, TAKEN, days=1)
        decided(connection, "anna", verdict, days=1.5)
        assert known(connection, entry("anna2", uuid="u1")) == TAKEN


@pytest.mark.parametrize("first", ["anna first", "newcomer first"])
def test_by_a_login_whoever_came_to_it_last(ledger: Ledger, first: str) -> None:
    """Both are there after a read that ended early; it does not depend on which of two random ids is the greater."""
    one, two = (ANNA, TAKEN) if first == "anna first" else (TAKEN, ANNA)
    one, two = (moved(person, keys=person.keys[1:]) for person in (one, two))
    with ledger.begin() as connection:
        for again in range(6):
            login = f"login{again}"
            read(connection, moved(one, login=login, keys=(entry(login, registry=f"a{again}").keys)), complete=False)
            newcomer = moved(two, login=login, keys=(entry(login, registry=f"b{again}").keys))
            read(connection, newcomer, days=1, complete=False)
            assert known(connection, newcomer) == newcomer
