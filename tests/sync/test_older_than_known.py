"""A directory that was LDAP is switched to an export that is older than what LDAP showed: nothing is wound back."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import Snapshot, whole_people, whole_units
from kypek_sync.language import speaker
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.model import Person, PersonKey
from kypek_sync.sync.directory import incremental
from kypek_sync.sync.directory.due import Why
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from tests.sync.centre import START, Centre
from tests.sync.test_source_of_people import reading_from
from tests.sync.whole_reads import WholeRead, record

OF_READING = frozenset(
    {"reads", "cursors", "runs", "leases", "run_seen", "journal", "journal_contents", "journal_people", "journal_heads"}
)
"""The tables in which a read is told that changed nothing."""


def known(inst: Installation) -> dict[str, list[Any]]:
    with inst.ledger.begin(keep=False) as connection:
        rows = {one.name: sorted(map(repr, connection.execute(select(one)))) for one in metadata.sorted_tables}
    return {name: those for name, those in rows.items() if name not in OF_READING}


def refreshed(centre: Centre) -> LaneReport:
    with centre.installation() as inst:
        return run_lane(inst, "att-a", "directory", by_hand=True, work=incremental.make)


def exported(centre: Centre, hours: float) -> None:
    """The export is there again as it was, drawn at that moment."""
    drawn = (START + timedelta(hours=hours)).timestamp()
    os.utime(centre.folder / "directory.ldif", (drawn, drawn))


def of_ldap(inst: Installation, system: str, hours: float) -> WholeRead:
    """What LDAP shows since then: one under another login, one with another name, one is gone."""
    directory = inst.connectors.directory("att-a")
    assert directory is not None
    at = START + timedelta(hours=hours)
    renamed, other, gone, *rest = whole_people(directory).items
    keys = tuple(one for one in renamed.keys if one.kind != "login")
    moved = replace(renamed, login="newlogin", keys=(*keys, PersonKey("login", "newlogin")))
    those: tuple[Person, ...] = (moved, replace(other, surname="ΑΛΛΟ"), *rest)
    assert gone not in those
    units = Snapshot(system, "ou=units", at, whole_units(directory).items, complete=True)
    return WholeRead(system, Snapshot(system, "ou=people", at, those, complete=True), units)


@pytest.mark.parametrize("name", ["ldap", "directory"])
def test_an_export_older_than_what_ldap_showed_winds_nobody_back(centre: Centre, name: str) -> None:
    """People were renamed back, keys ended before they began, who was leaving was not, and what somebody had decided
    was asked again: both where the export has a name of its own and where it has the one that LDAP had."""
    centre.clock.turn(hours=10)
    exported(centre, 0)
    refreshed(centre)
    with centre.installation() as inst:
        with inst.ledger.begin() as connection:
            moved = reading_from(inst, name)
            assert record(connection, moved, of_ldap(inst, name, 5), LaneReport("att-a", "directory"))
            decided = {"person": "0" * 32, "verdict": "same", "since": START, "at": START, "who": "maria"}
            connection.execute(insert(identity_decisions).values(directory=name, login="newlogin", **decided))
        before = known(inst)
        exported(centre, 4.9)
        for _ in range(2):
            report = refreshed(centre)
            (problem,) = report.problems
            state = f"and people are known from {name} as of 2026-"
            assert state in problem
            assert problem.endswith("Nothing of it counts. Draw a new export.")
            greek = worded(problem, speaker("el"))
            assert not re.search("[a-z]{3}", re.sub("directory|ldap|people", "", greek)), greek
            assert report.directory is not None
            assert report.directory.why is not Why.FIRST
            assert known(inst) == before


def test_a_newer_export_is_taken_and_no_key_ends_before_it_began(centre: Centre) -> None:
    centre.clock.turn(hours=10)
    exported(centre, 0)
    refreshed(centre)
    with centre.installation() as inst:
        with inst.ledger.begin() as connection:
            record(connection, reading_from(inst, "ldap"), of_ldap(inst, "ldap", 5), LaneReport("att-a", "directory"))
            ids = set(connection.execute(select(people.c.id)).scalars())
        exported(centre, 6)
        report = refreshed(centre)
        assert report.problems == []
        assert report.directory is not None
        assert report.directory.why is Why.SWITCHED
        with inst.ledger.begin(keep=False) as connection:
            assert set(connection.execute(select(people.c.id)).scalars()) == ids
            ended = connection.execute(select(person_keys).where(person_keys.c.until.is_not(None))).all()
            assert ended
            assert all(row.first_seen <= row.last_seen <= row.until for row in ended)


def test_what_a_delta_saw_since_the_last_full_read_is_not_wound_back(centre: Centre) -> None:
    """The last full read of LDAP was before the export was drawn, and somebody changed after that."""
    centre.clock.turn(hours=10)
    exported(centre, 0)
    refreshed(centre)
    with centre.installation() as inst:
        with inst.ledger.begin() as connection:
            record(connection, reading_from(inst, "ldap"), of_ldap(inst, "ldap", 2), LaneReport("att-a", "directory"))
            later = START + timedelta(hours=5)
            one = select(people.c.id).limit(1).scalar_subquery()
            connection.execute(people.update().where(people.c.id == one).values(last_seen=later))
        before = known(inst)
        exported(centre, 4)
        assert "people are known from ldap as of" in refreshed(centre).problems[0]
        assert known(inst) == before


def test_no_end_of_a_key_is_before_its_start_whatever_a_clock_says(centre: Centre) -> None:
    """A server's clock that was set back: the login that is not shown any more had ended before it came."""
    with centre.installation() as inst, inst.ledger.begin() as connection:
        moved = reading_from(inst, "ldap")
        first = of_ldap(inst, "ldap", 5)
        record(connection, moved, first, LaneReport("att-a", "directory"))
        renamed, *rest = first.people.items
        keys = tuple(one for one in renamed.keys if one.kind != "login")
        again = replace(renamed, login="third", keys=(*keys, PersonKey("login", "third")))
        earlier = replace(first.people, as_of=START + timedelta(hours=1), items=(again, *rest))
        record(connection, moved, replace(first, people=earlier), LaneReport("att-a", "directory"))
        ended = connection.execute(select(person_keys).where(person_keys.c.until.is_not(None))).all()
        assert [row.value for row in ended] == ["newlogin"]
        assert all(row.first_seen <= row.until for row in ended)
