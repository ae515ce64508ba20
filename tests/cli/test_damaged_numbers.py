"""Registry and tax numbers of a damaged export stand in no table, no output and no log (D-4)."""

from __future__ import annotations

import logging
import os
from random import Random

import pytest

from tests.cli.conftest import Terminal
from tests.cli.test_plan_keeps import held
from tests.contracts.damaged_exports import CSV, HEADING, LDIF, NUMBERS, ROWS, damaged
from tests.sync.centre import Centre

ONE = "mpappa;ΠΑΠΠΑ;ΜΑΡΙΑ;mpappa@sch.example;700001;123456783;ΠΕ86;0501659\n"
"""The file of somebody who saved a sheet without its headings."""
SPOILT = HEADING.replace("Όνομα χρήστη", "????? ??????").encode("ascii", "replace").decode()
BODY = "".join(f"{row}\n" for row in ROWS)
FILES = {
    "without a heading": ("csv", ONE.encode()),
    "many without a heading": ("csv", BODY.encode()),
    "spoilt headings": ("csv", f"{SPOILT}\n{BODY}".encode()),
    "headings run into a row": ("csv", f"{HEADING.partition(';')[2]};{BODY}".encode()),
    "an open quote": ("csv", f'{HEADING}\n"{BODY}'.encode()),
    "old line ends": ("csv", f"{HEADING}\n{BODY}".replace("\n", "\r").encode()),
    "another separator": ("csv", f"{HEADING}\n{BODY}".replace(";", "|").encode()),
    "damaged rows": ("csv", damaged(CSV, Random(208))),
    "damaged entries": ("ldif", damaged(LDIF, Random(14))),
    "a result with a number": ("ldif", LDIF + b"\nsearch: 2\nresult: 4 123456783\n"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_export_leaves_no_number_anywhere(
    centre: Centre, kypek: Terminal, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    kind, content = FILES[name]
    file, export = centre.folder / "kypek.yaml", centre.folder / "export"
    export.write_bytes(content)
    os.utime(export, (centre.clock.now.timestamp(),) * 2)
    whole = "{type: ldif, mode: apply, file: directory.ldif, max_age: 400 days}"
    text = file.read_text("utf-8")
    assert whole in text
    file.write_text(text.replace(whole, f"{{type: {kind}, mode: apply, file: export}}"), "utf-8")
    said = []
    with caplog.at_level(logging.DEBUG):
        for words in (("directory", "refresh"), ("sync", "--json"), ("runs", "list"), ("status",), ("check",)):
            result = kypek(*words)
            said += [result.out, result.err]
    assert any("directory" in one for one in said)
    for place, texts in ({"output": said, "log": [caplog.text]} | held(centre)).items():
        shown = [one for one in texts if any(number in one for number in (*NUMBERS, "700001", "123456783"))]
        assert not shown, place
