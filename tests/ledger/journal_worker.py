"""A process of its own that appends to a chain: `python journal_worker.py URL FOLDER NAME COUNT`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from kypek_sync.ledger import journal, open_ledger
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who

if __name__ == "__main__":
    url, folder, name, count = sys.argv[1:]
    ledger = open_ledger(url, Path(folder))
    for step in range(int(count)):
        with ledger.begin(keep=step % 3 != 2) as connection:
            those = [
                Entry(Kind.DECISION, {"step": step}, Who(f"{name}-{step}")),
                Entry(Kind.DECISION, about=Who("anna")),
            ]
            journal.append(connection, "att-a", those, datetime(2026, 11, 2, tzinfo=UTC))
    ledger.close()
