"""What goes into the validation of a programme and what comes out of it.

`Ground` is what validation may know of the rest of the world, all of it plain values, so that a programme can be
checked without a server or a ledger. A `Mistake` belongs to one cell and carries an English message id with its values:
the reader's language is chosen when it is shown.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kypek_sync.language import Text, speaker
from kypek_sync.model import ATHENS, FindingLevel, Seminar, SourceRow
from kypek_sync.programme.schools import Schools


@dataclass(frozen=True, slots=True)
class Taken:
    """A seminar that uses an existing course; `registration`: people apply there; `until` is when its last session
    ends (aware UTC), None without sessions."""

    code: str
    title: str
    registration: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What validation may know.

    `kypek`: the centre's id. `structure`: id of the structure whose programme this is (empty: the file must name one in
    each row). `structures`: id → Greek name, all those of the centre. `school_year`: `2026-2027`. `platforms`: names of
    the connectors that hold courses, `addresses` where people open them, `platform` the one where a course is made if
    its seminar names no other. `taken_courses`: the existing courses that seminars of other structures use, by the one
    form of their address. `taken_codes`: codes of other structures' seminars. `own_codes`: code → title of
    this structure's seminars that are in force already, in this file or not: a row without a code is the one of its
    title, and none of these codes is given to another. `own_dates`: code → starts of their sessions in force, aware
    UTC. `known_logins`: holds every login of the directory, in lower case, or None while that is unknown (nothing is
    checked then). `schools`: the directory's units, likewise. `specialties`: codes that the directory uses beyond the
    law's table. `categories`: connector name → category of this structure's courses there; carried for those who make
    the courses, not checked here. `remote`: the units and directorates that the settings call remote, as a programme
    would name them. `restricting`: those of the platforms that can end a membership that people began themselves.
    """

    kypek: str
    structure: str
    structures: Mapping[str, str]
    school_year: str
    platforms: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    taken_courses: Mapping[str, tuple[Taken, ...]] = field(default_factory=dict)
    taken_codes: frozenset[str] = frozenset()
    own_codes: Mapping[str, str] = field(default_factory=dict)
    own_dates: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    known_logins: Container[str] | None = None
    schools: Schools | None = None
    specialties: frozenset[str] = frozenset()
    categories: Mapping[str, str] = field(default_factory=dict)
    remote: tuple[str, ...] = ()
    restricting: frozenset[str] = frozenset()

    @property
    def first_year(self) -> int:
        """The calendar year in which the school year starts (1 September)."""
        return int(self.school_year[:4])

    @property
    def year_begins(self) -> datetime:
        """1 September of the school year, midnight in Greece."""
        return datetime(self.first_year, 9, 1, tzinfo=ATHENS)

    def is_of_an_earlier_year(self, code: str) -> bool:
        """Whether all sessions of a seminar in force lie before this school year."""
        dates = self.own_dates.get(code, ())
        return bool(dates) and max(dates) < self.year_begins


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend in a programme.

    `source`: where; for YAML the row is the line of that very key. `column`: the heading as the officer wrote it, else
    our own name of it. `cell`: its address (`D7`), empty for YAML. `code`: a stable word for counting. `message`: an
    English message id, `values` what fills its places. `seminar`: the code it keeps back (when an error), empty when it
    belongs to no seminar.
    """

    source: SourceRow
    column: str
    cell: str
    code: str
    message: str
    level: FindingLevel
    seminar: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The English sentence."""
        return self.said(speaker("en"))

    def said(self, text: Text) -> str:
        """The sentence in the language that `text` speaks."""
        why = {name: text(value) for name, value in self.values.items() if name == "why"}  # of the operating system
        return text(self.message, **{**self.values, **why})

    @property
    def where(self) -> str:
        """Sheet and cell, or the line, as one would look for it: `Σεμινάρια!D7`, `12`."""
        if not self.cell:
            return str(self.source.row)
        return f"{self.source.sheet}!{self.cell}" if self.source.sheet else self.cell


@dataclass(frozen=True, slots=True)
class Reading:
    """What a programme says, after validation.

    `seminars`: only those without an error. `held`: codes that mistakes keep back: whoever applies a programme leaves
    these seminars as they are (rule 20). `assigned`: source row → code, for rows that had none. `numbered`: source row
    → session number, likewise. Codes given here are provisional until the seminars are in force or the officer goes on
    with the answered copy (see `codes`).
    """

    file: Path
    sha256: str
    seminars: tuple[Seminar, ...]
    mistakes: tuple[Mistake, ...]
    assigned: Mapping[SourceRow, str]
    held: frozenset[str]
    numbered: Mapping[SourceRow, int] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Mistake, ...]:
        """Mistakes that keep something back."""
        return tuple(m for m in self.mistakes if m.level is FindingLevel.ERROR)

    @property
    def warnings(self) -> tuple[Mistake, ...]:
        """Mistakes that keep nothing back."""
        return tuple(m for m in self.mistakes if m.level is FindingLevel.WARNING)


class ProgrammeUnreadable(Exception):
    """Nothing can be read from the file. The message names it and says what to do.

    `message` is an English message id and `values` fill its places, so that `said()` can speak Greek.
    """

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message % values)
        self.message = message
        self.values = values

    def said(self, text: Text) -> str:
        """The sentence in the language that `text` speaks."""
        why = {name: text(value) for name, value in self.values.items() if name == "why"}  # of the operating system
        return text(self.message, **{**self.values, **why})
