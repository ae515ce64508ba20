"""A file that a centre receives or draws in place of a live directory: its state, its age, and what that proves.

For every connector that reads exports, whatever their format. An export is as old as its file, so `as_of` is the file's
time of change; which export it is tells its content, never that time (design, rule 2). Beyond a set age it still tells
who people are, but proves nobody's absence, and the administrator is reminded; a date in the future proves nothing.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Protocol, runtime_checkable

from kypek_sync.contract.directory_reading import PeopleDelta, Reading
from kypek_sync.contract.errors import SkipThis, StopConnector, TryLater
from kypek_sync.contract.roles import ProbeLevel, ProbeLine
from kypek_sync.contract.spec import ConnectorContext
from kypek_sync.model import Finding, FindingLevel, Person, local

OLD_EXPORT = "export-old"
"""The code of the finding that reminds of an export beyond its age; the engine opens a case for it."""

_SHOWN_DEFECTS = 20
_SKEW = timedelta(minutes=10)
"""How far the clock of whoever writes the export may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class FileState:
    """One state of a file: its inode, time of change in nanoseconds and size. Another state, another content."""

    inode: int
    changed: int
    size: int

    @property
    def as_of(self) -> datetime:
        """The time of change, aware, UTC."""
        return datetime.fromtimestamp(self.changed / 1e9, UTC)


@dataclass(frozen=True, slots=True)
class OpenExport:
    """An export open for reading: `source` at its first byte, and the `state` that it had when it was opened. Nothing
    that is written behind its end meanwhile is read: else a file that grows as fast as it is read would have none."""

    source: BinaryIO
    state: FileState
    descriptor: int

    @property
    def changed(self) -> bool:
        """Whether somebody wrote to the file since it was opened: then what was read belongs to no one state."""
        return _state(self.descriptor) != self.state


@runtime_checkable
class ReadsExport(Protocol):
    """What a connector of exports tells besides its role, without looking at the file."""

    @property
    def max_age(self) -> timedelta:
        """Beyond this age an export proves nobody's absence."""


class ExportFile:
    """One export of the settings. `context.name` is the connector's name in errors and readings."""

    def __init__(self, context: ConnectorContext, file: str, max_age: timedelta) -> None:
        self._context = context
        self._max_age = max_age
        self.path = context.folder / file
        self.name = self.path.name

    @contextmanager
    def opened(self) -> Iterator[OpenExport]:
        """Open it. Raises `TryLater` where there is no file or its disk fails, `StopConnector` where the service may
        not read it."""
        system = self._context.name
        try:
            with self.path.open("rb", buffering=0) as whole:
                state = _state(whole.fileno())
                yield OpenExport(io.BufferedReader(_Bounded(whole, state.size)), state, whole.fileno())
        except FileNotFoundError:
            hint = "Check `file`, or draw the export."
            raise TryLater(system, f"there is no file {self.path}.", hint=hint) from None
        except (PermissionError, IsADirectoryError) as error:
            hint = "Let the service read this file."
            raise StopConnector(system, f"{self.path} cannot be read ({error.strerror}).", hint=hint) from None
        except OSError as error:
            raise TryLater(system, f"{self.path} cannot be read ({error.strerror}).") from None

    def doubt(self, as_of: datetime) -> str:
        """Why an export of that moment proves nobody's absence: too old, or from the future, as sentences; empty when
        its date speaks against nothing."""
        return " ".join(why for why in (self._too_old(as_of), self._from_the_future(as_of)) if why)

    def reading(
        self,
        scope: str,
        state: FileState,
        entries: int,
        why_partial: str,
        *,
        proofs: Sequence[str] = (),
        proven: bool = False,
        findings: Sequence[Finding] = (),
        content: str = "",
    ) -> Reading:
        """The end of a read of one scope: `why_partial` is what speaks against its completeness besides its date and
        besides that it shows nobody."""
        doubts = [why_partial, self.doubt(state.as_of)]
        if not entries and not any(doubts):
            doubts.append(f"The export shows no {scope}.")
        why = " ".join(doubt for doubt in doubts if doubt)
        drawn = f"export of {local(state.as_of):%Y-%m-%d %H:%M}"
        return Reading(
            system=self._context.name,
            scope=scope,
            as_of=state.as_of,
            entries=entries,
            complete=not why,
            why_partial=why,
            proofs=(drawn, f"{entries} entries", *proofs),
            findings=(*findings, *self._reminder(state.as_of)),
            content=content,
            proven=proven,
            export=True,
        )

    def unreadable(self, defects: Sequence[tuple[int, str]]) -> tuple[Finding, ...]:
        """The places that could not be read, the first of them: line (0 where it is the whole file) and clause."""
        return tuple(
            Finding(
                self.name,
                "entry-unreadable",
                f"Line {line}: {why}; draw the export again." if line else why,
                FindingLevel.ERROR,
            )
            for line, why in defects[:_SHOWN_DEFECTS]
        )

    def only(self, login: str, found: Sequence[Person], why: str) -> Person | None:
        """Who was found under a login; `why` nobody's absence is proved, as sentences. Raises `TryLater` where somebody
        is missing from an export that proves nothing, `SkipThis` where several entries carry the login."""
        if len(found) > 1:
            raise SkipThis(self._context.name, f"{len(found)} entries carry the login {login}.")
        if not found and why:
            raise TryLater(self._context.name, f"{self.name} does not show {login}, but proves nothing. {why}")
        return found[0] if found else None

    def no_delta(self) -> PeopleDelta:
        """An export has none: a full read is always asked for."""
        return PeopleDelta("people", self._context.clock(), 0, (), "", reset=True, why="An export has no delta.")

    def probe_lines(self, as_of: datetime) -> tuple[ProbeLine, ProbeLine]:
        """What `check` says of the file and its age."""
        old = self._too_old(as_of) or self._from_the_future(as_of)
        text = f"The export is of {local(as_of):%Y-%m-%d %H:%M}.{' ' + old if old else ''}"
        level, next_step = (ProbeLevel.WARNING, "Draw a new export.") if old else (ProbeLevel.OK, "")
        return (
            ProbeLine(ProbeLevel.OK, "file", f"{self.name} can be read."),
            ProbeLine(level, "age", text, next_step),
        )

    def broken(self, reading: Reading) -> str:
        """Why a reading is not complete besides the file's date, as sentences; empty where only that speaks against
        it, or nothing."""
        return reading.why_partial.removesuffix(self.doubt(reading.as_of)).strip()

    def _reminder(self, as_of: datetime) -> tuple[Finding, ...]:
        if not self._too_old(as_of):
            return ()
        text = (
            f"The export is older than the {_days(self._max_age)} allowed, so nobody's absence counts; draw a new one."
        )
        return (Finding(self.name, OLD_EXPORT, text),)

    def _too_old(self, as_of: datetime) -> str:
        age = self._context.clock() - as_of
        if age <= self._max_age:
            return ""
        its, limit = _days(age), _days(self._max_age)
        if its == limit:  # by minutes, which nobody wants to know
            return f"It is older than the {limit} allowed."
        return f"It is {its} old, more than the {limit} allowed."

    def _from_the_future(self, as_of: datetime) -> str:
        """Believed once, such a date would make every true export after it look like an old one put back."""
        ahead = as_of - self._context.clock()
        drawn = f"{local(as_of):%Y-%m-%d %H:%M}"
        return f"Its date, {drawn}, is in the future: check both clocks." if ahead > _SKEW else ""


class _Bounded(io.RawIOBase):
    """The first `size` bytes of a file."""

    def __init__(self, whole: io.RawIOBase, size: int) -> None:
        super().__init__()
        self._whole, self._size = whole, size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._whole.seek(offset, whence)

    def readinto(self, buffer: Any) -> int | None:
        left = max(0, self._size - self._whole.tell())
        return self._whole.readinto(memoryview(buffer)[:left])


def _state(descriptor: int) -> FileState:
    stat = os.fstat(descriptor)
    return FileState(stat.st_ino, stat.st_mtime_ns, stat.st_size)


def _days(length: timedelta) -> str:
    return f"{length.days} days" if length.days >= 2 else f"{length.total_seconds() / 3600:.0f} hours"
