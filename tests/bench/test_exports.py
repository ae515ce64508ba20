"""What is measured is the same country in either file."""

from __future__ import annotations

import os
from pathlib import Path

from connectors.csv_export import CsvDirectory, CsvSettings
from connectors.ldif import LdifDirectory, LdifSettings
from kypek_sync.contract import whole_people, whole_units
from kypek_sync.sandbox.people import Directory as MadeUp
from tests.bench.exports import write_csv
from tests.contracts.directory import NOW, context


def test_the_people_and_units_of_the_csv_files_are_those_of_the_ldif(tmp_path: Path) -> None:
    made_up = MadeUp(400, 80)
    made_up.write_ldif(tmp_path / "people.ldif")
    write_csv(made_up, tmp_path)
    for file in tmp_path.iterdir():
        os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    ldif = LdifDirectory(LdifSettings(file="people.ldif"), context(tmp_path))
    own = CsvDirectory(CsvSettings(file="people.csv", units_file="units.csv"), context(tmp_path))
    assert whole_units(own).items == whole_units(ldif).items
    assert whole_people(own).items == whole_people(ldif).items
    assert whole_people(own).complete
    assert [f.code for f in whole_people(own).findings] == [f.code for f in whole_people(ldif).findings]
