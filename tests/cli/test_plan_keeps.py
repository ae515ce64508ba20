"""What `plan` keeps: that the directory was read and what it showed, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kypek_sync.ledger.tables import applications, holds, metadata, outbox, people, person_keys, seats
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre

OF_READING = frozenset(
    {"people", "person_keys", "person_units", "person_changes", "units", "findings", "reads", "cursors", "runs"}
    | {"units_placed", "leases", "journal", "journal_contents", "journal_people"}
)
"""The tables in which a read of the directory may write, with its run and its lease."""


def held(centre: Centre) -> dict[str, list[Any]]:
    """All rows of the ledger, by table."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in metadata.sorted_tables}


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    return {name for name, rows in after.items() if rows != before[name]}


@pytest.fixture
def switched(full: Centre, kypek: Terminal) -> Centre:
    """A centre that read an export, of which the settings name another connector now."""
    kypek("sync")
    full.clock.turn(hours=7)
    full.people()
    file = full.folder / "kypek.yaml"
    text = file.read_text("utf-8").replace("    directory: directory\n", "    directory: other\n")
    other = "  other: {type: ldif, mode: apply, file: directory.ldif, max_age: 400 days}\n"
    file.write_text(text.replace("kypeks:\n", f"{other}kypeks:\n", 1), "utf-8")
    return full


def test_a_plan_keeps_what_was_read_and_nothing_else(full: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    full.clock.turn(hours=7)
    full.people(*TEACHERS[:-1])
    before = held(full)
    assert kypek("plan").code == 2
    after = held(full)
    assert {"people", "reads", "runs"} <= changed(before, after) <= OF_READING
    assert after["applications"] == after["seats"] == after["outbox"] == []


def test_a_plan_takes_nobody_over_from_another_directory(switched: Centre, kypek: Terminal) -> None:
    """Whoever only tried other settings had moved everybody to them, and «nothing is changed»."""
    before = held(switched)
    said = kypek("plan", language="el")
    assert said.code == 1
    assert "other: τα άτομα είναι γνωστά ως τώρα από άλλον κατάλογο" in said.out
    assert said.out.count("δεν μεταφέρει κανέναν") == 1
    assert changed(before, held(switched)) == set()
    assert kypek("plan", "--lane", "seats").code == 1


def test_a_refresh_takes_them_over_and_then_it_is_planned(switched: Centre, kypek: Terminal) -> None:
    before = held(switched)
    assert "recognised here by their keys" in kypek("directory", "refresh", language="en").out
    planned = kypek("plan")
    assert "another directory" not in planned.out
    assert planned.code == 0
    after = held(switched)
    assert all(after[table.name] == before[table.name] for table in (applications, seats, holds, outbox))
    assert len(after[people.name]) == len(before[people.name])
    assert not changed(
        {person_keys.name: after[person_keys.name]}, {person_keys.name: held(switched)[person_keys.name]}
    )
