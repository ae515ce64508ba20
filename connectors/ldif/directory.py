"""The Directory role on an export: each read is one pass over the file, in little memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import BinaryIO, TypeVar

from connectors.ldif.export import PEOPLE, UNITS, Pass, find_people, read_people, read_units, survey
from connectors.ldif.settings import LdifSettings
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    ConnectorError,
    ExportFile,
    FileState,
    Keeper,
    OpenExport,
    PeopleDelta,
    Probe,
    ProbeLevel,
    ProbeLine,
    Reading,
    SkipThis,
    StopConnector,
    Tally,
    TryLater,
)
from kypek_sync.model import Person, PersonKind, Unit

T = TypeVar("T")

_USEFUL = {
    "umdobject": "who is a teacher and who a pupil",
    "employeenumber": "the same person under a new login",
    "entryuuid": "the same person under a new login",
    "gsnuserroleon": "principals and heads of laboratories",
    "gsnbranch": "specialties",
    "l": "schools",
}


class LdifDirectory:
    """People and units of an LDIF file. Safe to use from several threads: each read opens the file for itself."""

    def __init__(self, settings: LdifSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._file = ExportFile(context, settings.file, settings.max_age)
        self._lock = threading.Lock()
        self._known: tuple[FileState, str] | None = None
        """The content of the state of the file that was read last: its bytes are digested once."""

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        """The people of the export as of its file's time of change. Partial when it is cut, old, changes while it is
        read, or shows nobody."""
        return self._reading(PEOPLE, lambda source, content: self._people(source, keeper, content))

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        """The units of the export, under the same conditions."""
        hashed = self._context.registry_hash
        return self._reading(UNITS, lambda source, content: read_units(source, keeper, hashed, content=content))

    def person(self, login: str) -> Person | None:
        """One person of the export, by a pass over it. Raises `TryLater` when the login is missing from an export that
        proves nothing, `SkipThis` when several entries carry it."""
        wanted = login.strip().casefold()
        with self._file.opened() as export:
            found, went = find_people(export.source, wanted, self._context.registry_hash) if wanted else ([], Pass())
            self._must_be_an_export(went)
            why = self._why(went, export) or self._file.doubt(export.state.as_of)
        if len(found) > 1:
            raise SkipThis(self._context.name, f"{len(found)} entries carry the login {wanted}.")
        if not found and why:
            raise TryLater(self._context.name, f"{self._file.name} does not show {login}, but proves nothing. {why}")
        return found[0] if found else None

    def people_since(self, cursor: str, keeper: Keeper[Person]) -> PeopleDelta:
        """An export has no delta: always asks for a full read."""
        return PeopleDelta(PEOPLE, self._context.clock(), 0, (), "", reset=True, why="An export has no delta.")

    def capabilities(self) -> frozenset[Capability]:
        """None of those that differ."""
        return frozenset()

    def probe(self) -> Probe:
        """The file, its age, whether it is whole, what it holds and what it lacks."""
        people: Tally[Person] = Tally(lambda person: person.kind is PersonKind.TEACHER)
        units: Tally[Unit] = Tally()
        try:
            reading = self.read_people(people)
            self.read_units(units)
            with self._file.opened() as export:
                seen = survey(export.source).seen
        except ConnectorError as error:
            return Probe((ProbeLine(ProbeLevel.PROBLEM, "file", error.message, error.hint),))
        lines = [*self._file.probe_lines(reading.as_of), _counts(people, units)]
        broken = self._file.broken(reading)
        if broken and people.items:
            lines.append(ProbeLine(ProbeLevel.WARNING, "whole", broken, "Draw the export again."))
        elif _RESULT not in reading.proofs:
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
            if people.items and name not in seen
        ]
        return Probe(tuple(lines))

    def close(self) -> None:
        """Let go of what is remembered of the file."""
        with self._lock:
            self._known = None

    def _people(self, source: BinaryIO, keeper: Keeper[Person], content: bool) -> Pass:
        return read_people(source, keeper, self._context.registry_hash, content=content)

    def _reading(self, scope: str, read: Callable[[BinaryIO, bool], Pass]) -> Reading:
        with self._file.opened() as export:
            known = self._content(export.state)
            went = read(export.source, not known)
            self._must_be_an_export(went)
            why = self._why(went, export)
            content = known or went.content
            if not export.changed:
                with self._lock:
                    self._known = (export.state, content)
        return self._file.reading(
            scope,
            export.state,
            went.entries,
            why,
            proofs=(_RESULT,) if went.proven else (),
            findings=went.findings(self._file.name),
            content=content,
        )

    def _content(self, state: FileState) -> str:
        with self._lock:
            return self._known[1] if self._known is not None and self._known[0] == state else ""

    def _why(self, went: Pass, export: OpenExport) -> str:
        """Why the file proves nobody's absence, besides its date."""
        return f"{self._file.name} changed while it was read." if export.changed else went.why_partial

    def _must_be_an_export(self, went: Pass) -> None:
        if went.defects and len(went.defects) == went.records:
            hint = "Check that `file` names the right one."
            raise StopConnector(self._context.name, f"{self._file.name} is no LDIF export of the directory.", hint=hint)


_RESULT = "result 0 of the search"


def _counts(people: Tally[Person], units: Tally[Unit]) -> ProbeLine:
    text = f"{people.items} people, {people.chosen} of them teachers, and {units.items} units."
    if people.items and units.items:
        return ProbeLine(ProbeLevel.OK, "counts", text)
    return ProbeLine(ProbeLevel.WARNING, "counts", text, "Draw an export with ou=people and ou=units.")
