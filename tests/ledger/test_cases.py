"""One cause, one case, however often it comes and goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kypek_sync.ledger import Ledger, cases
from kypek_sync.ledger.cases import Filed
from kypek_sync.model import TicketState
from kypek_sync.seminar.cases import Case
from tests.ledger.writes import Writes

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CASE = Case("kypek:case:att-a:unknown-people", "unknown-people", "Άγνωστοι", "- anna", "EKFE-26-01")


def record(ledger: Ledger, *wanted: Case, hours: float = 0) -> dict[str, Filed]:
    with ledger.begin() as connection:
        cases.record(connection, "att-a", wanted, NOW + hours * HOUR)
        return {filed.case.ref: filed for filed in cases.listed(connection, "att-a")}


def test_a_case_opens_is_cured_and_comes_back_with_a_new_version(ledger: Ledger) -> None:
    opened = record(ledger, CASE)[CASE.ref]
    assert (opened.case, opened.opened, opened.cured, opened.version, opened.ticket) == (CASE, NOW, None, 1, "")
    cured = record(ledger, hours=1)[CASE.ref]
    assert (cured.cured, cured.version) == (NOW + HOUR, 1)
    again = record(ledger, CASE, hours=2)[CASE.ref]
    assert (again.opened, again.cured, again.version) == (NOW + 2 * HOUR, None, 2)


def test_a_case_that_says_something_else_is_the_same_case_in_a_new_version(ledger: Ledger) -> None:
    record(ledger, CASE)
    longer = replace(CASE, body="- anna\n- dora")
    filed = record(ledger, longer, hours=1)[CASE.ref]
    assert (filed.case, filed.opened, filed.version) == (longer, NOW, 2)
    assert record(ledger, CASE, hours=2)[CASE.ref].version == 3  # a list that changes back is told too
    assert cases.fingerprint(longer) != cases.fingerprint(CASE)
    assert cases.fingerprint(CASE) == cases.fingerprint(replace(CASE, seminar=""))


def test_what_stays_as_it_is_writes_nothing(ledger: Ledger) -> None:
    other = replace(CASE, ref="kypek:case:att-a:holds", kind="holds")
    record(ledger, CASE, other)
    record(ledger, CASE, hours=1)
    writes = Writes(ledger)
    record(ledger, CASE, hours=2)
    assert writes.count == 0


def test_the_ticket_that_mirrors_a_case_is_remembered(ledger: Ledger) -> None:
    filed = record(ledger, CASE)[CASE.ref]
    assert filed.ticket_state is None
    with ledger.begin() as connection:
        cases.mirror(connection, "att-a", CASE.ref, ticket="12", state=TicketState.OPEN, written="abc")
        (filed,) = cases.listed(connection)
        assert (filed.ticket, filed.ticket_state, filed.written) == ("12", TicketState.OPEN, "abc")
        assert cases.listed(connection, "att-v") == []
