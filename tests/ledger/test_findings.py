"""Findings are counted by kind, given in pages, and of one subject; who is leaving is counted without being fetched."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, update

from kypek_sync.ledger import Ledger, findings, leaving
from kypek_sync.ledger.tables import findings as table
from kypek_sync.ledger.tables import people
from kypek_sync.model import FindingLevel
from tests.ledger.directory import DEPARTURE, DIRECTORY, START, entry, read

LATER = START + timedelta(days=3)


def test_findings_come_by_kind_by_page_and_by_subject(ledger: Ledger) -> None:
    rows = [
        *(("d", f"p{number}", "odd", "warning", START) for number in range(5)),
        ("d", "p9", "odd", "warning", LATER),
        ("d", "p1", "bad", "error", LATER),
        ("e", "p0", "odd", "warning", START),
    ]
    names = ("source", "subject", "code", "level", "first_seen")
    with ledger.begin() as connection:
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) | {"text": "A text."} for row in rows])
        assert findings.counted(connection, ["d"]) == [
            findings.Kind("bad", FindingLevel.ERROR, 1, LATER, LATER),
            findings.Kind("odd", FindingLevel.WARNING, 6, START, LATER),
        ]
        assert [kind.subjects for kind in findings.counted(connection, ["d", "e"])] == [1, 7]
        pages = [findings.listed(connection, ["d"], "odd", limit=4, after=after) for after in (0, 4, 8)]
        subjects = [[one.finding.subject for one in page] for page in pages]
        assert subjects == [["p0", "p1", "p2", "p3"], ["p4", "p9"], []]
        assert [one.finding.code for one in findings.about(connection, "d", ["p1", "p9"])] == ["bad", "odd", "odd"]
        assert [one.first_seen for one in findings.about(connection, "e", ["p0", "p1"])] == [START]


def test_who_is_leaving_is_counted_and_those_with_a_place_are_fetched(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert leaving.exodus(connection, DIRECTORY, DEPARTURE, 9) == leaving.Exodus(0)
        read(connection, *(entry(f"t{number}") for number in range(6)))
        absent = update(people).where(people.c.login.in_(["t1", "t2", "t3"]))
        connection.execute(absent.values(absent_since=START, absent_at=START, absences=1))
        connection.execute(update(people).where(people.c.login == "t3").values(gone_at=LATER))
        found = leaving.exodus(connection, DIRECTORY, DEPARTURE, 1)
        assert found == leaving.Exodus(2, ("t1",), START + timedelta(days=7))
        those = leaving.leaving(connection, DIRECTORY, DEPARTURE, ["t0", "t2", "t3", "nobody"])
        assert [(one.person.login, one.logins, one.absences) for one in those] == [("t2", ("t2",), 1)]
