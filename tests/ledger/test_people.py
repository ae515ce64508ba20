"""People are matched by their keys for ever and leave slowly (design, rules 2 and 12)."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import Ledger, lookups, reads
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.people import Departure, IdentitiesDoubted
from kypek_sync.ledger.people_recording import Overtaken
from kypek_sync.ledger.tables import person_keys
from kypek_sync.model import FindingLevel, Person, PersonKey, Unit
from tests.ledger import whole_directory
from tests.ledger.directory import (
    DEPARTURE,
    DIRECTORY,
    START,
    codes,
    decided,
    entry,
    ids,
    leaving,
    moved,
    read,
    record,
    record_all_units,
    seen,
)
from tests.ledger.writes import Writes

ANNA = entry("anna", uuid="u1", registry="r1")
DORA = entry("dora", uuid="u2", registry="r2", given="Δώρα")


# --------------------------------------------------------------------------------------------- who is who


@pytest.mark.parametrize(
    "after",
    [
        entry("anna2", uuid="u1", registry="r1"),
        entry("anna2", uuid="u1"),
        entry("anna2", registry="r1"),
        moved(ANNA, surname="Νέα"),
        moved(ANNA, units=("ou=other",), directorates=("ach",)),
        entry("anna"),
        entry("anna", uuid="u1", registry="r9"),
        entry("anna2", uuid="u9", registry="r1"),
    ],
    ids=["renamed", "no-number", "no-uuid", "surname", "transfer", "login-only", "new-number", "account-made-anew"],
)
def test_somebody_who_changed_is_the_same_person(ledger: Ledger, after: Any) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)["anna"]
        assert read(connection, after, DORA, days=1) == []
        assert ids(connection) == {after.login: before, "dora": ids(connection)["dora"]}
        assert whole_directory.everybody(connection, DIRECTORY)[before].person == after


def test_a_source_that_begins_to_show_entry_uuids_makes_nobody_new(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"), entry("dora"))
        before = ids(connection)
        read(connection, entry("anna", uuid="u1", registry="r1"), entry("dora", uuid="u2"), days=1)
        assert ids(connection) == before
        read(connection, entry("anna2", uuid="u1", registry="r1"), entry("dora2", uuid="u2"), days=2)
        assert set(ids(connection).values()) == set(before.values())


def test_a_login_used_again_by_another_is_two_people_and_told(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        first = ids(connection)["anna"]
        other = entry("anna", uuid="u9", registry="r9", surname="Άλλη", given="Μαρία")
        found = read(connection, other, DORA, days=1)
        assert codes(found) == {("anna", "login-reused")}
        known = whole_directory.everybody(connection, DIRECTORY)
        assert len(known) == 3
        assert known[first].person == ANNA
        assert known[first].leaving_since == START + timedelta(days=1)
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].person == other
        assert codes(read(connection, other, DORA, days=1.1)) == {("anna", "login-reused")}  # as long as it is so
        assert len(whole_directory.everybody(connection, DIRECTORY)) == 3


def test_who_is_back_under_another_login_is_told_at_once_beside_who_has_theirs(ledger: Ledger) -> None:
    """The read that brings them back had them among those who have gone: it told nothing, and nor did any later one,
    in which nothing changed."""
    dora = entry("dora", registry="r2", given="Δώρα")
    back, newcomer = entry("zoe", registry="r2", given="Δώρα"), entry("dora", surname="Άλλη", given="Μαρία")
    with ledger.begin() as connection:
        read(connection, ANNA, dora)
        gone = ids(connection)["dora"]
        for days in (1, 2, 10):
            read(connection, ANNA, days=days)
        assert whole_directory.everybody(connection, DIRECTORY)[gone].gone_at is not None
        for days in (11, 12):
            assert codes(read(connection, ANNA, back, newcomer, days=days)) == {("dora", "login-reused")}
        assert ids(connection)["zoe"] == gone


def test_a_login_that_passes_on_while_its_holder_is_renamed_does_not_swap_them(ledger: Ledger) -> None:
    """Without entryUUIDs, and with the newcomer first in the read."""
    anna = entry("anna", registry="r1")
    with ledger.begin() as connection:
        read(connection, anna)
        first = ids(connection)["anna"]
        newcomer = entry("anna", registry="r9", given="Μαρία", surname="Άλλη")
        found = read(connection, newcomer, entry("zanna", registry="r1"), days=1)
        assert ids(connection)["zanna"] == first
        assert ids(connection)["anna"] != first
        assert codes(found) == {("anna", "login-reused")}
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].person == newcomer


def test_a_tax_number_that_becomes_a_registry_number_is_the_same_person(ledger: Ledger) -> None:
    """D-4: a substitute has a tax number; appointed, she gets a registry number and perhaps another surname."""
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="tax"))
        before = ids(connection)
        assert read(connection, entry("anna", registry="r1", surname="Νέα"), days=1) == []
        assert ids(connection) == before


def test_another_number_and_other_names_under_a_login_are_another_person(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"))
        found = read(connection, entry("anna", registry="r9", surname="Άλλη", given="Μαρία"), days=1)
        assert codes(found) == {("anna", "login-reused")}
        assert len(whole_directory.everybody(connection, DIRECTORY)) == 2


TAKEN = entry("anna", uuid="u1", registry="r9", surname="Άλλη", given="Μαρία")


def test_an_entry_that_was_taken_over_in_place_is_another_person_s(ledger: Ledger) -> None:
    """The same entryUUID and login, and neither name nor number is left: the newcomer kept the seat unnoticed."""
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        first = ids(connection)["anna"]
        for days in (1, 2):
            told = {("anna", "login-reused"), ("anna", "keys-disagree")}
            assert codes(read(connection, TAKEN, moved(DORA, mail=f"{days}@x"), days=days)) == told
            known = whole_directory.everybody(connection, DIRECTORY)
            assert known[first].person == ANNA
            assert len(known) == 3
            assert whole_directory.by_login(connection, DIRECTORY)["anna"].person == TAKEN


@pytest.mark.parametrize("verdict", Verdict)
def test_whose_such_an_entry_is_a_person_decides(ledger: Ledger, verdict: Verdict) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        first = ids(connection)["anna"]
        read(connection, TAKEN, DORA, days=1)
        decided(connection, "anna", verdict, 1.5)
        same = verdict is Verdict.SAME
        assert (whole_directory.by_login(connection, DIRECTORY)["anna"].id == first) is same
        assert codes(read(connection, moved(TAKEN, mail="new@x"), DORA, days=2)) <= {("anna", "login-reused")}
        assert (whole_directory.by_login(connection, DIRECTORY)["anna"].id == first) is same
        read(connection, moved(TAKEN, login="anna2", keys=(*TAKEN.keys[:2], PersonKey("login", "anna2"))), days=3)
        assert (whole_directory.by_login(connection, DIRECTORY)["anna2"].id == first) is same


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ANNA, moved(TAKEN, surname=ANNA.surname)),
        (ANNA, moved(TAKEN, given_name=ANNA.given_name)),
        (ANNA, moved(TAKEN, surname=ANNA.given_name, given_name=ANNA.surname)),
        (ANNA, moved(ANNA, surname="Άλλη", given_name="Μαρία")),
        (ANNA, moved(TAKEN, keys=(ANNA.keys[0], ANNA.keys[-1]))),
        (moved(ANNA, keys=(ANNA.keys[0], ANNA.keys[-1])), TAKEN),
        (moved(ANNA, number_kind="tax"), moved(TAKEN, number_kind="registry")),
    ],
    ids=[
        *("number and given name", "number and surname", "names in each other's place", "names alone"),
        *("names, and the number is not shown", "names, and a first number", "a tax number became a registry number"),
    ],
)
def test_what_one_person_may_live_to_see_is_no_takeover(ledger: Ledger, before: Person, after: Person) -> None:
    with ledger.begin() as connection:
        read(connection, before, DORA)
        known = ids(connection)
        assert read(connection, after, DORA, days=1) == []
        assert ids(connection) == known


def test_a_namesake_with_another_number_under_a_login_that_somebody_had_once_is_another_person(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"))
        read(connection, entry("anna2", registry="r1"), days=1)
        first = ids(connection)["anna2"]
        found = read(connection, entry("anna", registry="r9"), days=2)
        assert codes(found) == {("anna", "login-reused")}
        assert ids(connection)["anna"] != first
        assert codes(read(connection, entry("anna", registry="r1"), days=3)) == {("anna", "login-reused")}
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].id == first


def test_a_shared_registry_number_identifies_nobody(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        found = read(connection, entry("anna", registry="r1"), entry("dora", registry="r1", given="Δώρα"))
        assert codes(found) == {("anna", "registry-duplicate"), ("dora", "registry-duplicate")}
        before = ids(connection)
        assert len(set(before.values())) == 2
        found = read(connection, entry("anna2", registry="r1"), days=1)  # it might be either of them
        assert codes(found) == {("anna2", "keys-disagree")}
        assert ids(connection)["anna2"] not in before.values()


def test_a_number_that_was_shared_names_again_whoever_keeps_it(ledger: Ledger) -> None:
    dora = entry("dora", registry="r2", given="Δώρα")
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"), moved(dora, keys=entry("dora", registry="r1").keys))
        before = ids(connection)
        assert read(connection, entry("anna", registry="r1"), dora, days=1) == []
        assert read(connection, entry("anna2", registry="r1"), dora, days=2) == []
        assert ids(connection) == {"anna2": before["anna"], "dora": before["dora"]}


def test_an_entry_uuid_that_two_entries_show_identifies_nobody(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        before = ids(connection)
        twice = [moved(ANNA, login="anna9", keys=entry("anna9", uuid="u1").keys), ANNA]
        for hours in (24, 25, 26):
            found = read(connection, *twice, days=hours / 24)
            assert ("anna", "entry-uuid-shared") in codes(found)
            assert ids(connection)["anna"] == before["anna"]
            assert len(whole_directory.everybody(connection, DIRECTORY)) == 2
        assert read(connection, ANNA, days=2) == []
        assert ids(connection)["anna"] == before["anna"]


def test_an_entry_uuid_that_two_entries_show_is_told_once_of_each_with_who_they_are(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, entry("dora", uuid="u1", registry="r2"))
        told = [one for _, one in reads.listed_findings(connection, DIRECTORY)]
        assert codes(told) == {("anna", "entry-uuid-shared"), ("dora", "entry-uuid-shared")}
        assert len(told) == 2
        assert all("anna, dora" in one.text and one.level is FindingLevel.ERROR for one in told)


def test_an_export_in_which_everybody_stands_twice_makes_nobody_new(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)
        stray = entry("anna", uuid="u0", surname="Α")
        for hours in (24, 25):
            found = read(connection, ANNA, DORA, ANNA, DORA, stray, days=hours / 24)
            assert {("anna", "login-shared"), ("dora", "login-shared")} <= codes(found)
            assert ids(connection) == before
            assert whole_directory.by_login(connection, DIRECTORY)["anna"].person == ANNA


def test_keys_that_disagree_are_told_for_as_long_as_they_do(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        first = ids(connection)["anna"]
        mixed = entry("anna", uuid="u1", registry="r2")
        for days in (1, 2):
            assert codes(read(connection, mixed, days=days)) == {("anna", "keys-disagree")}
            assert ids(connection)["anna"] == first
        dora = entry("dora", uuid="u2", registry="r7", given="Δώρα")
        assert codes(read(connection, mixed, dora, days=3)) == {("anna", "keys-disagree")}  # until a person decides
        decided(connection, "anna", Verdict.SAME, days=3)
        assert read(connection, moved(mixed, mail=""), dora, days=4) == []
        assert read(connection, entry("anna3", registry="r2"), dora, days=5) == []
        assert ids(connection)["anna3"] == first


def test_a_login_taken_up_again_finds_its_person(ledger: Ledger) -> None:
    """anna → anna2, somebody else becomes anna and moves on, and anna2 gets her old login back."""
    other = entry("anna", uuid="u9", surname="Άλλη", given="Μαρία")
    with ledger.begin() as connection:
        read(connection, ANNA)
        first = ids(connection)["anna"]
        read(connection, moved(ANNA, login="anna2", keys=entry("anna2", uuid="u1").keys), days=1)
        read(connection, moved(ANNA, login="anna2", keys=entry("anna2", uuid="u1").keys), other, days=2)
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].id != first
        read(connection, ANNA, moved(other, login="maria", keys=entry("maria", uuid="u9").keys), days=3)
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].id == first
        assert whole_directory.by_login(connection, DIRECTORY)["anna2"].id == first
        known = lookups.person(connection, DIRECTORY, "anna")
        assert known is not None
        assert known.id == first
        assert lookups.logins(connection, first) == ["anna", "anna2"]


def test_entries_without_any_strong_key_stay_who_they_are_by_login(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, entry("anna"), entry("dora"))
        before = ids(connection)
        assert read(connection, entry("dora"), moved(entry("anna"), surname="Νέα"), days=1) == []
        assert ids(connection) == before


def test_somebody_unknown_gets_an_id_of_their_own(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        read(connection, ANNA, DORA, days=1)
        assert len(set(ids(connection).values())) == 2
        assert whole_directory.known_logins(connection, DIRECTORY) == {"anna", "dora"}
        assert lookups.person(connection, DIRECTORY, "nobody") is None


def test_directories_do_not_mix(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA)
        record(connection, seen(ANNA), DEPARTURE, START, "other")
        assert len(whole_directory.everybody(connection, DIRECTORY)) == 1
        assert ids(connection)["anna"] not in whole_directory.everybody(connection, "other")


# --------------------------------------------------------------------------------------------- who leaves


def gone(ledger: Ledger) -> bool:
    with ledger.begin() as connection:
        known = next(k for k in whole_directory.everybody(connection, DIRECTORY).values() if k.person.login == "anna")
        return known.gone_at is not None


def test_somebody_counts_as_gone_after_two_complete_reads_and_the_grace(ledger: Ledger) -> None:
    def without(days: float, complete: bool = True) -> None:
        with ledger.begin() as connection:
            read(connection, DORA, days=days, complete=complete)

    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
    without(1)
    assert not gone(ledger)
    with ledger.begin() as connection:
        assert [k.person.login for k in leaving(connection)] == ["anna"]
    without(2)  # twice absent, a day apart: the grace is not over
    assert not gone(ledger)
    without(7.9)
    assert not gone(ledger)
    without(8.2)
    assert gone(ledger)
    with ledger.begin() as connection:
        assert set(whole_directory.by_login(connection, DIRECTORY)) == {"dora"}
        assert leaving(connection) == []
        assert whole_directory.known_logins(connection, DIRECTORY) == {"dora"}


def test_one_absence_is_never_enough(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        read(connection, DORA, days=30)
        read(connection, DORA, days=30.1)  # two hours later is the same absence
    assert not gone(ledger)


def test_a_return_cancels_the_leaving(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        before = ids(connection)["anna"]
        read(connection, DORA, days=1)
        read(connection, ANNA, DORA, days=2)
        assert whole_directory.everybody(connection, DIRECTORY)[before].leaving_since is None
        read(connection, DORA, days=8)
        read(connection, DORA, days=9)
    assert not gone(ledger)
    with ledger.begin() as connection:
        read(connection, DORA, days=16)
    assert gone(ledger)
    with ledger.begin() as connection:
        read(connection, ANNA, DORA, days=20)
        assert ids(connection)["anna"] == before
    assert not gone(ledger)


def test_a_partial_read_counts_no_absence(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        for days in range(1, 30):
            read(connection, DORA, days=days, complete=False)
        assert leaving(connection) == []


def test_a_key_ends_when_another_is_shown_or_none_in_a_complete_read(ledger: Ledger) -> None:
    """An entry of a partial read may lack its keys because the file was cut; the next complete read tells."""
    bare = entry("anna")
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        read(connection, bare, entry("dora", uuid="u2", registry="r9"), days=1, complete=False)
        assert ended(connection) == {"r2"}
        read(connection, bare, entry("dora", uuid="u2", registry="r9"), days=2)
        assert ended(connection) == {"r2", "r1", "u1"}


def test_a_kind_of_key_that_almost_nobody_shows_any_more_ends_nobodys(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        snapshot = seen(entry("anna", uuid="u1"), entry("dora"), at=START + timedelta(days=1))
        record(connection, snapshot, DEPARTURE, snapshot.as_of, vanished=("registry",))
        assert ended(connection) == {"u2"}


def ended(connection: Connection) -> set[str]:
    """The keys that somebody had."""
    return set(connection.execute(select(person_keys.c.value).where(person_keys.c.until.is_not(None))).scalars())


def test_the_same_export_read_again_is_one_absence(ledger: Ledger) -> None:
    """An export's moment is its file's; with no gap asked for, the same one still counts once."""
    eager = Departure(2, timedelta(0), timedelta(0))
    with ledger.begin() as connection:
        read(connection, ANNA, DORA)
        for hours in (1, 2, 3):
            export = seen(DORA, at=START + timedelta(hours=1))
            record(connection, export, eager, START + timedelta(hours=hours))
    assert not gone(ledger)
    with ledger.begin() as connection:
        later = START + timedelta(hours=4)
        record(connection, seen(DORA, at=later), eager, later)
    assert gone(ledger)


def exported(ledger: Ledger, content: str, days: float, *persons: Any) -> None:
    """Record an export whose bytes are `content`, by its file's date."""
    at = START + timedelta(days=days)
    export = replace(seen(*persons, at=at), content=content)
    with ledger.begin() as connection:
        record(connection, export, DEPARTURE, at)


def test_the_same_export_under_a_new_date_is_no_second_proof(ledger: Ledger) -> None:
    """Rule 2: a file that a job copies each night looks new each morning."""
    exported(ledger, "one", 0, ANNA, DORA)
    for days in range(1, 40):
        exported(ledger, "two", days, DORA)
    assert not gone(ledger)
    with ledger.begin() as connection:
        assert [k.person.login for k in leaving(connection)] == ["anna"]
    exported(ledger, "three", 40, DORA)
    assert gone(ledger)


def test_different_exports_count_like_live_reads_and_a_return_forgets_them(ledger: Ledger) -> None:
    exported(ledger, "one", 0, ANNA, DORA)
    exported(ledger, "two", 1, DORA)
    exported(ledger, "three", 2, DORA)
    assert not gone(ledger)  # the grace
    exported(ledger, "four", 3, ANNA, DORA)
    exported(ledger, "two", 4, DORA)  # the content that was counted before the return
    exported(ledger, "five", 12, DORA)
    assert gone(ledger)


def test_a_gone_persons_login_may_pass_to_another_without_a_word(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, entry("anna", registry="r1"), DORA)
        for days in (1, 9):
            read(connection, DORA, days=days)
        other = entry("anna", surname="Άλλη", given="Μαρία")
        assert read(connection, other, DORA, days=400) == []
        assert len(whole_directory.everybody(connection, DIRECTORY)) == 3
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].person == other


# --------------------------------------------------------------------------------------------- how much it writes


def test_a_read_in_which_nothing_changed_writes_nothing(ledger: Ledger) -> None:
    shared = [entry("eva", registry="r5"), entry("zoe", registry="r5", given="Ζωή")]
    with ledger.begin() as connection:
        read(connection, ANNA, DORA, *shared)
        read(connection, entry("anna2", uuid="u1", registry="r1"), DORA, *shared, days=1)
    writes = Writes(ledger)
    with ledger.begin() as connection:
        read(connection, *shared, DORA, entry("anna2", uuid="u1", registry="r1"), days=2)
    assert writes.count == 0


def test_three_thousand_people_are_recorded_within_seconds(ledger: Ledger) -> None:
    everybody = [entry(f"t{n}", uuid=f"u{n}", registry=f"r{n}") for n in range(3000)]
    started = time.monotonic()
    with ledger.begin() as connection:
        read(connection, *everybody)
        read(connection, *everybody, days=1)
        read(connection, *everybody[:2900], days=2)
    assert time.monotonic() - started < 20
    with ledger.begin() as connection:
        assert len(leaving(connection)) == 100


def test_two_kypeks_that_record_a_directory_at_once_make_nobody_twice(ledger: Ledger) -> None:
    everybody = [entry(f"t{n}", uuid=f"u{n}") for n in range(50)]

    def recorded() -> None:
        while True:  # whoever is overtaken reads again, at the next pass
            with suppress(Overtaken), ledger.begin() as connection:
                read(connection, *everybody)
                return

    threads = [threading.Thread(target=recorded) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.begin() as connection:
        assert len(whole_directory.everybody(connection, DIRECTORY)) == 50


# --------------------------------------------------------------------------------------------- units


def units(*names: str, complete: bool = True) -> Snapshot[Unit]:
    found = tuple(Unit(f"ou={name}", name.capitalize()) for name in names)
    return Snapshot(DIRECTORY, "units", START, found, complete)


def test_units_are_mirrored_and_disappear_only_from_a_complete_read(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record_all_units(connection, units("a", "b"))
        record_all_units(connection, units("b", complete=False))
        assert set(whole_directory.units(connection, DIRECTORY)) == {"ou=a", "ou=b"}
        renamed = Snapshot(DIRECTORY, "units", START, (Unit("ou=b", "Νέο όνομα"),), True)
        record_all_units(connection, renamed)
        assert whole_directory.units(connection, DIRECTORY) == {"ou=b": Unit("ou=b", "Νέο όνομα")}


def test_a_column_that_slipped_by_a_row_makes_nobody_another_person(ledger: Ledger) -> None:
    """An export was sorted by one column only: each teacher had the registry number of the next one, was taken for
    them, and four lost their seats as doubles of one another. Nothing of such a read is recorded."""
    right = [entry(f"t{n:02}", registry=f"hash{n:02}", given=f"Όνομα{n}") for n in range(20)]
    slipped = [entry(f"t{n:02}", registry=f"hash{(n + 1) % 20:02}", given=f"Όνομα{n}") for n in range(20)]
    with ledger.begin() as connection:
        read(connection, *right)
        before = ids(connection)
        with pytest.raises(IdentitiesDoubted) as doubted:
            read(connection, *slipped, days=1)
        assert len(doubted.value.logins) == 20
        assert ids(connection) == before
        read(connection, *right, days=2)
        assert ids(connection) == before


def test_new_logins_for_everybody_are_renames_not_a_slip(ledger: Ledger) -> None:
    """A network that gives everybody a new login on one day is believed: no login is another person's."""
    with ledger.begin() as connection:
        read(connection, *[entry(f"t{n:02}", registry=f"hash{n:02}") for n in range(20)])
        before = sorted(ids(connection).values())
        read(connection, *[entry(f"new{n:02}", registry=f"hash{n:02}", surname=f"T{n:02}") for n in range(20)], days=1)
        assert sorted(ids(connection).values()) == before
