"""A connector that keeps failing is left in peace for longer each time, by all processes together (design, rule 18)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from kypek_sync.ledger import Ledger, breakers
from kypek_sync.ledger.breakers import LONGEST, OPENS_AFTER, SHORTEST, TRIAL, Breaker

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def fail(ledger: Ledger, now: datetime = NOW, *, stopped: bool = False, trial: bool = False) -> Breaker | None:
    with ledger.begin() as connection:
        return breakers.failed(connection, "moodle", "No answer.", now, stopped=stopped, trial=trial)


def shut(ledger: Ledger, now: datetime = NOW) -> bool:
    with ledger.begin() as connection:
        return breakers.admit(connection, "moodle", now) is not None


def opened(ledger: Ledger) -> Breaker:
    with ledger.begin() as connection:
        (found,) = breakers.listed(connection)
    return found


def test_failures_in_a_row_open_it_and_that_is_told_once(ledger: Ledger) -> None:
    told = [fail(ledger) is not None for _ in range(OPENS_AFTER + 2)]
    assert told == [False] * (OPENS_AFTER - 1) + [True, False, False]
    assert shut(ledger)
    assert shut(ledger, NOW + SHORTEST - timedelta(seconds=1))


def test_an_answer_in_between_forgives(ledger: Ledger) -> None:
    fail(ledger)
    with ledger.begin() as connection:
        assert breakers.succeeded(connection, "moodle") is None
    assert [fail(ledger) for _ in range(OPENS_AFTER - 1)] == [None] * (OPENS_AFTER - 1)
    assert not shut(ledger)


def test_what_needs_a_person_opens_it_at_once(ledger: Ledger) -> None:
    told = fail(ledger, stopped=True)
    assert told is not None
    assert told.stopped
    assert shut(ledger)


def test_when_its_time_is_over_one_pass_may_try(ledger: Ledger) -> None:
    fail(ledger, stopped=True)
    over = NOW + SHORTEST
    assert [shut(ledger, over) for _ in range(3)] == [False, True, True]
    assert not shut(ledger, over + TRIAL)  # whoever tried has died


def test_each_try_that_fails_doubles_its_time_up_to_half_an_hour(ledger: Ledger) -> None:
    fail(ledger, stopped=True)
    times, now = [], NOW
    for _ in range(8):
        until = opened(ledger).until
        assert until is not None
        times.append(until - now)
        now = until
        assert not shut(ledger, now)
        fail(ledger, now, trial=True)
    assert times[:5] == [SHORTEST * 2**n for n in range(5)]
    assert times[-1] == LONGEST
    assert opened(ledger).opened == NOW
    assert opened(ledger).message == "No answer."


def test_a_server_that_says_for_how_long_is_obeyed(ledger: Ledger) -> None:
    """M-7: maintenance from the command line answers 503 with `Retry-After: 300`."""
    with ledger.begin() as connection:
        for _ in range(OPENS_AFTER):
            breakers.failed(connection, "moodle", "Maintenance.", NOW, after=timedelta(minutes=5))
    assert opened(ledger).until == NOW + timedelta(minutes=5)


def test_calls_that_were_under_way_when_it_opened_do_not_lengthen_its_time(ledger: Ledger) -> None:
    fail(ledger, stopped=True)
    before = opened(ledger)
    fail(ledger, NOW + timedelta(seconds=20))
    assert opened(ledger) == before


def test_an_answer_closes_it_and_that_is_told_once(ledger: Ledger) -> None:
    fail(ledger, stopped=True)
    with ledger.begin() as connection:
        closed = breakers.succeeded(connection, "moodle")
        assert closed is not None
        assert closed.opened == NOW
        assert breakers.succeeded(connection, "moodle") is None
        assert breakers.listed(connection) == []
    assert not shut(ledger)


def test_a_person_can_have_it_tried_at_once(ledger: Ledger) -> None:
    fail(ledger, stopped=True)
    with ledger.begin() as connection:
        assert breakers.half_open(connection, ["eclass"], NOW) == []
        assert breakers.half_open(connection, ["moodle", "eclass"], NOW) == ["moodle"]
    assert [shut(ledger), shut(ledger)] == [False, True]


def test_failures_of_several_processes_at_once_are_counted_and_open_it_once(ledger: Ledger) -> None:
    told: list[Breaker | None] = []
    threads = [threading.Thread(target=lambda: told.append(fail(ledger))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in told) == 1


def test_a_clock_that_ran_ahead_and_was_set_back_keeps_no_connector_shut(ledger: Ledger) -> None:
    """The clock ran seven hours ahead for a while. It was set right, and Moodle was left in peace for the rest
    of the day, because of a time that had not come yet."""
    for stopped in (True, False):
        fail(ledger, NOW + timedelta(hours=7), stopped=stopped)
    assert shut(ledger, NOW + timedelta(hours=7))
    assert not shut(ledger, NOW)
    fail(ledger, NOW, trial=True)
    assert shut(ledger, NOW)
    found = opened(ledger)
    assert found.until is not None
    assert found.until <= NOW + LONGEST


def test_a_try_under_a_clock_that_ran_ahead_counts_no_more_either(ledger: Ledger) -> None:
    fail(ledger, stopped=True)
    ahead = NOW + timedelta(hours=7)
    assert not shut(ledger, ahead)  # the try that died with the machine
    assert not shut(ledger, NOW + SHORTEST)


def test_two_machines_whose_clocks_differ_a_little_leave_it_alone_alike(ledger: Ledger) -> None:
    fail(ledger, NOW + timedelta(seconds=30), stopped=True)
    assert shut(ledger, NOW)
