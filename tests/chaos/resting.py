"""Brings an installation to rest: passes until two in a row find nothing to do, and what only a person can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kypek_sync.ledger import bindings, outbox, programmes
from kypek_sync.model import system_clock
from kypek_sync.sandbox.start import Sandbox
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import LANES, sync
from tests.chaos.holdings import KYPEK
from tests.chaos.place import Place
from tests.chaos.programme import Programme
from tests.chaos.story import made

AHEAD = tuple(timedelta(minutes=m) for m in (0, 0, 0, 3, 6, 15, 35, 70, 150, 400, 800, 1800, 1801))
"""How far the clock is turned on in each pass: to the next tries of what failed or was refused, the longest last."""
BRIEF = tuple(timedelta(minutes=m) for m in (0, 0, 70, 1800))
"""The same where few things were tried often."""
MOST = 25
"""Passes within which there must be rest."""
LATER = ("seats", "tickets", "mail")
"""Lanes that are made with the clock turned on: a room is open by the true time, which the simulators keep, and an
export would seem old."""


class NoRest(AssertionError):
    """There is always something left to do; the message says what."""


@dataclass
class Rest:
    """How rest came: passes made, and how far the clock had to be turned on for what waited to be tried again."""

    passes: int = 0
    ahead: timedelta = timedelta(0)


def bring_to_rest(place: Place, ahead: Sequence[timedelta] = AHEAD) -> Rest:
    """Sync until quiet: by the true time first, then with a clock that reaches the next tries of what failed. Raises
    `NoRest`."""
    rest = Rest()
    quiet = 0
    left: list[str] = []
    for _ in range(MOST):
        lanes = LATER if rest.ahead else LANES
        inst = Installation.open(place.settings, lambda: system_clock() + rest.ahead)
        try:
            left = [word for report in sync(inst, lanes=lanes) for word in _left(report)] + _waiting(inst)
        finally:
            inst.close()
        rest.passes += 1
        quiet = 0 if left else quiet + 1
        if quiet >= 2 and rest.passes >= len(ahead):
            return rest
        rest.ahead = ahead[min(rest.passes, len(ahead) - 1)]
    raise NoRest("; ".join(left))


def pass_once(place: Place) -> None:
    """One pass of every lane, whatever it finds."""
    inst = Installation.open(place.settings, system_clock)
    try:
        sync(inst)
    finally:
        inst.close()


def decide_by_hand(place: Place, sandbox: Sandbox, programme: Programme) -> tuple[int, list[str]]:
    """Play the officer whom a ticket asks whether an eClass course was made: its list proves nothing (E-19), so after a
    death between intent and answer the engine may not simply make it again. Looks, makes what is not there, writes the
    address. How often; and what the engine should have seen itself."""
    inst = Installation.open(place.settings, system_clock)
    try:
        with inst.ledger.begin(keep=False) as connection:
            bound = bindings.known(connection, KYPEK, "course")
            offerings = programmes.in_force(connection, KYPEK)
    finally:
        inst.close()
    count, missed = 0, [f"{code} is not in force" for code in programme.rows if code not in offerings]
    for code, row in list(programme.rows.items()):
        wanted = code in offerings and not row["platform"] and not row["status"]
        if not wanted or ("eclass", code) in bound:
            continue
        if found := made("eclass", code, sandbox.worlds):
            missed.append(f"eClass course {found[0][1]} of {code} is there and was not found")
        world = sandbox.worlds.eclass
        course = world.add_course(f"{row['title']} [{code}]", 11)
        programme.say(code, course=f"{sandbox.addresses['eclass']}/courses/{course}/")
        count += 1
    return count, missed


def _left(report: LaneReport) -> list[str]:
    """What a pass did or could not do, in words."""
    found = [
        f"{c.verb.value} {c.target.system} {c.target.seminar} {c.target.object} {c.target.login}: {r.outcome.value}"
        f" {r.detail}"
        for c, r in report.done
        if r.outcome.value != "refused"
    ]
    found += [f"{report.lane}: {problem}" for problem in report.problems]
    found += [f"{report.lane}: {word} {n}" for word, n in report.counts.items() if n and word in _TELLING]
    return found + ([f"{report.lane}: {report.skipped}"] if report.skipped else [])


_TELLING = ("mails sent", "mails later", "notices queued")


def _waiting(inst: Installation) -> list[str]:
    """Letters that are to be tried again."""
    with inst.ledger.begin(keep=False) as connection:
        rows = outbox.listed(connection, KYPEK)
    return [
        f"letter {row.message_id} waits: {row.problem}"
        for row in rows
        if row.sent is None and not row.given_up and "no e-mail" not in row.problem
    ]
