"""What a kill test counts, and how it is printed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from tests.chaos.resting import Rest


@dataclass
class Figures:
    """What is printed at the end."""

    seed: int
    helpdesk: str
    kills: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    lanes: Counter[str] = field(default_factory=Counter)
    passes: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    calls: dict[str, dict[str, int]] = field(default_factory=dict)
    recoveries: list[float] = field(default_factory=list)
    to_rest: float | None = None
    by_hand: int = 0
    rest: Rest = field(default_factory=Rest)
    compared: int = 0
    mails: tuple[int, int] = (0, 0)
    entries: int = 0
    seconds: tuple[float, float] = (0.0, 0.0)
    wrong: list[str] = field(default_factory=list)


def show(figures: Figures, wanted: int) -> None:
    """Print the figures and the verdict."""
    reads, writes = (sum(each[kind] for each in figures.calls.values()) for kind in ("read", "write"))
    lines = {
        "kills": f"{figures.kills} of {wanted}",
        "  by moment": _counted(figures.moments),
        "  lanes at work then": _counted(figures.lanes),
        "passes made": _counted(figures.passes),
        "moves of people": _counted(figures.moves),
        "foreign calls": f"{reads} reads, {writes} writes",
        "faults played": f"{sum(figures.struck.values())}: " + _faults(figures),
        "from start to work": spread(figures.recoveries),
        "last start to rest": f"{figures.to_rest:.1f} s" if figures.to_rest is not None else "not by itself",
        "then": f"{figures.rest.passes} passes, clock turned on by {figures.rest.ahead} for what waited for a try",
        "decided by hand": f"{figures.by_hand} eClass courses",
        "letters": f"{figures.mails[0]}, of them {figures.mails[1]} again with the same Message-ID",
        "journal": f"{figures.entries} entries, verified",
        "time": f"{figures.seconds[0]:.0f} s disturbed, {figures.seconds[1]:.0f} s undisturbed",
        "compared": f"{figures.compared} things",
    }
    for name, value in lines.items():
        print(f"{name:<22}{value}")
    for word in figures.wrong:
        print(f"WRONG: {word}")
    if figures.kills < wanted:
        print("The time was up before all kills were made.")
    verdict = f"{len(figures.wrong)} differences" if figures.wrong else "the same end as without a single death"
    print(f"verdict: {verdict}. Repeat with SEED={figures.seed} (helpdesk {figures.helpdesk}).")


def _counted(counter: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counter.items(), key=lambda each: (-each[1], each[0])))


def _faults(figures: Figures) -> str:
    kinds: dict[str, int] = {}
    for (_, fault), n in figures.struck.items():
        kinds[fault] = kinds.get(fault, 0) + n
    return _counted(kinds)


def spread(seconds: list[float]) -> str:
    """Median and maximum."""
    return f"median {median(seconds):.1f} s, longest {max(seconds):.1f} s" if seconds else "never"
