"""Announced periods: whole days on a calendar in Greece, shown while they last, warned of when they are over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kypek_sync.settings import AnnouncedPeriod, Limits
from kypek_sync.sync.planning.periods import active, over
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

SUMMER = AnnouncedPeriod(starts=date(2027, 7, 1), ends=date(2027, 8, 31), limits=Limits(per_seminar=50))
AUTUMN = AnnouncedPeriod(starts=date(2027, 10, 31), ends=date(2027, 10, 31), limits=Limits(per_seminar=9))
"""The day on which the clocks go back: 25 hours."""


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2027-06-30T20:59", None),  # 23:59 in Greece
        ("2027-06-30T21:00", SUMMER),
        ("2027-08-31T20:59", SUMMER),
        ("2027-08-31T21:00", None),  # midnight: September has begun
        ("2027-10-30T20:59", None),
        ("2027-10-30T21:00", AUTUMN),  # summer time
        ("2027-10-31T21:59", AUTUMN),  # winter time
        ("2027-10-31T22:00", None),
    ],
)
def test_a_period_lasts_from_midnight_to_midnight_in_greece(moment: str, expected: AnnouncedPeriod | None) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert active([SUMMER, AUTUMN], now) is expected
    assert (SUMMER in over([AUTUMN, SUMMER], now)) == (moment >= "2027-08-31T21:00")


def announce(centre: Centre, *periods: tuple[str, str]) -> None:
    rows = "".join(f"  - {{starts: {a}, ends: {b}, limits: {{per_seminar: 50}}}}\n" for a, b in periods)
    centre.top = f"announced_periods:\n{rows}"
    centre.settings()


def test_status_and_check_show_the_period_that_is_on_and_what_is_left_over(centre: Centre, kypek: Terminal) -> None:
    announce(centre, ("2026-07-01", "2026-08-31"), ("2026-11-01", "2026-11-02"), ("2027-07-01", "2027-08-31"))
    said = kypek("status").out
    assert (
        "Announced period until 02/11/2026: removals that pass without a person: 50 or 10 % (the larger) in a seminar"
        in said
    )
    assert "The announced period 01/07/2026 to 31/08/2026 is over: take it out of `announced_periods`." in said
    assert kypek("status", "--json").json[0]["announced_until"] == "2026-11-02"
    lines = [line for line in kypek("check", "--json").json["lines"] if line["subject"] == "announced_periods"]
    assert [line["level"] for line in lines] == ["warning", "ok", "ok"]
    assert "begins on 01/07/2027" in lines[2]["text"]
    assert "Ανακοινωμένη περίοδος έως 02/11/2026" in kypek("status", language="el").out
    centre.clock.turn(hours=13)  # 3 November has begun in Greece
    assert kypek("status", "--json").json[0]["announced_until"] is None
    assert "01/11/2026 to 02/11/2026 is over" in kypek("status").out
