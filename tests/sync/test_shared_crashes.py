"""The programme may die at any moment while it changes a shared course; in the end everybody is where all the claims
together put them (design, rules 4 and 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kypek_sync.sync.run import sync
from tests.sync.shared import ONE, TWO, Shared
from tests.sync.test_crashes import Fate, Scenario, die_everywhere, fates, until_quiet
from tests.sync.two_platforms import two_platforms

__all__ = ["fates"]
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class SharedScenario:
    """Two seminars, settled; somebody has a seat in both."""

    shared: Shared
    scenario: Scenario


@pytest.fixture
def settled() -> Iterator[SharedScenario]:
    memory = Path("/dev/shm")  # hundreds of commits: on a disk most of the time would be waiting for it
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder, two_platforms(Path(folder)) as both:
        it = Shared.of(both)
        it.apply(ONE, "t01", "t02")
        it.apply(TWO, "t02", "t03")
        with both.installation() as inst:
            sync(inst, lanes=("directory",))
            scenario = Scenario(both, str(it.doors[ONE]), replace(inst))
            until_quiet(scenario)
            yield SharedScenario(it, scenario)


def test_a_death_at_any_moment_changes_nothing_in_the_end(
    settled: SharedScenario, fates: Callable[[Fate], None], tmp_path: Path
) -> None:
    """One leaves the first seminar and stays by the second, one leaves for good, one comes."""
    it = settled.shared
    it.leave(ONE, "t02")
    it.leave(TWO, "t03")
    it.apply(TWO, "t04")
    die_everywhere(settled.scenario, fates, tmp_path / "kept")
    assert it.people() == {"t01", "t02", "t04"}
    assert it.claims("t02") == {ONE: {"over"}, TWO: {"seat"}}
