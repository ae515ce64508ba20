"""The role of a public register of schools and offices: which unit belongs to which education directorate.

Source: fact sheet directory, section 3.3 and traps D-9, D-10, D-22 to D-25. The register says nothing about people,
and what it holds about them or about taxes is dropped where it is read (D-24). Its numbers are not promised to last
(D-25): directorates are recognised by their own code, units are matched by the number that the directory carries too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from kypek_sync.contract.roles import Connector
from kypek_sync.contract.snapshots import Snapshot

SCHOOLS, DIRECTORATES = "units", "directorates"
"""The scopes of the two snapshots of a register."""


class UnitState(StrEnum):
    """Whether a unit works, as the register says."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ABOLISHED = "abolished"


@dataclass(frozen=True, slots=True)
class RegisteredUnit:
    """A school or office of the register.

    `id` is the register's number as text, which the directory carries as the unit's registry code; `code` the unit's
    own code, text with leading zeros (D-9), perhaps empty; `directorate` the register's number of the directorate it
    belongs to, None where it belongs to none (a region's office); `kind` as the register words it.
    """

    id: str
    name: str
    code: str = ""
    directorate: int | None = None
    kind: str = ""
    state: UnitState = UnitState.ACTIVE


@dataclass(frozen=True, slots=True)
class RegisteredDirectorate:
    """An education directorate of the register. `id` is its number there, which may change (D-25); `code` its own code,
    which lasts, perhaps empty; `label` the RDN below which the directory keeps its units; `level` is `ΠΕ`, `ΔΕ` or
    empty where its name does not tell."""

    id: int
    name: str
    code: str = ""
    label: str = ""
    level: str = ""


@runtime_checkable
class UnitsRegister(Connector, Protocol):
    """Units and directorates, each read in full. Both reads raise `TryLater` or `StopConnector` when nothing at all
    could be read, and are partial when only a part was."""

    def schools(self) -> Snapshot[RegisteredUnit]:
        """All units in the states that the settings ask for, sorted by id; scope `SCHOOLS`."""

    def directorates(self) -> Snapshot[RegisteredDirectorate]:
        """All education directorates, sorted by id; scope `DIRECTORATES`."""
