"""The directory from a CSV export of a school register, for centres without access to the directory itself.

Read: UTF-8 (with or without BOM), UTF-16 with BOM, windows-1253 or another encoding that the settings name; separated
by `;`, `,` or tab; quotes and line breaks in quotes. Columns are found by their usual headings, Greek or the names of
the directory's own attributes, or named in `columns`. Several values in one cell are separated by `|`; several rows of
one person, one after the other, are one person with several units. A unit is told by its code, its DN, or by its name,
where exactly one unit of the units' file has that name.

Documented limits: what the columns do not hold is not known (entryUUID and roles, mostly); there is no delta; an export
cut exactly between two rows cannot be told from a whole one, and the engine's comparison with the last good read stands
behind it. Columns of dates (last change, end of service) are not read, however they are written: a person of ours has
no date, the export's own date is that of its file, and who ends serving is missing from the next one. A unit that is
named only by its code gets an id of its own, so units differ from those of an LDAP directory unless the file has their
DN; people are the same by their keys.
"""

from __future__ import annotations

from connectors.csv_export.directory import CsvDirectory
from connectors.csv_export.settings import CsvSettings
from kypek_sync.contract import ConnectorSpec, Role

SPEC = ConnectorSpec(
    name="csv",
    title="Directory export (CSV)",
    roles=frozenset({Role.DIRECTORY}),
    settings=CsvSettings,
    build=CsvDirectory,
)

__all__ = ["SPEC", "CsvDirectory", "CsvSettings"]
