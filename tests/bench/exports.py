"""The country's directory from a file: LDIF, and CSV with a second file of units; first load, and again unchanged.

Needs no server: the same people and units, with all their dirt, are written into either file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from kypek_sync.contract import PERSON_ATTRIBUTES, UNIT_ATTRIBUTES
from kypek_sync.sandbox.people import Directory as MadeUp
from tests.bench.figures import Figure
from tests.bench.measuring import seconds
from tests.bench.passes import COUNTRY, PART, ROUNDS, Passes, figure, own

MEMORY = 150
"""MB, as for a server."""


def measure(argument: str) -> list[Figure]:
    """`argument` is the number of people; the units are as many as fit to it."""
    number = int(argument)
    units = max(60, number * 16 // 150)
    with TemporaryDirectory(prefix="kypek-bench-") as name:
        folder, made_up = Path(name), MadeUp(number, units)
        took = seconds(lambda: (made_up.write_ldif(folder / "people.ldif"), write_csv(made_up, folder)))
        found = [Figure(PART, f"{number:,} people, {units:,} units: written as LDIF and as CSV", took, "s")]
        for kind in ("ldif", "csv"):
            found += _from(kind, Passes(folder, number))
    return found


def write_csv(made_up: MadeUp, folder: Path) -> None:
    """Everybody in `people.csv` and every unit in `units.csv`, with a column for each attribute."""
    with (
        (folder / "people.csv").open("w", newline="", encoding="utf-8") as people,
        (folder / "units.csv").open("w", newline="", encoding="utf-8") as units,
    ):
        of_people, of_units = csv.writer(people, delimiter=";"), csv.writer(units, delimiter=";")
        of_people.writerow(PERSON_ATTRIBUTES)
        of_units.writerow(("dn", *UNIT_ATTRIBUTES))
        for dn, attributes in made_up.entries():
            values: dict[str, list[str]] = {}
            for attribute, value in attributes:
                values.setdefault(attribute.lower(), []).append(value)
            if ",ou=people," in dn:
                of_people.writerow(_cells(values, PERSON_ATTRIBUTES))
            elif "gsnUnit" in values["objectclass"]:
                of_units.writerow([dn, *_cells(values, UNIT_ATTRIBUTES)])


def _cells(values: dict[str, list[str]], attributes: Iterable[str]) -> Sequence[str]:
    return ["|".join(values.get(attribute.lower(), ())) for attribute in attributes]


def _from(kind: str, passes: Passes) -> list[Figure]:
    keys: dict[str, object] = {"type": kind, "file": f"people.{kind}"}
    if kind == "csv":
        keys["units_file"] = "units.csv"
    passes.write_settings(kind, keys)
    first = passes.made_pass("whole", people=passes.number)
    told = {"new people": 0, "changed people": 0}
    again = [passes.made_pass("whole", people=passes.number, **told) for _ in range(ROUNDS)]
    memory = max(one["memory"] for one in (first, *again))
    name = kind.upper()
    return [
        figure(f"  {name} export: first load", [first]),
        own([first]),
        figure(f"  {name} export: full read, nothing changed", again),
        own(again),
        Figure(PART, f"  {name} export: most memory", memory, "MB", MEMORY if passes.number >= COUNTRY else None),
    ]
