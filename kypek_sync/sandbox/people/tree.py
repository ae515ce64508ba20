"""The tree of units: directorates, their schools and offices, groups, partners (directory sheet, 1.1, 3.2, 3.6)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from kypek_sync.sandbox.people.names import TOWNS, latin

SUFFIX = "dc=sch,dc=gr"
UNITS = f"ou=units,{SUFFIX}"
CATEGORY_PUBLIC, CATEGORY_OFFICE = "Εκπαιδ. Δημόσιες", "Διοικητικές"

_KINDS: dict[str, tuple[str, str, str, int]] = {
    "dim": ("ΔΗΜΟΤΙΚΟ ΣΧΟΛΕΙΟ", "ΔΗΜΟΤΙΚΟ", "ΠΕ", 34),
    "nip": ("ΝΗΠΙΑΓΩΓΕΙΟ", "ΝΗΠΙΑΓΩΓΕΙΟ", "ΠΕ", 26),
    "gym": ("ΓΥΜΝΑΣΙΟ", "ΓΥΜΝΑΣΙΟ", "ΔΕ", 18),
    "lyk": ("ΓΕΝΙΚΟ ΛΥΚΕΙΟ", "ΛΥΚΕΙΟ", "ΔΕ", 12),
    "epal": ("ΕΠΑΛ", "ΕΠΑΛ", "ΔΕ", 4),
    "ek": ("ΕΡΓΑΣΤΗΡΙΑΚΟ ΚΕΝΤΡΟ", "ΕΚ", "ΔΕ", 1),
    "eeeek": ("ΕΕΕΕΚ", "ΕΕΕΕΚ", "ΔΕ", 1),
    "gra": ("ΓΡΑΦΕΙΟ ΣΧΟΛΙΚΩΝ ΔΡΑΣΤΗΡΙΟΤΗΤΩΝ", "ΑΛΛΟΣ", "", 2),
    "bib": ("ΔΗΜΟΣΙΑ ΒΙΒΛΙΟΘΗΚΗ", "ΒΙΒΛΙΟΘΗΚΗ", "", 2),
}
"""By the stem of the RDN: name, title, level, and how many of them there are beside the others."""
_BUSINESS = {"ΠΕ": ("ΣΧΟΛΕΙΟ ΠΕ", CATEGORY_PUBLIC), "ΔΕ": ("ΔΕΥΤΕΡΟΒΑΘΜΙΑ", CATEGORY_PUBLIC)}
_OFFICE = ("ΔΙΕΥΘ-ΓΡΑΦΕΙΟ", CATEGORY_OFFICE)
_RARE = ("ek", "eeeek", "epal", "gra", "bib")
SCHOOLS = frozenset({"dim", "nip", "gym", "lyk", "epal", "ek", "eeeek"})
"""Stems of units where teachers serve in classes."""


@dataclass(frozen=True, slots=True)
class SchoolUnit:
    """A school or office. `code` and `registry_code` may be empty; `level` is ΠΕ, ΔΕ or empty; `stem` is its kind as in
    its RDN (`gym`, `dipe`); `quirks` names what is wrong with it."""

    rdn: str
    label: str
    stem: str
    name: str
    title: str
    level: str
    code: str
    registry_code: str
    town: str = ""
    active: bool = True
    business: tuple[str, str] = _OFFICE
    quirks: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """DN of the container."""
        return f"ou={self.label},{UNITS}" if self.label != "teiath" else f"ou=teiath,ou=partners,{UNITS}"

    @property
    def dn(self) -> str:
        """DN in the spelling of the directory."""
        return f"ou={self.rdn},{self.parent}"

    @property
    def host(self) -> str:
        """The invented mail domain of its directorate."""
        return f"{self.label.split('-')[0]}.sch.example"


@lru_cache(maxsize=1)
def directorate_labels() -> dict[str, dict[str, str]]:
    """The 58 labels with their names and codes, from the product's data file (facts, no code)."""
    records = json.loads(files("kypek_sync").joinpath("directorates.json").read_text("utf-8"))
    return {str(r["parent_rdn"]): {key: str(value) for key, value in r.items()} for r in records}


def offices(labels: Sequence[str]) -> Iterator[SchoolUnit]:
    """The two directorate offices of each label."""
    known = directorate_labels()
    for number, label in enumerate(labels):
        record = known[label]
        for half, (stem, level) in enumerate((("dipe", "ΠΕ"), ("dide", "ΔΕ"))):
            code = record["pe_registry_no" if stem == "dipe" else "de_registry_no"]
            name = f"ΔΙΕΥΘΥΝΣΗ {level[0]}.{level[1]}. {record['name']}"
            registry = str(1000017 + 2 * number + half)
            yield SchoolUnit(f"{stem}-{label}", label, stem, name, "ΔΙΕΥΘΥΝΣΗ", level, code, registry)


def partner() -> SchoolUnit:
    """A unit whose parent is a partner, not a directorate (1.1)."""
    name = "ΤΜΗΜΑ ΜΗΧΑΝΙΚΩΝ ΠΛΗΡΟΦΟΡΙΚΗΣ"
    return SchoolUnit("cs-teiath", "teiath", "cs", name, "ΑΛΛΟΣ", "", "", "1999001", quirks=("partner",))


def schools(count: int, labels: Sequence[str], rng: random.Random) -> list[SchoolUnit]:
    """Schools and offices below the directorates, `count` of them.

    The first one of each rare kind is certain, and so is each flaw of units; the rest is drawn by the shares of the
    fact sheet.
    """
    weights = _weights(labels)
    stems, kinds = list(_KINDS), [kind[3] for kind in _KINDS.values()]
    made: list[SchoolUnit] = []
    serial: dict[str, int] = {}
    for number in range(count):
        stem = _RARE[number // 3 % len(_RARE)] if number % 3 == 2 and number < 3 * len(_RARE) else ""
        stem = stem or rng.choices(stems, kinds)[0]
        label = rng.choices(labels, weights)[0] if number % 4 else labels[0] if len(labels) < 58 else rng.choice(labels)
        serial[stem] = serial.get(stem, 0) + 1
        made.append(_school(number, stem, label, serial[stem], rng))
    return _spoiled(made, rng)


def _weights(labels: Sequence[str]) -> list[int]:
    """In the whole country Attica and Thessaloniki count ninefold; of a few directorates the first counts fourfold."""
    if len(labels) < 9:
        return [4, *(1 for _ in labels[1:])]
    return [9 if label.startswith(("att-", "thess-")) else 1 for label in labels]


def _school(number: int, stem: str, label: str, serial: int, rng: random.Random) -> SchoolUnit:
    words, title, level, _ = _KINDS[stem]
    town = rng.choice(TOWNS)
    rdn = f"{serial}{stem}-{latin(town).lower()[:6]}"
    # Codes begin with the number of the prefecture, below 10 for most (leading zero, D-9); Ε.Κ. codes are no numbers.
    code = f"EK{number + 4000:05d}" if stem == "ek" else f"{'05' if number % 40 else '52'}{number + 20001:05d}"
    business = _BUSINESS.get(level, _OFFICE)
    return SchoolUnit(
        rdn, label, stem, f"{serial}ο {words} {town}", title, level, code, str(1100000 + number), town, True, business
    )


def _spoiled(made: list[SchoolUnit], rng: random.Random) -> list[SchoolUnit]:
    """Units with the flaws of 3.6: no code, no registry code, not active, one registry code for several."""
    whole = [number for number, unit in enumerate(made) if unit.stem in ("dim", "nip", "gym", "lyk")]
    certain = dict(zip(whole[3:], ("no-code", "no-registry-code", "inactive", "shared-registry-code"), strict=False))
    for number, unit in enumerate(made):
        draw, quirk = rng.random(), certain.get(number, "")
        if quirk == "no-code" or (not quirk and draw < 0.01):
            made[number] = replace(unit, code="", quirks=("no-code",))
        elif quirk == "no-registry-code" or (not quirk and draw < 0.02):
            made[number] = replace(unit, registry_code="", quirks=("no-registry-code",))
        elif quirk == "inactive" or (not quirk and draw < 0.06):
            made[number] = replace(unit, active=False, quirks=("inactive",))
        elif (quirk == "shared-registry-code" or (not quirk and draw < 0.065)) and number:
            made[number] = replace(unit, registry_code=made[number - 1].registry_code, quirks=("shared-registry-code",))
    return made
