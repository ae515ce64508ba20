"""The figures behind a lane's name: of the seats only those that are not zero."""

from __future__ import annotations

import re

from tests.cli.conftest import Terminal
from tests.sync.centre import Centre


def test_the_seats_tell_no_zeros_and_machines_get_them_all(full: Centre, kypek: Terminal) -> None:
    said = kypek("sync", language="el").out
    (line,) = [one for one in said.splitlines() if one.startswith("att-a · Θέσεις")]
    assert "θέσεις" in line or "θέση" in line
    assert not re.search(r" 0(,|$)", line)
    kept = next(one for one in kypek("sync", "--json").json if one["lane"] == "seats")["counts"]
    assert 0 in kept.values()
