"""The lives of daemons, one after another: servers misbehave and people act, until it is killed. The last one lives."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from kypek_sync.sandbox.start import Sandbox
from kypek_sync.sync.run import LANES
from tests.chaos.figures import Figures
from tests.chaos.killing import Daemon, Reaper, autopsy
from tests.chaos.place import Place
from tests.chaos.story import Story

SERVERS = ("eclass", "moodle", "bbb")
WIRE = (
    *("html-200@8%", "server-error@8%", "unavailable@8%", "empty-200@6%", "redirect@5%", "refuse@8%"),
    *("reset-after-write@20%", "reset-after-write@50%", "cut-body@8%", "slow=0.3@10%", "hang=1.5@3%"),
)
MAIL = ("try-later@15%", "drop-after-data@20%", "greylist@20%")
CALM = 0.3
"""Share of lives in which every server behaves, so that passes get to their end too."""
TO_REST = 180.0
"""Seconds that the last daemon has to come to rest by itself."""


def live_and_die(
    place: Place,
    sandbox: Sandbox,
    story: Story,
    kills: int,
    end: float,
    figures: Figures,
    tell: Callable[[str], None],
) -> list[int]:
    """One daemon after another, each killed; people act meanwhile, servers misbehave. `end` is on the monotonic clock.
    How many moves had been told at the end of each life."""
    rounds: list[int] = []
    rng = random.Random(f"lives {figures.seed}")
    reaper = Reaper(place, sandbox, rng)
    most: dict[str, int] = {}
    while figures.kills < kills and time.monotonic() < end:
        _misbehave(sandbox, rng, place.helpdesk)
        daemon = Daemon.start(place)
        life = _Life(story, sandbox, rng.randint(0, 4), rng.uniform(0.0, 2.5))
        life.start()
        try:
            hit = reaper.strike(daemon, reaper.choose())
        finally:
            daemon.kill()
            life.hurry.set()
            life.join()
        if life.failed is not None:
            raise life.failed
        rounds.append(len(story.told))
        for code, row in story.programme.rows.items():
            most[code] = max(most.get(code, 0), int(row["capacity"]))
        remains = autopsy(place, daemon.process.pid, most)
        figures.kills += 1
        figures.moments[hit] += 1
        figures.lanes.update(remains.lanes or ["none"])
        figures.wrong += [f"seats sold twice: {word} (after kill {figures.kills})" for word in remains.oversold]
        _learn(daemon, figures)
        if figures.kills % 10 == 0:
            tell(f"{figures.kills} kills, {len(story.told)} moves, {len(figures.wrong)} mistakes")
    return rounds


class _Life(threading.Thread):
    """What people do during one life of the daemon."""

    def __init__(self, story: Story, sandbox: Sandbox, moves: int, after: float) -> None:
        super().__init__(daemon=True)
        self.story, self.sandbox, self.moves, self.after = story, sandbox, moves, after
        self.hurry = threading.Event()
        self.failed: Exception | None = None

    def run(self) -> None:
        """Wait a little, then act."""
        self.hurry.wait(self.after)
        try:
            self.story.go_on(self.sandbox.worlds, self.moves)
        except Exception as error:  # handed to the thread that waits for this one
            self.failed = error


def _misbehave(sandbox: Sandbox, rng: random.Random, helpdesk: str) -> None:
    sandbox.faults.lift()
    if rng.random() < CALM:
        return
    for system in (*SERVERS, helpdesk):
        for fault in rng.sample(WIRE, rng.randint(0, 2)):
            sandbox.faults.set(f"{system}:{fault}")
    if rng.random() < 0.4:
        sandbox.faults.set(f"smtp:{rng.choice(MAIL)}")


def _learn(daemon: Daemon, figures: Figures) -> None:
    """Count what a daemon said, and take what it should never say as a mistake."""
    started = daemon.after("daemon started")
    if started is not None:
        figures.recoveries.append(started)
    for line in daemon.lines():
        if line["event"] == "pass":
            figures.passes[line["lane"]] += 1
        elif line["event"] == "pass skipped":
            figures.wrong.append(f"a lane was blocked (life {figures.kills}): {line['why']}")
        elif line.get("level") in ("error", "critical", "text"):
            words = {k: v for k, v in line.items() if k not in ("timestamp", "level")}
            figures.wrong.append(f"it said (life {figures.kills}): {words}")


def last_life(place: Place, figures: Figures, *, patient: bool) -> None:
    """Nothing misbehaves any more: the last daemon works until it has nothing left to do (where somebody is `patient`;
    else until it has begun) and is told to stop."""
    daemon = Daemon.start(place)
    end = time.monotonic() + TO_REST
    try:
        while time.monotonic() < end:
            figures.to_rest = _rested(daemon) if patient else daemon.after("daemon started")
            if figures.to_rest is not None:
                break
            time.sleep(0.1)
        code = daemon.stop()
        if code:
            figures.wrong.append(f"the last daemon ended with {code} when it was told to stop")
    finally:
        daemon.kill()
    _learn(daemon, figures)


def _rested(daemon: Daemon) -> float | None:
    """Seconds from its start to the end of three passes in a row of every lane that changed nothing."""
    quiet = dict.fromkeys(LANES, 0)
    for line in daemon.lines():
        if line["event"] == "pass":
            still = line["changed"] == 0 and line["outcome"] in ("done", "held") and not line.get("notices_queued")
            still = still and not line.get("mails_sent")
            quiet[line["lane"]] = quiet[line["lane"]] + 1 if still else 0
    return time.time() - daemon.began if min(quiet.values()) >= 3 else None
