"""`python -m kypek_sync.sandbox --dir DIR`: start a sandbox, print where everything is, run until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kypek_sync.sandbox.faults import UnknownFault
from kypek_sync.sandbox.folder import NotASandbox, SandboxInUse
from kypek_sync.sandbox.start import start


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop. Gives 0, or 1 when it cannot start (the reason is on stderr)."""
    given = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    try:
        sandbox = start(
            given.dir,
            people=given.people,
            units=given.units,
            seminars=given.seminars,
            seed=given.seed,
            now=lambda: datetime.now(UTC),
            faults=given.fault,
        )
    except (SandboxInUse, NotASandbox, UnknownFault, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    with sandbox:
        print(f"settings      {sandbox.settings}")
        for name, address in sorted(sandbox.addresses.items()):
            print(f"{name:<13} {address}")
        print("running; Ctrl-C stops it", flush=True)
        stopped.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kypek_sync.sandbox", description="Simulated servers of a centre.")
    parser.add_argument("--dir", type=Path, required=True, help="folder for everything; used again at the next start")
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--units", type=int, default=60)
    parser.add_argument("--seminars", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append", default=[], metavar="SYSTEM:FAULT[=VALUE][@WHEN]")
    return parser


if __name__ == "__main__":
    sys.exit(main())
