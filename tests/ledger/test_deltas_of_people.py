"""What a delta of the directory shows is recorded like a read of those it names; it is no proof that anybody left."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from kypek_sync.ledger import Ledger, reads
from kypek_sync.ledger.people_recording import Ground, PeopleChanges, record_changes
from kypek_sync.model import Person, PersonKey
from kypek_sync.sync.directory.spool import PeopleKeeper
from tests.ledger import whole_directory
from tests.ledger.directory import DIRECTORY, START, codes, digest_of, entry, ids, leaving, moved, read

ANNA = entry("anna", uuid="u1", registry="r1")
DORA = entry("dora", uuid="u2", registry="r2", given="Δώρα")
EVA = entry("eva", uuid="u3", registry="r2")


def delta(connection: Connection, *changed: Person, gone: tuple[PersonKey, ...] = (), days: float = 1) -> None:
    """Record a delta, some days after the start."""
    at = START + timedelta(days=days)
    with PeopleKeeper(()) as keeper:
        for person in changed:
            keeper.take(person, digest_of(person), ())
        record_changes(
            Ground(connection, DIRECTORY, lambda wanted: None, at), PeopleChanges(at, keeper.entries, gone), keeper
        )


def test_a_change_and_a_newcomer_are_recorded_and_nobody_else_is_absent(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)
        delta(connection, moved(ANNA, surname="Νέα"), entry("zoe", uuid="u9"))
        known = whole_directory.everybody(connection, DIRECTORY)
        assert known[before["anna"]].person.surname == "Νέα"
        assert set(ids(connection)) == {"anna", "dora", "zoe"}
        assert leaving(connection) == []


def test_a_rename_is_the_same_person_though_the_old_name_is_reported_gone(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)["anna"]
        delta(connection, entry("anna2", uuid="u1", registry="r1"), gone=(PersonKey("login", "anna"),))
        assert ids(connection)["anna2"] == before
        assert leaving(connection) == []


def test_who_is_gone_is_leaving_at_once_and_full_reads_have_to_prove_it(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        delta(connection, gone=(PersonKey("entry-uuid", "u1"),))
        (known,) = leaving(connection)
        assert (known.person.login, known.leaving_since) == ("anna", START + timedelta(days=1))
        delta(connection, gone=(PersonKey("entry-uuid", "u1"),), days=20)
        assert [one.leaving_since for one in leaving(connection)] == [START + timedelta(days=1)]
        read(connection, DORA, days=2)
        read(connection, DORA, days=9)
        assert leaving(connection) == []  # gone: two full reads, and the grace since the delta


def test_a_return_is_seen_by_a_delta_and_by_a_full_read(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        for back in (lambda: delta(connection, ANNA, days=2), lambda: read(connection, ANNA, DORA, days=2)):
            delta(connection, gone=(PersonKey("login", "anna"),))
            assert len(leaving(connection)) == 1
            back()
            assert leaving(connection) == []


def test_a_login_that_passed_to_another_is_found_and_the_former_holder_is_leaving(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)["anna"]
        delta(connection, entry("anna", uuid="u9", registry="r9", surname="Άλλη", given="Μαρία"))
        assert [one.id for one in leaving(connection)] == [before]
        assert ("anna", "login-reused") in codes([one for _, one in reads.listed_findings(connection, DIRECTORY)])


def test_a_key_shared_with_an_entry_that_did_not_change_is_told_of_both(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        delta(connection, EVA)
        told = codes([one for _, one in reads.listed_findings(connection, DIRECTORY)])
        assert told == {("dora", "registry-duplicate"), ("eva", "registry-duplicate")}  # and not twice
        delta(connection, gone=(PersonKey("entry-uuid", "u3"),), days=2)
        assert codes([one for _, one in reads.listed_findings(connection, DIRECTORY)]) == set()
        assert [one.person.login for one in leaving(connection)] == ["eva"]


def test_a_full_read_after_deltas_finds_nothing_to_do(ledger: Ledger) -> None:
    later = moved(ANNA, surname="Νέα")
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        delta(connection, later)
        before = whole_directory.everybody(connection, DIRECTORY)
        read(connection, later, DORA, days=2)
        assert whole_directory.everybody(connection, DIRECTORY) == before
