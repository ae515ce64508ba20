"""`python -m tests.bench [NAME…]`: run these parts (all without a name) and print one table."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from tests.bench.figures import Figure, table
from tests.bench.jobs import PARTS, NoFigures, run

WIDTH = 150


def main(names: list[str]) -> int:
    """0 when every part gave its figures, 1 when one did not, 64 for a part that does not exist."""
    if unknown := [name for name in names if name not in PARTS]:
        print(f"There is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}.", file=sys.stderr)
        return 64
    figures: list[Figure] = []
    failures: list[tuple[str, str]] = []
    progress = Console(stderr=True, quiet=not sys.stderr.isatty())
    for name in names or PARTS:
        for job in PARTS[name]:
            with progress.status(f"{name} {job.argument}"):
                try:
                    figures += run(job)
                except NoFigures as why:
                    failures.append((f"{name} {job.argument}".strip(), str(why)))
    out = Console(width=None if sys.stdout.isatty() else WIDTH)
    made = table(figures, failures)
    made.caption = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    out.print(made)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
