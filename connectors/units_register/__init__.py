"""mm.sch.gr: the public register of schools and offices, read as a guest (fact sheet directory, section 3.3)."""

from __future__ import annotations

from connectors.units_register.register import MmRegister
from connectors.units_register.settings import UnitsRegisterSettings
from kypek_sync.contract import ConnectorSpec, Role

SPEC = ConnectorSpec(
    name="units_register",
    title="mm.sch.gr",
    roles=frozenset({Role.UNITS_REGISTER}),
    settings=UnitsRegisterSettings,
    build=MmRegister,
)

__all__ = ["SPEC", "MmRegister", "UnitsRegisterSettings"]
