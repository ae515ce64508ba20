"""The Directory role on CSV files: each read is one pass over its file, in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from connectors.csv_export.columns import Columns, HeadingsError, people_columns, unit_columns
from connectors.csv_export.people import Codes, PeopleRows, PersonRow, RowUnit
from connectors.csv_export.rows import Looked, Row, Unreadable, look, rows
from connectors.csv_export.settings import CsvSettings
from connectors.csv_export.units import UnitRow, units_of_file, units_of_people
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    ConnectorError,
    Digester,
    Entry,
    ExportFile,
    Gathered,
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
    person_of,
    unit_of,
)
from kypek_sync.model import Finding, FindingLevel, Person, PersonKind, Unit

_SHOWN_DEFECTS = 20
_USEFUL = {
    "kind": ("umdObject", "who is a teacher and who a pupil"),
    "registry": ("employeeNumber", "the same person under a new login"),
    "role": ("gsnUserRoleOn;school-principal", "principals and heads of laboratories"),
    "specialty": ("gsnBranch", "specialties"),
    "unit": ("l", "schools"),
}


@dataclass(slots=True)
class _Open:
    """A file whose heading was read: what a look at it showed, its columns, and its rows (once)."""

    looked: Looked
    columns: Columns
    rows: Iterator[Row]
    defects: list[tuple[int, str]] = field(default_factory=list)
    last_whole: bool = True

    def whole_rows(self) -> Iterator[Row]:
        """The rows that have as many cells as the heading (more, if those are empty); the others become defects, and
        so does everything behind a row whose quotes do not match."""
        width = self.columns.width
        try:
            for row in self.rows:
                self.last_whole = len(row.cells) == width or (len(row.cells) > width and not any(row.cells[width:]))
                if self.last_whole:
                    yield row
                else:
                    self.defects.append((row.line, f"the row has {len(row.cells)} cells and the heading {width}"))
        except Unreadable as error:
            self.defects.append((0, error.message))

    def why_partial(self) -> str:
        """Why not everybody was seen, as sentences; empty when nothing speaks against it. Many programs write no end of
        line behind the last row: one that has all its cells is whole."""
        broken = [why for line, why in self.defects if not line]
        if broken:
            return broken[0]
        if not self.last_whole and not self.looked.line_end:
            return "The export seems cut: its last line has no end."
        if self.defects:
            return f"{len(self.defects)} rows of the file could not be read, the first at line {self.defects[0][0]}."
        return ""

    def findings(self, file: str) -> list[Finding]:
        """The rows that could not be read, the first of them."""
        return [
            Finding(
                file,
                "entry-unreadable",
                f"Line {line}: {why}; draw the export again." if line else why,
                FindingLevel.ERROR,
            )
            for line, why in self.defects[:_SHOWN_DEFECTS]
        ]


class CsvDirectory:
    """People and units of one or two CSV files. Safe to use from several threads: each read opens its file."""

    def __init__(self, settings: CsvSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._people = ExportFile(context, settings.file, settings.max_age)
        own = settings.units_file
        self._units = ExportFile(context, own, settings.max_age) if own else None
        self._digester = Digester(context.registry_hash)

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        """The people of the export as of its file's time of change. Partial when it is cut, old, changes while it is
        read, has rows that cannot be read, or shows nobody."""
        entries = 0
        with self._people.opened() as export:
            opened, those = self._open_people(export)
            for one in those:
                if not one.dn:
                    opened.defects.append((one.line, "the row has no login"))
                    continue
                entries += 1
                told = [finding.code.encode() for finding in one.findings]
                digest = self._digester.of(one.dn, {**one.values, "?": told})
                if not keeper.same(digest):
                    person, findings = person_of(Entry.of(one.dn, one.values), self._context.registry_hash)
                    keeper.take(person, digest, (*findings, *one.findings))
            return self._reading(self._people, "people", export, opened, entries)

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        """The units of their own file, or those that people's rows name."""
        entries, file = 0, self._units or self._people
        with file.opened() as export:
            if self._units is not None:
                opened, those = self._open_units(export)
            else:
                opened, people = self._open_people(export)
                those = iter(units_of_people(_named(people)))
            for one in those:
                if not one.dn:
                    opened.defects.append((one.line, "the row has no unit code"))
                    continue
                entries += 1
                digest = self._digester.of(one.dn, one.values)
                if not keeper.same(digest):
                    unit, findings = unit_of(Entry.of(one.dn, one.values))
                    keeper.take(unit, digest, findings)
            return self._reading(file, "units", export, opened, entries)

    def person(self, login: str) -> Person | None:
        """One person of the export, by a pass over it. Raises `TryLater` when the login is missing from an export that
        proves nothing, `SkipThis` when several rows that do not follow each other carry it."""
        wanted = login.strip().casefold()
        found: list[Person] = []
        with self._people.opened() as export:
            opened, those = self._open_people(export)
            for one in those:
                values = one.values.get("uid", [b""])[0]
                if wanted and values.decode().casefold() == wanted:
                    person, _ = person_of(Entry.of(one.dn, one.values), self._context.registry_hash)
                    found += [person] if person is not None else []
            why = opened.why_partial() or self._people.doubt(export.state.as_of)
        if len(found) > 1:
            raise SkipThis(self._context.name, f"{len(found)} entries carry the login {wanted}.")
        if not found and why:
            raise TryLater(self._context.name, f"{self._people.name} does not show {login}, but proves nothing. {why}")
        return found[0] if found else None

    def people_since(self, cursor: str, keeper: Keeper[Person]) -> PeopleDelta:
        """An export has no delta: always asks for a full read."""
        return PeopleDelta("people", self._context.clock(), 0, (), "", reset=True, why="An export has no delta.")

    def capabilities(self) -> frozenset[Capability]:
        """None of those that differ."""
        return frozenset()

    def probe(self) -> Probe:
        """The file, its age, its encoding and columns, whether it is whole, and what it lacks."""
        people: Tally[Person] = Tally(lambda person: person.kind is PersonKind.TEACHER)
        units: Tally[Unit] = Tally()
        try:
            reading = self.read_people(people)
            of_units = self.read_units(units)
            with self._people.opened() as export:
                opened, _ = self._open_people(export)
        except ConnectorError as error:
            return Probe((ProbeLine(ProbeLevel.PROBLEM, "file", error.message, error.hint),))
        lines = list(self._people.probe_lines(reading.as_of))
        if self._units is not None:
            lines += self._units.probe_lines(of_units.as_of)
        counted = f"{people.items} people, {people.chosen} of them teachers, and {units.items} units."
        level = ProbeLevel.OK if people.items and units.items else ProbeLevel.WARNING
        lines.append(ProbeLine(level, "counts", counted))
        broken = self._people.broken(reading)
        if broken and people.items:
            lines.append(ProbeLine(ProbeLevel.WARNING, "whole", broken, "Draw the export again."))
        columns = opened.columns
        missing = {
            name: meaning
            for name, (attribute, meaning) in _USEFUL.items()
            if name not in columns and attribute not in columns.attributes
        }
        if "kind" in missing and self._settings.kind:
            del missing["kind"]
        lines += [
            ProbeLine(
                ProbeLevel.WARNING,
                "attributes",
                f"No column holds the field {name}, so this is not known: {meaning}.",
                f"Draw the export with such a column, or name it in the settings under `columns: {name}`.",
            )
            for name, meaning in missing.items()
        ]
        return Probe(tuple(lines))

    def close(self) -> None:
        """Nothing is held."""

    # -------------------------------------------------------------------------------------- the files

    def _open_people(self, export: OpenExport) -> tuple[_Open, Iterator[PersonRow]]:
        settings = self._settings
        opened = self._opened(self._people, export, people=True)
        codes = Codes(self._known_codes())
        at = opened.columns.fields.get("unit")
        if at is not None and codes.known is None:
            for row in self._opened(self._people, export, people=True).whole_rows():
                codes.met(row.cells[at])
            opened = self._opened(self._people, export, people=True)
        maker = PeopleRows(opened.columns, codes, settings.kind, settings.directorate)
        return opened, maker.entries(opened.whole_rows())

    def _open_units(self, export: OpenExport) -> tuple[_Open, Iterator[UnitRow]]:
        file = self._units or self._people
        codes = Codes()
        opened = self._opened(file, export, people=False)
        if (at := opened.columns.fields.get("code")) is not None:
            for row in opened.whole_rows():
                codes.met(row.cells[at])
            opened = self._opened(file, export, people=False)
        return opened, units_of_file(opened.columns, opened.whole_rows(), codes, self._settings.directorate)

    def _known_codes(self) -> dict[str, str] | None:
        """Unit ids by code, from the units' file; None without one. A code of several units finds none of them."""
        if self._units is None:
            return None
        kept: Gathered[Unit] = Gathered()
        self.read_units(kept)
        found: dict[str, list[str]] = {}
        for unit in kept.items:
            if unit.code:
                found.setdefault(unit.code, []).append(unit.id)
        return {code: ids[0] for code, ids in found.items() if len(ids) == 1}

    def _opened(self, file: ExportFile, export: OpenExport, *, people: bool) -> _Open:
        """The file with its heading read, from its beginning. Raises `StopConnector` if it cannot be read rightly."""
        source: BinaryIO = export.source
        settings, system = self._settings, self._context.name
        try:
            source.seek(0)
            looked = look(source, settings.encoding)
            source.seek(0)
            read = rows(source, looked.encoding, settings.separator)
            heading = next(read, Row(1, []))
            named = settings.columns if people else settings.unit_columns
            columns = (people_columns if people else unit_columns)(heading.cells, named)
        except (Unreadable, HeadingsError) as error:
            raise StopConnector(system, f"{file.name}: {error.message}", hint=error.hint) from None
        return _Open(looked, columns, read)

    def _reading(self, file: ExportFile, scope: str, export: OpenExport, opened: _Open, entries: int) -> Reading:
        why = f"{file.name} changed while it was read." if export.changed else opened.why_partial()
        return file.reading(
            scope, export.state, entries, why, findings=opened.findings(file.name), content=opened.looked.content
        )


def _named(people: Iterator[PersonRow]) -> Iterator[RowUnit]:
    for one in people:
        yield from one.units
