"""Departures that are held when an announced period begins: they pass under its limits, and it is said (rule 5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.ledger import holds
from kypek_sync.ledger.holds import HoldState
from tests.sync.centre import seats, sync_once
from tests.sync.test_departures import leave, mirrored
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

LET_GO = "was let go without an approval"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def announce(both: TwoPlatforms, days: int) -> None:
    """A period of three days in which fifty may go."""
    first = both.clock.now + timedelta(days=days)
    limits = "{per_seminar: 50, per_run: 50, per_week: 50}"
    file = both.folder / "kypek.yaml"
    file.write_text(
        f"{file.read_text('utf-8')}\nannounced_periods:\n"
        f"  - {{starts: {first:%Y-%m-%d}, ends: {first + timedelta(days=2):%Y-%m-%d}, limits: {limits}}}\n",
        "utf-8",
    )


def said(both: TwoPlatforms, number: int) -> tuple[HoldState, str]:
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        hold = holds.get(connection, number)
        assert hold is not None
        return hold.state, hold.why.said(inst.text)


def test_what_was_held_before_passes_and_says_why(both: TwoPlatforms) -> None:
    code, _ = mirrored(both, count=24, capacity=20)
    ((number, held),) = leave(both, *PEOPLE[:4])["seats"].held
    assert number is not None
    assert held.guard == "departures"
    announce(both, days=1)
    both.clock.turn(minutes=15)
    assert LET_GO not in " ".join(sync_once(both)["seats"].notes)
    assert said(both, number)[0] is HoldState.OPEN
    both.clock.turn(days=1)
    report = sync_once(both)["seats"]
    assert seats(both, code)["t01"] == "under-identification"
    (note,) = [one for one in report.notes if LET_GO in one]
    assert f"Hold {number} " in note
    state, why = said(both, number)
    assert state is HoldState.GONE
    assert why.count(LET_GO) == 1
    both.clock.turn(minutes=15)
    assert LET_GO not in " ".join(sync_once(both)["seats"].notes)


def test_who_came_back_was_not_let_go_by_it(both: TwoPlatforms) -> None:
    code, _ = mirrored(both, count=24, capacity=20)
    ((number, _held),) = leave(both, *PEOPLE[:4])["seats"].held
    assert number is not None
    announce(both, days=1)
    both.clock.turn(days=1)
    both.people()
    report = sync_once(both)["seats"]
    assert seats(both, code)["t01"] == "granted"
    assert LET_GO not in " ".join(report.notes)
    assert LET_GO not in said(both, number)[1]
