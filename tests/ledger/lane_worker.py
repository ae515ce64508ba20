"""A process of its own that holds a lane: `python -m tests.ledger.lane_worker URL SECONDS`.

It takes the lane with a lease of that many seconds, by the real clock, and begins to make a change. In the middle of
the call it says `in` and waits for a line. Then the call is answered, and it says `claimed` or `claim lost`; then it
tries to decide something (a hold), and says `decided` or `decision lost`.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from kypek_sync.contract import Change, Outcome, Receipt, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import bindings, holds, open_ledger, runs
from kypek_sync.ledger.bindings import Claim
from kypek_sync.model import system_clock
from kypek_sync.sync.applying.apply import Applier
from kypek_sync.sync.lease import LaneLease, LeaseLost

CHANGE = Change(Verb.ENROL, Target("moodle", "S1", "", "anna"), (), (("role", "student"),))


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def work(url: str, seconds: float) -> None:
    ledger = open_ledger(url, Path())
    lease = LaneLease(ledger, "att-a", "seats", system_clock, length=timedelta(seconds=seconds), beat=seconds / 5)
    with lease:
        with lease.ledger.begin() as connection:
            run = runs.begin_run(connection, "att-a", "seats", system_clock())

        def call(changes: object) -> list[Receipt]:
            say("in")
            sys.stdin.readline()  # stopped here, in the middle of a call
            return [Receipt(Outcome.DONE)]

        applier = Applier(
            ledger=lease.ledger,
            clock=system_clock,
            kypek="att-a",
            run=run,
            calls={Verb.ENROL: call},
            remember=lambda connection, answered: bindings.claim(
                connection, "att-a", [Claim("moodle", "enrolment", "S1", "anna", "seat")], system_clock()
            ),
            still_ours=lease.still_ours,
        )
        try:
            applier.apply([CHANGE])
            say("claimed")
        except LeaseLost:
            say("claim lost")
        try:
            with lease.ledger.begin() as connection:
                why = Sentence.of("too many")
                holds.keep(connection, "att-a", "limit", "S1", "moodle", [CHANGE], why, system_clock())
            say("decided")
        except LeaseLost:
            say("decision lost")


if __name__ == "__main__":
    work(sys.argv[1], float(sys.argv[2]))
