"""One writer for each (KYPEK, lane): a lease that runs out, never a flag that is left behind (design, rule 11)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from kypek_sync.ledger import Ledger, leases
from kypek_sync.ledger.leases import LENGTH

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def take(ledger: Ledger, holder: str, now: datetime = NOW, lane: str = "seats") -> int | None:
    with ledger.begin() as connection:
        return leases.take(connection, "att-a", lane, holder, now)


def holds(ledger: Ledger, holder: str, fence: int, now: datetime = NOW) -> bool:
    with ledger.begin() as connection:
        return leases.holds(connection, "att-a", "seats", holder, fence, now)


def holder(ledger: Ledger, now: datetime = NOW) -> str:
    with ledger.begin() as connection:
        return leases.holder_of(connection, "att-a", "seats", now)


def test_whoever_comes_first_has_it_and_others_are_refused(ledger: Ledger) -> None:
    assert holder(ledger) == ""
    assert take(ledger, "one") == 1
    assert take(ledger, "two") is None
    assert take(ledger, "two", lane="rooms") == 1
    assert holds(ledger, "one", 1)
    assert not holds(ledger, "two", 1)
    assert holder(ledger) == "one"


def test_it_is_renewed_under_the_same_fence(ledger: Ledger) -> None:
    take(ledger, "one")
    later = NOW + LENGTH - timedelta(seconds=1)
    assert take(ledger, "one", later) == 1
    assert holds(ledger, "one", 1, NOW + LENGTH)
    assert take(ledger, "two", NOW + LENGTH) is None


def test_it_runs_out_and_passes_on_with_a_new_fence(ledger: Ledger) -> None:
    take(ledger, "one")
    over = NOW + LENGTH
    assert not holds(ledger, "one", 1, over)
    assert holder(ledger, over) == ""
    assert take(ledger, "two", over) == 2
    assert take(ledger, "one", over) is None
    assert holds(ledger, "two", 2, over)
    assert not holds(ledger, "two", 1, over)


def test_given_back_it_is_free_at_once(ledger: Ledger) -> None:
    take(ledger, "one")
    with ledger.begin() as connection:
        leases.give_back(connection, "att-a", "seats", "two")  # not theirs to give
    assert take(ledger, "two") is None
    with ledger.begin() as connection:
        leases.give_back(connection, "att-a", "seats", "one")
    assert holder(ledger) == ""
    assert take(ledger, "two") == 2


def test_of_many_who_come_at_once_one_has_it(ledger: Ledger) -> None:
    found: list[int | None] = []
    threads = [threading.Thread(target=lambda n=n: found.append(take(ledger, f"holder {n}"))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=str) == [1, *[None] * 5]


def test_the_lane_of_a_dead_process_is_free_at_once_but_its_fence_is_passed(ledger: Ledger) -> None:
    assert take(ledger, "died") == 1
    with ledger.begin() as connection:
        leases.break_dead(connection, "att-a", "seats", "somebody else")
    assert take(ledger, "next") is None
    with ledger.begin() as connection:
        leases.break_dead(connection, "att-a", "seats", "died")
    assert take(ledger, "next") == 2
    assert not holds(ledger, "died", 1)
