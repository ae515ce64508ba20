"""Units of a CSV export: from a file of their own, or as people's rows name them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from connectors.csv_export.columns import UNIT_FIELD_ATTRIBUTES, Columns
from connectors.csv_export.people import Codes, RowUnit, unit_dn
from connectors.csv_export.rows import Row
from kypek_sync.contract import Entry, holds_personal_number, shape, unit_id, without_numbers
from kypek_sync.model import Finding, LabelSource

_SCHOOL = ("umdObject", "schunit")


@dataclass(slots=True)
class UnitRow:
    """A unit as an entry: DN (empty when neither a DN nor a code can be read), values, code, and from where its label
    of a directorate is. The values have that too, under a name that no attribute has: it is in the digest then."""

    line: int
    dn: str
    code: str
    values: dict[str, list[bytes]] = field(repr=False)
    findings: list[Finding] = field(default_factory=list)
    label_source: LabelSource = LabelSource.TREE

    def entry(self, columns: Columns) -> Entry:
        """As an entry of the directory that calls its attributes as the file does."""
        return Entry.of(self.dn, self.values, columns.names)


def units_of_file(columns: Columns, rows: Iterable[Row], codes: Codes, label: str) -> Iterator[UnitRow]:
    """One for each row. A unit without a DN is known by its code, an office without one by its name; `label` is the
    directorate where no column tells."""
    for row in rows:
        cells = {name: row.cells[at] for name, at in columns.fields.items()}
        code = codes.read(cells["code"]) if cells.get("code") else ""
        own = cells.get("directorate", "").lower()
        place = own if re.fullmatch(r"[a-z]+(?:-[a-z]+)?", own) else "" if own else label
        dn = cells.get("dn", "") or (unit_dn(code, place) if code else "")
        if not dn and not cells.get("code"):  # one that cannot be read is a damaged row
            dn = _named_dn(cells.get("name", ""), place)
        source = LabelSource.TREE if cells.get("dn") else LabelSource.COLUMN if own else LabelSource.SETTINGS
        values = {name: [row.cells[at].encode()] for name, at in columns.attributes.items() if row.cells[at]}
        values |= {
            attribute: [(code if name == "code" else cells[name]).encode()]
            for name, attribute in UNIT_FIELD_ATTRIBUTES.items()
            if cells.get(name)
        }
        if "umdObject" not in columns.attributes:
            values[_SCHOOL[0]] = [_SCHOOL[1].encode()]
        values["?label"] = [source.value.encode()]
        yield UnitRow(row.line, dn, code, values, label_source=source)


def _named_dn(name: str, label: str) -> str:
    """The id of a unit that has no code, from its name, whatever its case and accents; empty where that tells nothing,
    or has somebody's number in it."""
    words = re.findall(r"[^\W_]+", shape(name).lower())
    if not words or not any(map(str.isalpha, name)) or holds_personal_number(name):
        return ""
    return unit_id(f"ou={'-'.join(words)},ou={label},ou=units" if label else f"ou={'-'.join(words)},ou=units")


def units_of_people(named: Iterable[RowUnit], columns: Columns) -> list[UnitRow]:
    """Each unit that people's rows name, once, by id. Of several names the one that most rows have counts: a
    shifted column brings the number or the surname of somebody there (D-4)."""
    names: dict[str, tuple[str, Counter[str]]] = {}
    sources: dict[str, LabelSource] = {}
    for unit in named:
        names.setdefault(unit.id, (unit.code, Counter()))[1][unit.name] += 1
        sources[unit.id] = min(sources.get(unit.id, unit.label_source), unit.label_source)
    heading = columns.heading("unit_name")
    return [_named_unit(id_, code, those, heading, sources[id_]) for id_, (code, those) in sorted(names.items())]


def _named_unit(id_: str, code: str, names: Counter[str], heading: str, source: LabelSource) -> UnitRow:
    values = {"gsnUnitCode": [code.encode()], "?label": [source.value.encode()]}
    made = UnitRow(0, id_, code, values, label_source=source)
    good: Counter[str] = Counter()
    numbered = 0
    for name, rows in names.items():
        if name and without_numbers(name, {code}) == name and any(map(str.isalpha, name)) and "@" not in name:
            good[name] += rows
        else:
            numbered += rows if name else 0
    if good:
        made.values["description"] = [min(good, key=lambda name: (-good[name], name)).encode()]
    if numbered:
        text = f"In {numbered} rows the {heading} of this unit is no name; it was left out, since it may be somebody's."
        made.findings.append(Finding(id_, "unit-name-number", text))
    if len({shape(name) for name in good}) > 1:
        text = f"The rows call this unit by several names in {heading}; the one that most of them have counts."
        made.findings.append(Finding(id_, "unit-name-several", text))
    return made
