"""A ledger that the first version wrote, with data in every table, opens with this one: nothing is lost or changed,
what was open stays open, and the journal that begins with it finds nothing amiss."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import JSON, Boolean, Connection, DateTime, Integer, MetaData, Table, inspect, select

from kypek_sync.contract import Change, Outcome, Receipt, Target, Verb
from kypek_sync.ledger import holds, journal, open_ledger, runs
from kypek_sync.ledger.care_tables import pins, setbacks
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.journal_check import unexplained, verify
from kypek_sync.ledger.store import _config, _engine
from kypek_sync.ledger.tables import applications, intents, seats
from kypek_sync.ledger.todos import listed, open_one
from kypek_sync.seminar.by_hand import Kind, Todo

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
CHANGE = Change(Verb.UNENROL, Target("moodle", "EKFE-26-01", login="anna"), (("role", "student"),), (), ("row 2",))
WHY = "4 inferred removals in EKFE-26-01; 3 pass without a person."
MEANT: dict[str, dict[str, Any]] = {
    "people": {"id": "person"},
    "runs": {"id": 7, "kypek": "att-a", "lane": "seats", "outcome": "held", "report": {"counts": {}}},
    "intents": {"id": 5, "run": 7, "kypek": "att-a", "verb": "enrolment.remove", "body": dump(CHANGE), "settled": True},
    "receipts": {"intent": 5, "outcome": "done", "foreign_id": "17", "detail": "Made."},
    "holds": {
        "id": 3,
        "kypek": "att-a",
        "guard": "limit",
        "seminar": "EKFE-26-01",
        "system": "moodle",
        "state": "open",
        "hash": holds.fingerprint([CHANGE]),
        "changes": [dump(CHANGE)],
        "why": WHY,
    },
}
"""Rows as the first version wrote them; what is not named here is filled by its type."""


def filled(table: Table) -> dict[str, Any]:
    """One row with a value in every column."""
    row: dict[str, Any] = {}
    for column in table.columns:
        kind = column.type
        if isinstance(kind, DateTime):
            row[column.name] = NOW if getattr(kind, "timezone", False) else NOW.replace(tzinfo=None)
        elif isinstance(kind, JSON):
            row[column.name] = []
        elif isinstance(kind, Boolean):
            row[column.name] = False
        elif isinstance(kind, Integer):
            row[column.name] = 1
        else:
            row[column.name] = column.name
    return row | MEANT.get(table.name, {})


def everything(connection: Connection, columns: dict[str, list[str]]) -> dict[str, list[dict[str, Any]]]:
    """What these columns of these tables hold."""
    found = {}
    for name, those in columns.items():
        table = Table(name, MetaData(), autoload_with=connection)
        found[name] = [dict(row._mapping) for row in connection.execute(select(*(table.c[one] for one in those)))]
    return found


@pytest.fixture
def written(empty_url: str, tmp_path: Path) -> tuple[dict[str, list[str]], dict[str, list[dict[str, Any]]]]:
    """A ledger of the first version with a row in each table: its columns, and what they hold."""
    engine, _ = _engine(empty_url, tmp_path)
    with engine.connect() as connection, connection.begin():
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert().values(**filled(table)))
        names = [table.name for table in tables.sorted_tables if table.name != "alembic_version"]
        columns = {name: [one["name"] for one in inspect(connection).get_columns(name)] for name in names}
        before = everything(connection, columns)
    engine.dispose()
    assert len(columns) > 20
    assert all(len(rows) == 1 for rows in before.values())
    return columns, before


def test_a_ledger_of_the_first_version_is_opened_and_loses_nothing(
    written: tuple[dict[str, list[str]], dict[str, list[dict[str, Any]]]], empty_url: str, tmp_path: Path
) -> None:
    columns, before = written
    ledger = open_ledger(empty_url, tmp_path)
    with ledger.begin() as connection:
        assert everything(connection, columns) == before
        (deed,) = runs.deeds(connection, run=7)
        assert (deed.change, deed.receipt) == (CHANGE, Receipt(Outcome.DONE, "17", "address", "Made."))
        run = runs.get(connection, 7)
        assert run is not None
        assert run.undoes is None
        (hold,) = holds.listed(connection, "att-a")
        assert (hold.id, hold.changes, str(hold.why)) == (3, (CHANGE,), WHY)
        kept = holds.keep(connection, "att-a", "limit", "EKFE-26-01", "moodle", [CHANGE], hold.why, LATER)
        assert kept == 3  # the same changes held again are the same hold
        assert holds.decide(connection, 3, HoldState.APPROVED, "officer1", LATER, None)
        assert unexplained(connection, "att-a") == []
        assert journal.chains(connection) == ["att-a"]
    assert verify(ledger, "att-a").whole
    ledger.close()


def test_what_an_older_ledger_knows_belongs_to_the_only_course_of_its_seminar(
    written: tuple[dict[str, list[str]], dict[str, list[dict[str, Any]]]], empty_url: str, tmp_path: Path
) -> None:
    """And another part of the seminar has a row of its own beside it."""
    del written
    ledger = open_ledger(empty_url, tmp_path)
    there = (applications, seats, intents, setbacks, pins)
    with ledger.begin() as connection:
        assert {(table.name, row.part) for table in there for row in connection.execute(select(table))} <= {
            (table.name, "") for table in there
        }
        (row,) = connection.execute(select(applications))
        connection.execute(applications.insert().values(**(dict(row._mapping) | {"part": "proino"})))
        assert {one.part for one in connection.execute(select(applications))} == {"", "proino"}
        for course in ("EKFE-26-01", "EKFE-26-01/proino"):
            open_one(connection, "att-a", "moodle", course, Todo(Kind.TITLE), NOW)
        assert {one.key.course for one in listed(connection, "att-a")} == {"EKFE-26-01", "EKFE-26-01/proino"}
    ledger.close()
