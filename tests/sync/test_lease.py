"""Who has to wait for a lease, and for how long."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import update

from kypek_sync.ledger import leases, tables
from kypek_sync.sync.lease import LATELY, LaneLease, LaneTaken, LeaseLost, this_machine
from tests.sync.centre import Centre


def held_by(centre: Centre, holder: str) -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert leases.take(connection, "att-a", "seats", holder, centre.clock())


def enter(centre: Centre) -> int:
    with centre.installation() as inst, LaneLease(inst.ledger, "att-a", "seats", centre.clock) as lease:
        return lease.fence


def test_nobody_waits_for_a_process_of_this_machine_that_was_killed(centre: Centre) -> None:
    """After kill -9 a lane used to be closed for the rest of its lease."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    held_by(centre, f"{this_machine()}:{dead.pid}:abcd")
    assert enter(centre) == 2


@pytest.mark.parametrize("who", ["ourselves", "elsewhere:1:abcd", "a word"])
def test_a_living_process_and_one_elsewhere_are_waited_for_and_the_hour_is_told(centre: Centre, who: str) -> None:
    held_by(centre, f"{this_machine()}:{os.getpid()}:abcd" if who == "ourselves" else who)
    with pytest.raises(LaneTaken, match=r"free at 11:01:30"):
        enter(centre)


def test_a_look_of_the_last_second_serves(centre: Centre) -> None:
    """A pass asks before each course that it reads; the margin of a lease is many times longer."""
    now = centre.clock()
    passed = [timedelta(0)]
    with centre.installation() as inst, LaneLease(inst.ledger, "att-a", "seats", lambda: now + passed[0]) as lease:
        lease.still_ours()
        with inst.ledger.begin() as connection:
            connection.execute(update(tables.leases).values(holder="somebody else"))
        passed[0] += LATELY / 2
        lease.still_ours()
        passed[0] += LATELY
        with pytest.raises(LeaseLost):
            lease.still_ours()
