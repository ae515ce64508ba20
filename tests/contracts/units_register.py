"""What every register of units must keep. Subclass `UnitsRegisterContract` with the fixture `registers`; nothing is
skipped."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest

from kypek_sync.contract import DIRECTORATES as SCOPE_OF_DIRECTORATES
from kypek_sync.contract import (
    SCHOOLS,
    RegisteredDirectorate,
    RegisteredUnit,
    StopConnector,
    TryLater,
    UnitsRegister,
    UnitState,
)

DIRECTORATES = (
    RegisteredDirectorate(117, "ΔΙΕΥΘΥΝΣΗ Π.Ε. Α΄ ΑΘΗΝΑΣ", "9905101", "att-a", "ΠΕ"),
    RegisteredDirectorate(133, "ΔΙΕΥΘΥΝΣΗ Δ.Ε. Α΄ ΑΘΗΝΑΣ", "0500100", "att-a", "ΔΕ"),
)
UNITS = (
    RegisteredUnit("1000100", "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΩΝ", "0501001", 133, "ΓΥΜΝΑΣΙΟ"),
    RegisteredUnit("1000101", "ΝΗΠΙΑΓΩΓΕΙΟ", "0501002", 117, "ΝΗΠΙΑΓΩΓΕΙΟ"),
    RegisteredUnit("1000102", "ΝΗΠΙΑΓΩΓΕΙΟ", "0501003", 117, "ΝΗΠΙΑΓΩΓΕΙΟ", UnitState.SUSPENDED),
    RegisteredUnit("1000103", "ΝΗΠΙΑΓΩΓΕΙΟ", "", 117, "ΝΗΠΙΑΓΩΓΕΙΟ"),
    RegisteredUnit("1000104", "ΠΕΡΙΦΕΡΕΙΑΚΗ ΔΙΕΥΘΥΝΣΗ", "0500001", None, "ΔΙΕΥΘΥΝΣΗ"),
    RegisteredUnit("1000105", "2ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΩΝ", "0501005", 133, "ΓΥΜΝΑΣΙΟ"),
    RegisteredUnit("1000106", "3ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΩΝ", "0501006", 133, "ΓΥΜΝΑΣΙΟ"),
)
"""What the register under test holds, besides an abolished unit `1000199`; to be read in pages of 3 at most."""


@dataclass(frozen=True)
class Registers:
    """A register over `UNITS` and `DIRECTORATES`; the same one where nothing answers, and where a read of units ends
    before all were seen. `secrets` are words that the server shows and that may go no further."""

    register: UnitsRegister
    unreachable: UnitsRegister
    truncated: UnitsRegister
    secrets: tuple[str, ...]


class UnitsRegisterContract:
    """The suite."""

    def test_it_is_a_register_of_units(self, registers: Registers) -> None:
        assert isinstance(registers.register, UnitsRegister)

    def test_a_whole_read_is_complete_and_says_on_what_it_rests(self, registers: Registers) -> None:
        units, directorates = registers.register.schools(), registers.register.directorates()
        for snapshot in (units, directorates):
            assert (snapshot.complete, snapshot.why_partial) == (True, "")
            assert snapshot.proofs
            assert snapshot.as_of.tzinfo is not None
        assert units.items == UNITS
        assert directorates.items == DIRECTORATES
        assert (units.scope, directorates.scope) == (SCHOOLS, SCOPE_OF_DIRECTORATES)

    def test_units_of_one_name_are_all_there_however_often_it_is_read(self, registers: Registers) -> None:
        """D-23."""
        for _ in range(5):
            assert registers.register.schools().items == UNITS

    def test_unreachable_is_not_empty(self, registers: Registers) -> None:
        for read in (registers.unreachable.schools, registers.unreachable.directorates):
            with pytest.raises((TryLater, StopConnector)):
                read()

    def test_a_truncated_read_is_not_complete_and_gives_what_was_seen(self, registers: Registers) -> None:
        units = registers.truncated.schools()
        assert 0 < len(units.items) < len(UNITS)
        assert not units.complete
        assert units.why_partial.endswith(".")
        assert units.proofs == ()

    def test_codes_are_text_and_keep_their_zeros(self, registers: Registers) -> None:
        """D-9."""
        assert {unit.code[:1] for unit in registers.register.schools().items} == {"0", ""}

    def test_what_guests_should_not_see_goes_no_further(
        self, registers: Registers, caplog: pytest.LogCaptureFixture
    ) -> None:
        """D-24."""
        caplog.set_level(logging.DEBUG)
        shown = [repr(registers.register.schools()), repr(registers.truncated.schools())]
        shown += [repr(vars(registers.register)), repr(registers.register.probe()), caplog.text]
        assert registers.secrets
        for secret in registers.secrets:
            assert not [text for text in shown if secret in text]

    def test_a_probe_never_raises_and_says_whether_it_can_be_used(self, registers: Registers) -> None:
        assert registers.register.probe().usable
        probe = registers.unreachable.probe()
        assert not probe.usable
        assert all(line.text.endswith(".") and line.next_step.endswith(".") for line in probe.lines)

    def test_closing_twice_is_closing_once(self, registers: Registers) -> None:
        registers.register.close()
        registers.register.close()
