"""The main job with its ledger on a real PostgreSQL: one address in the settings, nothing else."""

from __future__ import annotations

import base64
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from kypek_sync.ledger import persons, reads
from kypek_sync.sync.lease import LaneLease
from kypek_sync.sync.run import run_lane
from tests.servers import postgresql
from tests.sync.centre import Centre, group, seats, sync_once
from tests.sync.test_main_job import four_applicants

pytestmark = pytest.mark.server("postgresql")


@pytest.fixture
def there(centre: Centre) -> Iterator[Centre]:
    """The small centre, its ledger on PostgreSQL."""
    with postgresql.running() as url:
        file = centre.folder / "kypek.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("sqlite:///kypek.db", url), encoding="utf-8")
        yield centre


def test_the_main_job_is_the_same(there: Centre) -> None:
    code, course = four_applicants(there)
    sync_once(there)
    assert seats(there, code)["teacher3"] == "waiting"
    assert group(there, course) == {"teacher1", "teacher2"}
    writes = there.server.calls["write"]
    assert all(not report.done and not report.problems for report in sync_once(there).values())
    assert there.server.calls["write"] == writes
    with there.installation() as inst, LaneLease(inst.ledger, "att-a", "seats", there.clock):
        assert "being worked on" in run_lane(inst, "att-a", "seats").skipped


NUL = chr(0)


def _encoded(name: str, value: str) -> str:
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"


def test_a_character_that_no_row_can_hold_keeps_nobody_from_a_seat(there: Centre) -> None:
    """NUL in the directory (names, a specialty, the name of the school) and on the platform (a name, two titles): what
    it stands in is read without it, or with a sign in its place, and everybody else as ever."""
    code, course = four_applicants(there)
    there.world.add_course(f"Άλλο{NUL}μάθημα", 3)
    with closing(sqlite3.connect(there.folder / "eclass.db")) as state, state:
        state.execute("UPDATE user SET givenname = ? WHERE username = 'teacher1'", (f"Μα{NUL}ρία",))
        state.execute("UPDATE course SET title = ? WHERE code = ?", (f"Υπάρχον{NUL} μάθημα", course))
    file = there.folder / "directory.ldif"
    said = file.read_text(encoding="utf-8")
    for name, value, damaged in (
        ("givenName", "Όνομα", f"Όνο{NUL}μα"),
        ("sn", "Teacher1", f"Teacher1{NUL}"),
        ("cn", "Όνομα teacher2", f"{NUL}Όνομα teacher2"),
        ("description", "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ", f"1ο ΓΥΜΝΑΣΙΟ{NUL} ΑΘΗΝΑΣ"),
        ("gsnBranch", "ΠΕ86", f"ΠΕ86{NUL}"),
    ):
        assert _encoded(name, value) in said
        said = said.replace(_encoded(name, value), _encoded(name, damaged))
    made = file.stat().st_mtime
    file.write_text(said, encoding="utf-8")
    os.utime(file, (made, made))
    reports = sync_once(there)
    assert not [problem for report in reports.values() for problem in report.problems]
    assert seats(there, code) == {
        "teacher1": "granted",
        "teacher2": "granted",
        "teacher3": "waiting",
        "teacher4": "waiting",
    }
    assert group(there, course) == {"teacher1", "teacher2"}
    assert all(not report.done and not report.problems for report in sync_once(there).values())
    with there.installation() as inst, inst.ledger.begin(keep=False) as connection:
        known = persons.persons(connection, "directory", ["teacher1", "teacher2"])
        assert known["teacher1"].person.name == "Όνομα Teacher1"
        member = reads.known_members(connection, "eclass", [course])[course]["teacher1"]
    assert member.name.startswith("Μα\ufffdρία")
