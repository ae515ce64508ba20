"""What `plan` keeps: that the directory was read and what it showed, and nothing else."""

from __future__ import annotations

import os
from datetime import timedelta
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


NEVER = (
    "Ο κατάλογος other δεν έχει διαβαστεί ακόμη. Ώσπου να διαβαστεί, 10 πρόσωπα είναι γνωστά από τον κατάλογο directory"
)


def flat(out: str) -> str:
    """What was printed, lines joined."""
    return " ".join(out.split())


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
    assert NEVER in flat(said.out)
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


def test_find_and_status_say_from_where_people_are_known_until_then(switched: Centre, kypek: Terminal) -> None:
    """`find` denied people who are known, and `status` said nothing of it."""
    found = kypek("directory", "find", "teacher1", language="el")
    assert NEVER in flat(found.out + found.err)
    assert "Κανείς" not in found.out + found.err
    (other,) = kypek("directory", "find", "teacher1", "--json").json["unread"]
    assert (other["directory"], other["before"], other["people"]) == ("other", ["directory"], 10)
    assert (other["tried"], other["why"]) == (None, "")
    assert NEVER in flat(kypek("status", language="el").out)
    assert kypek("status", "--json").json[0]["unread"] == other
    kypek("directory", "refresh")
    assert kypek("directory", "find", "teacher1").code == 0
    assert kypek("status", "--json").json[0]["unread"] is None


def test_what_could_not_be_taken_is_not_told_as_never_read(switched: Centre, kypek: Terminal) -> None:
    """The export is older than what the other directory showed."""
    export = switched.folder / "directory.ldif"
    drawn = (switched.clock.now - timedelta(days=2)).timestamp()
    os.utime(export, (drawn, drawn))
    assert kypek("directory", "refresh", language="el").code == 1
    told = flat(kypek("status", language="el").out)
    assert "Ο κατάλογος other δεν έχει διαβαστεί· η τελευταία προσπάθεια ήταν στις" in told
    assert "10 πρόσωπα είναι γνωστά από τον κατάλογο directory" in told
    assert "δεν έχει διαβαστεί ακόμη" not in told
    assert "από την εξαγωγή της" not in told
