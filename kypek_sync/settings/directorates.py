"""The 58 pairs of education directorates (`directorates.json`, fact sheet directory, section 3.4).

A label such as `att-a` is the RDN below which the directory keeps the units of both levels; the centres are keyed by
`edu_admin_id`, because labels of DNS and prefectures are ambiguous (D-14).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from kypek_sync.settings.shape import KypekEntry

PRIMARY = "ΠΕ"
SECONDARY = "ΔΕ"


@dataclass(frozen=True, slots=True, order=True)
class Directorate:
    """A directorate of one level. `label`: its RDN (`att-a`); `name`: the area in Greek capitals (`ΑΘΗΝΑΣ Α΄`);
    `level`: `ΠΕ` or `ΔΕ`; `edu_admin_id`: its number in the register of units; `registry_code`: its own code there,
    text with leading zeros."""

    label: str
    name: str
    level: str
    edu_admin_id: int
    registry_code: str


@cache
def directorates() -> Mapping[int, Directorate]:
    """All directorates, by `edu_admin_id`."""
    records = json.loads((files("kypek_sync") / "directorates.json").read_text("utf-8"))
    every = [
        Directorate(
            record["parent_rdn"], record["name"], level, record[f"{short}_edu_admin_id"], record[f"{short}_registry_no"]
        )
        for record in records
        for level, short in ((PRIMARY, "pe"), (SECONDARY, "de"))
    ]
    return MappingProxyType({directorate.edu_admin_id: directorate for directorate in every})


@cache
def labels() -> frozenset[str]:
    """All labels."""
    return frozenset(directorate.label for directorate in directorates().values())


def directorates_of(kypek_id: str, entry: KypekEntry) -> tuple[Directorate, ...]:
    """The directorates that a centre serves: those it names, else the pair of its label (its id where it gives none).

    Settings that were loaded name only known ones; anything unknown is left out here.
    """
    known = directorates()
    if entry.directorates:
        return tuple(known[number] for number in entry.directorates if number in known)
    label = entry.label or kypek_id
    return tuple(directorate for directorate in known.values() if directorate.label == label)
