"""One pass of the directory lane in a process of its own: `python -m tests.bench.directory_pass FOLDER MINUTES HOW`.

`FOLDER` holds `kypek.yaml`; the clock is so many minutes ahead; `HOW` is `whole` or `changes`. Prints one line of JSON:
seconds of the pass alone (its connector is built before, as it is once in a daemon's life), those of the processor that
it used itself, the most memory of the process in MB, and what the pass reported.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from kypek_sync.model import system_clock
from kypek_sync.sync.directory.incremental import make
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import run_lane
from tests.bench.measuring import peak, timed


def main(folder: Path, minutes: float, how: str) -> None:
    """Make the pass and print."""
    with Installation.open(folder / "kypek.yaml", lambda: system_clock() + timedelta(minutes=minutes)) as inst:
        work = partial(make, whole=True) if how == "whole" else None
        inst.connectors.directory("att-a")
        before = time.process_time()
        spent, report = timed(lambda: run_lane(inst, "att-a", "directory", work=work))
        own = time.process_time() - before
    told = {"seconds": spent, "cpu": own, "memory": peak()}
    print(json.dumps({**told, "problems": report.problems, "counts": report.counts}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
