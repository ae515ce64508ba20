"""Which KYPEK serves a person: unit, then education directorate, then KYPEK (fact sheet directory, section 3.3). Pure.

A unit is placed by the first of these that says something:

1. the settings name it: it belongs to that KYPEK, whichever directorate it lies in;
2. the register of units, as last read: the unit's registry code is its number there, which has a directorate. A code
   that several units of the directory carry, or that the register does not know, is not used (D-10). Directorates are
   recognised by their own code or by label and level, since their numbers may change (D-25);
3. the directory: the label above the unit in its tree, or what an export without a tree, or its settings, have for it,
   and its level (D-13, D-14). A unit without a level lies in either
   directorate of the label, which tells the KYPEK only where one serves both.

All of a person's units count, so several KYPEKs may serve one person. What resolves to none is a finding, never a
guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from kypek_sync.contract import RegisteredDirectorate, RegisteredUnit, directorate
from kypek_sync.language import Text
from kypek_sync.model import Finding, LabelSource, Person, Unit, local

MADE_BY_CODE = "gsnunitcode="
"""How the id of a unit begins that an export names by its code alone (it is the first part of a directory's DN)."""


class Way(StrEnum):
    """How a unit was placed."""

    NAMED = "named"
    REGISTER = "register"
    TREE = "tree"
    COLUMN = "column"
    SETTINGS = "settings"
    EXPORT = "export"
    NONE = "none"


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """One education directorate. `number` is the one by which settings name it, `code` its own code in the register,
    `label` and `level` its place in the directory's tree; `kypek` serves it, empty: none of these settings."""

    number: int
    label: str
    level: str
    name: str
    code: str
    kypek: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """What a register of units last said. `as_of` is the moment of its last complete read, None before the first."""

    as_of: datetime | None
    units: Mapping[str, RegisteredUnit] = field(repr=False)
    directorates: Mapping[int, RegisteredDirectorate] = field(repr=False)


@dataclass(frozen=True)
class Land:
    """What placing a unit may know. `named`: unit code → the KYPEK that names it in the settings. `shared`: registry
    codes that several units of the directory carry (D-10). `register` is None where none is set."""

    areas: tuple[Area, ...]
    named: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    register: Register | None = None

    @cached_property
    def by_label(self) -> Mapping[str, tuple[Area, ...]]:
        """The directorates of each label."""
        found: dict[str, tuple[Area, ...]] = {}
        for area in self.areas:
            found[area.label] = (*found.get(area.label, ()), area)
        return found

    @cached_property
    def by_number_there(self) -> Mapping[int, Area]:
        """The register's numbers of directorates with the one that each stands for; those that cannot be told apart or
        are not known are left out."""
        there = self.register.directorates if self.register is not None else {}
        found = {number: self._meant(one) for number, one in there.items()}
        return {number: area for number, area in found.items() if area is not None}

    def _meant(self, one: RegisteredDirectorate) -> Area | None:
        """The area of a directorate of the register: by its code, by label and level; None where the two disagree."""
        by_code = {area for area in self.areas if one.code and area.code == one.code}
        by_place = {area for area in self.by_label.get(one.label, ()) if one.level and area.level == one.level}
        found = by_code | by_place
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one unit belongs. `areas`: its directorate; both of the label where its level is not known; none where it
    lies nowhere. `kypek` is empty where none of these settings serves it. `as_of` is the register's moment where it
    told. `doubts` are stable words of findings."""

    unit: Unit
    kypek: str
    way: Way
    areas: tuple[Area, ...] = ()
    as_of: datetime | None = None
    doubts: tuple[str, ...] = ()


def shared_codes(units: Iterable[Unit]) -> frozenset[str]:
    """The registry codes that several units carry (D-10)."""
    counted = Counter(unit.registry_code for unit in units if unit.registry_code)
    return frozenset(code for code, count in counted.items() if count > 1)


def place(unit: Unit, land: Land) -> Placed:
    """Where a unit belongs, and by what."""
    tree = tuple(a for a in land.by_label.get(unit.directorate, ()) if not unit.level or a.level == unit.level)
    area, doubt = _registered(unit, land)
    areas, way, as_of = tree, _labelled_by(unit) if tree else Way.NONE, None
    doubts = [doubt] if doubt else []
    if area is not None and land.register is not None:
        if tree and area not in tree:
            doubts.append("unit-directorate-differs")
        areas, way, as_of = (area,), Way.REGISTER, land.register.as_of
    named = land.named.get(unit.code, "") if unit.code else ""
    if named:
        return Placed(unit, named, Way.NAMED, areas, None, tuple(doubts))
    kypeks = {a.kypek for a in areas}
    if not areas:
        doubts.append("unit-without-kypek")
    elif len(kypeks) > 1:
        doubts.append("unit-level-unknown")
    return Placed(unit, kypeks.pop() if len(kypeks) == 1 else "", way, areas, as_of, tuple(doubts))


def _labelled_by(unit: Unit) -> Way:
    """From where a unit has its label. Of one that the directory does not have only the id is known: where an export
    without a tree made that, its label is the export's or its settings'."""
    if not unit.name and unit.id.startswith(MADE_BY_CODE):
        return Way.EXPORT
    return {LabelSource.TREE: Way.TREE, LabelSource.COLUMN: Way.COLUMN, LabelSource.SETTINGS: Way.SETTINGS}[
        unit.label_source
    ]


def _registered(unit: Unit, land: Land) -> tuple[Area | None, str]:
    """The directorate of a unit by the register, or the stable word of why it tells none (empty: nothing is odd)."""
    register = land.register
    if register is None or not unit.registry_code or unit.registry_code in land.shared:
        return None, ""
    there = register.units.get(unit.registry_code)
    if there is None:
        return None, "unit-not-in-register" if register.as_of is not None else ""
    if there.directorate is None:
        return None, ""
    area = land.by_number_there.get(there.directorate)
    return area, "" if area is not None else "register-directorate-unknown"


def serving(person: Person, units: Mapping[str, Unit], land: Land) -> tuple[Placed, ...]:
    """Where each of the person's units belongs, in the person's own order. `units` are those of the directory, by id;
    one that it does not have is placed by its name alone."""
    return tuple(place(units.get(identity) or unknown(identity), land) for identity in person.units)


def kypeks(placed: Iterable[Placed]) -> tuple[str, ...]:
    """The KYPEKs that serve somebody, each once, that of the primary unit first."""
    return tuple(dict.fromkeys(one.kypek for one in placed if one.kypek))


def unknown(identity: str) -> Unit:
    """A unit of which only the id is known: its label stands in there."""
    return Unit(identity, "", directorate=label_of(identity))


def label_of(identity: str) -> str:
    """The directorate's label in a unit id; empty where it has none or is no id of a unit."""
    try:
        return directorate(identity)
    except ValueError:
        return ""


def settled(units: Mapping[str, Unit], land: Land) -> Mapping[str, Unit]:
    """The units as the rules for audiences should see them: with label and level of the directorate that the register
    tells, where it tells another one than the tree."""
    if land.register is None:
        return units
    found = dict(units)
    for identity, unit in units.items():
        area, _ = _registered(unit, land)
        if area is not None and (area.label, area.level) != (unit.directorate, unit.level):
            found[identity] = replace(unit, directorate=area.label, level=area.level)
    return found


DOUBTS = frozenset(
    {
        "unit-without-kypek",
        "unit-level-unknown",
        "unit-not-in-register",
        "register-directorate-unknown",
        "unit-directorate-differs",
    }
)
"""The stable words of what may be odd about placing one unit."""

CODES = DOUBTS | {"directorates-without-kypek"}
"""The stable words of all findings about placing units."""


def _said(doubt: str, placed: Placed) -> str:
    """A doubt as a sentence with what to do."""
    unit = placed.unit
    there = ", ".join(f"{area.label}/{area.level}" for area in placed.areas)
    return {
        "unit-without-kypek": "The unit resolves to no KYPEK: neither the register of units nor the directory "
        "says to which directorate it belongs. Name it in `units:` of the KYPEK that serves it.",
        "unit-level-unknown": f"The unit resolves to no KYPEK: it lies in {unit.directorate}, and nothing says whether "
        "in primary or secondary education. Name it in `units:` of the KYPEK that serves it.",
        "unit-not-in-register": f"The register of units has no unit with the registry code {unit.registry_code}; its "
        "directorate is taken from the directory.",
        "register-directorate-unknown": "The register of units places the unit in a directorate that is not known; its "
        "directorate is taken from the directory.",
        "unit-directorate-differs": f"The register of units places the unit in {there}, the directory in "
        f"{unit.directorate}; the register counts.",
    }[doubt]


def findings(units: Iterable[Unit], land: Land, source: str) -> tuple[Finding, ...]:
    """What is odd about placing the units of the directory `source`, sorted. Units without any code or kind are mere
    containers and left out. Directorates that none of these settings serves are one finding, however many."""
    found: list[Finding] = []
    elsewhere: Counter[str] = Counter()
    for unit in units:
        if not (unit.code or unit.registry_code or unit.kind):
            continue
        placed = place(unit, land)
        found += [Finding(unit.id, doubt, _said(doubt, placed)) for doubt in placed.doubts]
        if placed.areas and not placed.kypek and "unit-level-unknown" not in placed.doubts:
            elsewhere.update(f"{area.label}/{area.level}" for area in placed.areas)
    if elsewhere:
        named = ", ".join(sorted(elsewhere)[:6]) + (", …" if len(elsewhere) > 6 else "")
        text = f"{len(elsewhere)} directorates with units here are served by no KYPEK of these settings: {named}."
        found.append(Finding(source, "directorates-without-kypek", text))
    return tuple(sorted(found))


_WAYS = {
    Way.TREE: "by the directory's tree",
    Way.COLUMN: "by the export's own column",
    Way.SETTINGS: "by the settings of the export",
    Way.EXPORT: "by the export or its settings",
}


def way_words(placed: Placed, text: Text) -> str:
    """How a unit was placed, for people."""
    if placed.way is Way.NAMED:
        return text("named in the settings")
    if placed.way is Way.REGISTER and placed.as_of is not None:
        return text("by the register of %(day)s", day=f"{local(placed.as_of):%d/%m/%Y}")
    if placed.way is Way.REGISTER:
        return text("by a register that was never read in full")
    if placed.way in _WAYS:
        return text(_WAYS[placed.way])
    return text("nothing says to which directorate it belongs")
