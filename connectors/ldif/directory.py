"""The Directory role on an export. The file is read anew only when it has changed."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from connectors.ldif.export import Export, read_export
from connectors.ldif.settings import LdifSettings
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    ConnectorError,
    Delta,
    Probe,
    ProbeLevel,
    ProbeLine,
    Snapshot,
    StopConnector,
    TryLater,
)
from kypek_sync.model import Person, PersonKind, Unit, local

_SKEW = timedelta(minutes=10)
"""How far the clock of whoever writes the export may be ahead of ours."""

_USEFUL = {
    "umdobject": "who is a teacher and who a pupil",
    "employeenumber": "the same person under a new login",
    "entryuuid": "the same person under a new login",
    "gsnuserroleon": "principals and heads of laboratories",
    "gsnbranch": "specialties",
    "l": "schools",
}


@dataclass(frozen=True)
class _Reading:
    """An export as read from one state of its file: `stamp` is its inode, time and size."""

    stamp: tuple[int, int, int]
    as_of: datetime
    export: Export

    @cached_property
    def by_login(self) -> dict[str, Person]:
        return {person.login: person for person in self.export.people}


class LdifDirectory:
    """People and units of an LDIF file. Safe to use from several threads."""

    def __init__(self, settings: LdifSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._path = context.folder / settings.file
        self._lock = threading.Lock()
        self._last: _Reading | None = None

    def people(self) -> Snapshot[Person]:
        """The people of the export as of its file's time of change. Partial when it is cut, old, or shows nobody."""
        reading = self._reading()
        export = reading.export
        why = self._why_partial(reading) or ("" if export.people else "The export shows no people.")
        return Snapshot(
            system=self._context.name,
            scope="people",
            as_of=reading.as_of,
            items=export.people,
            complete=not why,
            why_partial=why,
            proofs=_proofs(reading, len(export.people)),
            findings=export.people_findings,
            content=export.digest,
        )

    def units(self) -> Snapshot[Unit]:
        """The units of the export, under the same conditions as `people`."""
        reading = self._reading()
        export = reading.export
        why = self._why_partial(reading) or ("" if export.units else "The export shows no units.")
        return Snapshot(
            system=self._context.name,
            scope="units",
            as_of=reading.as_of,
            items=export.units,
            complete=not why,
            why_partial=why,
            proofs=_proofs(reading, len(export.units)),
            findings=export.unit_findings,
            content=export.digest,
        )

    def person(self, login: str) -> Person | None:
        """One person of the export. Raises `TryLater` when the login is missing from an export that proves nothing."""
        reading = self._reading()
        found = reading.by_login.get(login.strip().lower())
        if found is None and (why := self._why_partial(reading)):
            raise TryLater(self._context.name, f"{self._path.name} does not show {login}, but proves nothing. {why}")
        return found

    def people_since(self, cursor: str) -> Delta[Person]:
        """An export has no delta: always asks for a full read."""
        return Delta("people", (), (), cursor, reset=True)

    def capabilities(self) -> frozenset[Capability]:
        """None of those that differ."""
        return frozenset()

    def probe(self) -> Probe:
        """The file, its age, whether it is whole, what it holds and what it lacks."""
        try:
            reading = self._reading()
        except ConnectorError as error:
            return Probe((ProbeLine(ProbeLevel.PROBLEM, "file", error.message, error.hint),))
        export = reading.export
        drawn = f"{local(reading.as_of):%Y-%m-%d %H:%M}"
        old = self._too_old(reading)
        lines = [
            ProbeLine(ProbeLevel.OK, "file", f"{self._path.name} can be read."),
            ProbeLine(
                ProbeLevel.WARNING if old else ProbeLevel.OK,
                "age",
                f"The export is of {drawn}.{' ' + old if old else ''}",
                "Draw a new export." if old else "",
            ),
            _counts(export),
        ]
        if export.why_partial:
            lines.append(ProbeLine(ProbeLevel.WARNING, "whole", export.why_partial, "Draw the export again."))
        elif not export.proven:
            text = "The file does not tell how the search that made it ended; a limit of the server would not show."
            lines.append(ProbeLine(ProbeLevel.WARNING, "whole", text, "Draw it by ldapsearch without -L, -LL or -LLL."))
        lines += [
            ProbeLine(
                ProbeLevel.WARNING,
                "attributes",
                f"No person carries {name}, so this is not known: {meaning}.",
                f"Draw the export with {name}.",
            )
            for name, meaning in _USEFUL.items()
            if export.people and name not in export.seen
        ]
        return Probe(tuple(lines))

    def close(self) -> None:
        """Let go of what was read."""
        with self._lock:
            self._last = None

    def _reading(self) -> _Reading:
        """The export as it is now, from memory when the file has not changed. Raises `TryLater`, `StopConnector`."""
        name = self._context.name
        with self._lock:
            try:
                with self._path.open("rb") as source:
                    stat = os.fstat(source.fileno())
                    stamp = _stamp(stat)
                    if self._last is None or self._last.stamp != stamp:
                        export = read_export(source, self._path.name, self._context.registry_hash)
                        if _stamp(os.fstat(source.fileno())) != stamp:
                            raise TryLater(name, f"{self._path.name} changed while it was read.")
                        self._last = _Reading(stamp, datetime.fromtimestamp(stat.st_mtime, UTC), export)
            except FileNotFoundError:
                hint = "Check `file`, or draw the export."
                raise TryLater(name, f"there is no file {self._path}.", hint=hint) from None
            except (PermissionError, IsADirectoryError) as error:
                hint = "Let the service read this file."
                raise StopConnector(name, f"{self._path} cannot be read ({error.strerror}).", hint=hint) from None
            except OSError as error:
                raise TryLater(name, f"{self._path} cannot be read ({error.strerror}).") from None
            reading = self._last
        if reading.export.defects and not reading.export.entries:
            hint = "Check that `file` names the right one."
            raise StopConnector(name, f"{self._path.name} is no LDIF export of the directory.", hint=hint)
        return reading

    def _too_old(self, reading: _Reading) -> str:
        age, limit = self._context.clock() - reading.as_of, self._settings.max_age
        return f"It is {_days(age)} old, more than the {_days(limit)} allowed." if age > limit else ""

    def _from_the_future(self, reading: _Reading) -> str:
        """Believed once, such a date would make every true export after it look like an old one put back."""
        ahead = reading.as_of - self._context.clock()
        drawn = f"{local(reading.as_of):%Y-%m-%d %H:%M}"
        return f"Its date, {drawn}, is in the future: check both clocks." if ahead > _SKEW else ""

    def _why_partial(self, reading: _Reading) -> str:
        doubts = (reading.export.why_partial, self._too_old(reading), self._from_the_future(reading))
        return " ".join(why for why in doubts if why)


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _days(length: timedelta) -> str:
    return f"{length.days} days" if length.days >= 2 else f"{length.total_seconds() / 3600:.0f} hours"


def _proofs(reading: _Reading, count: int) -> tuple[str, ...]:
    drawn = (f"export of {local(reading.as_of):%Y-%m-%d %H:%M}", f"{count} entries")
    return (*drawn, "result 0 of the search") if reading.export.proven else drawn


def _counts(export: Export) -> ProbeLine:
    teachers = sum(person.kind is PersonKind.TEACHER for person in export.people)
    text = f"{len(export.people)} people, {teachers} of them teachers, and {len(export.units)} units."
    if export.people and export.units:
        return ProbeLine(ProbeLevel.OK, "counts", text)
    return ProbeLine(ProbeLevel.WARNING, "counts", text, "Draw an export with ou=people and ou=units.")
