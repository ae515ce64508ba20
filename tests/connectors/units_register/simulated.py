"""A simulated mm.sch.gr with a connector on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.units_register import SPEC, MmRegister, UnitsRegisterSettings
from kypek_sync.contract import ConnectorContext, UnitState
from kypek_sync.model import system_clock
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from kypek_sync.sandbox.units_register import Book, Entry, Office, create_app
from tests.contracts.units_register import DIRECTORATES, UNITS

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_NUMBERS = {UnitState.ACTIVE: 1, UnitState.SUSPENDED: 2, UnitState.ABOLISHED: 3}


def full_book() -> Book:
    """A register as the contract wants it, in no order, with an abolished unit besides."""
    units = [Entry(int(u.id), u.name, u.code, u.directorate, u.kind, _NUMBERS[u.state]) for u in reversed(UNITS)]
    gone = Entry(1000199, "ΝΗΠΙΑΓΩΓΕΙΟ", "0501099", 117, "ΝΗΠΙΑΓΩΓΕΙΟ", 3)
    return Book([*units, gone], [Office(d.id, d.name, d.code, d.label) for d in reversed(DIRECTORATES)])


@dataclass
class Register:
    """A running simulator and what is needed to reach it."""

    running: Running
    book: Book
    faults: FaultBook

    def connector(self, **changes: Any) -> MmRegister:
        """A connector with its own connections, reading pages of 3."""
        clock = changes.pop("clock", system_clock)
        made = UnitsRegisterSettings(**({"address": self.running.address, "page_size": 3} | changes))
        connector = SPEC.build(made, ConnectorContext("register", clock, Path(), lambda number: f"hash of {number}"))
        assert isinstance(connector, MmRegister)
        return connector


@contextmanager
def register(book: Book | None = None) -> Iterator[Register]:
    """Start a simulator."""
    held, faults = book or full_book(), FaultBook()
    running = serve(create_app(held, faults=faults.of("register")), "register", faults)
    try:
        yield Register(running, held, faults)
    finally:
        running.stop()
