"""Rows that are the same give the same objects; any other row, whoever wrote it, gives another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, update

from kypek_sync.ledger import Ledger, bindings, seats
from kypek_sync.ledger.bindings import Claim
from kypek_sync.ledger.tables import applications
from kypek_sync.model import Application, Seat, SeatState

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
FIRST = Application("EKFE-27-01", "anna", "p1", NOW, True, "moodle")
OTHER = replace(FIRST, seminar="EKFE-27-02", login="dora", person="p2", request=True, part="proino")


@pytest.fixture
def book(ledger: Ledger) -> Ledger:
    with ledger.begin() as connection:
        seats.record_applications(connection, "att-a", [FIRST], [], {}, NOW)
        seats.record_applications(connection, "att-a", [OTHER], [], {}, NOW)
        made = [Seat("EKFE-27-01", "anna", "p1", SeatState.GRANTED, "capacity", (("number", "1"),), 0, NOW)]
        seats.record_seats(connection, "att-a", made, {}, None, NOW)
        bindings.claim(connection, "att-a", [Claim("moodle", "enrolment", "EKFE-27-01", "anna", "seat")], NOW)
    return ledger


def test_what_has_not_changed_is_the_very_same_object(book: Ledger) -> None:
    with book.begin(keep=False) as connection:
        standing, decided = seats.standing(connection, "att-a"), seats.decided(connection, "att-a")
        claimed = bindings.claimed(connection, "att-a", "enrolment")
    assert standing["EKFE-27-01"] == {("moodle", "anna", ""): FIRST}
    assert standing["EKFE-27-02"] == {("moodle", "dora", "proino"): OTHER}
    assert decided["EKFE-27-01"]["anna"].facts == (("number", "1"),)
    assert decided["EKFE-27-01"]["anna"].applied_at == NOW
    with book.begin(keep=False) as connection:
        assert seats.standing(connection, "att-a")["EKFE-27-01"] is standing["EKFE-27-01"]
        assert seats.decided(connection, "att-a")["EKFE-27-01"] is decided["EKFE-27-01"]
        again = bindings.claimed(connection, "att-a", "enrolment")
        assert again["moodle", "EKFE-27-01"] is claimed["moodle", "EKFE-27-01"] == frozenset({"anna"})


def test_what_has_changed_is_told_and_the_rest_stays(book: Ledger) -> None:
    with book.begin(keep=False) as connection:
        before = seats.standing(connection, "att-a")
    with book.begin() as connection:
        mine = applications.c.login == "anna"
        connection.execute(update(applications).where(mine).values(at=NOW + timedelta(microseconds=1)))
    with book.begin(keep=False) as connection:
        after = seats.standing(connection, "att-a")
    assert after["EKFE-27-01"]["moodle", "anna", ""].at == NOW + timedelta(microseconds=1)
    assert after["EKFE-27-02"] is before["EKFE-27-02"]


def test_what_a_transaction_did_not_keep_is_forgotten_with_it(book: Ledger) -> None:
    with book.begin(keep=False) as connection:
        connection.execute(update(applications).values(person="somebody else"))
        assert seats.standing(connection, "att-a")["EKFE-27-01"]["moodle", "anna", ""].person == "somebody else"
    with book.begin(keep=False) as connection:
        assert seats.standing(connection, "att-a")["EKFE-27-01"] == {("moodle", "anna", ""): FIRST}


def test_what_is_gone_is_gone(book: Ledger) -> None:
    with book.begin() as connection:
        seats.standing(connection, "att-a")
        seats.record_applications(connection, "att-a", [], [FIRST], {}, NOW)
    with book.begin(keep=False) as connection:
        assert seats.standing(connection, "att-a").keys() == {"EKFE-27-02"}
        assert seats.standing(connection, "att-b") == {}


def test_within_a_transaction_rows_are_read_again_only_after_a_write(book: Ledger) -> None:
    """On SQLite, where nobody else can write meanwhile."""
    asked: list[str] = []
    if book.engine.dialect.name != "sqlite":
        return
    event.listen(book.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    with book.begin() as connection:
        first = seats.standing(connection, "att-a")
        first.pop("EKFE-27-02")  # what was given is the asker's own
        asked.clear()
        assert seats.standing(connection, "att-a").keys() == {"EKFE-27-01", "EKFE-27-02"}
        assert not asked
        bindings.claim(connection, "att-a", [Claim("moodle", "enrolment", "EKFE-27-01", "dora", "seat")], NOW)
        asked.clear()
        assert bindings.claimed(connection, "att-a", "enrolment")["moodle", "EKFE-27-01"] == {"anna", "dora"}
        assert asked


def test_what_a_savepoint_took_back_is_not_remembered(book: Ledger) -> None:
    with book.begin() as connection:
        seats.standing(connection, "att-a")
        inner = connection.begin_nested()
        connection.execute(update(applications).values(person="somebody else"))
        assert seats.standing(connection, "att-a")["EKFE-27-01"]["moodle", "anna", ""].person == "somebody else"
        inner.rollback()
        assert seats.standing(connection, "att-a")["EKFE-27-01"] == {("moodle", "anna", ""): FIRST}


def test_another_transaction_reads_for_itself(book: Ledger) -> None:
    """Also where one connection makes both."""
    with book.engine.connect() as connection:
        with connection.begin():
            assert len(seats.standing(connection, "att-a")) == 2
        with book.begin() as other:
            seats.record_applications(other, "att-a", [], [FIRST], {}, NOW)
        with connection.begin():
            assert len(seats.standing(connection, "att-a")) == 1


def test_only_the_rows_of_what_changed_are_fetched(book: Ledger) -> None:
    """Of tens of thousands of rows SQLite tells which groups are as they were."""
    if book.engine.dialect.name != "sqlite":
        return
    with book.begin(keep=False) as connection:
        before = seats.standing(connection, "att-a")
    asked: list[tuple[str, object]] = []

    def heard(*words: object) -> None:
        if str(words[2]).startswith("SELECT"):
            asked.append((str(words[2]), words[3]))

    event.listen(book.engine, "before_cursor_execute", heard)
    with book.begin(keep=False) as connection:
        seats.standing(connection, "att-a")
    assert len(asked) == 1
    with book.begin() as connection:
        seats.record_applications(connection, "att-a", [replace(FIRST, login="dora")], [], {}, NOW)
    asked.clear()
    with book.begin(keep=False) as connection:
        after = seats.standing(connection, "att-a")
    assert [parameters for _, parameters in asked] == [("att-a",), ("att-a", "EKFE-27-01")]
    assert after["EKFE-27-02"] is before["EKFE-27-02"]
    assert {login for _, login, _ in after["EKFE-27-01"]} == {"anna", "dora"}
    assert after["EKFE-27-01"]["moodle", "anna", ""] == FIRST


def test_a_group_of_two_columns_is_told_from_those_that_share_one_of_them(book: Ledger) -> None:
    with book.begin() as connection:
        those = [("eclass", "EKFE-27-01", "eva"), ("moodle", "EKFE-27-02", "zoe")]
        bindings.claim(connection, "att-a", [Claim(on, "enrolment", of, who, "seat") for on, of, who in those], NOW)
    with book.begin() as connection:
        before = bindings.claimed(connection, "att-a", "enrolment")
        new = [Claim("moodle", "enrolment", "EKFE-27-01", "nora", "seat")]
        new += [Claim("eclass", "enrolment", "EKFE-27-02", "nora", "seat")]
        bindings.claim(connection, "att-a", new, NOW)
        after = bindings.claimed(connection, "att-a", "enrolment")
    assert after["eclass", "EKFE-27-01"] is before["eclass", "EKFE-27-01"]
    assert after["moodle", "EKFE-27-02"] is before["moodle", "EKFE-27-02"] == {"zoe"}
    assert after["moodle", "EKFE-27-01"] == {"anna", "nora"}
    assert after["eclass", "EKFE-27-02"] == {"nora"}
