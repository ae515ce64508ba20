"""What a read of the directory may take away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import people
from kypek_sync.model import Person, PersonKind, Unit
from kypek_sync.sync.directory_lane import DirectoryRead, record
from kypek_sync.sync.report import LaneReport
from tests.sync.centre import START, Centre

SCHOOLS = tuple(
    Unit(id=f"ou={n},ou=units", name=f"{n}ο Γυμνάσιο", code=f"{n:07}", kind="gym", directorate="att-a", level="ΔΕ")
    for n in range(20)
)
TEACHER = Person("teacher1", "Ιωάννου", "Ελένη", "t@sch.example", PersonKind.TEACHER, units=(SCHOOLS[0].id,))


def test_units_missing_from_an_export_that_looks_whole_are_believed_to_be_there(centre: Centre) -> None:
    """Rule 1: an export without a branch of the tree ended well, and took the eligibility of all who serve there."""
    whole = DirectoryRead(
        "directory",
        Snapshot("directory", "people", START, (TEACHER,), complete=True),
        Snapshot("directory", "units", START, SCHOOLS, complete=True),
    )
    assert whole.people is not None
    assert whole.units is not None
    later = START + timedelta(hours=1)
    half = replace(
        whole,
        people=replace(whole.people, as_of=later),
        units=replace(whole.units, as_of=later, items=SCHOOLS[:5]),
    )
    with centre.installation() as inst, inst.ledger.begin() as connection:
        record(connection, inst, whole, LaneReport("att-a", "directory"))
        report = LaneReport("att-a", "directory")
        record(connection, inst, half, report)
        assert len(people.load_units(connection, "directory")) == len(SCHOOLS)
    assert len(report.problems) == 1
    assert "units was read only in part (5 entries, but 20 at the last good read" in report.problems[0]
