"""Whether the settings name another directory than the one from which a KYPEK's people are known.

The first read of the new one takes them over, with all that stands under their names (`recording`, `incremental`). That
cannot be taken back by naming the old one again, so a plan does not do it: somebody may only be trying the settings.
"""

from __future__ import annotations

from kypek_sync.ledger import people_moving
from kypek_sync.sync.installation import Installation


def switched(inst: Installation, kypek: str) -> bool:
    """Whether the next read for this KYPEK would take people over from another directory. Keeps nothing."""
    directory = inst.kypek(kypek).directory
    if not directory:
        return False
    in_use = {entry.directory for entry in inst.loaded.settings.kypeks.values()} - {""}
    with inst.ledger.begin(keep=False) as connection:
        if len(people_moving.forsaken(connection, directory, in_use)) == 1:
            return True
        return people_moving.joined(connection, kypek, directory) > 0
