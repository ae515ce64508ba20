"""What a register of units said stays for as long as it is down, with its age; a partial read takes nothing out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, event

from kypek_sync.contract import DIRECTORATES, SCHOOLS, RegisteredDirectorate, RegisteredUnit, Snapshot, UnitState
from kypek_sync.ledger import Ledger, reads
from kypek_sync.ledger.units_register import (
    Held,
    count,
    held_of,
    is_read,
    record_directorates,
    record_schools,
    shared_codes,
)
from kypek_sync.model import Unit
from tests.ledger.directory import record_all_units

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
ONE = RegisteredUnit("1000001", "1ο ΓΥΜΝΑΣΙΟ", "0501001", 133, "ΓΥΜΝΑΣΙΟ")
TWO = RegisteredUnit("1000002", "2ο ΓΥΜΝΑΣΙΟ", "0501002", None, "ΓΥΜΝΑΣΙΟ", UnitState.SUSPENDED)
PAIR = (
    RegisteredDirectorate(117, "ΔΙΕΥΘΥΝΣΗ Π.Ε. Α΄ ΑΘΗΝΑΣ", "0500110", "att-a", "ΠΕ"),
    RegisteredDirectorate(133, "ΔΙΕΥΘΥΝΣΗ Δ.Ε. Α΄ ΑΘΗΝΑΣ", "0500100", "att-a", "ΔΕ"),
)


def held(connection: Connection, system: str) -> Held:
    return held_of(connection, system, [str(n) for n in (*range(1, 1300), *range(1000001, 1000003))])


def schools(*units: RegisteredUnit, at: datetime = NOW, complete: bool = True, system: str = "mm") -> Snapshot:
    return Snapshot(system, SCHOOLS, at, units, complete, "" if complete else "page 3 could not be read.")


def offices(*those: RegisteredDirectorate, at: datetime = NOW, complete: bool = True) -> Snapshot:
    return Snapshot("mm", DIRECTORATES, at, those, complete)


def note(ledger: Ledger, *snapshots: Snapshot) -> None:
    with ledger.begin() as connection:
        for snapshot in snapshots:
            (record_schools if snapshot.scope == SCHOOLS else record_directorates)(connection, snapshot)
            reads.note(connection, snapshot)


def test_nothing_is_held_before_the_first_read(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        found = held(connection, "mm")
        assert (dict(found.units), dict(found.directorates), found.as_of, found.tried) == ({}, {}, None, None)
        assert is_read(connection, "mm") is None


def test_what_was_read_comes_back_as_it_was(ledger: Ledger) -> None:
    note(ledger, schools(ONE, TWO), offices(*PAIR))
    with ledger.begin() as connection:
        found = held(connection, "mm")
        assert found.units == {"1000001": ONE, "1000002": TWO}
        assert found.directorates == {117: PAIR[0], 133: PAIR[1]}
        assert (found.as_of, found.tried, is_read(connection, "mm")) == (NOW, NOW, NOW)
        assert held(connection, "another").units == {}
        assert set(held_of(connection, "mm", ["1000002", "7"]).units) == {"1000002"}
        assert (count(connection, "mm"), count(connection, "another")) == (2, 0)


def test_a_complete_read_takes_out_what_is_gone_and_a_partial_one_never_does(ledger: Ledger) -> None:
    note(ledger, schools(ONE, TWO), offices(*PAIR))
    renamed = RegisteredUnit("1000002", "2ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΩΝ", "0501002", 133)
    note(ledger, schools(renamed, at=LATER, complete=False), offices(PAIR[0], at=LATER, complete=False))
    with ledger.begin() as connection:
        found = held(connection, "mm")
        assert found.units == {"1000001": ONE, "1000002": renamed}
        assert set(found.directorates) == {117, 133}
        assert (found.as_of, found.tried, found.why_partial) == (NOW, LATER, "page 3 could not be read.")
    note(ledger, schools(renamed, at=LATER), offices(PAIR[1], at=LATER))
    with ledger.begin() as connection:
        found = held(connection, "mm")
        assert set(found.units) == {"1000002"}
        assert set(found.directorates) == {133}
        assert (found.as_of, is_read(connection, "mm")) == (LATER, LATER)


def test_its_age_is_that_of_the_older_of_the_two_reads(ledger: Ledger) -> None:
    note(ledger, schools(ONE, at=LATER))
    with ledger.begin() as connection:
        assert is_read(connection, "mm") is None
    note(ledger, offices(*PAIR))
    with ledger.begin() as connection:
        assert is_read(connection, "mm") == NOW


def test_the_same_read_again_writes_nothing(ledger: Ledger) -> None:
    long = RegisteredUnit("5", "Α" * 400, "0" * 80)
    note(ledger, schools(ONE, TWO, long), offices(*PAIR))
    written: list[str] = []

    def listen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            written.append(statement)

    with ledger.begin() as connection:
        event.listen(ledger.engine, "before_cursor_execute", listen)
        record_schools(connection, schools(ONE, TWO, long))
        record_directorates(connection, offices(*PAIR))
        event.remove(ledger.engine, "before_cursor_execute", listen)
    assert written == []


def test_thousands_of_units_may_go_at_once(ledger: Ledger) -> None:
    note(ledger, schools(*(RegisteredUnit(str(n), "Α") for n in range(1, 1300))))
    note(ledger, schools(ONE, at=LATER))
    with ledger.begin() as connection:
        assert set(held(connection, "mm").units) == {ONE.id}


def test_a_registry_code_that_several_units_of_the_directory_carry_is_known(ledger: Ledger) -> None:
    """D-10."""
    units = [Unit(f"ou={n}", "", registry_code=code) for n, code in enumerate(["7", "7", "8", "", ""])]
    with ledger.begin() as connection:
        record_all_units(connection, Snapshot("people", "units", NOW, tuple(units), True), "people")
        assert shared_codes(connection, "people") == {"7"}
        assert shared_codes(connection, "another") == frozenset()
