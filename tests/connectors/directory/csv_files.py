"""CSV exports as tests write them, with a register's headings and one teacher."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.csv_export import CsvDirectory, CsvSettings
from tests.contracts.directory import NOW, context

MakeCsv = Callable[..., CsvDirectory]
HEADING = "Όνομα χρήστη;Επώνυμο;Όνομα;Email;Α.Μ.;Ειδικότητα;Κωδικός μονάδας;Σχολείο"
MARIA = "mpappa;ΠΑΠΠΑ;ΜΑΡΙΑ;mpappa@sch.example;700001;ΠΕ86;0501659;10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ"
ILIO = "gsnunitcode=0501659,ou=att-g,ou=units"


@pytest.fixture
def export(tmp_path: Path) -> MakeCsv:
    """`export("row", "row", encoding=…, units=…, …)`: the connector over a file of these lines, drawn `age` ago."""

    def make(
        *lines: str,
        encoding: str = "utf-8",
        age: timedelta = timedelta(0),
        units: str = "",
        raw: bytes = b"",
        says: str = "",
        **own: object,
    ) -> CsvDirectory:
        (tmp_path / "people.csv").write_bytes(raw or "".join(f"{line}\r\n" for line in lines).encode(encoding))
        if units:
            (tmp_path / "units.csv").write_text(units)
            own["units_file"] = "units.csv"
        drawn = (NOW - age).timestamp()
        for path in tmp_path.glob("*.csv"):
            os.utime(path, (drawn, drawn))
        values = {"file": "people.csv", "directorate": "att-g", "encoding": says, **own}
        return CsvDirectory(CsvSettings.model_validate(values), context(tmp_path))

    return make
