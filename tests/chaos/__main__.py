"""`python -m tests.chaos [--kills 200] [--minutes 40] [--seed 1] [--helpdesk rt|soap]`: 1 if anything differs."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.chaos.figures import show
from tests.chaos.place import HELPDESKS
from tests.chaos.resting import NoRest
from tests.chaos.run import run


def main(words: list[str]) -> int:
    """0 when the disturbed run came to the same end, 1 when it did not or there was no time for all kills."""
    asked = _parser().parse_args(words)
    helpdesk = asked.helpdesk or HELPDESKS[(asked.seed + 1) % 2]
    began = time.monotonic()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    def tell(what: str) -> None:
        print(f"{time.monotonic() - began:7.0f} s  {what}", file=sys.stderr, flush=True)

    memory = Path("/dev/shm")  # thousands of commits: on a disk most of the time would be waiting for it
    with TemporaryDirectory(prefix="kypek-chaos-", dir=memory if memory.is_dir() else None) as name:
        folder = asked.keep or Path(name)
        try:
            figures = run(
                folder, kills=asked.kills, minutes=asked.minutes, seed=asked.seed, helpdesk=helpdesk, tell=tell
            )
        except NoRest as why:
            print(f"WRONG: it never came to rest: {why}. Repeat with SEED={asked.seed} (helpdesk {helpdesk}).")
            return 1
    show(figures, asked.kills)
    return 1 if figures.wrong or figures.kills < asked.kills else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=40.0, help="at most so long for the killing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--helpdesk", choices=HELPDESKS, help="else by the seed: odd rt, even soap")
    parser.add_argument("--keep", type=Path, help="a new folder to keep everything in")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
