"""When letters wait for the morning, and which reminder of a session is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.seminar.quiet import Quiet, reminder_due

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTS = datetime(2027, 3, 3, 15, 0, tzinfo=UTC)
LEADS = (2 * DAY, 2 * HOUR)
LONG_AGO = STARTS - 60 * DAY


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (datetime(2027, 1, 12, 18, 59, tzinfo=UTC), False),  # 20:59 in winter
        (datetime(2027, 1, 12, 19, 0, tzinfo=UTC), True),
        (datetime(2027, 1, 13, 4, 59, tzinfo=UTC), True),
        (datetime(2027, 1, 13, 5, 0, tzinfo=UTC), False),
        (datetime(2027, 7, 13, 18, 0, tzinfo=UTC), True),  # 21:00 in summer
        (datetime(2027, 7, 13, 4, 0, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 4, 59, tzinfo=UTC), True),  # the night that is an hour longer: 06:59
        (datetime(2026, 10, 25, 5, 0, tzinfo=UTC), False),
        (datetime(2027, 3, 28, 3, 59, tzinfo=UTC), True),  # and the one that is an hour shorter
        (datetime(2027, 3, 28, 4, 0, tzinfo=UTC), False),
    ],
)
def test_nights_are_those_of_clocks_in_greece(at: datetime, quiet: bool) -> None:
    assert Quiet().covers(at) is quiet


def test_hours_of_one_day_days_of_the_week_and_none_at_all() -> None:
    noon, sunday = datetime(2027, 1, 12, 12, 0, tzinfo=UTC), datetime(2027, 1, 17, 12, 0, tzinfo=UTC)
    assert Quiet(13, 16).covers(noon)
    assert not Quiet(15, 16).covers(noon)
    assert not Quiet(7, 7).covers(noon)
    assert Quiet(7, 7, frozenset({7})).covers(sunday)
    assert not Quiet(7, 7, frozenset({7})).covers(noon)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (STARTS - 3 * DAY, None),
        (STARTS - 2 * DAY, 2 * DAY),
        (STARTS - 3 * HOUR, 2 * DAY),
        (STARTS - 2 * HOUR, 2 * HOUR),
        (STARTS, None),
    ],
)
def test_the_nearest_reminder_whose_moment_has_come_is_due(now: datetime, due: timedelta | None) -> None:
    assert reminder_due(STARTS, LEADS, LONG_AGO, now) == due


def test_who_was_told_of_the_seminar_at_that_time_needs_none() -> None:
    assert reminder_due(STARTS, LEADS, STARTS - DAY, STARTS - DAY + HOUR) is None
    assert reminder_due(STARTS, LEADS, STARTS - DAY, STARTS - HOUR) == 2 * HOUR
    assert reminder_due(STARTS, (), LONG_AGO, STARTS - HOUR) is None
