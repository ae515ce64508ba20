"""A process may die at any moment of an undo: no later pass does again what was taken back, and the same undo, made
again, finishes the work (design, rules 8 and 9)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.ledger import pins, runs
from kypek_sync.sync.run import sync
from kypek_sync.sync.undo.undo import Order, Undone, undo
from tests.sync.test_crashes import LANES, Death, Fate, Scenario, chosen, fates, scenario, until_quiet
from tests.sync.two_platforms import PEOPLE

pytestmark = pytest.mark.slow

__all__ = ["fates", "scenario"]  # fixtures of the other deaths


def take_back(scenario: Scenario, run: int) -> Undone:
    with scenario.process() as inst:
        return undo(inst, Order(run, "anna"))


def last_run(scenario: Scenario) -> int:
    """The run that filled the mirror."""
    with scenario.open.ledger.begin(keep=False) as connection:
        return next(run.id for run in runs.recent(connection, lane="seats", changed=True, limit=1))


def mirror(scenario: Scenario) -> dict[str, set[str]]:
    """Who is in the mirror and in its groups, as Moodle holds it."""
    both = scenario.both
    (course,) = (c.id for c in both.moodle.courses() if c.idnumber.startswith("kypek:"))
    inside = {e.username for e in both.moodle.enrolments(course) if e.username in PEOPLE}
    return {"": inside} | {g.name: set(g.members) for g in both.moodle.groups(course)}


def at_rest(scenario: Scenario) -> dict[str, Any]:
    """What there is after syncs until nothing is left to do, and what is pinned."""
    world = until_quiet(scenario)
    with scenario.open.ledger.begin(keep=False) as connection:
        spots = sorted((p.aspect, p.target.login) for p in pins.listed(connection))
    return {**world, "pins": spots, "mirror": mirror(scenario)}


def die_everywhere(
    scenario: Scenario, fates: Callable[[Fate], None], kept: Path, run: int, *, grows: bool = False
) -> None:
    """An undisturbed undo, then one with a death at each of its moments. `grows`: this undo puts people back."""
    scenario.keep(kept)
    start, count = scenario.both.clock.now, Fate()
    fates(count)
    take_back(scenario, run)
    fates(Fate())
    undisturbed = at_rest(scenario)
    assert {moment.partition(" ")[0] for moment in count.moments} == {"commit", "write"}
    wrong = {}
    for number, moment in chosen(count.moments):
        where = f"{number} of {len(count.moments)}: {moment}"
        scenario.restore(kept)
        scenario.both.clock.now = start
        fates(Fate(number))
        with pytest.raises(Death):
            take_back(scenario, run)
        fates(Fate())
        after_death = mirror(scenario)
        until_quiet(scenario)
        if not grows and any(mirror(scenario)[name] - those for name, those in after_death.items()):
            wrong[where] = "a pass did again what was taken back"
        take_back(scenario, run)
        now = at_rest(scenario)
        if different := {k: (v, undisturbed[k]) for k, v in now.items() if v != undisturbed[k]}:
            wrong[where] = str(different)
    assert wrong == {}


def test_a_death_at_any_moment_of_an_undo_changes_nothing_in_the_end(
    scenario: Scenario, fates: Callable[[Fate], None], tmp_path: Path
) -> None:
    with scenario.process() as inst:
        sync(inst, lanes=LANES)
    run = last_run(scenario)
    until_quiet(scenario)
    die_everywhere(scenario, fates, tmp_path / "kept", run)


def test_a_death_at_any_moment_of_the_undo_of_an_undo_changes_nothing_in_the_end(
    scenario: Scenario, fates: Callable[[Fate], None], tmp_path: Path
) -> None:
    with scenario.process() as inst:
        sync(inst, lanes=LANES)
    undone = take_back(scenario, last_run(scenario))
    until_quiet(scenario)
    assert undone.report.run is not None
    die_everywhere(scenario, fates, tmp_path / "kept", undone.report.run, grows=True)
