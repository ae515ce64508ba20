"""A process that dies frees its lane; one that was only stopped for a while decides nothing any more (design, rule 11).

Real processes, a real clock and short leases, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.ledger import Ledger, bindings, holds, leases, runs
from kypek_sync.model import system_clock
from kypek_sync.sync.lease import LaneLease, LaneTaken, LeaseLost
from tests.ledger.lane_worker import CHANGE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SECONDS = 3.0
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@contextmanager
def worker(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has taken the lane and is in the middle of a call."""
    command = [sys.executable, "-m", "tests.ledger.lane_worker", url, str(SECONDS)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert said(process) == "in"
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """How long it took until the condition held; fails if that is longer."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it does not happen in time"
        time.sleep(0.02)
    return time.monotonic() - begun


def take(ledger: Ledger) -> int | None:
    """As another machine would, which cannot see whether the process lives."""
    with ledger.begin() as connection:
        return leases.take(connection, "att-a", "seats", "elsewhere:1:abcd", system_clock())


def test_a_killed_process_frees_its_lane_within_the_lease(url: str, ledger: Ledger) -> None:
    with worker(url) as process:
        assert take(ledger) is None
        process.kill()
        process.wait()
        fences: list[int] = []

        def free() -> bool:
            fences.extend(fence for fence in [take(ledger)] if fence is not None)
            return bool(fences)

        assert wait_for(free, SECONDS + 5) <= SECONDS + 1
        assert fences == [2]


def test_on_the_same_machine_nobody_waits_for_a_killed_process(url: str, ledger: Ledger) -> None:
    with worker(url) as process:
        with pytest.raises(LaneTaken), LaneLease(ledger, "att-a", "seats", system_clock):
            raise AssertionError("two have the lane")
        process.kill()
        process.wait()
        with LaneLease(ledger, "att-a", "seats", system_clock) as lease:
            assert lease.fence == 2


def test_a_process_that_lives_keeps_its_lane_for_longer_than_one_lease(url: str, ledger: Ledger) -> None:
    with worker(url):
        with ledger.begin() as connection:
            first = leases.ends(connection, "att-a", "seats")
        assert first is not None
        wait_for(lambda: system_clock() > first, SECONDS + 5)
        assert take(ledger) is None


def test_a_stalled_process_decides_nothing_after_the_lane_was_taken_over(url: str, ledger: Ledger) -> None:
    """It is stopped in the middle of a call, the lane passes on, and then it wakes: what its server answered is kept as
    a fact that somebody has to look at; no claim and no hold of it is kept."""
    with worker(url) as process:
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: take(ledger) is not None, SECONDS + 10)
        process.send_signal(signal.SIGCONT)
        assert process.stdin is not None
        process.stdin.write("go on\n")
        process.stdin.flush()
        assert said(process) == "claim lost"
        assert said(process) == "decision lost"
        assert process.wait(10) == 0
    with ledger.begin() as connection:
        assert holds.listed(connection, "att-a") == []
        assert bindings.claimed(connection, "att-a", "enrolment") == {}
        (deed,) = runs.deeds(connection, seminar="S1")
        assert deed.receipt is not None
        assert deed.receipt.stands
        assert [one.intent for one in runs.open_intents(connection, "att-a", (CHANGE.verb,))] == [deed.intent]
        assert leases.holder_of(connection, "att-a", "seats", system_clock()).startswith("elsewhere")


# ------------------------------------------------------------------------------------------- the fence by itself


def lease(ledger: Ledger) -> LaneLease:
    return LaneLease(ledger, "att-a", "seats", lambda: NOW)


def stolen(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert leases.take(connection, "att-a", "seats", "elsewhere:1:abcd", NOW + timedelta(minutes=5))


def decide_too_late(ours: LaneLease, ledger: Ledger) -> None:
    with ours.ledger.begin() as connection:
        runs.begin_run(connection, "att-a", "seats", NOW)
        stolen(ledger)


def test_a_transaction_is_rolled_back_if_the_lane_passes_on_before_its_commit(ledger: Ledger) -> None:
    if ledger.engine.dialect.name == "sqlite":  # one writer at a time: nobody can take it inside a transaction
        with lease(ledger) as ours:
            stolen(ledger)
            with pytest.raises(LeaseLost), ours.ledger.begin():
                raise AssertionError("it must not even begin")
        return
    with lease(ledger) as ours:
        with pytest.raises(LeaseLost):
            decide_too_late(ours, ledger)
        with ledger.begin() as connection:
            assert runs.recent(connection) == []


def test_a_lease_that_ran_out_and_that_nobody_took_still_lets_us_write(ledger: Ledger) -> None:
    """The ledger was slow, the heartbeat late: nobody else has written, so nothing is lost. Yet no call goes out."""
    clock = [NOW]
    with LaneLease(ledger, "att-a", "seats", lambda: clock[0]) as ours:
        clock[0] = NOW + timedelta(minutes=5)
        with ours.ledger.begin() as connection:
            runs.begin_run(connection, "att-a", "seats", NOW)
        with pytest.raises(LeaseLost):
            ours.still_ours()


def test_asking_before_a_call_makes_the_lease_outlive_it(ledger: Ledger) -> None:
    clock = [NOW]
    with LaneLease(ledger, "att-a", "seats", lambda: clock[0]) as ours:
        clock[0] = NOW + leases.LENGTH - timedelta(seconds=1)  # no heartbeat came through
        ours.still_ours()
        with ledger.begin() as connection:
            assert leases.ends(connection, "att-a", "seats") == clock[0] + leases.LENGTH


def test_a_heartbeat_never_takes_a_lane_back(ledger: Ledger) -> None:
    """Somebody took it over, was done, and gave it back: our fence has passed all the same."""
    with lease(ledger) as ours:
        stolen(ledger)
        with ledger.begin() as connection:
            leases.give_back(connection, "att-a", "seats", "elsewhere:1:abcd")
            assert not leases.renewed(connection, "att-a", "seats", ours.holder, ours.fence, NOW)
        with pytest.raises(LeaseLost):
            ours.still_ours()
        with ledger.begin() as connection:
            assert leases.holder_of(connection, "att-a", "seats", NOW) == ""
