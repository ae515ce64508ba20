"""A KYPEK whose directory was another one joins the export of others, which is older than what it knew (rule 2)."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from sqlalchemy import insert, select

from kypek_sync.ledger.tables import applications, people, seats
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

SETTINGS = "  att-v:\n    name: ΚΥΠΕΚ Δυτικής Αττικής\n    directory: {}\n"
OTHER = "  other: {type: ldif, mode: apply, file: other.ldif, max_age: 400 days}\n"


@pytest.fixture
def joins(full: Centre, kypek: Terminal) -> Centre:
    """att-a read its export; att-v read another one, drawn seven hours later, and seated its teacher1; then it names
    the export of att-a in its settings."""
    kypek("sync")
    file = full.folder / "kypek.yaml"
    text = file.read_text("utf-8").replace("kypeks:\n", f"{OTHER}kypeks:\n", 1)
    file.write_text(text + SETTINGS.format("other"), "utf-8")
    full.clock.turn(hours=7)
    other = full.folder / "other.ldif"
    shutil.copy(full.folder / "directory.ldif", other)
    os.utime(other, (full.clock.now.timestamp(),) * 2)
    assert kypek("directory", "refresh", "-k", "att-v").code == 0
    with full.installation() as inst, inst.ledger.begin() as connection:
        mine = select(people.c.id).where(people.c.login == "teacher1", people.c.directory == "other")
        person = connection.execute(mine).scalar_one()
        for table in (seats, applications):
            for row in connection.execute(select(table).where(table.c.login == "teacher1")).all():
                connection.execute(insert(table).values(**{**row._mapping, "kypek": "att-v", "person": person}))
    file.write_text(text + SETTINGS.format("directory"), "utf-8")
    return full


def whose(centre: Centre) -> tuple[set[str], set[str]]:
    """From which directory the people of att-v's seats and of its applications are known."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = [
            connection.execute(
                select(people.c.directory).join(table, table.c.person == people.c.id).where(table.c.kypek == "att-v")
            ).scalars()
            for table in (seats, applications)
        ]
        return set(found[0]), set(found[1])


def test_nobody_is_wound_back_to_an_older_export_that_others_read(joins: Centre, kypek: Terminal) -> None:
    for _ in range(2):
        said = " ".join(kypek("directory", "refresh", "-k", "att-v", language="el").out.split())
        assert whose(joins) == ({"other"}, {"other"})
        assert "ενώ πρόσωπα του att-v (1) είναι γνωστά από άλλον κατάλογο ως μεταγενέστερη στιγμή" in said
        assert "Κανένα από αυτά δεν αναγνωρίζεται με αυτήν. Κάντε νέα εξαγωγή." in said
    joins.clock.turn(hours=1)
    joins.people()
    said = kypek("directory", "refresh", "-k", "att-v", language="el").out
    assert not re.search("μεταγενέστερη", said)
    assert whose(joins) == ({"directory"}, {"directory"})


def test_an_export_of_later_than_everything_that_was_known_joins_at_once(joins: Centre, kypek: Terminal) -> None:
    joins.people()
    assert kypek("directory", "refresh", "-k", "att-v").code == 0
    assert whose(joins) == ({"directory"}, {"directory"})
