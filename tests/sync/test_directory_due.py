"""Whether everything is read or only what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.ledger.cursors import How, Standing
from kypek_sync.settings.shape import DirectoryRules
from kypek_sync.sync.directory.due import (
    AGAIN,
    Why,
    before_last,
    lagged_for_long,
    may_heal,
    next_full,
    waits_for_somebody,
    why_full,
)

RULES = DirectoryRules()
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 2, 0, 5, tzinfo=UTC)
"""02:05 in Athens."""
GOOD = Standing("sch", "c", How.CHANGES, NOW - timedelta(minutes=5), NIGHT, NIGHT)


def why(standing: Standing = GOOD, now: datetime = NOW, leaves: datetime | None = None) -> Why | None:
    return why_full(standing, now, RULES, leaves)


def test_during_the_day_only_changes_are_read() -> None:
    assert why() is None


def test_a_directory_never_read_or_that_cannot_tell_changes_is_read_in_full() -> None:
    assert why(Standing("sch")) is Why.FIRST
    assert why(replace(GOOD, cursor="")) is Why.NO_CHANGES


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (datetime(2026, 11, 2, 0, 5, tzinfo=UTC), datetime(2026, 11, 3, 0, 0, tzinfo=UTC)),  # night after night
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), datetime(2026, 11, 3, 0, 0, tzinfo=UTC)),  # by hand in the morning
        (datetime(2026, 11, 2, 18, 0, tzinfo=UTC), datetime(2026, 11, 4, 0, 0, tzinfo=UTC)),  # in the evening
        (datetime(2027, 3, 27, 0, 5, tzinfo=UTC), datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),  # clocks go forward at 3
        (datetime(2026, 10, 24, 23, 5, tzinfo=UTC), datetime(2026, 10, 26, 0, 0, tzinfo=UTC)),  # they went back at 4
    ],
)
def test_once_a_day_means_the_first_pass_after_two_at_night_in_greece(last: datetime, due: datetime) -> None:
    assert next_full(last, RULES) == due
    standing = replace(GOOD, full_at=last, tried_at=last)
    assert why(standing, due - timedelta(seconds=1)) is None
    assert why(standing, due) is Why.AGE


def test_more_often_than_daily_is_by_the_clock_and_weekly_is_at_night() -> None:
    assert next_full(NOW, DirectoryRules(full_every=timedelta(hours=6))) == NOW + timedelta(hours=6)
    weekly = next_full(NIGHT, DirectoryRules(full_every=timedelta(days=7)))
    assert weekly == datetime(2026, 11, 9, 0, 0, tzinfo=UTC)


def test_who_is_leaving_is_counted_by_a_full_read_once_it_can_make_them_gone() -> None:
    """Rule 2: full reads count, at least the gap apart; no more of them than that."""
    assert why(leaves=NOW + timedelta(minutes=1)) is None
    assert why(leaves=NOW) is Why.LEAVING
    just_read = replace(GOOD, full_at=NOW - timedelta(hours=5), tried_at=NOW - timedelta(hours=5))
    assert why(just_read, leaves=NOW) is None
    assert why(leaves=NIGHT) is None  # the last full read had its say of them already


def test_a_clock_that_was_set_back_asks_for_one_full_read_and_not_for_one_each_pass() -> None:
    ahead = replace(GOOD, full_at=NOW + timedelta(days=1), tried_at=NOW + timedelta(days=1))
    assert why(ahead) is None or why(replace(ahead, tried_at=NOW - AGAIN)) is Why.CLOCK
    assert why(replace(ahead, tried_at=NOW - AGAIN)) is Why.CLOCK
    assert why(replace(ahead, tried_at=NOW)) is None
    assert before_last(replace(ahead, tried_at=NOW), NOW)  # and nothing less is read in between
    assert not before_last(GOOD, NOW)
    assert not before_last(Standing("sch"), NOW)


def test_a_full_read_that_proved_nothing_is_not_tried_again_at_once() -> None:
    overdue = replace(GOOD, full_at=NIGHT - timedelta(days=2), tried_at=NOW - AGAIN + timedelta(seconds=1))
    assert why(overdue) is None
    assert why(replace(overdue, tried_at=NOW - AGAIN)) is Why.AGE


def test_after_a_full_read_that_proved_nothing_what_changed_is_not_enough() -> None:
    """What it lacked does not come with a delta: no entry need have changed."""
    assert why(replace(GOOD, tried_at=NOW - AGAIN + timedelta(seconds=1))) is None
    assert why(replace(GOOD, tried_at=NOW - AGAIN)) is Why.PARTIAL


def test_who_asks_for_a_refresh_after_such_a_read_need_not_wait_for_an_hour() -> None:
    partly = replace(GOOD, tried_at=NOW - timedelta(minutes=5))
    assert why_full(partly, NOW, RULES, None, by_hand=True) is Why.PARTIAL
    assert why_full(GOOD, NOW, RULES, None, by_hand=True) is None  # the last one was whole
    lagging = replace(partly, behind=True, refused_at=NOW, refused_since=NOW)
    assert why_full(lagging, NOW, RULES, None, by_hand=True) is None


def test_a_directory_that_only_shrank_is_read_in_full_at_its_ordinary_time_until_somebody_says_what_it_is() -> None:
    """A fifth gone and nobody there to accept it: everything was read every hour, for nothing."""
    shrunk = replace(GOOD, tried_at=NOW, refused_at=NOW, refused_since=NOW)
    for hours, what in ((1, None), (11, None), (12, Why.AGE)):  # noon in Greece is two hours further
        now = NOW + timedelta(hours=hours)
        assert why_full(shrunk, now, RULES, None, small=True) is what
    assert why_full(shrunk, NOW + AGAIN, RULES, None) is Why.PARTIAL  # accepted, or something else speaks against it
    assert why_full(shrunk, NOW + AGAIN, RULES, None, small=True, by_hand=True) is Why.PARTIAL
    back = replace(shrunk, refused_at=None, refused_since=None)  # a delta was taken since: they are back
    assert why_full(back, NOW + AGAIN, RULES, None, small=True) is Why.PARTIAL
    assert not waits_for_somebody(GOOD, NOW, RULES)
    assert not waits_for_somebody(replace(shrunk, tried_at=NOW + timedelta(days=9)), NOW, RULES)  # a wrong clock


def test_while_a_server_lags_it_is_not_read_in_full_unless_it_does_for_long() -> None:
    overdue = replace(GOOD, full_at=NIGHT - timedelta(days=2), tried_at=NIGHT - timedelta(days=2))
    lagging = replace(overdue, behind=True, refused_at=NOW, refused_since=NOW - RULES.lag + timedelta(seconds=1))
    assert why(overdue) is Why.AGE
    assert why(lagging) is None
    assert not lagged_for_long(lagging, NOW, RULES)
    assert lagged_for_long(lagging, NOW + timedelta(seconds=1), RULES)
    assert why(lagging, NOW + timedelta(seconds=1)) is Why.AGE


def test_a_refused_delta_is_healed_at_once_and_then_not_more_than_hourly() -> None:
    assert may_heal(GOOD, NOW)
    assert not may_heal(replace(GOOD, healed_at=NOW - AGAIN + timedelta(seconds=1)), NOW)
    assert may_heal(replace(GOOD, healed_at=NOW - AGAIN), NOW)
    assert may_heal(replace(GOOD, healed_at=NOW + timedelta(hours=2)), NOW)  # our clock was set back
