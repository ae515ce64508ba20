"""A calendar's address is a person's, whatever happens to their entry, to their directory, and to themselves."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, insert, select

from kypek_sync.ledger import Ledger, calendar_feeds, forgetting, people_moving, person_export
from kypek_sync.ledger.calendar_tables import calendar_feeds as table
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.tables import seats
from tests.ledger import whole_directory
from tests.ledger.directory import DEPARTURE, DIRECTORY, START, decided, entry, ids, read, record, seen

ANNA, EVA = entry("anna", uuid="u1", registry="r1"), entry("eva", uuid="u3", registry="r3", given="Εύα")
KEY, OTHER = b"an invented key", "another directory"


def owner(connection: Connection) -> str:
    """Whose the only calendar is, by our id."""
    return str(connection.execute(select(table.c.person)).scalar_one())


def test_who_turns_out_to_be_one_with_somebody_has_the_calendar_of_both(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        before = ids(connection)["anna"]
        read(connection, entry("anna", uuid="u9"), EVA, days=1)
        (alias,) = {one.id for one in whole_directory.everybody(connection, DIRECTORY).values()} - {
            before,
            ids(connection)["eva"],
        }
        calendar_feeds.make(connection, KEY, "anna", alias, START)
        decided(connection, "anna", Verdict.SAME, days=1.5)
        assert owner(connection) == before


def test_who_is_recognised_in_another_directory_keeps_it_there(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        before = ids(connection)["anna"]
        record(connection, seen(ANNA, EVA), DEPARTURE, START, OTHER)
        here: dict[str, Known] = whole_directory.by_login(connection, OTHER)
        seat = {"kypek": "att-a", "seminar": "EKFE-26-01", "login": "anna", "person": before, "state": "granted"}
        connection.execute(
            insert(seats).values(**seat, rule="capacity", facts=[], place=0, decided_at=START, told="", told_version=0)
        )
        calendar_feeds.make(connection, KEY, "anna", before, START)
        people_moving.joined(connection, "att-a", OTHER)
        assert owner(connection) == here["anna"].id != before


def test_who_asks_is_told_of_it_and_who_is_forgotten_has_none(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, ANNA, EVA)
        token = calendar_feeds.make(connection, KEY, "anna", ids(connection)["anna"], START)
        (held,) = person_export.export(connection, "anna")["προσωπικό ημερολόγιο"]
        assert set(held) == {"login", "person", "made_at"}
        forgetting.forget(connection, "anna", ["att-a"], START + timedelta(days=1))
        assert calendar_feeds.opened_by(connection, KEY, token) is None
