"""The guards by name, as people read them; the stable word is what the ledger keeps and `--guard` takes."""

from __future__ import annotations

from kypek_sync.language import Text

GUARDS = {
    "mode": "mode of the system",
    "restrict": "refused people in the course",
    "run-limit": "limit of one pass",
    "week-limit": "limit of seven days",
    "limit": "limit of the seminar",
    "withdrawals": "many withdrawals",
    "departures": "departures from the directory",
    "first-programme": "first programme to the schools",
    "undo": "taking a pass back",
}


def guard_word(guard: str, text: Text) -> str:
    """What a guard is called; one that nobody knows keeps its own word."""
    return text(GUARDS[guard]) if guard in GUARDS else guard
