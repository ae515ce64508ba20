"""Whether the settings name another directory than the one from which a KYPEK's people are known.

The first read of the new one takes them over, with all that stands under their names (`recording`, `incremental`). That
cannot be taken back by naming the old one again, so a plan does not do it: somebody may only be trying the settings.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from kypek_sync.ledger import people_moving, readers
from kypek_sync.ledger.entry_findings import tell_code
from kypek_sync.ledger.tables import people
from kypek_sync.model import Finding
from kypek_sync.sync.installation import Installation

NOT_RECOGNISED = "people-not-recognised"
"""The code of the finding about people whom a KYPEK knew from another directory than it reads now."""


def before(connection: Connection, inst: Installation, directory: str) -> str:
    """The directory from which the next read of this one would take everybody over; empty: none."""
    found = _candidates(connection, inst, directory)
    return found[0] if len(found) == 1 else ""


def several(connection: Connection, inst: Installation, directory: str) -> list[str]:
    """Where it cannot be told from which directory people are to be taken over to this one: all that it may be."""
    found = _candidates(connection, inst, directory)
    return found if len(found) > 1 else []


def _candidates(connection: Connection, inst: Installation, directory: str) -> list[str]:
    """Of the directories that no KYPEK uses any more, those that the last passes of the KYPEKs with this one read;
    without such a pass, all: a ledger of before knows of none."""
    kypeks = inst.loaded.settings.kypeks
    found = people_moving.forsaken(connection, directory, {entry.directory for entry in kypeks.values()} - {""})
    mine = {name for name, entry in kypeks.items() if entry.directory == directory}
    last = readers.last(connection, mine) if found else frozenset[str]()
    return [one for one in found if one in last] if last else found


def passed(connection: Connection, inst: Installation, kypek: str, directory: str) -> str:
    """A pass of this KYPEK is over. Where people are known from its directory now, that is its own; whom it knew from
    another one and cannot be told here are a finding. At the first pass after a switch: that finding's text."""
    if connection.execute(select(people.c.id).where(people.c.directory == directory).limit(1)).first() is None:
        return ""
    first = directory not in readers.last(connection, [kypek])
    readers.note(connection, kypek, directory)
    kypeks = inst.loaded.settings.kypeks
    told: dict[str, Finding] = {}
    for name in sorted(name for name, entry in kypeks.items() if entry.directory == directory):
        if count := people_moving.strangers(connection, name, directory):
            text = (
                f"People known from another directory that {name} read before are not recognised here ({count}); "
                "their seats and applications wait for a person."
            )
            told[name] = Finding(name, NOT_RECOGNISED, text)
    tell_code(connection, directory, NOT_RECOGNISED, told.values(), inst.clock())
    for former in sorted(readers.ever(connection) - {entry.directory for entry in kypeks.values()}):
        tell_code(connection, former, NOT_RECOGNISED, (), inst.clock())
    return told[kypek].text if first and kypek in told else ""


def untried(inst: Installation) -> frozenset[str]:
    """The directories of the settings that no pass has read yet, where people are known from another one: somebody may
    only be trying settings, so a plan keeps nothing of them. Keeps nothing."""
    in_use = {entry.directory for entry in inst.loaded.settings.kypeks.values()} - {""}
    with inst.ledger.begin(keep=False) as connection:
        known = {row.directory for row in connection.execute(select(people.c.directory).distinct())}
        ever = readers.ever(connection)
    new = in_use - (ever or known)  # before the first pass, whom a plan showed are known
    return frozenset(one for one in new if known - {one})


def switched(inst: Installation, kypek: str) -> bool:
    """Whether the next read for this KYPEK would take people over from another directory. Keeps nothing."""
    directory = inst.kypek(kypek).directory
    if not directory:
        return False
    with inst.ledger.begin(keep=False) as connection:
        return bool(before(connection, inst, directory)) or people_moving.joined(connection, kypek, directory)[0] > 0
