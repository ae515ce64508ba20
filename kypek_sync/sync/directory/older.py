"""Whether an export shows an earlier state than what is known already: then nothing of it counts (design, rule 2).

Taken, it would undo all that happened since: people renamed back, departures called off, answers asked for again. That
is so of an older file put back, and of a KYPEK whose directory was LDAP until now and is an older export.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from kypek_sync.contract import Reading, ReadsExport
from kypek_sync.ledger import clock_ahead, people_moving, reads
from kypek_sync.ledger.reads import Extent
from kypek_sync.ledger.tables import people
from kypek_sync.model import local
from kypek_sync.sync.directory import switching, ways_out
from kypek_sync.sync.directory.lane import Read
from kypek_sync.sync.installation import Installation

_MINUTE = "%Y-%m-%d %H:%M"


def refused(connection: Connection, inst: Installation, system: str, read: Read) -> str:
    """Why nothing of a read counts, as sentences, and the read is remembered with that; empty where it does."""
    for shown in (read.people, read.units):
        last = reads.last(connection, system, shown.scope)
        if not shown.export or last is None or last.good_as_of is None or shown.as_of >= last.good_as_of:
            continue
        why = (
            f"the export shows the state of {local(shown.as_of):{_MINUTE}}, and one of "
            f"{local(last.good_as_of):{_MINUTE}} was read already"
        )
        _note(connection, shown, why)
        ahead = clock_ahead.blocked_until(connection, system, inst.clock()) is not None
        return (
            f"{system}: {shown.scope} was read only in part ({why}). "
            "Nothing of it counts. Put the newer export back, or draw a new one. "
            f"{ways_out.clock(system) if ahead else ''}"
        ).rstrip()
    return _of_another(connection, inst, system, read)


def _of_another(connection: Connection, inst: Installation, system: str, read: Read) -> str:
    """The same where people were known from another source until now: one that a KYPEK read before, or LDAP under the
    name that an export has now. How long ago the units' own file was drawn says nothing: schools stay where they are.
    """
    shown, now = read.people, inst.clock()
    if not shown.export:
        return ""
    before = switching.before(connection, inst, system)
    scopes = frozenset() if before else frozenset((shown.scope, read.units.scope))
    source = before or system
    good = [one.good_as_of for one in reads.all_last(connection, source) if one.scope not in scopes]
    moments = [moment for moment in good if moment is not None]
    if not moments and not before:
        return ""
    seen = max([*moments, *_seen(connection, source, now)], default=None)
    if seen is None or shown.as_of >= seen:
        return ""
    why = (
        f"the export shows the state of {local(shown.as_of):{_MINUTE}}, and people are known from {source} as of "
        f"{local(seen):{_MINUTE}}"
    )
    _note(connection, shown, why)
    return f"{system}: {shown.scope} was read only in part ({why}). Nothing of it counts. Draw a new export."


def drawn(connection: Connection, inst: Installation, kypek: str) -> datetime | None:
    """Of when the export is from which a KYPEK's directory is known, aware UTC. None where it is no export: what a
    directory shows by itself is of now."""
    directory = inst.kypek(kypek).directory
    last = reads.last(connection, directory, "people") if directory else None
    if last is None or not isinstance(inst.connectors.directory(kypek), ReadsExport):
        return None
    return last.good_as_of or last.as_of


def joining(connection: Connection, inst: Installation, kypek: str) -> tuple[int, str]:
    """A KYPEK reads a directory that others may have read before: how many of its people are recognised there now, and
    who is not because the export shows them as they were before, as a sentence (empty: nobody)."""
    directory, as_of = inst.kypek(kypek).directory, drawn(connection, inst, kypek)
    number, late = people_moving.joined(connection, kypek, directory, as_of)
    if not late or as_of is None:
        return number, ""
    return number, (
        f"{directory}: the export shows the state of {local(as_of):{_MINUTE}}, and people of {kypek} ({late}) are "
        "known from another directory as of a later moment. Nobody of these is recognised by it. Draw a new export."
    )


def _seen(connection: Connection, source: str, now: datetime) -> list[datetime]:
    """When an entry of a directory was last seen to change or to be missing: by a delta too, and by a read that showed
    only a part. A date in the future is that of a file whose clock was wrong."""
    found = []
    for moment in (people.c.last_seen, people.c.absent_since):
        query = select(func.max(moment)).where(people.c.directory == source, moment <= now)
        found.append(connection.execute(query).scalar_one())
    return [one for one in found if one is not None]


def _note(connection: Connection, shown: Reading, why: str) -> None:
    extent = Extent(shown.system, shown.scope, shown.as_of, shown.entries, False, why, shown.content, shown.proven)
    extent.note(connection)
