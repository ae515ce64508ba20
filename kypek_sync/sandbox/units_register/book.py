"""What the simulated register holds: units and education directorates, made from an invented directory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files

from kypek_sync.sandbox.people.tree import SchoolUnit

STATES = {1: "ΕΝΕΡΓΗ", 2: "ΣΕ ΑΝΑΣΤΟΛΗ", 3: "ΚΑΤΑΡΓΗΜΕΝΗ"}
_REGION = "ΠΕΡΙΦΕΡΕΙΑΚΗ ΔΙΕΥΘΥΝΣΗ ΕΚΠΑΙΔΕΥΣΗΣ"


@dataclass(frozen=True, slots=True)
class Office:
    """An education directorate (`edu_admin`). `code` is its registry_no, `label` its parent_rdn."""

    id: int
    name: str
    code: str
    label: str
    region: int = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit. `id` is its mm_id; `office` an edu_admin_id or None; `state` 1 to 3."""

    id: int
    name: str
    code: str = ""
    office: int | None = None
    kind: str = "ΓΥΜΝΑΣΙΟ"
    state: int = 1


@dataclass
class Book:
    """The register's content. May be changed while it is served."""

    units: list[Entry] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def unit_rows(self) -> list[dict[str, object]]:
        """The units as the server shows them to guests, with the noise that comes along."""
        with self.lock:
            names = {office.id: office for office in self.offices}
            return [_unit_row(entry, names.get(entry.office or 0)) for entry in self.units]

    def office_rows(self) -> list[dict[str, object]]:
        """The directorates as the server shows them."""
        with self.lock:
            return [_office_row(office) for office in self.offices]


def every_office() -> list[Office]:
    """The 116 directorates of the product's data file (facts, no code)."""
    records = json.loads(files("kypek_sync").joinpath("directorates.json").read_text("utf-8"))
    return [
        Office(
            int(record[f"{short}_edu_admin_id"]),
            f"ΔΙΕΥΘΥΝΣΗ {words} {record['name']}",
            str(record[f"{short}_registry_no"]),
            str(record["parent_rdn"]),
            int(record["region_edu_admin_id"]),
        )
        for record in records
        for short, words in (("pe", "Π.Ε."), ("de", "Δ.Ε."))
    ]


def book_of(units: Iterable[SchoolUnit]) -> Book:
    """A register that knows the units of an invented directory by their registry codes. Where several units carry one
    code the register has the first of them only (D-10); a unit without a level belongs to the secondary directorate."""
    offices = every_office()
    known = {(office.label, "ΠΕ" if " Π.Ε. " in office.name else "ΔΕ"): office.id for office in offices}
    entries: dict[int, Entry] = {}
    for unit in units:
        if not unit.registry_code.isdigit():
            continue
        number = int(unit.registry_code)
        office = known.get((unit.label, unit.level or "ΔΕ"))
        state = 1 if unit.active else 2
        entries.setdefault(number, Entry(number, unit.name, unit.code, office, unit.title, state))
    return Book(list(entries.values()), offices)


def _unit_row(entry: Entry, office: Office | None) -> dict[str, object]:
    return {
        "mm_id": entry.id,
        "registry_no": entry.code or None,
        "name": entry.name,
        "special_name": None,
        "state_id": entry.state,
        "state": STATES[entry.state],
        "unit_type_id": 4,
        "unit_type": entry.kind,
        "edu_admin_id": entry.office,
        "edu_admin": office.name if office else None,
        "region_edu_admin_id": office.region if office else None,
        "prefecture_id": 5,
        "prefecture": "ΑΤΤΙΚΗΣ",
        "street_address": "ΟΔΟΣ ΠΑΡΑΔΕΙΓΜΑΤΟΣ 1",
        "postal_code": "00000",
        "phone_number": "2100000000",
        "email": f"mail@unit{entry.id}.sch.example",
        "tax_number": f"999{entry.id % 1_000_000:06d}",
        "latitude": "37.9",
        "longitude": "23.7",
        "last_update": "2026-10-01 08:00:00",
        "last_sync": "2026-11-01 03:00:00",
    }


def _office_row(office: Office) -> dict[str, object]:
    return {
        "edu_admin_id": office.id,
        "edu_admin": office.name,
        "registry_no": office.code or None,
        "parent_rdn": office.label,
        "third_level_dns": office.label.split("-")[0],
        "region_edu_admin_id": office.region,
        "region_edu_admin_name": f"{_REGION} {office.region}",
        "implementation_entity_id": None,
    }
