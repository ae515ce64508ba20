"""How the connector introduces itself, and what `check` says of the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from connectors.units_register import SPEC, UnitsRegisterSettings
from kypek_sync.contract import Probe, ProbeLevel, Role
from tests.connectors.units_register.simulated import Register, register


@pytest.fixture
def server() -> Iterator[Register]:
    with register() as running:
        yield running


def levels(probe: Probe) -> dict[str, ProbeLevel]:
    return {line.subject: line.level for line in probe.lines}


def test_it_is_a_register_that_needs_no_settings() -> None:
    assert SPEC.roles == {Role.UNITS_REGISTER}
    assert UnitsRegisterSettings().address == "https://mm.sch.gr"
    assert UnitsRegisterSettings(address="https://mm.sch.gr/api/").address == "https://mm.sch.gr"
    assert all(field.description for field in UnitsRegisterSettings.model_fields.values())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "mm.sch.gr"}, "the whole address"),
        ({"address": "http://mm.sch.gr"}, "use https"),
        ({"address": "https://user:word@mm.sch.gr"}, "without an account"),
        ({"page_size": 501}, "page_size"),  # D-23
        ({"page_size": 0}, "page_size"),
        ({"states": []}, "states"),
        ({"states": ["open"]}, "states"),
        ({"username": "x"}, "username"),  # D-24: guest access only
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        UnitsRegisterSettings.model_validate(wrong)


def test_check_tells_address_page_count_and_clock(server: Register) -> None:
    probe = server.connector().probe()
    assert levels(probe) == dict.fromkeys(("address", "page", "count", "clock"), ProbeLevel.OK)
    assert "7 units of 2 directorates" in probe.lines[2].text


def test_check_warns_of_a_clock_that_differs(server: Register) -> None:
    late = server.connector(clock=lambda: datetime.now(UTC) - timedelta(hours=2)).probe()
    assert levels(late)["clock"] is ProbeLevel.WARNING
    assert late.usable


def test_check_warns_of_a_register_that_says_it_is_empty(server: Register) -> None:
    server.book.units.clear()
    assert levels(server.connector().probe())["count"] is ProbeLevel.WARNING


@pytest.mark.parametrize("fault", ["error-status", "html-200", "no-guests", "refuse"])
def test_check_says_when_it_cannot_be_read(server: Register, fault: str) -> None:
    server.faults.set(f"register:{fault}")
    probe = server.connector().probe()
    assert levels(probe) == {"address": ProbeLevel.PROBLEM}
    assert probe.lines[0].next_step
