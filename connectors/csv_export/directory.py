"""The Directory role on CSV files: each read is one pass over its file, in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import BinaryIO

from connectors.csv_export.columns import HeadingsError, people_columns, unit_columns
from connectors.csv_export.opened import Opened
from connectors.csv_export.people import Codes, PeopleRows, PersonRow, RowUnit
from connectors.csv_export.rows import Row, Unreadable, look, rows
from connectors.csv_export.settings import CsvSettings
from connectors.csv_export.telling import Telling
from connectors.csv_export.units import UnitRow, units_of_file, units_of_people
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    Entry,
    ExportFile,
    Gathered,
    Keeper,
    Known,
    OpenExport,
    PeopleDelta,
    Probe,
    ProbeLevel,
    ProbeLine,
    Reading,
    StopConnector,
    person_of,
    probe_of,
    unit_of,
)
from kypek_sync.model import Finding, LabelSource, Person, Unit

_USEFUL = {
    "kind": ("umdObject", "who is a teacher and who a pupil"),
    "registry": ("employeeNumber", "the same person under a new login"),
    "role": ("gsnUserRoleOn;school-principal", "principals and heads of laboratories"),
    "specialty": ("gsnBranch", "specialties"),
    "unit": ("l", "schools"),
}


class CsvDirectory:
    """People and units of one or two CSV files. Safe to use from several threads: each read opens its file."""

    def __init__(self, settings: CsvSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._people = ExportFile(context, settings.file, settings.max_age)
        own = settings.units_file
        self._units = ExportFile(context, own, settings.max_age) if own else None
        self._telling = Telling(context.registry_hash)

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        """The people of the export as of its file's time of change. Partial when it is cut, old, changes while it is
        read, has rows that cannot be read, or shows nobody; or when the units' file is not whole: then whoever is in a
        unit that it does not show is left out, since a school would be taken from them."""
        entries, hashed = 0, self._context.registry_hash
        with self._people.opened() as export:
            opened, those = self._open_people(export)
            for one in those:
                if one.nobody:
                    opened.defects.append((one.line, one.nobody))
                    continue
                if one.astray and opened.beside:
                    continue
                entries += 1
                self._telling.keep(keeper, one, opened.columns, lambda entry: person_of(entry, hashed), one.findings)
            shown = self._reading(self._people, "people", export, opened, entries)
            return replace(shown, without=self._without(opened))

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        """The units of their own file, or those that people's rows name."""
        entries, file = 0, self._units or self._people
        with file.opened() as export:
            if self._units is not None:
                opened, those = self._open_units(export)
            else:
                opened, people = self._open_people(export)
                those = iter(units_of_people(_named(people), opened.columns))
            for one in those:
                if not one.dn:
                    opened.defects.append((one.line, "the row has neither a unit code nor a name"))
                    continue
                entries += 1
                self._telling.keep(keeper, one, opened.columns, partial(_unit_of, one.label_source), one.findings)
            shown = self._reading(file, "units", export, opened, entries)
            lacks = self._units is None and "units" in opened.columns.without()
            return replace(shown, without=frozenset({"units"})) if lacks else shown

    def person(self, login: str) -> Person | None:
        """One person of the export, by a pass over it. Raises `TryLater` when the login is missing from an export that
        proves nothing, `SkipThis` when several rows that do not follow each other carry it."""
        wanted = login.strip().casefold()
        found: list[Person] = []
        with self._people.opened() as export:
            opened, those = self._open_people(export)
            for one in those:
                values = one.values.get("uid", [b""])[0]
                if wanted and values.decode().casefold() == wanted and not (one.astray and opened.beside):
                    person, _ = person_of(one.entry(opened.columns), self._context.registry_hash)
                    found += [person] if person is not None else []
            why = opened.why_partial() or self._people.doubt(export.state.as_of)
        return self._people.only(wanted, found, why)

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        """An export has no delta: always asks for a full read."""
        return self._people.no_delta()

    @property
    def max_age(self) -> timedelta:
        """The age of the settings beyond which an export proves nobody's absence."""
        return self._settings.max_age

    def capabilities(self) -> frozenset[Capability]:
        """None of those that differ."""
        return frozenset()

    def probe(self) -> Probe:
        """The file, its age, its encoding and columns, whether it is whole, and what it lacks."""
        return probe_of(self, self._people, self._units, "Draw an export with people and their units.")

    def lacks(self) -> Sequence[ProbeLine]:
        """The columns that are missing, by what nobody knows without them."""
        with self._people.opened() as export:
            columns = self._opened(self._people, export, people=True).columns
        missing = {
            name: meaning
            for name, (attribute, meaning) in _USEFUL.items()
            if name not in columns and attribute not in columns.attributes
        }
        if self._settings.kind:
            missing.pop("kind", None)
        if "unit_name" in columns:
            missing.pop("unit", None)
        return [
            ProbeLine(
                ProbeLevel.WARNING,
                "attributes",
                f"No column holds the field {name}, so this is not known: {meaning}.",
                f"Draw the export with such a column, or name it in the settings: `columns: {{{name}: HEADING}}`.",
            )
            for name, meaning in missing.items()
        ]

    def unproven(self, reading: Reading) -> Sequence[ProbeLine]:
        """Where the last line need not end, a file that was cut within its last cell looks whole."""
        if self._settings.ends_last_line:
            return ()
        text = "A file that was cut within its last cell would not show, since its last line need not end."
        hint = "Have it drawn by a programme that ends the last line, and take `ends_last_line` out of the settings."
        return (ProbeLine(ProbeLevel.WARNING, "whole", text, hint),)

    def close(self) -> None:
        """Nothing is held."""

    # -------------------------------------------------------------------------------------- the files

    def _open_people(self, export: OpenExport) -> tuple[Opened, Iterator[PersonRow]]:
        settings = self._settings
        opened = self._opened(self._people, export, people=True)
        codes, doubt = self._known_codes()
        at = opened.columns.fields.get("unit")
        if at is not None and codes.known is None:
            for row in opened.whole_rows():
                codes.met(row.cells[at])
            opened = self._opened(self._people, export, people=True)
        opened.beside = doubt
        maker = PeopleRows(opened.columns, codes, settings.kind, settings.directorate)
        return opened, maker.entries(opened)

    def _open_units(self, export: OpenExport) -> tuple[Opened, Iterator[UnitRow]]:
        file = self._units or self._people
        codes = Codes()
        opened = self._opened(file, export, people=False)
        if (at := opened.columns.fields.get("code")) is not None:
            for row in opened.whole_rows():
                codes.met(row.cells[at])
            opened = self._opened(file, export, people=False)
        return opened, units_of_file(opened.columns, opened.whole_rows(), codes, self._settings.directorate)

    def _known_codes(self) -> tuple[Codes, str]:
        """Unit ids by code and name, from the units' file, and why some may be missing there, as sentences. That it is
        old is no reason: schools stay where they are."""
        if self._units is None:
            return Codes(), ""
        kept: Gathered[Unit] = Gathered()
        why = self._units.broken(self.read_units(kept))
        doubt = f"{self._units.name} is not whole, so some schools are not known. {why}" if why else ""
        return Codes.of(kept.items), doubt

    def _without(self, opened: Opened) -> frozenset[str]:
        """What the file has no place for and the settings or the units' file do not tell either."""
        told = {"kind"} if self._settings.kind else set()
        if self._settings.directorate or self._units is not None:
            told.add("directorates")
        without = opened.columns.without()
        return without - told if "units" not in without else (without - told) | {"directorates"}

    def _opened(self, file: ExportFile, export: OpenExport, *, people: bool) -> Opened:
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
        return Opened(looked, columns, read, settings.ends_last_line)

    def _reading(self, file: ExportFile, scope: str, export: OpenExport, opened: Opened, entries: int) -> Reading:
        why = f"{file.name} changed while it was read." if export.changed else opened.why_partial()
        return file.reading(
            scope, export.state, entries, why, findings=file.unreadable(opened.defects), content=opened.looked.content
        )


def _unit_of(source: LabelSource, entry: Entry) -> tuple[Unit | None, tuple[Finding, ...]]:
    unit, findings = unit_of(entry)
    return replace(unit, label_source=source) if unit is not None else None, findings


def _named(people: Iterator[PersonRow]) -> Iterator[RowUnit]:
    for one in people:
        yield from one.units
