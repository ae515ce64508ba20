"""The process of one job: `python -m tests.bench.child MODULE ARGUMENT` prints its figures as one line of JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main(module: str, argument: str) -> None:
    """Measure and print."""
    figures = import_module(f"tests.bench.{module}").measure(argument)
    print(json.dumps([figure.as_dict() for figure in figures]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
