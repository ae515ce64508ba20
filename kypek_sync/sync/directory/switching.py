"""Whether the settings name another directory than the one from which a KYPEK's people are known.

The first read of the new one takes them over, with all that stands under their names (`recording`, `incremental`). That
cannot be taken back by naming the old one again, so a plan does not do it: somebody may only be trying the settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kypek_sync.ledger import people_moving, reads
from kypek_sync.ledger.tables import people
from kypek_sync.sync.installation import Installation


@dataclass(frozen=True, slots=True)
class Awaited:
    """A directory of the settings from which nobody is known yet: so many `people` are known from another one, that is
    `before` it. `read`: it was read, and nothing of it could be taken."""

    directory: str
    before: str
    people: int
    read: bool


def before(connection: Connection, inst: Installation, directory: str) -> str:
    """The directory from which the next read of this one would take everybody over; empty: none."""
    in_use = {entry.directory for entry in inst.loaded.settings.kypeks.values()} - {""}
    found = people_moving.forsaken(connection, directory, in_use)
    return found[0] if len(found) == 1 else ""


def awaited(connection: Connection, inst: Installation, directory: str) -> Awaited | None:
    """What is to be said of a directory that people were not taken over to yet; None where there is nothing."""
    source = before(connection, inst, directory) if directory else ""
    if not source:
        return None
    known = select(func.count()).select_from(people).where(people.c.directory == source, people.c.gone_at.is_(None))
    number = int(connection.execute(known).scalar_one())
    return Awaited(directory, source, number, reads.ever(connection, directory))


def switched(inst: Installation, kypek: str) -> bool:
    """Whether the next read for this KYPEK would take people over from another directory. Keeps nothing."""
    directory = inst.kypek(kypek).directory
    if not directory:
        return False
    with inst.ledger.begin(keep=False) as connection:
        return bool(before(connection, inst, directory)) or people_moving.joined(connection, kypek, directory) > 0
