"""What a pass over changes asks of the ledger does not grow with the country: SQLite's plan of each question tells.

SQLite keeps no statistics here, so it plans for three hundred people as for a hundred and fifty thousand.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from kypek_sync.sync.run import run_lane
from tests.connectors.directory.changing import add, crowd, modify, remove, rename
from tests.servers.slapd import READER_MAY_WRITE, SYNCPROV, MakeSlapd, certificates, make_slapd
from tests.sync.national import Country

__all__ = ["certificates", "make_slapd"]

pytestmark = [pytest.mark.server("slapd"), pytest.mark.slow]

LARGE = "people|person_keys|person_units|person_changes|units|findings"
ALL_ROWS = re.compile(rf"^SCAN ({LARGE})\b")
WHOLE_DIRECTORY = re.compile(
    rf"^SEARCH ({LARGE}) USING (?!COVERING).*\(directory=\?( AND (digest>\?|absent_since=\?|login>\?))?\)$"
)
"""A directory's rows are opened one by one. A covering index, which opens none, is another matter."""
OF_FEW = re.compile(r"LIMIT|LEFT OUTER JOIN")


@pytest.mark.parametrize("library", ["auto", "ldap3"])
def test_a_delta_opens_no_row_that_it_is_not_about(make_slapd: MakeSlapd, tmp_path: Path, library: str) -> None:
    server = make_slapd(crowd(300), access=READER_MAY_WRITE, overlays=SYNCPROV)
    it = Country(tmp_path, server, said=f"    library: {library}\n")
    it.sync()
    add(server, "new")
    modify(server, "t0001")
    rename(server, "t0002", "renamed")
    remove(server, *(f"t{number:04}" for number in range(10, 21)))  # so many that all who are there are counted
    it.clock.by += timedelta(minutes=5)
    asked: dict[str, Any] = {}
    with it.open() as inst:

        def hear(
            connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
        ) -> None:
            del connection, cursor, context
            asked.setdefault(statement, parameters[0] if many else parameters)

        event.listen(inst.ledger.engine, "before_cursor_execute", hear)
        report = run_lane(inst, "att-a", "directory")
        event.remove(inst.ledger.engine, "before_cursor_execute", hear)
        with inst.ledger.begin(keep=False) as connection:
            plans = {statement: _plan(connection, statement, asked[statement]) for statement in asked}
    assert (report.counts["changed people"], report.counts["leaving"]) == (2, 11)
    assert [one for one in plans if "count(*)" in one and "FROM people" in one]
    for statement, steps in plans.items():
        for step in steps:
            assert not ALL_ROWS.match(step), (step, statement)
            assert not WHOLE_DIRECTORY.match(step) or OF_FEW.search(statement), (step, statement)


def _plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    if statement.split(maxsplit=1)[0] not in ("SELECT", "UPDATE", "DELETE"):
        return []
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in rows]
