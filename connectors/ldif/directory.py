"""The Directory role on an export. The file is read anew only when it has changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from connectors.ldif.export import Export, Kept, read_export
from connectors.ldif.settings import LdifSettings
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    ConnectorError,
    Keeper,
    Known,
    PeopleDelta,
    Probe,
    ProbeLevel,
    ProbeLine,
    Reading,
    StopConnector,
    TryLater,
)
from kypek_sync.model import Person, PersonKind, Unit, local

T = TypeVar("T")

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
class _State:
    """An export as read from one state of its file: `stamp` is its inode, time and size."""

    stamp: tuple[int, int, int]
    as_of: datetime
    export: Export

    @cached_property
    def by_login(self) -> dict[str, Person]:
        return {kept.item.login: kept.item for kept in self.export.people if kept.item}


class LdifDirectory:
    """People and units of an LDIF file. Safe to use from several threads."""

    def __init__(self, settings: LdifSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._path = context.folder / settings.file
        self._lock = threading.Lock()
        self._last: _State | None = None

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        """The people of the export as of its file's time of change. Partial when it is cut, old, or shows nobody."""
        state = self._state()
        return self._reading("people", state, state.export.people, keeper)

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        """The units of the export, under the same conditions."""
        state = self._state()
        return self._reading("units", state, state.export.units, keeper)

    def person(self, login: str) -> Person | None:
        """One person of the export. Raises `TryLater` when the login is missing from an export that proves nothing."""
        state = self._state()
        found = state.by_login.get(login.strip().lower())
        if found is None and (why := self._why_partial(state)):
            raise TryLater(self._context.name, f"{self._path.name} does not show {login}, but proves nothing. {why}")
        return found

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        """An export has no delta: always asks for a full read."""
        return PeopleDelta("people", self._context.clock(), 0, (), "", reset=True, why="An export has no delta.")

    def capabilities(self) -> frozenset[Capability]:
        """None of those that differ."""
        return frozenset()

    def probe(self) -> Probe:
        """The file, its age, whether it is whole, what it holds and what it lacks."""
        try:
            state = self._state()
        except ConnectorError as error:
            return Probe((ProbeLine(ProbeLevel.PROBLEM, "file", error.message, error.hint),))
        export = state.export
        drawn = f"{local(state.as_of):%Y-%m-%d %H:%M}"
        old = self._too_old(state)
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

    def _state(self) -> _State:
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
                        self._last = _State(stamp, datetime.fromtimestamp(stat.st_mtime, UTC), export)
            except FileNotFoundError:
                hint = "Check `file`, or draw the export."
                raise TryLater(name, f"there is no file {self._path}.", hint=hint) from None
            except (PermissionError, IsADirectoryError) as error:
                hint = "Let the service read this file."
                raise StopConnector(name, f"{self._path} cannot be read ({error.strerror}).", hint=hint) from None
            except OSError as error:
                raise TryLater(name, f"{self._path} cannot be read ({error.strerror}).") from None
            state = self._last
        if state.export.defects and not state.export.entries:
            hint = "Check that `file` names the right one."
            raise StopConnector(name, f"{self._path.name} is no LDIF export of the directory.", hint=hint)
        return state

    def _reading(self, scope: str, state: _State, entries: Sequence[Kept[T]], keeper: Keeper[T]) -> Reading:
        for kept in entries:
            if not keeper.same(kept.digest):
                keeper.take(kept.item, kept.digest, kept.findings)
        why = self._why_partial(state) or ("" if entries else f"The export shows no {scope}.")
        return Reading(
            system=self._context.name,
            scope=scope,
            as_of=state.as_of,
            entries=len(entries),
            complete=not why,
            why_partial=why,
            proofs=_proofs(state, len(entries)),
            findings=state.export.findings,
            content=state.export.digest,
        )

    def _too_old(self, state: _State) -> str:
        age, limit = self._context.clock() - state.as_of, self._settings.max_age
        return f"It is {_days(age)} old, more than the {_days(limit)} allowed." if age > limit else ""

    def _from_the_future(self, state: _State) -> str:
        """Believed once, such a date would make every true export after it look like an old one put back."""
        ahead = state.as_of - self._context.clock()
        drawn = f"{local(state.as_of):%Y-%m-%d %H:%M}"
        return f"Its date, {drawn}, is in the future: check both clocks." if ahead > _SKEW else ""

    def _why_partial(self, state: _State) -> str:
        doubts = (state.export.why_partial, self._too_old(state), self._from_the_future(state))
        return " ".join(why for why in doubts if why)


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _days(length: timedelta) -> str:
    return f"{length.days} days" if length.days >= 2 else f"{length.total_seconds() / 3600:.0f} hours"


def _proofs(state: _State, count: int) -> tuple[str, ...]:
    drawn = (f"export of {local(state.as_of):%Y-%m-%d %H:%M}", f"{count} entries")
    return (*drawn, "result 0 of the search") if state.export.proven else drawn


def _counts(export: Export) -> ProbeLine:
    teachers = sum(kept.item is not None and kept.item.kind is PersonKind.TEACHER for kept in export.people)
    text = f"{len(export.people)} people, {teachers} of them teachers, and {len(export.units)} units."
    if export.people and export.units:
        return ProbeLine(ProbeLevel.OK, "counts", text)
    return ProbeLine(ProbeLevel.WARNING, "counts", text, "Draw an export with ou=people and ou=units.")
