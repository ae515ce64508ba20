"""Who has to wait for a lease, and for how long."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kypek_sync.ledger import leases
from kypek_sync.sync.lease import LaneLease, LaneTaken, this_machine
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
