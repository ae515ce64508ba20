"""mm.sch.gr keeps what every register of units must keep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.units_register.simulated import full_book, register
from tests.contracts.units_register import Registers, UnitsRegisterContract


class TestMm(UnitsRegisterContract):
    @pytest.fixture
    def registers(self) -> Iterator[Registers]:
        with register() as whole, register() as short:
            short.faults.set("register:short-page")
            secrets = tuple(str(row["tax_number"]) for row in full_book().unit_rows())
            made = [
                whole.connector(),
                whole.connector(address="http://127.0.0.1:9", timeout=0.5),
                short.connector(),
            ]
            yield Registers(made[0], made[1], made[2], secrets)
            for connector in made:
                connector.close()
