"""The Directory role on an export: each read is one pass over the file, in little memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import BinaryIO, TypeVar

from connectors.ldif.export import HOW_TO_DRAW, PEOPLE, UNITS, Pass, find_people, read_people, read_units, survey
from connectors.ldif.settings import LdifSettings
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    ExportFile,
    FileState,
    Keeper,
    Known,
    OpenExport,
    PeopleDelta,
    Probe,
    ProbeLevel,
    ProbeLine,
    Reading,
    StopConnector,
    probe_of,
)
from kypek_sync.model import Person, Unit

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
        return self._file.only(wanted, found, why)

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        """An export has no delta: always asks for a full read."""
        return self._file.no_delta()

    @property
    def max_age(self) -> timedelta:
        """The age of the settings beyond which an export proves nobody's absence."""
        return self._settings.max_age

    def capabilities(self) -> frozenset[Capability]:
        """None of those that differ."""
        return frozenset()

    def probe(self) -> Probe:
        """The file, its age, whether it is whole, what it holds and what it lacks."""
        return probe_of(self, self._file, None, "Draw an export with ou=people and ou=units.")

    def lacks(self) -> Sequence[ProbeLine]:
        """The attributes that nobody carries, by what is not known without them."""
        with self._file.opened() as export:
            seen = survey(export.source).seen
        return [
            ProbeLine(
                ProbeLevel.WARNING,
                "attributes",
                f"No person carries {name}, so this is not known: {meaning}.",
                f"Draw the export with {name}.",
            )
            for name, meaning in _USEFUL.items()
            if name not in seen
        ]

    def unproven(self, reading: Reading) -> Sequence[ProbeLine]:
        """Where the file does not tell how the search ended, a limit of the server looks like the end."""
        if reading.proven:
            return ()
        text = "The file does not tell how the search that made it ended; a limit of the server would not show."
        return (ProbeLine(ProbeLevel.WARNING, "whole", text, HOW_TO_DRAW),)

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
            proofs=("result 0 of the search",) if went.proven else (),
            proven=went.proven,
            findings=self._file.unreadable([(one.line, one.why) for one in went.defects]),
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
